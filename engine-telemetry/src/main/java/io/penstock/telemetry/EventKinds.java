package io.penstock.telemetry;

import io.penstock.objective.EventCounts;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of events that a shard's thread counts, by number. Belongs to that thread; allocates
 * when a kind is added, at no other time.
 */
final class EventKinds {
  private static final int LENGTH_FIRST = 64;

  private EventKind[] kinds = new EventKind[LENGTH_FIRST];
  private int length;

  /**
   * Where events of one kind are counted.
   *
   * @param isStep whether an event is one step of a command; else it takes as long as the command
   * @param durations the histogram
   * @param objective what durations are held to, or null
   * @param total how many there were, or null
   */
  record EventKind(
      boolean isStep,
      LatencyHistogram durations,
      @Nullable EventCounts objective,
      @Nullable AtomicLong total) {

    /** Counts events that took equally long and ended together. */
    void count(final long durationNs, final long endNs, final int times) {
      durations.record(durationNs, times);
      if (objective != null) {
        objective.count(durationNs, endNs, times);
      }
      if (total != null) {
        total.setRelease(total.getPlain() + times);
      }
    }
  }

  /** Gives a kind its number, which is one more than that of the kind before. */
  int add(final EventKind kind) {
    if (length == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * length);
    }
    kinds[length] = kind;
    return length++;
  }

  EventKind get(final int number) {
    return kinds[number];
  }

  /** How many there are. */
  int length() {
    return length;
  }
}
