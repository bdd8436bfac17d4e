package io.penstock.lab.result;

import org.jspecify.annotations.Nullable;

/**
 * A number that was measured.
 *
 * @param name what it is, lower case
 * @param value how much; NaN when it could not be told
 * @param unit of the value, empty for a bare count or ratio
 * @param goal what was promised of it, or null
 */
public record Figure(String name, double value, String unit, @Nullable Goal goal) {
  /**
   * Whether the goal is kept.
   *
   * @param hiccupNs what the machine alone kept threads waiting at the same percentile, in
   *     nanoseconds; 0 when nobody looked
   * @return the verdict
   */
  public Verdict verdict(final double hiccupNs) {
    if (goal == null) {
      return Verdict.NONE;
    }
    if (Double.isNaN(value)) {
      return Verdict.MISSED;
    }
    if (goal.holds(value)) {
      return Verdict.MET;
    }
    return goal.atMost() && isTime() && nanoseconds() <= Goal.HICCUPS_ALLOWED * hiccupNs
        ? Verdict.WITHIN_HICCUPS
        : Verdict.MISSED;
  }

  /** Whether the unit is one of time. */
  private boolean isTime() {
    return switch (unit) {
      case "ns", "µs", "ms", "s" -> true;
      default -> false;
    };
  }

  private double nanoseconds() {
    return value
        * switch (unit) {
          case "µs" -> 1e3;
          case "ms" -> 1e6;
          case "s" -> 1e9;
          default -> 1;
        };
  }
}
