package io.penstock.workflow;

import java.time.Duration;

/**
 * A latency objective: so large a share of the events takes at most so long.
 *
 * @param target the share, above 0 and below 1; 0.99 is "99 % of them"
 * @param threshold the longest good duration
 */
public record Objective(double target, Duration threshold) {
  /**
   * Checks both.
   *
   * @param target the share, above 0 and below 1
   * @param threshold the longest good duration
   */
  public Objective {
    if (!(target > 0 && target < 1)) {
      throw new IllegalArgumentException(
          "objective target must be above 0 and below 1: target=" + target);
    }
    if (threshold.isZero() || threshold.isNegative()) {
      throw new IllegalArgumentException(
          "objective threshold must be positive: threshold=" + threshold);
    }
  }

  /**
   * 99 % within a duration.
   *
   * @param threshold the longest good duration
   * @return the objective
   */
  public static Objective p99(final Duration threshold) {
    return new Objective(0.99, threshold);
  }

  /**
   * 99.9 % within a duration.
   *
   * @param threshold the longest good duration
   * @return the objective
   */
  public static Objective p999(final Duration threshold) {
    return new Objective(0.999, threshold);
  }
}
