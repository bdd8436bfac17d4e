package io.penstock.telemetry;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What several histograms have counted, at one moment, as one. Not thread safe; what is added may
 * be written meanwhile.
 */
final class HistogramSum {
  private static final double NS_PER_S = 1e9;

  private final long[] @Nullable [] pages = new long[LatencyHistogram.PAGES][];
  private final TreeSet<Duration> thresholds = new TreeSet<>();
  private final Exemplars exemplars = new Exemplars();

  void add(final LatencyHistogram source, final @Nullable Duration threshold) {
    for (int page = 0; page < LatencyHistogram.PAGES; page++) {
      for (int offset = 0;
          source.hasPage(page) && offset < LatencyHistogram.PAGE_LENGTH;
          offset++) {
        add(page, offset, source.count(page, offset));
      }
    }
    if (threshold != null) {
      thresholds.add(threshold);
    }
    source.exemplars().forEach(exemplars::keep); // after the counts, which are never behind
  }

  void add(final HistogramSum other) {
    other.forEach(this::add);
    thresholds.addAll(other.thresholds);
    other.exemplars.forEach(exemplars::keep);
  }

  private void add(final int page, final int offset, final long count) {
    long[] counts = pages[page];
    if (counts == null) {
      counts = new long[LatencyHistogram.PAGE_LENGTH];
      pages[page] = counts;
    }
    counts[offset] += count;
  }

  /** Shows each bucket that holds something, from the shortest durations to the longest. */
  void forEach(final BucketVisitor visitor) {
    for (int page = 0; page < LatencyHistogram.PAGES; page++) {
      final long[] counts = pages[page];
      for (int offset = 0; counts != null && offset < LatencyHistogram.PAGE_LENGTH; offset++) {
        if (counts[offset] > 0) {
          visitor.onBucket(page, offset, counts[offset]);
        }
      }
    }
  }

  boolean isEmpty() {
    return total() == 0;
  }

  /** Number of durations. */
  long total() {
    final long[] total = new long[1];
    forEach((page, offset, count) -> total[0] += count);
    return total[0];
  }

  /** Sum of the durations in seconds, each taken as the middle of its bucket: within 0.05 %. */
  double sum() {
    final double[] sum = new double[1];
    forEach((page, offset, count) -> sum[0] += seconds(page, offset) * count);
    return sum[0];
  }

  /** A metric's bounds with the thresholds of the objectives among them, in seconds, ascending. */
  List<Double> bounds(final Metric metric) {
    final TreeSet<Double> bounds = new TreeSet<>(metric.bounds());
    thresholds.forEach(threshold -> bounds.add(seconds(threshold)));
    return List.copyOf(bounds);
  }

  /** How many durations are in each explicit bucket: one more than there are bounds. */
  long[] counts(final List<Double> bounds) {
    final long[] counts = new long[bounds.size() + 1];
    forEach((page, offset, count) -> counts[bucketOf(seconds(page, offset), bounds)] += count);
    return counts;
  }

  /** The explicit bucket of a duration in seconds; upper bounds are inclusive. */
  static int bucketOf(final double seconds, final List<Double> bounds) {
    int bucket = 0;
    while (bucket < bounds.size() && seconds > bounds.get(bucket)) {
      bucket++;
    }
    return bucket;
  }

  Collection<Exemplar> exemplars() {
    return exemplars.all();
  }

  /** The duration in seconds that stands for a bucket: its middle. */
  static double seconds(final int page, final int offset) {
    return LatencyHistogram.middleValue(page, offset) / NS_PER_S;
  }

  /** A duration as the nearest literal. */
  private static double seconds(final Duration duration) {
    return BigDecimal.valueOf(duration.toNanos(), 9).doubleValue();
  }

  /** Is shown buckets. */
  @FunctionalInterface
  interface BucketVisitor {
    void onBucket(int page, int offset, long count);
  }
}
