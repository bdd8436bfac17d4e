package io.penstock.lab.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RankTestTest {
  private static double[] values(final double... values) {
    return values;
  }

  @Test
  void shouldCountTheWaysToRankAsHigh() {
    // only one of the 10 ways to choose 2 of 5 has both at the top
    assertThat(RankTest.greater(values(4, 5), values(1, 2, 3))).isCloseTo(0.1, within(1e-12));
    // {5, 3} and {5, 4} rank as high as 5 + 3
    assertThat(RankTest.greater(values(3, 5), values(1, 2, 4))).isCloseTo(0.2, within(1e-12));
    assertThat(RankTest.greater(values(1, 2), values(3, 4, 5))).isCloseTo(1, within(1e-12));
  }

  @Test
  void shouldAgreeWithTheTablesForFiveAndFive() {
    // rank sum 35 of at most 40: 19 of 252 ways reach it
    assertThat(RankTest.greater(values(3, 5, 8, 9, 10), values(1, 2, 4, 6, 7)))
        .isCloseTo(19.0 / 252, within(1e-12));
    assertThat(RankTest.greater(values(6, 7, 8, 9, 10), values(1, 2, 3, 4, 5)))
        .isCloseTo(1.0 / 252, within(1e-12));
  }

  @Test
  void shouldShareRanksAmongTies() {
    assertThat(RankTest.greater(values(1, 1), values(1, 1))).isCloseTo(1, within(1e-12));
    // 2 and one of the two 1s, or both 1s: the observed pair is one of 2 in 3
    assertThat(RankTest.greater(values(2, 1), values(1))).isCloseTo(2.0 / 3, within(1e-12));
  }

  @Test
  void shouldBeWrongNoMoreOftenThanItSays() {
    final SplittableRandom random = new SplittableRandom(11);
    int told = 0;
    final int rounds = 20_000;
    for (int round = 0; round < rounds; round++) {
      final double[] one = random.doubles(7).toArray();
      final double[] other = random.doubles(7).toArray();
      told += RankTest.greater(one, other) <= 0.01 ? 1 : 0;
    }
    assertThat((double) told / rounds).isBetween(0.006, 0.0101 + 0.002);
  }
}
