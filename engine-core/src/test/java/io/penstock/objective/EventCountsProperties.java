package io.penstock.objective;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.agrona.ExpandableArrayBuffer;

/** Counts and windows against a list of all events. */
class EventCountsProperties {
  private static final Duration THRESHOLD = Duration.ofNanos(100);
  private static final Objective OBJECTIVE =
      new Objective(0.99, THRESHOLD, Duration.ofNanos(25_000).multipliedBy(43_200));

  /** Neither length of slots divides it, nor the short one the long one. */
  private static final Objective UNEVEN = OBJECTIVE.over(OBJECTIVE.window().plusNanos(54_321));

  private static long coarseNs(final Objective objective) {
    return objective.window().toNanos() / 720;
  }

  private static long fineNs(final Objective objective) {
    return coarseNs(objective) / 60;
  }

  private record Event(long timeNs, boolean isGood) {}

  /** Times of events: mostly close together, now and then far apart, often on a boundary. */
  private static long next(
      final SplittableRandom random,
      final Objective objective,
      final long nowNs,
      final long originNs) {
    final long fineNs = fineNs(objective);
    final long coarseNs = coarseNs(objective);
    return switch (random.nextInt(10)) {
      case 0 -> nowNs + random.nextLong(2 * coarseNs);
      case 1 -> nowNs + random.nextLong(random.nextInt(100) == 0 ? 800 * coarseNs : 3 * coarseNs);
      case 2, 3 -> originNs + (Math.floorDiv(nowNs - originNs, fineNs) + 1) * fineNs;
      case 4 -> originNs + (Math.floorDiv(nowNs - originNs, coarseNs) + 1) * coarseNs;
      case 5 -> originNs + (Math.floorDiv(nowNs - originNs, fineNs) + 1) * fineNs + 1;
      default -> nowNs + random.nextLong(fineNs);
    };
  }

  /** By the definition: the events in (end of the slot n slots ago, now]. */
  private static long[] window(
      final List<Event> events,
      final long originNs,
      final long slotNs,
      final int slots,
      final long nowNs) {
    final long slot = Math.floorDiv(nowNs - originNs - 1, slotNs);
    final long afterNs = originNs + (slot - slots + 1) * slotNs;
    final long good =
        events.stream().filter(event -> event.isGood && event.timeNs > afterNs).count();
    final long all = events.stream().filter(event -> event.timeNs > afterNs).count();
    return new long[] {good, all - good};
  }

  private static void check(
      final EventCounts counts, final List<Event> events, final long originNs, final long nowNs) {
    final long fineNs = fineNs(counts.objective());
    final long coarseNs = coarseNs(counts.objective());
    for (final int slots : new int[] {1, 2, 5, 30, 60, 359, 360}) {
      final EventCounts.Sum sum = new EventCounts.Sum();
      counts.addFine(slots, nowNs, sum);
      assertThat(new long[] {sum.good, sum.bad})
          .as("%d short slots at %d", slots, nowNs - originNs)
          .isEqualTo(window(events, originNs, fineNs, slots, nowNs));
    }
    for (final int slots : new int[] {1, 24, 72, 719, 720}) {
      final EventCounts.Sum sum = new EventCounts.Sum();
      counts.addCoarse(slots, nowNs, sum);
      assertThat(new long[] {sum.good, sum.bad})
          .as("%d long slots at %d", slots, nowNs - originNs)
          .isEqualTo(window(events, originNs, coarseNs, slots, nowNs));
    }
  }

  @Property(tries = 60)
  void shouldCountAnEventInExactlyTheWindowsThatHoldItsCompletion(
      @ForAll final long seed,
      @ForAll @LongRange(min = -1_000_000_000_000L, max = 1_000_000_000_000L) final long originNs,
      @ForAll final boolean shared,
      @ForAll final boolean uneven) {
    final Objective objective = uneven ? UNEVEN : OBJECTIVE;
    final SplittableRandom random = new SplittableRandom(seed);
    final EventCounts counts = new EventCounts(objective, originNs);
    final List<Event> events = new ArrayList<>();
    long nowNs = originNs;
    for (int i = 0; i < 3_000; i++) {
      nowNs = next(random, objective, nowNs, originNs);
      if (random.nextInt(4) > 0) {
        final long durationNs = random.nextLong(99, 103);
        events.add(new Event(nowNs, durationNs <= 100));
        if (shared) {
          counts.countShared(durationNs, nowNs);
        } else {
          counts.count(durationNs, nowNs);
        }
      }
      if (i % 100 == 0) {
        check(counts, events, originNs, nowNs);
      }
    }
    check(counts, events, originNs, nowNs);
    assertThat(counts.good()).isEqualTo(events.stream().filter(Event::isGood).count());
    assertThat(counts.good() + counts.bad()).isEqualTo(events.size());
  }

  @Property(tries = 60)
  void shouldKeepEveryWindowOverARestart(
      @ForAll final long seed, @ForAll @IntRange(max = 1000) final int slotsElapsed) {
    final SplittableRandom random = new SplittableRandom(seed);
    final EventCounts before = new EventCounts(OBJECTIVE, 0);
    final List<Event> events = new ArrayList<>();
    long nowNs = 0;
    for (int i = 0; i < 2_000; i++) {
      nowNs = next(random, OBJECTIVE, nowNs, 0);
      final long durationNs = random.nextLong(99, 103);
      events.add(new Event(nowNs, durationNs <= 100));
      before.count(durationNs, nowNs);
    }
    final ExpandableArrayBuffer saved = new ExpandableArrayBuffer();
    before.save(saved, 8, nowNs);
    final long elapsedNs = slotsElapsed * coarseNs(OBJECTIVE);
    // an origin of the same phase, so that the slots are the same ones; another shifts by less
    // than a slot
    final long originNs = -7 * coarseNs(OBJECTIVE);
    final EventCounts after = new EventCounts(OBJECTIVE, originNs);
    after.restore(saved, 8, nowNs + elapsedNs, elapsedNs);

    check(after, events, originNs, nowNs + elapsedNs);
    assertThat(after.good() + after.bad()).as("since the opening").isZero();
    for (int i = 0; i < 100; i++) {
      nowNs = next(random, OBJECTIVE, nowNs, 0);
      events.add(new Event(nowNs + elapsedNs, true));
      after.count(1, nowNs + elapsedNs);
    }
    check(after, events, originNs, nowNs + elapsedNs);
  }
}
