package io.penstock.telemetry.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 ns",
    "0.87, 0.87 ns",
    "999, 999 ns",
    "999.6, 1 µs",
    "20.04e6, 20 ms",
    "9e10, 90 s"
  })
  void shouldShowThreeDigitsOfALatency(final double ns, final String text) {
    assertThat(Amounts.latency(ns)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "-12.5, '-1,250 %'",
    "0, 0 %",
    "0.875, 87.5 %",
    "0.9999, 99.99 %",
    "0.993137, 99.31 %",
    "0.9999999, 99.99999 %",
    "1, 100 %",
    "NaN, –"
  })
  void shouldNotRoundAShareUpToTheWhole(final double share, final String text) {
    assertThat(Amounts.percent(share)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"5e9, 5 s", "119.99999e9, 2 min", "3.6e12, 1 h", "2.592e15, 30 d"})
  void shouldNameAWindowInItsLargestUnit(final double ns, final String text) {
    assertThat(Amounts.window(ns)).isEqualTo(text);
  }
}
