package io.penstock.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import org.jspecify.annotations.Nullable;

/**
 * Tells a metric what a histogram has counted since it was last told: for each duration the middle
 * of its bucket, in seconds, which is within 0.05 % of it. Each duration is told once. Not thread
 * safe; the histogram may be written meanwhile.
 */
final class HistogramReplay {
  private static final double NS_PER_S = 1e9;

  private final LatencyHistogram source;
  private final DoubleHistogram target;
  private final Attributes attributes;
  private final long[] @Nullable [] replayed = new long[LatencyHistogram.PAGES][];

  HistogramReplay(
      final LatencyHistogram source, final DoubleHistogram target, final Attributes attributes) {
    this.source = source;
    this.target = target;
    this.attributes = attributes;
  }

  /**
   * Tells what is new, up to a number of durations; the rest is told next time.
   *
   * @return how many durations were told
   */
  long replay(final long limit) {
    long told = 0;
    for (int page = 0; page < LatencyHistogram.PAGES && told < limit; page++) {
      if (source.hasPage(page)) {
        told += replayPage(page, limit - told);
      }
    }
    return told;
  }

  private long replayPage(final int page, final long limit) {
    long[] before = replayed[page];
    if (before == null) {
      before = new long[LatencyHistogram.PAGE_LENGTH];
      replayed[page] = before;
    }
    long told = 0;
    for (int offset = 0; offset < LatencyHistogram.PAGE_LENGTH && told < limit; offset++) {
      final long count = Math.min(source.count(page, offset) - before[offset], limit - told);
      if (count > 0) {
        record(LatencyHistogram.middleValue(page, offset) / NS_PER_S, count);
        before[offset] += count;
        told += count;
      }
    }
    return told;
  }

  private void record(final double seconds, final long count) {
    for (long i = 0; i < count; i++) {
      target.record(seconds, attributes);
    }
  }
}
