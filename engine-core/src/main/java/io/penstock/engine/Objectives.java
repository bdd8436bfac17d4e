package io.penstock.engine;

import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.ReportForm;
import io.penstock.spi.Telemetry;
import java.util.List;

/** How the objectives of an engine stand. Safe for any thread. */
public final class Objectives {
  private static final String NO_TELEMETRY =
      "no telemetry on the class path; add the artifact io.penstock:penstock-telemetry";

  private final String engine;
  private final Telemetry telemetry;
  private final List<Shard> shards;

  Objectives(final String engine, final Telemetry telemetry, final List<Shard> shards) {
    this.engine = engine;
    this.telemetry = telemetry;
    this.shards = shards;
  }

  /**
   * What was measured so far. R1 is measured now, by batches of reads of a status, as one read
   * cannot be timed; in a JVM that has just started, that takes half a second.
   *
   * @return a reading for each class, then for each workflow and task that has been seen; empty
   *     without telemetry on the class path
   */
  public List<ObjectiveReading> readings() {
    return telemetry.readings(hotReads());
  }

  /**
   * The readings as text: a table of the objectives, one of the gates where there are any, then one
   * of all latencies, in lines of up to 120 columns.
   *
   * @return lines of text
   */
  public String report() {
    final List<ObjectiveReading> readings = readings();
    return readings.isEmpty()
        ? NO_TELEMETRY + "\n"
        : ObjectivesText.of(readings, telemetry.gates());
  }

  /**
   * The readings as one JSON object, with latencies by percentile and events over time; its fields
   * are in docs/telemetry.md.
   *
   * @return JSON
   * @throws IllegalStateException without telemetry on the class path
   */
  public String reportJson() {
    return report(ReportForm.JSON);
  }

  /**
   * The readings as one page with plots: latency by percentile, error budget, burn rate and events
   * over time. It needs no other file and no network.
   *
   * @return HTML, to be written as UTF-8
   * @throws IllegalStateException without telemetry on the class path
   */
  public String reportHtml() {
    return report(ReportForm.HTML);
  }

  private String report(final ReportForm form) {
    final String report = telemetry.report(form, engine, hotReads());
    if (report.isEmpty()) {
      throw new IllegalStateException(NO_TELEMETRY);
    }
    return report;
  }

  private HotReads hotReads() {
    return new HotReads(shards.get(0).statuses());
  }
}
