package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.objective.EventCounts;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class ObjectiveLogTest {
  private static final Objective P99 = Objective.p99(Duration.ofMillis(1));

  private final ObjectiveLog log = new ObjectiveLog();
  private final EventCounts counts = new EventCounts(P99, 0);

  private ObjectiveStatus after(final int good, final int bad) {
    for (int i = 0; i < good; i++) {
      counts.count(1, 1);
    }
    for (int i = 0; i < bad; i++) {
      counts.count(Duration.ofSeconds(1).toNanos(), 1);
    }
    return ObjectiveStatus.of(P99, List.of(counts), 1);
  }

  private Level level(final ObjectiveState before, final ObjectiveStatus status) {
    return log.level("W1", before, status);
  }

  @Test
  void shouldNotWarnOfABreachByAHandfulOfEvents() {
    final ObjectiveStatus few = after(2, 3);

    assertThat(few.state()).isEqualTo(ObjectiveState.BREACHED);
    assertThat(few.hasEnoughEvents()).isFalse();
    assertThat(level(ObjectiveState.NO_DATA, few)).isEqualTo(Level.INFO);
    assertThat(level(ObjectiveState.BREACHED, few)).isNull();
  }

  @Test
  void shouldWarnOnceWhenABreachByFewIsStillOneWithEnoughEvents() {
    level(ObjectiveState.NO_DATA, after(0, 10));

    assertThat(level(ObjectiveState.BREACHED, after(288, 0))).isNull();
    final ObjectiveStatus enough = after(1, 0);
    assertThat(enough.hasEnoughEvents()).isTrue();
    assertThat(level(ObjectiveState.BREACHED, enough)).isEqualTo(Level.WARN);
    assertThat(level(ObjectiveState.BREACHED, enough)).isNull();
  }

  @Test
  void shouldNotWarnOfABreachByFewThatEndedBeforeThereWereEnough() {
    level(ObjectiveState.NO_DATA, after(0, 3));

    final ObjectiveStatus met = after(300, 0);
    assertThat(level(ObjectiveState.BREACHED, met)).isEqualTo(Level.DEBUG);
    assertThat(level(ObjectiveState.MET, met)).isNull();
  }

  @Test
  void shouldWarnOfABreachWithEnoughEventsAtOnce() {
    assertThat(level(ObjectiveState.MET, after(300, 30))).isEqualTo(Level.WARN);
  }
}
