package io.penstock.telemetry.report;

/** What text must become before it may stand in a page. */
final class Markup {
  private Markup() {}

  /** Text as the content of an element or of a quoted attribute. */
  static String escape(final String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
