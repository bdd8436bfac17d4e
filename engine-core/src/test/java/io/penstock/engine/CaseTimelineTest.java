package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the time between two events counts as, event by event. */
class CaseTimelineTest {
  private static final long CASE = 7;

  private final CaseTimeline timeline = new CaseTimeline(CASE);

  private void add(
      final HistoryEvent.Type type,
      final String task,
      final long timeNs,
      final long serviceNs,
      final long persistNs) {
    timeline.add(
        new HistoryEvent(
            Instant.EPOCH.plusNanos(timeNs),
            CASE,
            -1,
            type,
            type.isOfCase() ? Optional.empty() : Optional.of(task),
            Optional.empty(),
            Optional.empty()),
        serviceNs,
        persistNs);
  }

  private CaseTimes endAt(final long timeNs) {
    add(HistoryEvent.Type.CASE_ENDED, "", timeNs, 0, 0);
    return Objects.requireNonNull(timeline.times(timeNs, true));
  }

  private static Duration ns(final long ns) {
    return Duration.ofNanos(ns);
  }

  @Test
  void shouldPutTheWaitForTheDiskBeforeTheQueueAndTheRunLast() {
    add(HistoryEvent.Type.CASE_STARTED, "", 0, 0, 0);
    add(HistoryEvent.Type.WORK_ITEM_STARTED, "pay", 0, 0, 0);
    add(HistoryEvent.Type.WORK_ITEM_COMPLETED, "pay", 100, 30, 20);

    final CaseTimes times = endAt(100);

    assertThat(times.persisting()).isEqualTo(ns(20));
    assertThat(times.queueing()).isEqualTo(ns(50));
    assertThat(times.running()).isEqualTo(ns(30));
    assertThat(times.tasks())
        .containsExactly(new CaseTimes.TaskTimes("pay", 1, ns(30), ns(50), ns(20), ns(0), ns(0)));
  }

  @Test
  void shouldCountAsQueueingWhereOneWorkItemQueuesAndAnotherIsKeptForTheDisk() {
    add(HistoryEvent.Type.CASE_STARTED, "", 0, 0, 0);
    add(HistoryEvent.Type.WORK_ITEM_STARTED, "queues", 0, 0, 0);
    add(HistoryEvent.Type.WORK_ITEM_STARTED, "is kept", 10, 0, 0);
    add(HistoryEvent.Type.WORK_ITEM_COMPLETED, "queues", 20, 1, 5);
    add(HistoryEvent.Type.WORK_ITEM_COMPLETED, "is kept", 50, 1, 20);

    final CaseTimes times = endAt(50);

    assertThat(times.persisting()).as("0 to 5, then 20 to 30").isEqualTo(ns(15));
    assertThat(times.queueing()).as("5 to 19, then 30 to 49").isEqualTo(ns(33));
    assertThat(times.running()).isEqualTo(ns(2));
    assertThat(times.tasks())
        .extracting(CaseTimes.TaskTimes::persisting)
        .containsExactly(ns(20), ns(5));
  }

  @Test
  void shouldCountTheWaitForTheDiskOfALaterTryJustBeforeItsRun() {
    add(HistoryEvent.Type.CASE_STARTED, "", 0, 0, 0);
    add(HistoryEvent.Type.WORK_ITEM_STARTED, "pay", 0, 0, 0);
    add(HistoryEvent.Type.WORK_ITEM_FAILED, "pay", 10, 5, 5);
    add(HistoryEvent.Type.WORK_ITEM_STARTED, "other", 100, 0, 0);
    add(HistoryEvent.Type.WORK_ITEM_COMPLETED, "other", 110, 10, 0);
    add(HistoryEvent.Type.WORK_ITEM_COMPLETED, "pay", 120, 8, 4);

    final CaseTimes times = endAt(120);

    assertThat(times.waiting()).isEqualTo(ns(90));
    assertThat(times.persisting())
        .as("0 to 5; 108 to 112 but while the other ran")
        .isEqualTo(ns(7));
    assertThat(times.running()).isEqualTo(ns(5 + 10 + 8));
  }

  @Test
  void shouldTakeNoMoreForTheDiskThanThereIs() {
    add(HistoryEvent.Type.CASE_STARTED, "", 0, 0, 0);
    add(HistoryEvent.Type.WORK_ITEM_STARTED, "pay", 0, 0, 0);
    add(HistoryEvent.Type.WORK_ITEM_COMPLETED, "pay", 10, 4, 50);
    add(HistoryEvent.Type.WORK_ITEM_STARTED, "odd", 10, 0, 0);
    add(HistoryEvent.Type.WORK_ITEM_COMPLETED, "odd", 20, 4, -50);

    final CaseTimes times = endAt(20);

    assertThat(times.tasks())
        .containsExactlyInAnyOrder(
            new CaseTimes.TaskTimes("pay", 1, ns(4), ns(0), ns(6), ns(0), ns(0)),
            new CaseTimes.TaskTimes("odd", 1, ns(4), ns(6), ns(0), ns(0), ns(0)));
  }
}
