package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class CaseTimelineProperties {
  private static final long CASE = 7;
  private static final Instant START = Instant.parse("2026-01-05T08:00:00Z");
  private static final HistoryEvent.Type[] TYPES = HistoryEvent.Type.values();

  private static HistoryEvent event(
      final HistoryEvent.Type type, final long timeNs, final long caseId, final String task) {
    return new HistoryEvent(
        START.plusNanos(timeNs),
        caseId,
        -1,
        type,
        type.isOfCase() ? Optional.empty() : Optional.of(task),
        Optional.empty(),
        Optional.empty());
  }

  /** Even events in an order that no case has. */
  @Property(tries = 500)
  void partsAddUpToTheWholeAndNoneIsNegative(@ForAll final long seed) {
    final SplittableRandom random = new SplittableRandom(seed);
    final CaseTimeline timeline = new CaseTimeline(CASE);
    timeline.add(event(HistoryEvent.Type.CASE_STARTED, 0, CASE, ""), 0, 0);
    long nowNs = 0;
    for (int i = random.nextInt(60); i > 0; i--) {
      nowNs += random.nextInt(3) == 0 ? 0 : random.nextLong(1_000_000);
      final HistoryEvent.Type type = TYPES[random.nextInt(TYPES.length)];
      final long caseId = type.isOfCase() ? CASE + 1 : CASE + random.nextInt(2);
      timeline.add(
          event(type, nowNs, caseId, "task " + random.nextInt(4)),
          random.nextLong(2_000_000),
          random.nextBoolean() ? 0 : random.nextLong(2_000_000));
    }
    if (random.nextBoolean()) {
      timeline.add(event(HistoryEvent.Type.CASE_ENDED, nowNs, CASE, ""), 0, 0);
    }

    final CaseTimes times =
        Objects.requireNonNull(
            timeline.times(START.getEpochSecond() * 1_000_000_000 + nowNs, true));

    assertThat(times.total()).isEqualTo(Duration.ofNanos(nowNs));
    assertThat(
            times
                .running()
                .plus(times.queueing())
                .plus(times.persisting())
                .plus(times.waiting())
                .plus(times.other()))
        .isEqualTo(times.total());
    assertThat(times.persisting()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(times.running()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(times.queueing()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(times.waiting()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(times.other()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(times.tasks())
        .allSatisfy(
            task -> {
              assertThat(task.running()).isLessThanOrEqualTo(times.total().multipliedBy(2));
              assertThat(task.total()).isGreaterThanOrEqualTo(Duration.ZERO);
            });
  }
}
