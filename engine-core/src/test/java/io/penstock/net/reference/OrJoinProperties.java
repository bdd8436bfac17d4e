package io.penstock.net.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.net.OrJoinProbe;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The tiers of the OR-join against each other and against trying everything. */
class OrJoinProperties {
  private static final String UNDECIDED = "UNDECIDED";
  private static final List<String> ALL = List.of("STARTS", "WAITS", UNDECIDED);

  @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void shouldDecideAsTheSearchAndAsTryingEverything(@ForAll final long seed) {
    check(seed);
  }

  /** Returns whether there was something to check and everything was clear. */
  static boolean check(final long seed) {
    final Optional<OrJoinSituation> found = OrJoinSituation.of(seed);
    if (found.isEmpty()) {
      return false;
    }
    final OrJoinSituation situation = found.get();
    final OrJoinProbe probe = situation.probe();
    final String decided = probe.decide();
    final String searched = probe.search();
    if (!searched.equals(UNDECIDED)) {
      assertThat(decided).as("seed %s: first tiers, %s", seed, situation).isEqualTo(searched);
    }
    try {
      final String tried = situation.tried();
      if (!decided.equals(UNDECIDED)) {
        assertThat(decided).as("seed %s: all tiers, %s", seed, situation).isEqualTo(tried);
        return true;
      }
      return false;
    } catch (final Prospect.TooHard tooHard) {
      return false;
    }
  }

  @Example
  void shouldMeetEveryKindOfSituation() {
    final List<OrJoinSituation> situations =
        LongStream.range(0, 3_000).mapToObj(OrJoinSituation::of).flatMap(Optional::stream).toList();

    final List<OrJoinProbe> hard =
        situations.stream().map(OrJoinSituation::probe).filter(OrJoinProbe::isHard).toList();

    assertThat(situations).hasSizeGreaterThan(500);
    assertThat(hard).hasSizeGreaterThan(50);
    assertThat(hard).extracting(OrJoinProbe::decide).contains("STARTS", "WAITS");
    assertThat(LongStream.range(0, 3_000).filter(OrJoinProperties::check).count())
        .isGreaterThan(400);
  }

  @Example
  void shouldAnswerTheSameWhateverTheOrderOfTheElements() {
    checkOrder(100, 20);
  }

  /**
   * Asks fresh nets about hard markings. In another order of its elements a net may find a budget
   * spent sooner or later, but never says the opposite.
   */
  static void checkOrder(final int markings, final int times) {
    final Random random = new Random(1);
    LongStream.iterate(0, seed -> seed + 1)
        .mapToObj(OrJoinSituation::of)
        .flatMap(Optional::stream)
        .filter(situation -> situation.probe().isHard())
        .limit(markings)
        .forEach(
            situation -> {
              final String first = situation.probe().decide();
              for (int i = 0; i < times; i++) {
                assertThat(situation.probe().decide()).as("%s", situation).isEqualTo(first);
                assertThat(situation.probeShuffled(random).decide())
                    .as("in another order: %s", situation)
                    .isIn(first.equals(UNDECIDED) ? ALL : List.of(first, UNDECIDED));
              }
            });
  }
}
