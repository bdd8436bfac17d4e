package io.penstock.objective;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts that are read while they are written. Time is a number that the writers set on. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EventCountsStress {
  private static final Objective OBJECTIVE =
      new Objective(
          0.99, Duration.ofNanos(100), Duration.ofSeconds(2)); // a short slot of 46,296 ns
  private static final long SLOT_NS = Duration.ofSeconds(2).toNanos() / 43_200;
  private static final int WRITERS = 8;
  private static final int EVENTS_A_WRITER = 250_000;
  private static final int WINDOW = 90;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  private static long durationNs(final long event) {
    return event % 4 == 0 ? 101 : 100;
  }

  @Test
  void shouldCountExactlyUnderEightThreadsAndNeverShrinkMeanwhile() throws Exception {
    final EventCounts counts = new EventCounts(OBJECTIVE, 0);
    final AtomicLong events = new AtomicLong();
    final List<Future<?>> writers = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      writers.add(
          threads.submit(
              () -> {
                for (int i = 0; i < EVENTS_A_WRITER; i++) {
                  counts.countShared(durationNs(i), events.incrementAndGet() * 50);
                }
              }));
    }

    long goodSeen = 0;
    long badSeen = 0;
    while (!writers.stream().allMatch(Future::isDone)) {
      final EventCounts.Sum window = window(counts, events.get() * 50);
      final long good = counts.good();
      final long bad = counts.bad();
      assertThat(good).isGreaterThanOrEqualTo(goodSeen);
      assertThat(bad).isGreaterThanOrEqualTo(badSeen);
      assertThat(window.good).isBetween(0L, good);
      assertThat(window.bad).isBetween(0L, bad);
      goodSeen = good;
      badSeen = bad;
    }
    for (final Future<?> writer : writers) {
      writer.get();
    }

    assertThat(counts.bad()).isEqualTo(WRITERS * (EVENTS_A_WRITER / 4L));
    assertThat(counts.good()).isEqualTo(WRITERS * (EVENTS_A_WRITER * 3L / 4));
    final EventCounts.Sum all = new EventCounts.Sum();
    counts.addCoarse(EventCounts.COARSE_IN_WINDOW, events.get() * 50, all);
    assertThat(all.good).isEqualTo(counts.good());
    assertThat(all.bad).isEqualTo(counts.bad());
  }

  private static EventCounts.Sum window(final EventCounts counts, final long nowNs) {
    final EventCounts.Sum sum = new EventCounts.Sum();
    counts.addFine(WINDOW, nowNs, sum);
    return sum;
  }

  /** Event i completes at i * step; step by step the slots pass faster than a reader can look. */
  @ParameterizedTest
  @ValueSource(longs = {50, 5_000, 46_296})
  void shouldShowInAWindowWhatCompletedInItWhileTheWriterGoesOn(final long stepNs)
      throws Exception {
    final EventCounts counts = new EventCounts(OBJECTIVE, 0);
    final AtomicLong begun = new AtomicLong();
    final AtomicLong ended = new AtomicLong();
    final Future<?> writer =
        threads.submit(
            () -> {
              for (long i = 1; i <= 2_000_000; i++) {
                begun.setRelease(i);
                counts.count(1, i * stepNs);
                ended.setRelease(i);
              }
            });

    long judged = 0;
    while (!writer.isDone()) {
      final long endedBefore = ended.getAcquire();
      final long nowNs = endedBefore * stepNs;
      final EventCounts.Sum sum = window(counts, nowNs);
      final long begunAfter = begun.getAcquire();
      final long afterNs = (Math.floorDiv(nowNs - 1, SLOT_NS) - WINDOW + 1) * SLOT_NS;
      final long before = Math.max(0, Math.floorDiv(afterNs, stepNs));
      assertThat(sum.bad).isZero();
      assertThat(sum.good).isBetween(0L, begunAfter - before);
      if ((begunAfter - endedBefore) * stepNs < (EventCounts.FINE_KEPT - WINDOW - 1) * SLOT_NS) {
        assertThat(sum.good).isGreaterThanOrEqualTo(endedBefore - before);
        judged++;
      }
    }
    writer.get();
    assertThat(judged).isPositive();
  }

  @Test
  void shouldNeverShrinkAtAFixedTimeWhileTheWriterGoesOn() throws Exception {
    final long stepNs = 100;
    final EventCounts counts = new EventCounts(OBJECTIVE, 0);
    final long fixedNs = 200 * SLOT_NS;
    final long lastNs = fixedNs + (EventCounts.FINE_KEPT - WINDOW - 1) * SLOT_NS;
    final Future<?> writer =
        threads.submit(
            () -> {
              final SplittableRandom random = new SplittableRandom(1);
              for (long nowNs = stepNs; nowNs < lastNs; nowNs += random.nextLong(2 * stepNs)) {
                counts.count(durationNs(nowNs), nowNs);
              }
            });

    long seen = 0;
    while (!writer.isDone()) {
      final EventCounts.Sum sum = window(counts, fixedNs);
      assertThat(sum.total()).isGreaterThanOrEqualTo(seen);
      seen = sum.total();
    }
    writer.get();
  }
}
