package io.penstock.benchmarks;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How a run shows what it measured: a row of a table, the hiccups of the machine at its end. */
final class Latencies {
  private static final double NS_PER_US = 1e3;
  private static final double NS_PER_S = 1e9;

  private Latencies() {}

  /** An empty histogram of nanoseconds, up to 100 s; what is longer counts as that. */
  static Histogram histogram() {
    return new Histogram(TimeUnit.SECONDS.toNanos(100), 2);
  }

  /**
   * Prints the head of a table.
   *
   * @param what names of the columns before the figures, with bars between them
   */
  static void printHead(final String what) {
    System.out.println(
        "| "
            + what
            + " | per second | p50 µs | p99 µs | p99.9 µs | max µs | hiccups p99.9 µs | max µs |");
    System.out.println("|---".repeat(what.split("\\|").length + 7) + "|");
  }

  /** Prints a row. */
  static void print(final String what, final Callers.Result result) {
    print(what, result.acknowledged(), result.durationNs(), result.waits(), result.hiccups());
  }

  /**
   * Prints a row.
   *
   * @param what the columns before the figures, with bars between them
   * @param count how many were done in that time
   * @param durationNs the time
   * @param measured how long each took
   * @param hiccups of the machine meanwhile
   */
  static void print(
      final String what,
      final long count,
      final long durationNs,
      final Histogram measured,
      final Histogram hiccups) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %,.0f | %s | %s | %s | %s | %s | %s |%n",
        what,
        count * NS_PER_S / durationNs,
        us(measured.getValueAtPercentile(50)),
        us(measured.getValueAtPercentile(99)),
        us(measured.getValueAtPercentile(99.9)),
        us(measured.getMaxValue()),
        us(hiccups.getValueAtPercentile(99.9)),
        us(hiccups.getMaxValue()));
  }

  private static String us(final long ns) {
    return String.format(Locale.ROOT, ns < 100 * NS_PER_US ? "%.1f" : "%,.0f", ns / NS_PER_US);
  }
}
