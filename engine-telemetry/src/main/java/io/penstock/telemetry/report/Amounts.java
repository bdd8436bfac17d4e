package io.penstock.telemetry.report;

import io.penstock.workflow.Objective;
import java.util.Locale;

/** Numbers as people read them: three digits and a unit. */
final class Amounts {
  private static final String[] UNITS = {"ns", "µs", "ms", "s"};
  private static final double NS_PER_MINUTE = 60e9;
  private static final double NS_PER_HOUR = 3600e9;
  private static final double NS_PER_DAY = 86_400e9;
  private static final int DECIMALS_MAX = 9;
  private static final double ROUNDING = 1e-7;

  private Amounts() {}

  /** A duration of up to minutes: "4.20 ms". */
  static String latency(final double ns) {
    double value = ns;
    int unit = 0;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return number(value) + " " + UNITS[unit];
  }

  /** A duration of a window: "30 d", "90 min", "5 s". */
  static String window(final double ns) {
    final double rounded = ns * (1 + ROUNDING); // a slot of a window may be cut to nanoseconds
    if (rounded >= NS_PER_DAY) {
      return number(rounded / NS_PER_DAY) + " d";
    }
    if (rounded >= NS_PER_HOUR) {
      return number(rounded / NS_PER_HOUR) + " h";
    }
    return rounded >= NS_PER_MINUTE ? number(rounded / NS_PER_MINUTE) + " min" : latency(rounded);
  }

  /** Three digits, without zeros at the end: "0.25", "14.4", "1,200". */
  static String number(final double value) {
    final double size = Math.abs(value);
    final int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    final String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    return decimals == 0 ? text : text.replaceAll("\\.?0+$", "");
  }

  /** A share of one: "87.5 %"; as many digits as it takes near the whole: "99.997 %". */
  static String percent(final double share) {
    if (Double.isNaN(share)) {
      return "–";
    }
    final double percent = 100 * share;
    if (percent <= 99 || percent >= 100) {
      return number(percent) + " %";
    }
    final int decimals = Math.min(1 + (int) Math.ceil(-Math.log10(100 - percent)), DECIMALS_MAX);
    return String.format(Locale.ROOT, "%." + decimals + "f", percent).replaceAll("\\.?0+$", "")
        + " %";
  }

  /** A burn rate: "14.4". */
  static String rate(final double rate) {
    return Double.isNaN(rate) ? "–" : number(rate);
  }

  /** What was promised: "99 % within 1 ms over 1 h". */
  static String promise(final Objective objective) {
    return percent(objective.target())
        + " within "
        + latency((double) objective.threshold().toNanos())
        + " over "
        + window((double) objective.window().toNanos());
  }
}
