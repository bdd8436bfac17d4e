package io.penstock.benchmarks;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How a run shows what it measured: a row of a table, the hiccups of the machine at its end. */
final class Latencies {
  static final String HEADER =
      "| what | per second | p50 µs | p99 µs | p99.9 µs | max µs | hiccups p99 µs | p99.9 µs | max µs |\n"
          + "|---|---|---|---|---|---|---|---|---|";

  private static final double NS_PER_US = 1e3;
  private static final double NS_PER_S = 1e9;

  private Latencies() {}

  /** An empty histogram of nanoseconds, up to 100 s; what is longer counts as that. */
  static Histogram histogram() {
    return new Histogram(TimeUnit.SECONDS.toNanos(100), 3);
  }

  /** Prints a row. */
  static void print(
      final String what, final long durationNs, final Histogram measured, final Histogram hiccups) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %,.0f | %s | %s | %s | %s | %s | %s | %s |%n",
        what,
        measured.getTotalCount() * NS_PER_S / durationNs,
        us(measured.getValueAtPercentile(50)),
        us(measured.getValueAtPercentile(99)),
        us(measured.getValueAtPercentile(99.9)),
        us(measured.getMaxValue()),
        us(hiccups.getValueAtPercentile(99)),
        us(hiccups.getValueAtPercentile(99.9)),
        us(hiccups.getMaxValue()));
  }

  private static String us(final long ns) {
    return String.format(Locale.ROOT, ns < 100 * NS_PER_US ? "%.1f" : "%,.0f", ns / NS_PER_US);
  }
}
