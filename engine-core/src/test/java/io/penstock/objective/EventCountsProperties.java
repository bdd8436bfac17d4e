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
  private static final long FINE_NS = 25_000;
  private static final long COARSE_NS = 60 * FINE_NS;

  private record Event(long timeNs, boolean isGood) {}

  /** Times of events: mostly close together, now and then far apart, often on a boundary. */
  private static long next(final SplittableRandom random, final long nowNs, final long originNs) {
    return switch (random.nextInt(10)) {
      case 0 -> nowNs + random.nextLong(2 * COARSE_NS);
      case 1 -> nowNs + random.nextLong(random.nextInt(100) == 0 ? 800 * COARSE_NS : 3 * COARSE_NS);
      case 2, 3 -> originNs + (Math.floorDiv(nowNs - originNs, FINE_NS) + 1) * FINE_NS;
      case 4 -> originNs + (Math.floorDiv(nowNs - originNs, COARSE_NS) + 1) * COARSE_NS;
      case 5 -> originNs + (Math.floorDiv(nowNs - originNs, FINE_NS) + 1) * FINE_NS + 1;
      default -> nowNs + random.nextLong(FINE_NS);
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
    for (final int slots : new int[] {1, 2, 5, 30, 60, 359, 360}) {
      final EventCounts.Sum sum = new EventCounts.Sum();
      counts.addFine(slots, nowNs, sum);
      assertThat(new long[] {sum.good, sum.bad})
          .as("%d short slots at %d", slots, nowNs - originNs)
          .isEqualTo(window(events, originNs, FINE_NS, slots, nowNs));
    }
    for (final int slots : new int[] {1, 24, 72, 719, 720}) {
      final EventCounts.Sum sum = new EventCounts.Sum();
      counts.addCoarse(slots, nowNs, sum);
      assertThat(new long[] {sum.good, sum.bad})
          .as("%d long slots at %d", slots, nowNs - originNs)
          .isEqualTo(window(events, originNs, COARSE_NS, slots, nowNs));
    }
  }

  @Property(tries = 60)
  void shouldCountAnEventInExactlyTheWindowsThatHoldItsCompletion(
      @ForAll final long seed,
      @ForAll @LongRange(min = -1_000_000_000_000L, max = 1_000_000_000_000L) final long originNs,
      @ForAll final boolean shared) {
    final SplittableRandom random = new SplittableRandom(seed);
    final EventCounts counts = new EventCounts(OBJECTIVE, originNs);
    final List<Event> events = new ArrayList<>();
    long nowNs = originNs;
    for (int i = 0; i < 3_000; i++) {
      nowNs = next(random, nowNs, originNs);
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
      nowNs = next(random, nowNs, 0);
      final long durationNs = random.nextLong(99, 103);
      events.add(new Event(nowNs, durationNs <= 100));
      before.count(durationNs, nowNs);
    }
    final ExpandableArrayBuffer saved = new ExpandableArrayBuffer();
    before.save(saved, 8, nowNs);
    final long elapsedNs = slotsElapsed * COARSE_NS;
    // an origin of the same phase, so that the slots are the same ones; another shifts by less
    // than a slot
    final long originNs = -7 * COARSE_NS;
    final EventCounts after = new EventCounts(OBJECTIVE, originNs);
    after.restore(saved, 8, nowNs + elapsedNs, elapsedNs);

    check(after, events, originNs, nowNs + elapsedNs);
    assertThat(after.good() + after.bad()).as("since the opening").isZero();
    for (int i = 0; i < 100; i++) {
      nowNs = next(random, nowNs, 0);
      events.add(new Event(nowNs + elapsedNs, true));
      after.count(1, nowNs + elapsedNs);
    }
    check(after, events, originNs, nowNs + elapsedNs);
  }
}
