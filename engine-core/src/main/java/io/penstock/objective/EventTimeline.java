package io.penstock.objective;

import io.penstock.workflow.Objective;
import java.util.Arrays;
import java.util.Collection;

/**
 * The good and bad events of the recent past, slot by slot: what an objective's counts keep of its
 * window, for a plot. Immutable.
 *
 * <p>Slots are 1/720 of the objective's window long and reach over all of it or, when all of its
 * events are so young, 1/43,200 of it and reach over the last 360 of them. Slots before the first
 * event are left out.
 */
public final class EventTimeline {
  private final long slotNs;
  private final long[] good;
  private final long[] bad;

  private EventTimeline(final long slotNs, final long[] good, final long[] bad) {
    this.slotNs = slotNs;
    this.good = good;
    this.bad = bad;
  }

  /**
   * Adds up counts of the same objective.
   *
   * @param objective the objective
   * @param counts what was counted, by shard; may go on meanwhile
   * @param nowNs monotonic time
   * @return a slot for each that began since the first event of the window, the one in hand
   *     included; none without an event
   */
  public static EventTimeline of(
      final Objective objective, final Collection<EventCounts> counts, final long nowNs) {
    final EventCounts.Sum atWindow = new EventCounts.Sum();
    final EventCounts.Sum atFine = new EventCounts.Sum();
    for (final EventCounts each : counts) {
      each.addAtEnd(false, EventCounts.COARSE_IN_WINDOW, nowNs, atWindow);
      each.addAtEnd(true, EventCounts.FINE_KEPT, nowNs, atFine);
    }
    final long coarseNs = EventCounts.coarseNs(objective);
    return atFine.total() <= atWindow.total()
        ? of(counts, true, EventCounts.FINE_KEPT, coarseNs / EventCounts.FINE_IN_COARSE, nowNs)
        : of(counts, false, EventCounts.COARSE_IN_WINDOW, coarseNs, nowNs);
  }

  private static EventTimeline of(
      final Collection<EventCounts> counts,
      final boolean isFine,
      final int slots,
      final long slotNs,
      final long nowNs) {
    final long[] good = new long[slots];
    final long[] bad = new long[slots];
    EventCounts.Sum before = new EventCounts.Sum();
    int first = slots;
    for (int i = -1; i < slots; i++) {
      final EventCounts.Sum sum = new EventCounts.Sum();
      final int slotsAgo = slots - 1 - i;
      for (final EventCounts each : counts) {
        each.addAtEnd(isFine, slotsAgo, nowNs, sum);
      }
      if (i >= 0) {
        good[i] = sum.good - before.good;
        bad[i] = sum.bad - before.bad;
        if (first == slots && good[i] + bad[i] > 0) {
          first = i;
        }
      }
      before = sum;
    }
    return new EventTimeline(
        slotNs, Arrays.copyOfRange(good, first, slots), Arrays.copyOfRange(bad, first, slots));
  }

  /**
   * Number of slots.
   *
   * @return 0 to 720
   */
  public int slots() {
    return good.length;
  }

  /**
   * Length of a slot.
   *
   * @return nanoseconds
   */
  public long slotNs() {
    return slotNs;
  }

  /**
   * Good events of a slot.
   *
   * @param slot 0 for the oldest
   * @return how many
   */
  public long good(final int slot) {
    return good[slot];
  }

  /**
   * Bad events of a slot.
   *
   * @param slot 0 for the oldest
   * @return how many
   */
  public long bad(final int slot) {
    return bad[slot];
  }
}
