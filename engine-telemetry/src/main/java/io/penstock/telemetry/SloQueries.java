package io.penstock.telemetry;

import io.penstock.workflow.Objective;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Names and queries that the generated texts share. */
final class SloQueries {
  private static final int SLUG_LENGTH_MAX = 63 - OpenSlo.INDICATOR_SUFFIX.length();

  private static final List<String> UNITS = List.of("ns", "us", "ms", "s");
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

  /** Stands for what can not be decoded; Prometheus refuses a query that has it as it is. */
  private static final char NO_CHARACTER = '\ufffd';

  private SloQueries() {}

  /** PromQL: events of an objective a second over a range. */
  static String rate(final String name, final String range) {
    return "sum by (penstock_slo_name) (rate(penstock_slo_events_total{"
        + label("penstock_slo_name", name)
        + "}["
        + range
        + "]))";
  }

  /** PromQL: events of an objective a second over a range, those of one outcome. */
  static String rate(final String name, final String outcome, final String range) {
    return "sum by (penstock_slo_name) (rate(" + counter(name, outcome) + "[" + range + "]))";
  }

  /** PromQL: the counter of the events of one outcome. */
  static String counter(final String name, final String outcome) {
    return "penstock_slo_events_total{"
        + label("penstock_slo_name", name)
        + ","
        + label("penstock_slo_outcome", outcome)
        + "}";
  }

  /** PromQL: bad events of an objective over a range. */
  static String badEvents(final String name, final String range) {
    return "sum by (penstock_slo_name) (increase(" + counter(name, "bad") + "[" + range + "]))";
  }

  /**
   * PromQL: a gauge without a unit, by the name that it has here and the one that OpenTelemetry's
   * exporter before 1.62 gives it.
   */
  static String gauge(final String metric, final String matchers) {
    return "{" + matching("__name__", metric + "(_ratio)?") + "," + matchers + "}";
  }

  /** PromQL: a matcher of a label. */
  static String label(final String label, final String value) {
    final StringBuilder text = new StringBuilder(label).append("=\"");
    for (int i = 0; i < value.length(); i++) {
      final char c = value.charAt(i);
      if (c == '\\' || c == '"') {
        text.append('\\').append(c);
      } else if (c == '\n') {
        text.append("\\n");
      } else if (Tree.isPrintable(c) && c != NO_CHARACTER) {
        text.append(c);
      } else {
        text.append(String.format("\\u%04x", (int) c));
      }
    }
    return text.append('"').toString();
  }

  /** PromQL: a matcher of a label by a pattern, which is given as it is. */
  static String matching(final String label, final String pattern) {
    return label + "=~\"" + pattern + '"';
  }

  /** What was promised: "99.9 % within 1.5 ms over 30d". */
  static String promise(final Objective objective) {
    return BigDecimal.valueOf(objective.target())
            .movePointRight(2)
            .stripTrailingZeros()
            .toPlainString()
        + " % within "
        + threshold(objective.threshold())
        + " over "
        + StatusGauges.label(objective.window());
  }

  /** To the nanosecond, in the largest unit that leaves a whole part. */
  static String threshold(final Duration threshold) {
    if (threshold.toMinutes() > 0 && threshold.equals(Duration.ofMinutes(threshold.toMinutes()))) {
      return StatusGauges.label(threshold);
    }
    BigDecimal value = BigDecimal.valueOf(threshold.toNanos());
    int unit = 0;
    while (unit < UNITS.size() - 1 && value.compareTo(THOUSAND) >= 0) {
      value = value.movePointLeft(3);
      unit++;
    }
    return value.stripTrailingZeros().toPlainString() + " " + UNITS.get(unit);
  }

  /** The error budget as the decimal that the target is one of. */
  static String errorBudget(final Objective objective) {
    return BigDecimal.ONE
        .subtract(BigDecimal.valueOf(objective.target()))
        .stripTrailingZeros()
        .toPlainString();
  }

  /** A name of lower-case letters, digits and dashes (RFC 1123) that is not among others yet. */
  static String slug(final String name, final Set<String> others) {
    final String plain =
        ("slo " + name).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("-$", "");
    String slug = cut(plain, SLUG_LENGTH_MAX);
    for (int i = 2; !others.add(slug); i++) {
      final String suffix = "-" + i;
      slug = cut(plain, SLUG_LENGTH_MAX - suffix.length()) + suffix;
    }
    return slug;
  }

  private static String cut(final String text, final int lengthMax) {
    return text.length() <= lengthMax ? text : text.substring(0, lengthMax).replaceAll("-$", "");
  }
}
