package io.penstock.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
  private static final long MS = 1_000_000;
  private static final double TWO_DIGITS = 0.01;

  private final VirtualPace pace = new VirtualPace();

  private Load run(final Profile profile, final Call call) {
    return new OpenLoop(pace, call).run(profile, Arrivals.evenly(profile));
  }

  @Test
  void shouldCountLatencyOfCallsThatEndLater() {
    final Load load =
        run(
            Profile.steady(1_000, 1),
            (index, end) -> pace.at(pace.nanoTime() + 5 * MS, () -> end.done(null)));

    assertThat(load.begun()).isEqualTo(1_000);
    assertThat(load.succeeded()).isEqualTo(1_000);
    assertThat(load.latency().getTotalCount()).isEqualTo(1_000);
    assertThat((double) load.latency().getMaxValue())
        .isCloseTo(5 * MS, within(5 * MS * TWO_DIGITS));
    assertThat(load.behindMaxNs()).isZero();
  }

  @Test
  void shouldCountAStallForEveryoneWhoCameMeanwhile() {
    // one of a thousand calls holds up the loop for half of the time
    final Load load =
        run(
            Profile.steady(1_000, 1),
            (index, end) -> {
              if (index == 100) {
                pace.awaitTime(pace.nanoTime() + 500 * MS);
              }
              end.done(null);
            });
    final Histogram latency = load.latency();

    // those due 0, 1, ... 500 ms before the end of the stall wait for 0, 1, ... 500 ms
    assertThat(latency.getTotalCount()).isEqualTo(1_000);
    assertThat(latency.getCountBetweenValues(MS / 2, Long.MAX_VALUE)).isBetween(495L, 505L);
    assertThat((double) latency.getValueAtPercentile(75)).isCloseTo(250 * MS, within(8.0 * MS));
    assertThat((double) latency.getMaxValue()).isCloseTo(500 * MS, within(8.0 * MS));
    assertThat((double) load.behindMaxNs()).isCloseTo(499 * MS, within(2.0 * MS));
  }

  @Test
  void shouldKeepLatencyApartByTheTimeThatCallsWereDue() {
    final Load load =
        run(
            Profile.steady(1_000, 1),
            (index, end) ->
                pace.at(pace.nanoTime() + (index < 500 ? 1 : 50) * MS, () -> end.done(null)));

    assertThat((double) load.latency(0, 0.48).getMaxValue()).isCloseTo(MS, within(MS * TWO_DIGITS));
    assertThat((double) load.latency(0.52, 1).getMinValue())
        .isCloseTo(50 * MS, within(50 * MS * TWO_DIGITS));
  }

  @Test
  void shouldCountFailuresByTheirReason() {
    final Load load =
        run(
            Profile.steady(100, 1),
            (index, end) -> {
              if (index % 10 == 0) {
                throw new IllegalStateException("there must be room: length=1 [INBOX_FULL]");
              }
              end.done(index % 10 == 1 ? new IllegalArgumentException() : null);
            });

    assertThat(load.succeeded()).isEqualTo(80);
    assertThat(load.errorShare()).isCloseTo(0.2, within(1e-9));
    assertThat(load.failures())
        .containsEntry("INBOX_FULL", 10L)
        .containsEntry("IllegalArgumentException", 10L);
  }

  @Test
  void shouldCountCallsThatNeverEndAsErrors() {
    final Load load =
        run(
            Profile.steady(100, 1),
            (index, end) -> {
              if (index != 7) {
                end.done(null);
              }
            });

    assertThat(load.succeeded()).isEqualTo(99);
    assertThat(load.errorShare()).isCloseTo(0.01, within(1e-9));
  }

  @Test
  void shouldLeaveAnswersAfterTheEndOutOfTheThroughput() {
    final Load load =
        run(
            Profile.steady(100, 1),
            (index, end) -> pace.at(pace.nanoTime() + 1_010 * MS, () -> end.done(null)));

    assertThat(load.succeeded()).isEqualTo(100);
    assertThat(load.rate(load.bins() - 1)).isZero();
  }

  @Test
  void shouldTellThroughputByTheTimeOfAnswers() {
    final Load load = run(Profile.steady(6_000, 1), (index, end) -> end.done(null));

    for (int bin = 0; bin < load.bins(); bin++) {
      assertThat(load.rate(bin)).isCloseTo(6_000, within(130.0));
    }
  }
}
