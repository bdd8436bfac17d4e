package io.penstock.objective;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.agrona.ExpandableArrayBuffer;

/** A timeline against a list of all events. */
class EventTimelineProperties {
  private static final long FINE_NS = 25_000;
  private static final long COARSE_NS = 60 * FINE_NS;
  private static final Objective OBJECTIVE =
      new Objective(0.99, Duration.ofNanos(100), Duration.ofNanos(FINE_NS).multipliedBy(43_200));

  private static final long ORIGIN_NS = 77;

  private static long slot(final long nowNs, final long slotNs) {
    return Math.floorDiv(nowNs - ORIGIN_NS - 1, slotNs);
  }

  private static List<EventCounts> shards() {
    return List.of(new EventCounts(OBJECTIVE, ORIGIN_NS), new EventCounts(OBJECTIVE, ORIGIN_NS));
  }

  @Property(tries = 200)
  void shouldHoldEachEventOfTheWindowInTheSlotOfItsCompletion(
      @ForAll final long seed, @ForAll @LongRange(min = 1, max = 2_000) final long spreadInSlots) {
    final SplittableRandom random = new SplittableRandom(seed);
    final List<EventCounts> shards = shards();
    final List<long[]> events = new ArrayList<>();
    long nowNs = ORIGIN_NS + 1;
    for (int i = 0; i < 300; i++) {
      nowNs += random.nextLong(1 + spreadInSlots * FINE_NS);
      final boolean isGood = random.nextInt(3) > 0;
      shards.get(random.nextInt(2)).count(isGood ? 100 : 101, nowNs);
      events.add(new long[] {nowNs, isGood ? 1 : 0});
    }

    final EventTimeline timeline = EventTimeline.of(OBJECTIVE, shards, nowNs);

    final long coarseFirst = slot(nowNs, COARSE_NS) - 719;
    final long fineFirst = slot(nowNs, FINE_NS) - 359;
    final List<long[]> held =
        events.stream().filter(each -> slot(each[0], COARSE_NS) >= coarseFirst).toList();
    final boolean allFine = held.stream().allMatch(each -> slot(each[0], FINE_NS) >= fineFirst);
    final long slotNs = allFine ? FINE_NS : COARSE_NS;
    assertThat(timeline.slotNs()).isEqualTo(slotNs);
    final long first = slot(held.get(0)[0], slotNs);
    assertThat(timeline.slots()).isEqualTo((int) (slot(nowNs, slotNs) - first + 1));
    final long[] good = new long[timeline.slots()];
    final long[] bad = new long[timeline.slots()];
    held.forEach(each -> (each[1] == 1 ? good : bad)[(int) (slot(each[0], slotNs) - first)]++);
    for (int i = 0; i < timeline.slots(); i++) {
      assertThat(timeline.good(i)).as("good of slot %d", i).isEqualTo(good[i]);
      assertThat(timeline.bad(i)).as("bad of slot %d", i).isEqualTo(bad[i]);
    }
  }

  @Example
  void shouldHaveNoSlotWithoutAnEvent() {
    assertThat(EventTimeline.of(OBJECTIVE, shards(), 1_000_000).slots()).isZero();
  }

  @Example
  void shouldForgetWhatIsOlderThanTheWindow() {
    final List<EventCounts> shards = shards();
    shards.get(0).count(1, ORIGIN_NS + 1);

    final long laterNs = ORIGIN_NS + 1 + 720 * COARSE_NS;

    assertThat(EventTimeline.of(OBJECTIVE, shards, laterNs - 1).slots()).isPositive();
    assertThat(EventTimeline.of(OBJECTIVE, shards, laterNs).slots()).isZero();
  }

  @Example
  void shouldShowWhatWasCountedBeforeARestart() {
    final EventCounts before = new EventCounts(OBJECTIVE, ORIGIN_NS);
    before.count(1, ORIGIN_NS + 1);
    before.count(101, ORIGIN_NS + 1 + 10 * COARSE_NS);
    final ExpandableArrayBuffer saved = new ExpandableArrayBuffer();
    final long nowNs = ORIGIN_NS + 1 + 10 * COARSE_NS;
    before.save(saved, 0, nowNs);
    final EventCounts after = new EventCounts(OBJECTIVE, ORIGIN_NS);
    after.restore(saved, 0, nowNs, 0);
    after.count(101, nowNs + 1);

    final EventTimeline timeline = EventTimeline.of(OBJECTIVE, List.of(after), nowNs + 1);

    assertThat(timeline.slots()).isEqualTo(11);
    assertThat(timeline.good(0)).isEqualTo(1);
    assertThat(timeline.bad(10)).isEqualTo(2);
  }
}
