package io.penstock.telemetry;

import io.penstock.spi.EngineClock;

/**
 * Turns monotonic times into calendar times, by the offset between an engine's two clocks.
 *
 * <p>The offset stands still, so that the times of spans agree to the nanosecond, until the clocks
 * have drifted apart by {@link #DRIFT_MAX_NS}: the calendar was set, or the machine slept. Safe for
 * any thread.
 */
final class EpochTime {
  static final long DRIFT_MAX_NS = 10_000_000;
  private static final long READING_MAX_NS = 1_000_000;

  private final EngineClock clock;
  private final long openedEpochNs;
  private final long openedMonotonicNs;
  private volatile long offsetNs;

  EpochTime(final EngineClock clock) {
    this.clock = clock;
    openedEpochNs = clock.epochNs();
    openedMonotonicNs = clock.monotonicNs();
    offsetNs = openedEpochNs - openedMonotonicNs;
  }

  /** When this was made, by the calendar. */
  long openedEpochNs() {
    return openedEpochNs;
  }

  /** When this was made, monotonic. */
  long openedMonotonicNs() {
    return openedMonotonicNs;
  }

  long epochNs(final long monotonicNs) {
    return monotonicNs + offsetNs;
  }

  /** What to add to a monotonic time; for a span that shall begin and end by the same. */
  long offsetNs() {
    return offsetNs;
  }

  long monotonicNs() {
    return clock.monotonicNs();
  }

  /** Looks at both clocks; not for a shard's thread. */
  void follow() {
    final long beforeNs = clock.monotonicNs();
    final long epochNs = clock.epochNs();
    final boolean steady = clock.monotonicNs() - beforeNs < READING_MAX_NS;
    final long measuredNs = epochNs - beforeNs;
    if (steady && Math.abs(measuredNs - offsetNs) > DRIFT_MAX_NS) {
      offsetNs = measuredNs;
    }
  }
}
