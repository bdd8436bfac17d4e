package io.penstock.telemetry;

import java.util.ArrayList;
import java.util.List;

/**
 * Base-2 exponential buckets of a histogram of seconds, as OpenTelemetry defines them: bucket i of
 * scale s holds what is over 2^(i / 2^s) and up to 2^((i + 1) / 2^s). The scale is the largest at
 * which all durations fit {@link #BUCKETS_MAX} buckets.
 *
 * @param scale the scale
 * @param offset index of the first bucket
 * @param counts the buckets from there on, without gaps
 * @param zeroCount durations of 0 ns
 */
record ExponentialBuckets(int scale, int offset, List<Long> counts, long zeroCount) {
  /** As many as the SDK's own histograms take by default. */
  static final int BUCKETS_MAX = 160;

  /** As fine as the buckets of the source, of which an octave has 1,024. */
  static final int SCALE_MAX = 10;

  private static final double LN_2 = Math.log(2);

  static ExponentialBuckets of(final HistogramSum sum) {
    final double[] extremes = {Double.NaN, Double.NaN};
    final long[] zeroCount = new long[1];
    sum.forEach(
        (page, at, count) -> {
          final double seconds = HistogramSum.seconds(page, at);
          if (seconds == 0) {
            zeroCount[0] = count;
          } else {
            extremes[0] = Double.isNaN(extremes[0]) ? seconds : extremes[0];
            extremes[1] = seconds;
          }
        });
    if (Double.isNaN(extremes[0])) {
      return new ExponentialBuckets(SCALE_MAX, 0, List.of(), zeroCount[0]);
    }
    int scale = SCALE_MAX;
    while (index(extremes[1], scale) - index(extremes[0], scale) >= BUCKETS_MAX) {
      scale--;
    }
    final int offset = index(extremes[0], scale);
    final long[] counts = new long[index(extremes[1], scale) - offset + 1];
    final int chosen = scale;
    sum.forEach(
        (page, at, count) -> {
          final double seconds = HistogramSum.seconds(page, at);
          if (seconds > 0) {
            counts[index(seconds, chosen) - offset] += count;
          }
        });
    final List<Long> boxed = new ArrayList<>(counts.length);
    for (final long count : counts) {
      boxed.add(count);
    }
    return new ExponentialBuckets(scale, offset, boxed, zeroCount[0]);
  }

  private static int index(final double seconds, final int scale) {
    return (int) Math.ceil(Math.scalb(Math.log(seconds) / LN_2, scale)) - 1;
  }
}
