package io.penstock.lab.report;

import io.penstock.lab.result.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** Histograms as HdrHistogram's tools read them, a tag for each; values in milliseconds there. */
final class IntervalLogs {
  private static final double NS_PER_MS = 1e6;
  private static final double MS_PER_S = 1e3;

  private IntervalLogs() {}

  static void write(final Path file, final Result result, final long endMs) throws IOException {
    final long beginMs = endMs - result.elapsedNs() / 1_000_000;
    try (OutputStream to = Files.newOutputStream(file)) {
      final HistogramLogWriter log = new HistogramLogWriter(to);
      log.outputComment("[scenario " + result.scenario() + ", " + result.durability() + "]");
      log.outputLogFormatVersion();
      log.outputStartTime(beginMs);
      log.setBaseTime(beginMs);
      log.outputLegend();
      for (final Map.Entry<String, Histogram> each : result.histograms().entrySet()) {
        write(log, each.getKey(), each.getValue(), beginMs, endMs);
      }
      write(log, "hiccups", result.hiccups(), beginMs, endMs);
    }
  }

  private static void write(
      final HistogramLogWriter log,
      final String name,
      final Histogram histogram,
      final long beginMs,
      final long endMs) {
    final Histogram tagged = histogram.copy();
    tagged.setTag(name.replaceAll("[^A-Za-z0-9.]+", "-"));
    tagged.setStartTimeStamp(beginMs);
    tagged.setEndTimeStamp(endMs);
    log.outputIntervalHistogram(0, (endMs - beginMs) / MS_PER_S, tagged, NS_PER_MS);
  }
}
