package io.penstock.spi;

/**
 * How demanding an operation's latency objective is; declared by the operation, never derived from
 * a measured time.
 */
public enum OperationClass {
  /** Hot read: 99 % within 2 ns, measured in batches. */
  R1,
  /** Hot write, a command acknowledged: 99 % within 1 ms. */
  W1,
  /** Complex operation: 99 % within 500 ms. */
  C1
}
