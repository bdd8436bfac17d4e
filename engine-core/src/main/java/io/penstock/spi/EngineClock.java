package io.penstock.spi;

/**
 * The engine's two clocks: what the calendar says, for deadlines and records, and a monotonic one,
 * for latencies.
 */
public interface EngineClock {
  /**
   * The calendar.
   *
   * @return nanoseconds since 1970-01-01T00:00Z
   */
  long epochNs();

  /**
   * The monotonic clock.
   *
   * @return nanoseconds from an arbitrary origin; only differences mean something
   */
  long monotonicNs();

  /**
   * The calendar, for who has just read the monotonic clock: both may cost one reading.
   *
   * @param monotonicNs what {@link #monotonicNs()} said just now
   * @return nanoseconds since 1970-01-01T00:00Z
   */
  default long epochNs(final long monotonicNs) {
    return epochNs();
  }

  /**
   * Asks to be told when time jumps; a clock that flows by itself has nothing to tell.
   *
   * @param listener called on any thread after a jump; must not block
   */
  default void onJump(final Runnable listener) {}

  /**
   * Calls a listener no more; an engine that is closed asks for it.
   *
   * @param listener as it was given to {@link #onJump}
   */
  default void removeJumpListener(final Runnable listener) {}

  /**
   * The machine's clocks. The calendar has nanoseconds, within a tenth of a millisecond of the
   * machine's own and always in the same millisecond; reading it allocates nothing.
   *
   * @return a clock for all, safe for any thread
   */
  static EngineClock system() {
    return SystemClock.INSTANCE;
  }
}
