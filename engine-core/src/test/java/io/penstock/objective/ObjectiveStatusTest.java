package io.penstock.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectiveStatusTest {
  private static final Objective MONTH =
      Objective.p99(Duration.ofMillis(1)).over(Duration.ofDays(30));
  private static final long MINUTE_NS = Duration.ofMinutes(1).toNanos();
  private static final long GOOD_NS = 1_000_000;
  private static final long BAD_NS = 1_000_001;

  private final EventCounts counts = new EventCounts(MONTH, 0);
  private long nowNs = 1;

  private ObjectiveStatus status() {
    return ObjectiveStatus.of(MONTH, List.of(counts), nowNs);
  }

  /** A hundred events a minute. */
  private void run(final Duration duration, final int badInAHundred) {
    for (long minute = 0; minute < duration.toMinutes(); minute++) {
      for (int i = 0; i < 100; i++) {
        counts.count(i < badInAHundred ? BAD_NS : GOOD_NS, nowNs);
      }
      nowNs += MINUTE_NS;
    }
    nowNs -= MINUTE_NS; // look at the last minute, not at the empty one after it
  }

  @Test
  void shouldNotTakeSilenceForCompliance() {
    assertThat(status().state()).isEqualTo(ObjectiveState.NO_DATA);
    assertThat(status().budgetRemaining()).isNaN();
    assertThat(status().compliance()).isNaN();
    assertThat(status().burnRate()).isNaN();

    run(Duration.ofMinutes(10), 0);
    nowNs += Duration.ofDays(31).toNanos();

    assertThat(status().state()).isEqualTo(ObjectiveState.NO_DATA);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, INSUFFICIENT",
    "298, 0, INSUFFICIENT",
    "299, 0, MET",
    "298, 1, MET",
    "296, 3, BREACHED",
    "0, 3, BREACHED",
    "0, 1, INSUFFICIENT",
    "0, 2, INSUFFICIENT"
  })
  void shouldTellOnlyWhatTheNumberOfEventsAllows(
      final int good, final int bad, final ObjectiveState state) {
    for (int i = 0; i < good; i++) {
      counts.count(GOOD_NS, nowNs);
    }
    for (int i = 0; i < bad; i++) {
      counts.count(BAD_NS, nowNs);
    }
    assertThat(status().state()).isEqualTo(state);
  }

  @Test
  void shouldCompareAtTheNanosecond() {
    counts.count(GOOD_NS, nowNs);
    counts.count(BAD_NS, nowNs);
    assertThat(counts.good()).isEqualTo(1);
    assertThat(counts.bad()).isEqualTo(1);
  }

  @Test
  void shouldSayHowMuchOfTheBudgetIsLeft() {
    for (int i = 0; i < 10_000; i++) {
      counts.count(i < 25 ? BAD_NS : GOOD_NS, nowNs);
    }
    assertThat(status().budgetRemaining()).isCloseTo(0.75, within(1e-9));
    assertThat(status().compliance()).isCloseTo(0.9975, within(1e-9));
  }

  @Test
  void shouldUseTheWindowsOfTheWorkbookForThirtyDays() {
    assertThat(status().burnRates())
        .extracting(BurnRate::longWindow, BurnRate::shortWindow, BurnRate::limit)
        .containsExactly(
            tuple(Duration.ofHours(1), Duration.ofMinutes(5), 14.4),
            tuple(Duration.ofHours(6), Duration.ofMinutes(30), 6.0),
            tuple(Duration.ofDays(1), Duration.ofHours(2), 3.0),
            tuple(Duration.ofDays(3), Duration.ofHours(6), 1.0));
  }

  @Test
  void shouldScaleTheWindowsWithTheObjectives() {
    final Objective hour = MONTH.over(Duration.ofHours(1));
    final List<BurnRate> rates =
        ObjectiveStatus.of(hour, List.of(new EventCounts(hour, 0)), 1).burnRates();

    assertThat(rates.get(0).longWindow().toMillis()).isEqualTo(4_999);
    assertThat(rates.get(3).longWindow().toMillis()).isEqualTo(359_999);
  }

  @Test
  void shouldWarnWithinMinutesOfAFireAndStopSoonAfterIt() {
    run(Duration.ofDays(10), 0);
    assertThat(status().state()).isEqualTo(ObjectiveState.MET);

    run(Duration.ofMinutes(4), 50);
    assertThat(status().burnRates().get(0).isBurning()).as("not yet sure").isFalse();
    run(Duration.ofMinutes(20), 50);
    assertThat(status().burnRates().get(0).isBurning()).isTrue();
    assertThat(status().state()).isEqualTo(ObjectiveState.AT_RISK);
    assertThat(status().burnRates().get(0).shortRate()).isCloseTo(50, within(0.1));

    run(Duration.ofMinutes(6), 0);
    assertThat(status().burnRates().get(0).longRate()).as("long window").isGreaterThan(14.4);
    assertThat(status().burnRates().get(0).isBurning()).as("short window").isFalse();
  }

  @Test
  void shouldNoticeASlowBurn() {
    run(Duration.ofDays(8), 0);
    run(Duration.ofDays(4), 2);

    assertThat(status().burnRates().get(0).isBurning()).isFalse();
    assertThat(status().burnRates().get(3).isBurning()).isTrue();
    assertThat(status().state()).isEqualTo(ObjectiveState.AT_RISK);
  }

  @Test
  void shouldBeBreachedWhenTheBudgetIsSpentAndRecoverWhenTheWindowHasPassed() {
    run(Duration.ofDays(1), 5);
    assertThat(status().state()).isEqualTo(ObjectiveState.BREACHED);
    assertThat(status().budgetRemaining()).isCloseTo(-4, within(1e-9));

    run(Duration.ofDays(31), 0);

    assertThat(status().state()).isEqualTo(ObjectiveState.MET);
    assertThat(status().budgetRemaining()).isEqualTo(1);
  }

  @Test
  void shouldAddUpShards() {
    final EventCounts other = new EventCounts(MONTH, 0);
    counts.count(GOOD_NS, 1);
    other.count(BAD_NS, 5 * MINUTE_NS);

    final ObjectiveStatus both = ObjectiveStatus.of(MONTH, List.of(counts, other), 6 * MINUTE_NS);

    assertThat(both.good()).isEqualTo(1);
    assertThat(both.bad()).isEqualTo(1);
  }

  @Test
  void shouldBeginAnewWhenTheObjectiveWasAnotherOneBefore() {
    counts.count(BAD_NS, 1);
    final ExpandableArrayBuffer saved = new ExpandableArrayBuffer();
    counts.save(saved, 0, 2);
    final Objective looser = new Objective(0.99, Duration.ofMillis(2), MONTH.window());
    final EventCounts next = new EventCounts(looser, 0);

    next.restore(saved, 0, 3, 1);

    assertThat(ObjectiveStatus.of(looser, List.of(next), 3).state())
        .isEqualTo(ObjectiveState.NO_DATA);
  }

  @Test
  void shouldForgetWhatIsOlderThanTheWindowWhenItWasClosedForLong() {
    run(Duration.ofDays(1), 5);
    final ExpandableArrayBuffer saved = new ExpandableArrayBuffer();
    counts.save(saved, 0, nowNs);
    final EventCounts next = new EventCounts(MONTH, 0);

    next.restore(saved, 0, 1, Duration.ofDays(31).toNanos());

    assertThat(ObjectiveStatus.of(MONTH, List.of(next), 1).state())
        .isEqualTo(ObjectiveState.NO_DATA);
  }

  @ParameterizedTest
  @CsvSource({"PT0.5S", "P367D"})
  void shouldRefuseAWindowThatIsTooShortOrTooLong(final Duration window) {
    assertThatThrownBy(() -> MONTH.over(window))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("window=" + window);
  }

  /** Newcombe 1998, table I, method 4: 81 of 263, 15 of 148, 1 of 29; two-sided 95 %. */
  @ParameterizedTest
  @CsvSource({"81, 263, 0.2535, 0.3682", "15, 148, 0.0598, 0.1644", "1, 29, 0.0018, 0.1963"})
  void shouldBoundAShareAsInTheLiterature(
      final long bad, final long total, final double lower, final double upper) {
    assertThat(Proportion.lowerBound(bad, total, 1.959964)).isCloseTo(lower, within(5e-5));
    assertThat(Proportion.upperBound(bad, total, 1.959964)).isCloseTo(upper, within(5e-5));
  }
}
