package io.penstock.workflow;

import java.time.Duration;

/**
 * A latency objective: over a rolling window, so large a share of the events takes at most so long.
 * What may take longer, {@code 1 - target} of them, is the error budget.
 *
 * @param target the share, above 0 and below 1; 0.99 is "99 % of them"
 * @param threshold the longest good duration, up to 36,500 days
 * @param window how far back it looks, from one second to 366 days
 */
public record Objective(double target, Duration threshold, Duration window) {
  /** The window of an objective that names none: one hour. */
  public static final Duration WINDOW_DEFAULT = Duration.ofHours(1);

  private static final Duration THRESHOLD_MAX = Duration.ofDays(36_500);
  private static final Duration WINDOW_MIN = Duration.ofSeconds(1);
  private static final Duration WINDOW_MAX = Duration.ofDays(366);

  /**
   * Checks all three.
   *
   * @param target the share, above 0 and below 1
   * @param threshold the longest good duration
   * @param window how far back it looks, from one second to 366 days
   */
  public Objective {
    if (!(target > 0 && target < 1)) {
      throw new IllegalArgumentException(
          "objective target must be above 0 and below 1: target=" + target);
    }
    if (threshold.isZero() || threshold.isNegative() || threshold.compareTo(THRESHOLD_MAX) > 0) {
      throw new IllegalArgumentException(
          "objective threshold must be positive and at most "
              + THRESHOLD_MAX
              + ": threshold="
              + threshold);
    }
    if (window.compareTo(WINDOW_MIN) < 0 || window.compareTo(WINDOW_MAX) > 0) {
      throw new IllegalArgumentException(
          "objective window must be between "
              + WINDOW_MIN
              + " and "
              + WINDOW_MAX
              + ": window="
              + window);
    }
  }

  /**
   * An objective over the last hour.
   *
   * @param target the share, above 0 and below 1
   * @param threshold the longest good duration
   */
  public Objective(final double target, final Duration threshold) {
    this(target, threshold, WINDOW_DEFAULT);
  }

  /**
   * 99 % within a duration, over the last hour.
   *
   * @param threshold the longest good duration
   * @return the objective
   */
  public static Objective p99(final Duration threshold) {
    return new Objective(0.99, threshold);
  }

  /**
   * 99.9 % within a duration, over the last hour.
   *
   * @param threshold the longest good duration
   * @return the objective
   */
  public static Objective p999(final Duration threshold) {
    return new Objective(0.999, threshold);
  }

  /**
   * The same over another window.
   *
   * @param newWindow how far back it looks, from one second to 366 days
   * @return the changed objective
   */
  public Objective over(final Duration newWindow) {
    return new Objective(target, threshold, newWindow);
  }

  /**
   * The share of events that may be bad.
   *
   * @return above 0 and below 1
   */
  public double errorBudget() {
    return 1 - target;
  }
}
