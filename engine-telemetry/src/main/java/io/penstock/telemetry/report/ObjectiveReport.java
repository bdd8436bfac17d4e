package io.penstock.telemetry.report;

import io.penstock.objective.GateReport;
import io.penstock.spi.ReportForm;
import java.time.Instant;
import java.util.List;

/**
 * How the objectives of an engine stood at one moment, with what a plot takes.
 *
 * @param engine name of the engine
 * @param time when, by the calendar
 * @param entries what was measured: the classes, then operations, workflows and tasks
 * @param gates where the gates stand
 */
public record ObjectiveReport(
    String engine, Instant time, List<ReportEntry> entries, List<GateReport> gates) {
  /**
   * Copies the lists.
   *
   * @param engine name of the engine
   * @param time when, by the calendar
   * @param entries what was measured: the classes, then operations, workflows and tasks
   * @param gates where the gates stand
   */
  public ObjectiveReport {
    entries = List.copyOf(entries);
    gates = List.copyOf(gates);
  }

  /**
   * The report as a document.
   *
   * @param form its form
   * @return the document, to be written as UTF-8
   */
  public String as(final ReportForm form) {
    return switch (form) {
      case JSON -> new JsonReport(this).text();
      case HTML -> new HtmlReport(this).text();
    };
  }
}
