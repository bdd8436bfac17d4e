package io.penstock.cli;

import io.penstock.objective.ObjectiveState;
import io.penstock.telemetry.counters.EngineCounters;
import io.penstock.telemetry.counters.ObjectiveCounters;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The counters of an engine as lines for people. */
final class TopView {
  private static final String[] UNITS = {"ns", "us", "ms", "s"};
  private static final double MS_PER_S = 1e3;
  private static final int NAME_MAX = 40;
  private static final String END = "\u001b[0m";

  private final EngineCounters now;
  private final @Nullable EngineCounters before;
  private final Instant time;
  private final boolean hasColours;

  /**
   * Creates a view.
   *
   * @param before what was read before, for rates; null for none
   */
  TopView(
      final EngineCounters now,
      final @Nullable EngineCounters before,
      final Instant time,
      final boolean hasColours) {
    this.now = now;
    this.before = before;
    this.time = time;
    this.hasColours = hasColours;
  }

  String text() {
    return headline() + "\n\n" + table() + new GatesView(now.gates(), hasColours).text() + untold();
  }

  private String headline() {
    final String engine = now.engine() + ", process " + now.processId() + ": ";
    final String written = now.heartbeat().truncatedTo(ChronoUnit.SECONDS).toString();
    if (now.closed()) {
      return engine + red("engine is closed") + ", the numbers are of " + written;
    }
    if (!now.isAlive(time)) {
      final boolean isThere = ProcessHandle.of(now.processId()).isPresent();
      return engine
          + red("engine is gone")
          + ", no sign of life for "
          + age(now.heartbeat())
          + (isThere ? "; a process of that number is there" : "; its process has ended")
          + "; the numbers are of "
          + written;
    }
    return engine + "open for " + age(now.opened()) + ", written " + age(now.heartbeat()) + " ago";
  }

  private String untold() {
    return now.untold() == 0
        ? ""
        : "\nthere are " + now.untold() + " more, for which the counters have no room\n";
  }

  private String red(final String words) {
    return hasColours ? colour(ObjectiveState.BREACHED) + words + END : words;
  }

  private String age(final Instant since) {
    final Duration age = Duration.between(since, time);
    if (age.isNegative()) {
      return "0 s";
    }
    if (age.toHours() > 0) {
      return age.toHours() + " h " + age.toMinutesPart() + " min";
    }
    return age.toMinutes() > 0
        ? age.toMinutes() + " min " + age.toSecondsPart() + " s"
        : age.toSeconds() + " s";
  }

  private String table() {
    final Table table =
        new Table(
            "OBJECTIVE",
            "STATE",
            "GOOD",
            "BAD",
            "BUDGET",
            "BURN",
            "P50",
            "P99",
            "RATE",
            "PROMISED");
    for (final ObjectiveCounters row : now.objectives()) {
      final boolean any = row.count() > 0;
      table.row(
          row.name().length() <= NAME_MAX ? row.name() : row.name().substring(0, NAME_MAX),
          row.state().name(),
          Long.toString(row.good()),
          Long.toString(row.bad()),
          Double.isNaN(row.budgetRemaining())
              ? "-"
              : String.format(Locale.ROOT, "%.0f %%", 100 * row.budgetRemaining()),
          Double.isNaN(row.burnRate()) ? "-" : String.format(Locale.ROOT, "%.1f", row.burnRate()),
          any ? latency(row.p50()) : "-",
          any ? latency(row.p99()) : "-",
          rate(row),
          promise(row));
    }
    final StringWriter text = new StringWriter();
    table.print(new PrintWriter(text, true));
    return hasColours ? coloured(text.toString()) : text.toString();
  }

  /** The lines of the table, below its head, are those of the objectives. */
  private String coloured(final String table) {
    final List<String> lines = table.lines().toList();
    final StringBuilder text = new StringBuilder(lines.get(0)).append('\n');
    for (int i = 1; i < lines.size(); i++) {
      final ObjectiveState state = now.objectives().get(i - 1).state();
      text.append(lines.get(i).replaceFirst("  " + state, "  " + colour(state) + state + END));
      text.append('\n');
    }
    return text.toString();
  }

  private static String colour(final ObjectiveState state) {
    return switch (state) {
      case MET -> "\u001b[32m";
      case AT_RISK -> "\u001b[33m";
      case BREACHED -> "\u001b[31m";
      case NO_DATA, INSUFFICIENT -> "\u001b[90m";
    };
  }

  private static String promise(final ObjectiveCounters row) {
    final long windowS = row.objective().window().toSeconds();
    final String window =
        windowS % 86_400 == 0
            ? windowS / 86_400 + "d"
            : windowS % 3_600 == 0 ? windowS / 3_600 + "h" : windowS + "s";
    final String percent = String.format(Locale.ROOT, "%.5f", 100 * row.objective().target());
    return percent.replaceAll("\\.?0+$", "")
        + " % in "
        + latency((double) row.objective().threshold().toNanos())
        + " over "
        + window;
  }

  /** Events a second between two writings; nothing without an earlier one. */
  private String rate(final ObjectiveCounters row) {
    final EngineCounters earlier = before;
    if (earlier == null || !earlier.opened().equals(now.opened())) {
      return "";
    }
    final double seconds =
        Duration.between(earlier.heartbeat(), now.heartbeat()).toMillis() / MS_PER_S;
    return earlier.objectives().stream()
        .filter(each -> each.name().equals(row.name()) && seconds > 0)
        .findFirst()
        .map(each -> String.format(Locale.ROOT, "%.1f/s", (row.count() - each.count()) / seconds))
        .orElse("");
  }

  private static String latency(final double ns) {
    double value = ns;
    int unit = 0;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    final String text =
        String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    return (text.contains(".") ? text.replaceAll("\\.?0+$", "") : text) + " " + UNITS[unit];
  }
}
