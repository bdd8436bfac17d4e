package io.penstock.net.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.Tag;

/** As {@link OrJoinProperties}, with many more nets. */
@Tag("slow")
class OrJoinLongProperties {
  /** Random nets that have an OR-join with a marked and an empty input. */
  private static final int SITUATIONS = 100_000;

  @Example
  void shouldDecideAsTheSearchAndAsTryingEverything() {
    final long clear =
        LongStream.iterate(0, seed -> seed + 1)
            .filter(seed -> OrJoinSituation.of(seed).isPresent())
            .limit(SITUATIONS)
            .filter(OrJoinProperties::check)
            .count();

    assertThat(clear).isGreaterThan(SITUATIONS * 3L / 4);
  }

  @Example
  void shouldAnswerTheSameWhateverTheOrderOfTheElements() {
    OrJoinProperties.checkOrder(100, 1_000);
  }
}
