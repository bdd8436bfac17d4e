package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ExportedBucketsProperties {
  private static final double SOURCE_WIDTH = 1.0 / 1024;
  private static final double[] QUANTILES = {0.01, 0.5, 0.9, 0.99, 1};

  @Provide
  Arbitrary<List<Long>> durations() {
    final Arbitrary<Long> logarithmic =
        Arbitraries.integers()
            .between(0, 50)
            .flatMap(bits -> Arbitraries.longs().between(1, 1L << bits));
    return logarithmic.list().ofMinSize(1).ofMaxSize(300);
  }

  private static HistogramSum sum(final List<Long> durations) {
    final LatencyHistogram histogram = new LatencyHistogram();
    durations.forEach(histogram::record);
    final HistogramSum sum = new HistogramSum();
    sum.add(histogram, null);
    return sum;
  }

  private static double exact(final List<Long> durations, final double quantile) {
    final List<Long> sorted = durations.stream().sorted().toList();
    return sorted.get((int) Math.ceil(quantile * sorted.size()) - 1) / 1e9;
  }

  @Property(tries = 300)
  void exponentialBucketsHoldTheExactQuantiles(@ForAll("durations") final List<Long> durations) {
    final ExponentialBuckets buckets = ExponentialBuckets.of(sum(durations));

    assertThat(buckets.counts()).hasSizeLessThanOrEqualTo(ExponentialBuckets.BUCKETS_MAX);
    assertThat(buckets.counts().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(durations.size());
    final double base = Math.pow(2, Math.pow(2, -buckets.scale()));
    for (final double quantile : QUANTILES) {
      final int index =
          buckets.offset() + bucket(buckets.counts(), Math.ceil(quantile * durations.size()));
      assertThat(exact(durations, quantile))
          .isBetween(
              Math.pow(base, index) * (1 - SOURCE_WIDTH),
              Math.pow(base, index + 1) * (1 + SOURCE_WIDTH));
    }
  }

  @Property(tries = 300)
  void explicitBucketsHoldTheExactQuantiles(@ForAll("durations") final List<Long> durations) {
    final List<Double> bounds = Metric.CASE_DURATION.bounds();
    final List<Long> counts =
        java.util.Arrays.stream(sum(durations).counts(bounds)).boxed().toList();

    assertThat(counts.stream().mapToLong(Long::longValue).sum()).isEqualTo(durations.size());
    for (final double quantile : QUANTILES) {
      final int bucket = bucket(counts, Math.ceil(quantile * durations.size()));
      final double lower = bucket == 0 ? 0 : bounds.get(bucket - 1);
      final double upper = bucket == bounds.size() ? 1e9 : bounds.get(bucket);
      assertThat(exact(durations, quantile))
          .isBetween(lower * (1 - SOURCE_WIDTH), upper * (1 + SOURCE_WIDTH));
    }
  }

  private static int bucket(final List<Long> counts, final double rank) {
    long seen = 0;
    int bucket = -1;
    while (seen < rank) {
      bucket++;
      seen += counts.get(bucket);
    }
    return bucket;
  }
}
