package io.penstock.telemetry.report;

import io.penstock.spi.ReportForm;
import java.time.Instant;
import java.util.List;

/**
 * How the objectives of an engine stood at one moment, with what a plot takes.
 *
 * @param engine name of the engine
 * @param time when, by the calendar
 * @param entries what was measured: the classes, then operations, workflows and tasks
 */
public record ObjectiveReport(String engine, Instant time, List<ReportEntry> entries) {
  /**
   * Copies the entries.
   *
   * @param engine name of the engine
   * @param time when, by the calendar
   * @param entries what was measured: the classes, then operations, workflows and tasks
   */
  public ObjectiveReport {
    entries = List.copyOf(entries);
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
