package io.penstock.lab.result;

/**
 * What is promised of a figure.
 *
 * @param limit in the figure's unit
 * @param atMost true when the figure must not be greater, false when it must not be less
 * @param source who asks for it, as a table names it
 */
public record Goal(double limit, boolean atMost, String source) {
  /** A tail that is no longer than the machine's own times this is the machine's, not ours. */
  public static final double HICCUPS_ALLOWED = 1.2;

  /**
   * A limit from above.
   *
   * @param limit the greatest value that is good
   * @param source who asks for it
   * @return the goal
   */
  public static Goal atMost(final double limit, final String source) {
    return new Goal(limit, true, source);
  }

  /**
   * A limit from below.
   *
   * @param limit the least value that is good
   * @param source who asks for it
   * @return the goal
   */
  public static Goal atLeast(final double limit, final String source) {
    return new Goal(limit, false, source);
  }

  /**
   * Whether a value keeps it.
   *
   * @param value in the figure's unit
   * @return true when it does
   */
  public boolean holds(final double value) {
    return atMost ? value <= limit : value >= limit;
  }
}
