package io.penstock.telemetry;

/**
 * Events of which the time is known and which are yet to be counted. A histogram lies in many cache
 * lines, which the work between two events drives out of the caches: so they are noted here, side
 * by side, and counted many at once. Belongs to the shard's thread; allocates nothing.
 */
final class TimedEvents {
  /** As many are noted at most before they are counted. */
  static final int LENGTH_MAX = 128;

  private final EventKinds kinds;
  private final int[] kind = new int[LENGTH_MAX];
  private final long[] durationNs = new long[LENGTH_MAX];
  private final long[] endNs = new long[LENGTH_MAX];
  private int length;

  TimedEvents(final EventKinds kinds) {
    this.kinds = kinds;
  }

  /** An event of this kind took so long, until then by the monotonic clock. */
  void add(final int eventKind, final long eventDurationNs, final long eventEndNs) {
    if (length == LENGTH_MAX) {
      countAll();
    }
    kind[length] = eventKind;
    durationNs[length] = eventDurationNs;
    endNs[length] = eventEndNs;
    length++;
  }

  /** Counts what was noted, in the order in which it was. */
  void countAll() {
    for (int i = 0; i < length; i++) {
      kinds.get(kind[i]).count(durationNs[i], endNs[i], 1);
    }
    length = 0;
  }
}
