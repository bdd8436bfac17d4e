package io.penstock.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleTest {
  @Test
  void shouldGiveEachNineTheSameWidth() {
    final Scale scale = Scale.percentiles(99.9);

    assertThat(scale.place(0)).isZero();
    assertThat(scale.place(90)).isCloseTo(1.0 / 3, within(1e-9));
    assertThat(scale.place(99)).isCloseTo(2.0 / 3, within(1e-9));
    assertThat(scale.place(100)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.03, 1, 6, 7, 19, 99, 1_000, 1_234_567})
  void shouldHaveRoomForTheGreatestAndFewTicks(final double greatest) {
    final Scale scale = Scale.linear(greatest, Words::label);

    assertThat(scale.place(0)).isZero();
    assertThat(scale.ticks()).hasSizeBetween(2, 8);
    assertThat(scale.ticks().get(scale.ticks().size() - 1).value())
        .isGreaterThanOrEqualTo(greatest * (1 - 1e-9));
  }

  @Test
  void shouldStepByPowersOfTen() {
    final Scale scale = Scale.logarithmic(1_000, 1e6, Words::time);

    assertThat(scale.place(1e3)).isZero();
    assertThat(scale.place(1e6)).isEqualTo(1);
    assertThat(scale.ticks())
        .extracting(Scale.Tick::label)
        .containsExactly("1 µs", "10 µs", "100 µs", "1 ms");
  }
}
