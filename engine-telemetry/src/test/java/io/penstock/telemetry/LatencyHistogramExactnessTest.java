package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Quantiles of many values against a sorted list of them. */
class LatencyHistogramExactnessTest {
  private static final double[] PERCENTILES = {
    0.01, 0.1, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 99.999, 100
  };

  @SuppressWarnings({"ImmutableEnumChecker", "EnumOrdinal"}) // lambdas without state; a seed
  enum Shape {
    UNIFORM(random -> 1_000 + random.nextDouble() * 1e9),
    EXPONENTIAL(random -> -1e6 * Math.log(1 - random.nextDouble())),
    LOG_NORMAL(random -> Math.exp(11 + 1.5 * random.nextGaussian())),
    TWO_PEAKS(
        random ->
            random.nextInt(20) == 0
                ? 80e6 + 2e6 * random.nextGaussian()
                : 20e3 + 500 * random.nextGaussian()),
    PARETO(random -> 5_000 * Math.pow(1 - random.nextDouble(), -1 / 1.2)),
    CONSTANT_WITH_OUTLIERS(
        random -> random.nextInt(1_000) == 0 ? 1e9 * random.nextDouble() : 123_457);

    private final ToDoubleFunction<SplittableRandom> value;

    Shape(final ToDoubleFunction<SplittableRandom> value) {
      this.value = value;
    }

    long[] values(final int count) {
      final SplittableRandom random = new SplittableRandom(ordinal());
      final long[] values = new long[count];
      for (int i = 0; i < count; i++) {
        values[i] = Math.max(1, (long) value.applyAsDouble(random));
      }
      return values;
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldHaveEachQuantileWithinATenthOfAPercentOfAMillionValues(final Shape shape) {
    check(shape.values(1_000_000));
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void shouldHaveEachQuantileWithinATenthOfAPercentOfTenMillionValues(final Shape shape) {
    check(shape.values(10_000_000));
  }

  private static void check(final long[] values) {
    final LatencyHistogram[] shards = {new LatencyHistogram(), new LatencyHistogram()};
    for (int i = 0; i < values.length; i++) {
      shards[i & 1].record(values[i]);
    }
    Arrays.sort(values);
    final HistogramSum sum = new HistogramSum();
    final Histogram snapshot = LatencyHistogram.emptySnapshot();
    for (final LatencyHistogram shard : shards) {
      sum.add(shard, null);
      shard.addTo(snapshot);
    }

    assertThat(sum.total()).isEqualTo(values.length);
    assertThat(snapshot.getTotalCount()).isEqualTo(values.length);
    for (final double percentile : PERCENTILES) {
      final int rank = Math.max(1, (int) Math.ceil(percentile / 100 * values.length - 1e-6));
      final double exact = values[rank - 1];
      assertThat(snapshot.medianEquivalentValue(snapshot.getValueAtPercentile(percentile)) * 1.0)
          .as("p%s", percentile)
          .isCloseTo(exact, within(exact / 1_000));
    }
    final double exactSum = Arrays.stream(values).asDoubleStream().sum() / 1e9;
    assertThat(sum.sum()).isCloseTo(exactSum, within(exactSum / 2_000));
  }
}
