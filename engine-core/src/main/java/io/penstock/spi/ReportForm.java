package io.penstock.spi;

/** The forms of a report on objectives that {@link Telemetry#report} can give. */
public enum ReportForm {
  /** One JSON object, for programs. */
  JSON,
  /** One page with plots that needs nothing else, for people. */
  HTML
}
