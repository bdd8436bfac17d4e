package io.penstock.cli;

import io.penstock.objective.GateReport;
import io.penstock.objective.GateState;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Gates as lines for people, none longer than 80 columns: for each the numbers of both arms, and
 * below them what decides where it goes.
 */
final class GatesView {
  static final int WIDTH = 80;

  private static final int NAME_MAX = 26;
  private static final String INDENT = "  ";
  private static final String END = "\u001b[0m";
  private static final long TOLD_EXACTLY_MAX = 9_999_999;
  private static final double THOUSAND = 1e3;
  private static final int SCALE_MAX = 6;
  private static final MathContext THREE_DIGITS = new MathContext(3);
  private static final String[] MAGNITUDES = {"", "k", "M", "G", "T", "P", "E"};

  private final List<GateReport> gates;
  private final boolean hasColours;

  GatesView(final List<GateReport> gates, final boolean hasColours) {
    this.gates = gates;
    this.hasColours = hasColours;
  }

  /** The lines, an empty one first; nothing when there is no gate. */
  String text() {
    if (gates.isEmpty()) {
      return "";
    }
    final Table table = new Table("GATE", "STATE", "SHARE", "GOOD", "BAD", "REST GOOD", "REST BAD");
    for (final GateReport gate : gates) {
      table.row(
          shorten(gate.name()),
          gate.state().name(),
          percent(gate.share()),
          count(gate.good()),
          count(gate.bad()),
          count(gate.baselineGood()),
          count(gate.baselineBad()));
    }
    final StringWriter lines = new StringWriter();
    table.print(new PrintWriter(lines, true));
    final List<String> rows = lines.toString().lines().toList();
    final StringBuilder text = new StringBuilder("\n").append(rows.get(0)).append('\n');
    for (int i = 0; i < gates.size(); i++) {
      text.append(coloured(rows.get(i + 1), gates.get(i).state())).append('\n');
      addWrapped(text, why(gates.get(i)));
    }
    return text.toString();
  }

  /** The middle of a long name is left out: versions stand at the end. */
  private static String shorten(final String name) {
    return name.length() <= NAME_MAX
        ? name
        : name.substring(0, NAME_MAX / 2 - 1)
            + ".."
            + name.substring(name.length() - NAME_MAX / 2 + 1);
  }

  private static String why(final GateReport gate) {
    return String.format(
        "for %s; bad share %s to %s, %s allowed; %s",
        age(Duration.ofNanos(gate.sinceNs())),
        percent(gate.badLower()),
        percent(gate.badUpper()),
        percent(gate.budget()),
        gate.reason().replaceAll("\\p{Cntrl}", " "));
  }

  private static void addWrapped(final StringBuilder text, final String words) {
    int column = 0;
    for (final String word : words.trim().split(" +", -1)) {
      if (column > 0 && column + 1 + word.length() > WIDTH) {
        text.append('\n');
        column = 0;
      }
      final String gap = column == 0 ? INDENT : " ";
      final String shown = word.substring(0, Math.min(word.length(), WIDTH - INDENT.length()));
      text.append(gap).append(shown);
      column += gap.length() + shown.length();
    }
    text.append('\n');
  }

  /** In the largest unit that there are at least two of. */
  private static String age(final Duration age) {
    if (age.toDays() > 1) {
      return age.toDays() + " days";
    }
    if (age.toHours() > 1) {
      return age.toHours() + " h";
    }
    return age.toMinutes() > 1 ? age.toMinutes() + " min" : Math.max(0, age.toSeconds()) + " s";
  }

  /** A share of one in percent, by three digits; what is no share is shown as it is. */
  private static String percent(final double share) {
    if (!(share >= 0 && share <= 1)) {
      return Double.toString(share);
    }
    final BigDecimal percent =
        BigDecimal.valueOf(100 * share).setScale(SCALE_MAX, RoundingMode.HALF_EVEN);
    return percent.round(THREE_DIGITS).stripTrailingZeros().toPlainString() + " %";
  }

  /** Exact up to ten million, then three digits and a magnitude. */
  private static String count(final long count) {
    if (count <= TOLD_EXACTLY_MAX) {
      return Long.toString(count);
    }
    double value = count;
    int magnitude = 0;
    while (value >= THOUSAND) {
      value /= THOUSAND;
      magnitude++;
    }
    return String.format(Locale.ROOT, "%.1f", value) + MAGNITUDES[magnitude];
  }

  private String coloured(final String row, final GateState state) {
    return hasColours
        ? row.replaceFirst("  " + state + "  ", "  " + colour(state) + state + END + "  ")
        : row;
  }

  private static String colour(final GateState state) {
    return switch (state) {
      case OPEN -> "\u001b[32m";
      case CANARY -> "\u001b[33m";
      case TRIPPED -> "\u001b[31m";
    };
  }
}
