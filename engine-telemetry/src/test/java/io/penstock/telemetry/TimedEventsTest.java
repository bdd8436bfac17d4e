package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.objective.EventCounts;
import io.penstock.telemetry.EventKinds.EventKind;
import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

class TimedEventsTest {
  private static final int ROUNDS = 2_000;

  private final EventKinds kinds = new EventKinds();
  private final TimedEvents events = new TimedEvents(kinds);
  private final LatencyHistogram one = new LatencyHistogram();
  private final LatencyHistogram other = new LatencyHistogram();
  private final EventCounts objective = new EventCounts(Objective.p99(Duration.ofNanos(100)), 0);
  private final AtomicLong total = new AtomicLong();

  private void addKinds() {
    kinds.add(new EventKind(true, one, null, null));
    kinds.add(new EventKind(true, other, objective, total));
  }

  @Test
  void shouldCountEachEventWhereItsKindIsCounted() {
    addKinds();
    events.add(1, 100, 1_000);
    events.add(0, 5_000, 2_000);
    events.add(1, 101, 3_000);
    assertThat(one.total() + other.total()).as("noted only").isZero();
    events.countAll();

    assertThat(one.total()).isEqualTo(1);
    assertThat(other.total()).isEqualTo(2);
    assertThat(total).hasValue(2);
    assertThat(objective.good()).isEqualTo(1);
    assertThat(objective.bad()).isEqualTo(1);
    events.countAll();
    assertThat(one.total() + other.total()).as("once each").isEqualTo(3);
  }

  @Test
  void shouldCountWhatWasNotedWhenThereIsNoRoomForMore() {
    addKinds();
    for (int i = 0; i < TimedEvents.LENGTH_MAX; i++) {
      events.add(0, 1, i);
    }
    assertThat(one.total()).isZero();
    events.add(0, 1, 0);

    assertThat(one.total()).isEqualTo(TimedEvents.LENGTH_MAX);
    events.countAll();
    assertThat(one.total()).isEqualTo(TimedEvents.LENGTH_MAX + 1);
  }

  /** An event belongs to the window that holds its end, however much later it is counted. */
  @Test
  void shouldCountAnEventInTheSlotOfItsEnd() {
    addKinds();
    final EventCounts atOnce = new EventCounts(objective.objective(), 0);
    final long slotNs = objective.objective().window().toNanos() / 43_200;
    for (int slot = 1; slot <= 3; slot++) {
      events.add(1, 50, slot * slotNs);
      atOnce.count(50, slot * slotNs);
    }
    events.countAll();
    final ExpandableArrayBuffer later = new ExpandableArrayBuffer();
    final ExpandableArrayBuffer then = new ExpandableArrayBuffer();
    final int length = objective.save(later, 0, 4 * slotNs);

    assertThat(atOnce.save(then, 0, 4 * slotNs)).isEqualTo(length);
    assertThat(Arrays.copyOf(later.byteArray(), length))
        .isEqualTo(Arrays.copyOf(then.byteArray(), length));
  }

  @Test
  void shouldNotAllocate() {
    addKinds();
    final Runnable round =
        () -> {
          for (int i = 0; i < ROUNDS; i++) {
            events.add(i & 1, i, i);
          }
          events.countAll();
        };

    assertThat(Allocation.leastOf(round)).isZero();
  }
}
