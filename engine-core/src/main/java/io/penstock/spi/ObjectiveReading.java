package io.penstock.spi;

import io.penstock.workflow.Objective;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one thing, and its objective if it has one.
 *
 * @param name what was measured
 * @param count number of events
 * @param good number of events within the objective's threshold, counted exactly; 0 without an
 *     objective
 * @param p50 median, in nanoseconds
 * @param p99 99th percentile, in nanoseconds
 * @param p999 99.9th percentile, in nanoseconds
 * @param max greatest value, in nanoseconds
 * @param objective what was promised, or null
 * @param note what a reader must know of how it was measured; may be empty
 */
public record ObjectiveReading(
    String name,
    long count,
    long good,
    double p50,
    double p99,
    double p999,
    double max,
    @Nullable Objective objective,
    String note) {
  /** Whether the objective is met. */
  public enum Verdict {
    /** Enough events, and so large a share of them good as was promised. */
    MET,
    /** Too many events over the threshold. */
    MISSED,
    /** Too few events to tell: with 95 % confidence, a target of 99 % takes 299. */
    INSUFFICIENT,
    /** No event at all, which is not compliance. */
    NO_DATA,
    /** Nothing was promised. */
    NONE
  }

  private static final double CONFIDENCE = 0.95;

  /**
   * Judges the objective by the exact counts, never by a percentile.
   *
   * @return the verdict
   */
  public Verdict verdict() {
    if (objective == null) {
      return Verdict.NONE;
    }
    if (count == 0) {
      return Verdict.NO_DATA;
    }
    final double needed = Math.log(1 - CONFIDENCE) / Math.log(objective.target());
    final double missesAllowed = Math.max((double) count, needed) * (1 - objective.target());
    if (count - good > missesAllowed) {
      return Verdict.MISSED; // even if all that is needed to tell were good
    }
    return count < needed ? Verdict.INSUFFICIENT : Verdict.MET;
  }
}
