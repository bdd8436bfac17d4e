package io.penstock.lab.result;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FigureTest {
  private static Figure us(final double value) {
    return new Figure("latency p99", value, "µs", Goal.atMost(1_000, "W1"));
  }

  @Test
  void shouldBeMetUpToItsLimit() {
    assertThat(us(1_000).verdict(0)).isEqualTo(Verdict.MET);
    assertThat(us(1_001).verdict(0)).isEqualTo(Verdict.MISSED);
  }

  @Test
  void shouldBeTheMachinesWhenItsHiccupsAreAsLong() {
    assertThat(us(2_400).verdict(2e6)).isEqualTo(Verdict.WITHIN_HICCUPS);
    assertThat(us(2_401).verdict(2e6)).isEqualTo(Verdict.MISSED);
  }

  @Test
  void shouldNeverExcuseWhatIsNoTime() {
    final Figure growth = new Figure("growth", 20, "MiB/h", Goal.atMost(10, "five systems"));

    assertThat(growth.verdict(1e12)).isEqualTo(Verdict.MISSED);
  }

  @Test
  void shouldBeMissedWhenItCouldNotBeTold() {
    assertThat(us(Double.NaN).verdict(1e12)).isEqualTo(Verdict.MISSED);
  }

  @Test
  void shouldHoldALimitFromBelow() {
    final Figure share = new Figure("utilisation", 0.8, "", Goal.atLeast(0.7, "lab"));

    assertThat(share.verdict(0)).isEqualTo(Verdict.MET);
  }
}
