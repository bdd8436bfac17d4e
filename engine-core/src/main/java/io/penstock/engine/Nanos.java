package io.penstock.engine;

import java.time.Duration;

/** Nanoseconds that do not overflow: what is beyond 292 years is {@link Long#MAX_VALUE}, never. */
final class Nanos {
  private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE);
  private static final Duration MIN = Duration.ofNanos(Long.MIN_VALUE);

  /** The longest time that a caller may give: 100 years. */
  static final Duration LONGEST = Duration.ofDays(36_500);

  private Nanos() {}

  /** The nanoseconds of a duration, or the nearest that a long holds. */
  static long of(final Duration duration) {
    if (duration.compareTo(MAX) >= 0) {
      return Long.MAX_VALUE;
    }
    return duration.compareTo(MIN) <= 0 ? Long.MIN_VALUE : duration.toNanos();
  }

  /**
   * The nanoseconds of a duration that a caller gives.
   *
   * @throws IllegalArgumentException when it is longer than {@link #LONGEST}
   */
  static long checked(final String what, final Duration duration, final String instead) {
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          what + " must be at most " + LONGEST + ": " + what + "=" + duration + "; " + instead);
    }
    return of(duration);
  }

  /** A time and a while after it; {@link Long#MAX_VALUE} when that is beyond all times. */
  static long after(final long timeNs, final long whileNs) {
    final long sum = timeNs + whileNs;
    return whileNs > 0 && sum < timeNs ? Long.MAX_VALUE : sum;
  }
}
