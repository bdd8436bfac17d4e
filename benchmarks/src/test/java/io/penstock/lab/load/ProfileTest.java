package io.penstock.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileTest {
  private static List<Long> times(final Arrivals arrivals) {
    final List<Long> times = new ArrayList<>();
    for (long at = arrivals.nextNs(); at >= 0; at = arrivals.nextNs()) {
      times.add(at);
    }
    return times;
  }

  @Test
  void shouldSpaceArrivalsEvenlyWhenRateIsSteady() {
    assertThat(times(Arrivals.evenly(Profile.steady(4, 1))))
        .containsExactly(0L, 250_000_000L, 500_000_000L, 750_000_000L);
  }

  @Test
  void shouldCountTheAreaBelowARamp() {
    final Profile ramp = Profile.empty().then(10, 1_000, 10);

    assertThat(ramp.arrivals()).isCloseTo(5_050, within(1e-6));
    assertThat(ramp.lengthNs()).isEqualTo(10_000_000_000L);
    // after 5 s: 10 * 5 + 99 * 5 * 5 / 2
    assertThat(ramp.timeNs(50 + 99 * 12.5)).isCloseTo(5_000_000_000L, within(1_000L));
  }

  @Test
  void shouldLetNobodyArriveWhileTheRateIsNone() {
    final List<Long> times = times(Arrivals.evenly(Profile.steady(2, 1).then(0, 5).then(2, 1)));

    assertThat(times).hasSize(4);
    assertThat(times.get(1)).isLessThanOrEqualTo(1_000_000_000L);
    assertThat(times.get(2)).isGreaterThanOrEqualTo(6_000_000_000L);
  }

  @Test
  void shouldRepeatAllStretches() {
    final Profile twice = Profile.steady(100, 0.5).then(10, 1).times(2);

    assertThat(twice.arrivals()).isCloseTo(120, within(1e-6));
    assertThat(twice.lengthNs()).isEqualTo(3_000_000_000L);
  }

  @Test
  void shouldKeepTheRateAndTheSeedWhenArrivalsAreAtRandom() {
    final Profile profile = Profile.steady(1_000, 20);
    final List<Long> times = times(Arrivals.atRandom(profile, 7));

    assertThat(times).isSorted().isEqualTo(times(Arrivals.atRandom(profile, 7)));
    assertThat((double) times.size()).isCloseTo(20_000, within(5 * Math.sqrt(20_000)));
    assertThat(times(Arrivals.atRandom(profile, 8))).isNotEqualTo(times);
    // of independent arrivals a share of 1 - 1/e comes before the mean distance is over
    long close = 0;
    for (int i = 1; i < times.size(); i++) {
      close += times.get(i) - times.get(i - 1) < 1_000_000 ? 1 : 0;
    }
    assertThat((double) close / times.size()).isCloseTo(1 - 1 / Math.E, within(0.02));
  }

  @Test
  void shouldRefuseAStretchThatDoesNotLast() {
    assertThatThrownBy(() -> Profile.steady(10, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lengthS=0.0");
  }
}
