package io.penstock.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GateControlTest {
  private static final long SECOND_NS = 1_000_000_000;
  private static final int CASES_A_SECOND = 1_000;
  private static final Objective OBJECTIVE = Objective.p99(Duration.ofMillis(100));
  private static final GateRules RULES = GateRules.defaults();

  /** Latencies of cases: log-normal, 40 ms in the middle, 90 ms at 99 %. */
  private static final double MEDIAN_MS = 40;

  private static final double SIGMA = 0.35;

  private final GateControl gate = new GateControl("g", RULES, OBJECTIVE, 0);
  private long nowNs;
  private GateControl.Tally tally = GateControl.Tally.NONE;

  /** A second of traffic of which a share goes the new way, and then a decision. */
  private boolean second(final long good, final long bad) {
    nowNs += SECOND_NS;
    tally = new GateControl.Tally(tally.good() + good, tally.bad() + bad, 0, 0);
    return gate.decide(nowNs, tally, null);
  }

  private void secondsOfGood(final int seconds) {
    for (int i = 0; i < seconds; i++) {
      second((long) (gate.share() * CASES_A_SECOND), 0);
    }
  }

  @Test
  void shouldGoStepByStepUntilItIsOpen() {
    assertThat(gate.share()).isEqualTo(0.01);
    secondsOfGood(59);
    assertThat(gate.share()).as("waits out its dwell or its events").isEqualTo(0.01);
    secondsOfGood(100);
    assertThat(gate.share()).isEqualTo(0.05);
    secondsOfGood(60);
    assertThat(gate.share()).isEqualTo(0.25);
    secondsOfGood(60);
    assertThat(gate.state()).isEqualTo(GateState.OPEN);
    assertThat(gate.share()).isEqualTo(1);
  }

  @Test
  void shouldNotGoOnWithoutEvents() {
    secondsOfGood(0);
    for (int i = 0; i < 100_000; i++) {
      second(0, 0);
    }
    assertThat(gate.share()).isEqualTo(0.01);
    assertThat(gate.explain(nowNs, tally).reason()).isEqualTo("waits for events: 0 of 500");
  }

  @Test
  void shouldTripAfterThirtyEventsThatAreAllBadAndProbeAfterTheCoolDown() {
    for (int i = 0; i < 29; i++) {
      assertThat(second(0, 1)).isFalse();
    }
    assertThat(second(0, 1)).isTrue();
    assertThat(gate.state()).isEqualTo(GateState.TRIPPED);
    assertThat(gate.share()).isZero();

    secondsOfGood(299);
    assertThat(gate.state()).isEqualTo(GateState.TRIPPED);
    secondsOfGood(1);
    assertThat(gate.state()).isEqualTo(GateState.CANARY);
    assertThat(gate.explain(nowNs, tally).bad()).as("begins with no evidence").isZero();
  }

  @Test
  void shouldCoolDownTwiceAsLongEachTimeUpToALimit() {
    final long[] seconds = new long[6];
    for (int trip = 0; trip < seconds.length; trip++) {
      while (gate.state() != GateState.TRIPPED) {
        second(0, 10);
      }
      final long trippedNs = nowNs;
      while (gate.state() == GateState.TRIPPED) {
        second(0, 0);
      }
      seconds[trip] = (nowNs - trippedNs) / SECOND_NS;
    }
    assertThat(seconds).containsExactly(300, 600, 1_200, 2_400, 3_600, 3_600);
  }

  @ParameterizedTest
  @EnumSource(GateState.class)
  void shouldOpenInBoundedTimeFromEveryStateWhenAllIsGood(final GateState state) {
    for (int step = 0; step < 3; step++) {
      for (final int trips : new int[] {0, 1, 7, 1_000_000}) {
        final GateControl restored = new GateControl("g", RULES, OBJECTIVE, 0);
        restored.restore(new GateControl.Memory(state, step, trips, 0), 0);
        long good = 0;
        int seconds = 0;
        while (restored.state() != GateState.OPEN && seconds < 100_000) {
          good += (long) (restored.share() * CASES_A_SECOND);
          seconds++;
          restored.decide(seconds * SECOND_NS, new GateControl.Tally(good, 0, 0, 0), null);
        }
        assertThat(seconds).as("%s, step %d, %d trips", state, step, trips).isLessThan(4_000);
      }
    }
  }

  @Test
  void shouldTripWhenItIsOpenAndTheBudgetBurnsFast() {
    final EventCounts counts = new EventCounts(OBJECTIVE.over(Duration.ofDays(30)), 0);
    final GateControl open = new GateControl("g", RULES, counts.objective(), 0);
    open.restore(new GateControl.Memory(GateState.OPEN, 0, 0, 0), 0);
    for (int i = 0; i < 100; i++) { // so much good that the total can prove nothing
      nowNs += 60 * SECOND_NS;
      for (int j = 0; j < 10_000; j++) {
        counts.count(1, nowNs);
      }
      assertThat(decide(open, counts)).isFalse();
    }
    int minutes = 0;
    while (minutes < 100 && open.state() == GateState.OPEN) {
      minutes++;
      nowNs += 60 * SECOND_NS;
      for (int j = 0; j < 100; j++) {
        counts.count(j < 80 ? Long.MAX_VALUE : 1, nowNs);
      }
      decide(open, counts);
    }
    assertThat(open.state()).isEqualTo(GateState.TRIPPED);
    assertThat(open.explain(nowNs, GateControl.Tally.NONE).reason()).contains("times too fast");
  }

  private boolean decide(final GateControl open, final EventCounts counts) {
    return open.decide(
        nowNs,
        new GateControl.Tally(counts.good(), counts.bad(), 0, 0),
        ObjectiveStatus.of(counts.objective(), List.of(counts), nowNs));
  }

  /**
   * 500 runs each. As fast as before: 0.44 % of the cases are over the threshold, 1 % may be.
   * Slower by a fifth: 1.8 % are. The rate of false decisions is to be below 0.5 %.
   */
  @ParameterizedTest
  @CsvSource({"1.0, OPEN", "1.2, TRIPPED"})
  void shouldDecideRightly(final double slowness, final GateState expected) {
    int wrong = 0;
    for (int seed = 0; seed < 500; seed++) {
      wrong += firstDecision(new SplittableRandom(seed), slowness) == expected ? 0 : 1;
    }
    assertThat(wrong).isLessThanOrEqualTo(2);
  }

  private static GateState firstDecision(final SplittableRandom random, final double slowness) {
    final double badShare = 1 - normal(Math.log(100 / (MEDIAN_MS * slowness)) / SIGMA);
    final GateControl gate = new GateControl("g", RULES, OBJECTIVE, 0);
    long good = 0;
    long bad = 0;
    for (int second = 1; second < 100_000; second++) {
      final int events = (int) (gate.share() * CASES_A_SECOND);
      for (int i = 0; i < events; i++) {
        if (random.nextDouble() < badShare) {
          bad++;
        } else {
          good++;
        }
      }
      gate.decide(second * SECOND_NS, new GateControl.Tally(good, bad, 0, 0), null);
      if (gate.state() != GateState.CANARY) {
        return gate.state();
      }
    }
    return GateState.CANARY;
  }

  /** The normal distribution function (Abramowitz and Stegun 26.2.17). */
  private static double normal(final double x) {
    final double t = 1 / (1 + 0.2316419 * x);
    final double tail =
        Math.exp(-x * x / 2)
            / Math.sqrt(2 * Math.PI)
            * t
            * (0.319381530
                + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return 1 - tail;
  }

  @Test
  void shouldRefuseRulesThatMakeNoGate() {
    assertThatThrownBy(() -> RULES.shares(0.5, 0.1)).hasMessageContaining("shares=[0.5, 0.1]");
    assertThatThrownBy(() -> RULES.shares(1.0)).hasMessageContaining("shares=[1.0]");
    assertThatThrownBy(() -> RULES.shares(new Double[0])).hasMessageContaining("shares=[]");
    assertThatThrownBy(() -> RULES.eventsMin(0)).hasMessageContaining("eventsMin=0");
    assertThatThrownBy(() -> RULES.coolDown(Duration.ZERO, Duration.ZERO))
        .hasMessageContaining("coolDown=PT0S");
    assertThatThrownBy(() -> RULES.dwell(Duration.ofSeconds(-1)))
        .hasMessageContaining("dwell=PT-1S");
  }
}
