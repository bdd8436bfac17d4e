package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.LongSupplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.HdrHistogram.Histogram;

class LatencyHistogramProperties {
  private static final double[] PERCENTILES = {0.1, 1, 10, 25, 50, 75, 90, 99, 99.9, 99.99, 100};

  enum Shape {
    UNIFORM,
    LOG_UNIFORM,
    NORMAL,
    TWO_PEAKS,
    CONSTANT,
    STALLS;

    LongSupplier values(final Random random) {
      return switch (this) {
        case UNIFORM -> () -> 1L + (long) (random.nextDouble() * 3_600_000_000_000L);
        case LOG_UNIFORM -> () -> (long) Math.exp(random.nextDouble() * Math.log(1e15));
        case NORMAL -> () -> Math.max(1, (long) (1_000_000 + 100_000 * random.nextGaussian()));
        case TWO_PEAKS -> () -> random.nextInt(10) == 0 ? 5_000_000L : 900L + random.nextInt(200);
        case CONSTANT -> {
          final long value = 1L + random.nextInt(1_000_000_000);
          yield () -> value;
        }
        case STALLS -> () -> random.nextInt(1000) == 0 ? 120_000_000L : 1L + random.nextInt(50);
      };
    }
  }

  @Property(tries = 60)
  void quantilesAreWithinATenthOfAPercentOfASortedList(
      @ForAll final Shape shape, @ForAll("sizes") final int size, @ForAll final long seed) {
    final LongSupplier values = shape.values(new Random(seed));
    final LatencyHistogram histogram = new LatencyHistogram();
    final long[] sorted = new long[size];
    for (int i = 0; i < size; i++) {
      sorted[i] = values.getAsLong();
      histogram.record(sorted[i]);
    }
    Arrays.sort(sorted);

    final Histogram snapshot = LatencyHistogram.emptySnapshot();
    histogram.addTo(snapshot);

    assertThat(histogram.total()).isEqualTo(size);
    assertThat(snapshot.getTotalCount()).isEqualTo(size);
    for (final double percentile : PERCENTILES) {
      final double exact = sorted[(int) Math.ceil(percentile / 100 * size - 1e-9) - 1];
      final double answered =
          snapshot.medianEquivalentValue(snapshot.getValueAtPercentile(percentile));
      assertThat(answered).as("p%s of %s", percentile, size).isCloseTo(exact, within(exact / 1000));
    }
  }

  @Provide
  Arbitrary<Integer> sizes() {
    return Arbitraries.of(1, 2, 10, 99, 100, 101, 1000, 5000);
  }

  @Property
  void middleOfABucketIsWithinATwentiethOfAPercentOfEachValue(@ForAll("values") final long value) {
    final LatencyHistogram histogram = new LatencyHistogram();
    histogram.record(value);

    for (int page = 0; page < LatencyHistogram.PAGES; page++) {
      for (int offset = 0; offset < LatencyHistogram.PAGE_LENGTH; offset++) {
        if (histogram.count(page, offset) == 1) {
          final double middle = LatencyHistogram.middleValue(page, offset);
          assertThat(middle).isCloseTo((double) value, within(value / 2000.0));
          return;
        }
      }
    }
    throw new AssertionError("value must be counted: value=" + value);
  }

  @Provide
  Arbitrary<Long> values() {
    return Arbitraries.longs().between(1, LatencyHistogram.VALUE_MAX);
  }

  @Property
  void sharedRecordingCountsInTheSameBucket(@ForAll final long value) {
    final LatencyHistogram own = new LatencyHistogram();
    final LatencyHistogram shared = new LatencyHistogram();
    own.record(value);
    shared.recordShared(value);

    final Histogram one = LatencyHistogram.emptySnapshot();
    final Histogram other = LatencyHistogram.emptySnapshot();
    own.addTo(one);
    shared.addTo(other);

    assertThat(one).isEqualTo(other);
    assertThat(one.getTotalCount()).isEqualTo(1);
  }
}
