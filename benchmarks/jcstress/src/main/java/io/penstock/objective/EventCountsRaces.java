package io.penstock.objective;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.penstock.workflow.Objective;
import java.time.Duration;
import org.agrona.ExpandableArrayBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Counts of events that are read, saved and counted by others at the same time. */
public class EventCountsRaces {
  private static final Objective OBJECTIVE =
      new Objective(0.99, Duration.ofNanos(100), Duration.ofSeconds(2));

  /** In the slot before. */
  private static final long BEFORE_NS = 1;

  /** Beyond the ends of a short slot and of a long one. */
  private static final long NOW_NS = Duration.ofSeconds(1).toNanos();

  private static final int GOOD_NS = 100;
  private static final int BAD_NS = 101;

  private static EventCounts tenBefore() {
    final EventCounts counts = new EventCounts(OBJECTIVE, 0);
    counts.count(GOOD_NS, BEFORE_NS, 10);
    return counts;
  }

  /** Good events in the slot of now, the short and the long one. */
  private static int goodNow(final EventCounts counts) {
    final EventCounts.Sum fine = new EventCounts.Sum();
    counts.addFine(1, NOW_NS, fine);
    final EventCounts.Sum coarse = new EventCounts.Sum();
    counts.addCoarse(1, NOW_NS, coarse);
    return fine.good <= coarse.good ? (int) coarse.good : -1;
  }

  /** Events that count together are seen together, and good ones before the bad that follow. */
  @JCStressTest
  @Outcome(
      id = {"0, 10", "0, 13", "2, 13"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "counts out of order, torn or lost")
  @State
  public static class CountsAreSeenInTheirOrder {
    private final EventCounts counts = tenBefore();

    @Actor
    public void writer() {
      counts.count(GOOD_NS, NOW_NS, 3);
      counts.count(BAD_NS, NOW_NS, 2);
    }

    @Actor
    public void reader(final II_Result r) {
      r.r1 = (int) counts.bad();
      r.r2 = (int) counts.good();
    }
  }

  /** The first event of a slot ends the slot before. */
  @JCStressTest
  @Outcome(
      id = {"0", "1", "2"},
      expect = ACCEPTABLE)
  @Outcome(expect = FORBIDDEN, desc = "events of the slot before are in the window")
  @State
  public static class WindowHoldsWhatCompletedInIt {
    private final EventCounts counts = tenBefore();

    @Actor
    public void writer() {
      counts.count(GOOD_NS, NOW_NS);
      counts.count(GOOD_NS, NOW_NS);
    }

    @Actor
    public void reader(final I_Result r) {
      r.r1 = goodNow(counts);
    }
  }

  /** Both find the slot ended. */
  @JCStressTest
  @Outcome(id = "12, 2", expect = ACCEPTABLE)
  @Outcome(
      id = "12, 1",
      expect = ACCEPTABLE_INTERESTING,
      desc = "one came while the other ended the slot, and counts in it")
  @Outcome(expect = FORBIDDEN, desc = "an event was lost, or is in a wrong slot")
  @State
  public static class SharedCountingLosesNothing {
    private final EventCounts counts = tenBefore();

    @Actor
    public void oneCaller() {
      counts.countShared(GOOD_NS, NOW_NS);
    }

    @Actor
    public void otherCaller() {
      counts.countShared(GOOD_NS, NOW_NS);
    }

    @Arbiter
    public void total(final II_Result r) {
      r.r1 = (int) counts.good();
      r.r2 = goodNow(counts);
    }
  }

  /** A caller ends a slot while the counts are saved. */
  @JCStressTest
  @Outcome(
      id = {"10, 0", "11, 1"},
      expect = ACCEPTABLE)
  @Outcome(
      id = "11, 0",
      expect = ACCEPTABLE_INTERESTING,
      desc = "the event came while the saver looked, and counts in the slot before")
  @Outcome(expect = FORBIDDEN, desc = "what was saved is of two times")
  @State
  public static class SavedCountsAreOfOneTime {
    private final EventCounts counts = tenBefore();
    private final ExpandableArrayBuffer saved = new ExpandableArrayBuffer();

    @Actor
    public void caller() {
      counts.countShared(GOOD_NS, NOW_NS);
    }

    @Actor
    public void saver() {
      counts.save(saved, 0, NOW_NS);
    }

    @Arbiter
    public void restored(final II_Result r) {
      final EventCounts again = new EventCounts(OBJECTIVE, 0);
      again.restore(saved, 0, NOW_NS, 0);
      final EventCounts.Sum all = new EventCounts.Sum();
      again.addCoarse(EventCounts.COARSE_IN_WINDOW, NOW_NS, all);
      r.r1 = (int) all.good;
      r.r2 = goodNow(again);
    }
  }
}
