package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {
  private static final int ROUNDS = 20_000;

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        127,
        128,
        1_023,
        1_024,
        2_047,
        2_048,
        2_049,
        4_095,
        4_096,
        1L << 40,
        (1L << 62) - 1
      })
  void shouldShareTheBucketsOfHdrHistogram(final long value) {
    final LatencyHistogram histogram = new LatencyHistogram();
    histogram.record(value);

    final Histogram snapshot = LatencyHistogram.emptySnapshot();
    histogram.addTo(snapshot);

    assertThat(snapshot.getCountAtValue(value)).isEqualTo(1);
    final Histogram direct = LatencyHistogram.emptySnapshot();
    direct.recordValue(value);
    assertThat(snapshot).isEqualTo(direct);
  }

  @Test
  void shouldCountWhatIsOutOfRangeAtTheEnds() {
    final LatencyHistogram histogram = new LatencyHistogram();
    histogram.record(-5);
    histogram.record(Long.MIN_VALUE);
    histogram.record(Long.MAX_VALUE);

    assertThat(histogram.count(0, 0)).isEqualTo(2);
    assertThat(histogram.count(LatencyHistogram.PAGES - 1, LatencyHistogram.PAGE_LENGTH - 1))
        .isEqualTo(1);
    assertThat(histogram.total()).isEqualTo(3);
  }

  @Test
  void shouldNotAllocateOnceItsPagesAreThere() {
    final LatencyHistogram histogram = new LatencyHistogram();
    final Runnable records =
        () -> {
          for (int i = 0; i < ROUNDS; i++) {
            histogram.record(i * 977L);
          }
        };

    assertThat(Allocation.leastOf(records)).isZero();
  }
}
