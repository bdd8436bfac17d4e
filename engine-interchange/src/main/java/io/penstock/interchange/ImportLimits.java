package io.penstock.interchange;

/**
 * How much of a file is read before it is refused. Immutable.
 *
 * @param bytesMax length of the file, in bytes, at least 1
 * @param depthMax how deep elements may be nested, at least 1
 * @param elementsMax XML elements in all, at least 1
 * @param nodesMax tasks, events, gateways and flows of all models of a file together, at least 1;
 *     the verifier looks at them all
 */
public record ImportLimits(int bytesMax, int depthMax, int elementsMax, int nodesMax) {
  /**
   * Checks the ranges.
   *
   * @param bytesMax length of the file
   * @param depthMax nesting
   * @param elementsMax XML elements
   * @param nodesMax nodes and flows
   */
  public ImportLimits {
    if (bytesMax < 1 || depthMax < 1 || elementsMax < 1 || nodesMax < 1) {
      throw new IllegalArgumentException(
          "limits must be at least 1: bytesMax="
              + bytesMax
              + ", depthMax="
              + depthMax
              + ", elementsMax="
              + elementsMax
              + ", nodesMax="
              + nodesMax);
    }
  }

  /**
   * 8 MiB, 64 levels, 100,000 elements, 2,000 nodes and flows.
   *
   * @return the limits
   */
  public static ImportLimits defaults() {
    return new ImportLimits(8 << 20, 64, 100_000, 2_000);
  }
}
