package io.penstock.engine;

import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.Telemetry;
import java.util.List;
import java.util.Locale;

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
    final String format = "%-44s %10s %9s %9s %9s %9s  %-18s %s%n";
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
                "verdict"));
    for (final ObjectiveReading reading : readings) {
      report.append(
          String.format(
              Locale.ROOT,
              format,
              reading.name(),
              reading.count(),
              duration(reading.p50(), reading.count()),
              duration(reading.p99(), reading.count()),
              duration(reading.p999(), reading.count()),
              duration(reading.max(), reading.count()),
              objective(reading),
              verdict(reading)));
    }
    return report.toString();
  }

  private static String objective(final ObjectiveReading reading) {
    return reading.objective() == null
        ? ""
        : String.format(
            Locale.ROOT,
            "%s %% in %s",
            trimmed(100 * reading.objective().target()),
            duration((double) reading.objective().threshold().toNanos(), 1));
  }

  private static String trimmed(final double number) {
    return number == Math.rint(number)
        ? Long.toString((long) number)
        : String.format(Locale.ROOT, "%.1f", number);
  }

  private static String verdict(final ObjectiveReading reading) {
    final String verdict =
        reading.verdict() == ObjectiveReading.Verdict.NONE ? "" : reading.verdict().toString();
    return reading.note().isEmpty() ? verdict : verdict + " (" + reading.note() + ")";
  }

  private static String duration(final double ns, final long count) {
    if (count == 0) {
      return "-";
    }
    if (ns < NS_PER_US) {
      return String.format(Locale.ROOT, "%.1f ns", ns);
    }
    if (ns < NS_PER_MS) {
      return String.format(Locale.ROOT, "%.1f us", ns / NS_PER_US);
    }
    return ns < NS_PER_S
        ? String.format(Locale.ROOT, "%.1f ms", ns / NS_PER_MS)
        : String.format(Locale.ROOT, "%.2f s", ns / NS_PER_S);
  }
}
