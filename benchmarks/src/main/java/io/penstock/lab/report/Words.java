package io.penstock.lab.report;

import java.util.Locale;

/** Numbers and text as they may stand in a page. */
final class Words {
  private static final String[] TIMES = {"ns", "µs", "ms", "s"};

  private Words() {}

  /** Text as the content of an element or of a quoted attribute. */
  static String escape(final String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Three digits: "0.25", "14.4", "1,200"; a dash for what is not a number. */
  static String number(final double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    final double size = Math.abs(value);
    final int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    final String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    return decimals == 0 ? text : text.replaceAll("\\.?0+$", "");
  }

  /** A short label of an axis: "0", "500", "10k", "2M". */
  static String label(final double value) {
    if (value >= 1e6) {
      return number(value / 1e6) + "M";
    }
    return value >= 1e4 ? number(value / 1e3) + "k" : number(value);
  }

  /** A number and its unit; durations in the unit that suits them. */
  static String amount(final double value, final String unit) {
    final double ns =
        switch (unit) {
          case "ns" -> 1;
          case "µs" -> 1e3;
          case "ms" -> 1e6;
          case "s" -> 1e9;
          default -> Double.NaN;
        };
    return Double.isNaN(ns * value) ? number(value) + " " + unit : time(value * ns);
  }

  /** A duration: "4.2 ms". */
  static String time(final double ns) {
    double value = ns;
    int unit = 0;
    while (value >= 999.5 && unit < TIMES.length - 1) {
      value /= 1000;
      unit++;
    }
    return number(value) + " " + TIMES[unit];
  }
}
