package io.penstock.objective;

/**
 * What a number of bad events among a number of events says of the share that is behind it: the
 * Wilson score interval with continuity correction (Newcombe 1998, "Two-sided confidence intervals
 * for the single proportion", method 4).
 */
final class Proportion {
  private Proportion() {}

  /** Below this the share is not, with the confidence of {@code z} on one side. */
  static double lowerBound(final long bad, final long total, final double z) {
    if (bad == 0 || total == 0) {
      return 0;
    }
    final double n = total;
    final double p = bad / n;
    final double root = Math.sqrt(z * z - 2 - 1 / n + 4 * p * (n * (1 - p) + 1));
    return Math.max(0, (2 * n * p + z * z - 1 - z * root) / (2 * (n + z * z)));
  }

  /** Above this the share is not, with the confidence of {@code z} on one side. */
  static double upperBound(final long bad, final long total, final double z) {
    return total == 0 ? 1 : 1 - lowerBound(total - bad, total, z);
  }
}
