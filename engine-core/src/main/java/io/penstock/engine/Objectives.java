package io.penstock.engine;

import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the objectives of an engine stand. Safe for any thread. */
public final class Objectives {
  private static final double NS_PER_US = 1e3;
  private static final double NS_PER_MS = 1e6;
  private static final double NS_PER_S = 1e9;

  private final Telemetry telemetry;
  private final List<Shard> shards;

  Objectives(final Telemetry telemetry, final List<Shard> shards) {
    this.telemetry = telemetry;
    this.shards = shards;
  }

  /**
   * What was measured so far. R1 is measured now, by batches of reads of a status, as one read
   * cannot be timed.
   *
   * @return a reading for each class, then for each workflow and task that has been seen; empty
   *     without telemetry on the class path
   */
  public List<ObjectiveReading> readings() {
    return telemetry.readings(new HotReads(shards.get(0).statuses()));
  }

  /**
   * The readings as a table for people.
   *
   * @return lines of text
   */
  public String report() {
    final List<ObjectiveReading> readings = readings();
    if (readings.isEmpty()) {
      return "no telemetry on the class path; add the artifact io.penstock:penstock-telemetry\n";
    }
    final String format = "%-44s %10s %9s %9s %9s %9s  %-22s %-12s %8s %6s%n";
    final StringBuilder report =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                format,
                "",
                "count",
                "p50",
                "p99",
                "p99.9",
                "max",
                "objective",
                "state",
                "budget",
                "burn"));
    for (final ObjectiveReading reading : readings) {
      report.append(
          String.format(
              Locale.ROOT,
              format,
              reading.name() + (reading.note().isEmpty() ? "" : " (" + reading.note() + ")"),
              reading.count(),
              duration(reading.p50(), reading.count()),
              duration(reading.p99(), reading.count()),
              duration(reading.p999(), reading.count()),
              duration(reading.max(), reading.count()),
              objective(reading.status()),
              reading.status() == null ? "" : reading.status().state(),
              reading.status() == null ? "" : percent(reading.status().budgetRemaining()),
              reading.status() == null ? "" : rate(reading.status().burnRate())));
    }
    return report.toString();
  }

  private static String objective(final @Nullable ObjectiveStatus status) {
    if (status == null) {
      return "";
    }
    final Objective objective = status.objective();
    return String.format(
        Locale.ROOT,
        "%s %% in %s over %s",
        trimmed(100 * objective.target()),
        duration((double) objective.threshold().toNanos(), 1),
        window(objective.window()));
  }

  /** In the largest unit that it is a whole number of. */
  private static String window(final Duration window) {
    if (window.toSeconds() % 86_400 == 0) {
      return window.toDays() + "d";
    }
    if (window.toSeconds() % 3_600 == 0) {
      return window.toHours() + "h";
    }
    return window.toSeconds() % 60 == 0 ? window.toMinutes() + "m" : window.toSeconds() + "s";
  }

  private static String percent(final double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  private static String rate(final double rate) {
    return Double.isNaN(rate) ? "-" : String.format(Locale.ROOT, "%.1f", rate);
  }

  private static String trimmed(final double number) {
    return number == Math.rint(number)
        ? Long.toString((long) number)
        : String.format(Locale.ROOT, "%.1f", number);
  }

  private static String duration(final double ns, final long count) {
    if (count == 0) {
      return "-";
    }
    if (ns < NS_PER_US) {
      return String.format(Locale.ROOT, "%s ns", trimmed(ns));
    }
    if (ns < NS_PER_MS) {
      return String.format(Locale.ROOT, "%s us", trimmed(ns / NS_PER_US));
    }
    return ns < NS_PER_S
        ? String.format(Locale.ROOT, "%s ms", trimmed(ns / NS_PER_MS))
        : String.format(Locale.ROOT, "%.2f s", ns / NS_PER_S);
  }
}
