package io.penstock.telemetry.report;

import io.penstock.objective.EventTimeline;
import io.penstock.spi.ObjectiveReading;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a report tells of one thing that was measured.
 *
 * @param reading its numbers
 * @param curve its latency by percentile since the opening, ascending; empty without an event
 * @param timeline the events of its objective's window, or null when nothing was promised
 */
public record ReportEntry(
    ObjectiveReading reading, List<LatencyPoint> curve, @Nullable EventTimeline timeline) {
  /**
   * Copies the curve.
   *
   * @param reading its numbers
   * @param curve its latency by percentile since the opening, ascending; empty without an event
   * @param timeline the events of its objective's window, or null when nothing was promised
   */
  public ReportEntry {
    curve = List.copyOf(curve);
  }
}
