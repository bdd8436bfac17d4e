package io.penstock.workflow;

import java.time.Duration;
import java.util.List;

/**
 * How often a failing work item is tried, and how long it rests in between.
 *
 * @param attemptsMax tries in all, 1 to {@value Retry#ATTEMPTS_MAX}
 * @param initialDelay rest before the second try; not negative
 * @param multiplier each rest is this many times the one before; 1 to 1,000
 * @param delayMax longest rest; one that would end more than 292 years from 1970 never ends
 * @param notRetried exceptions of these types, or of sub-types, fail the task at once
 */
public record Retry(
    int attemptsMax,
    Duration initialDelay,
    double multiplier,
    Duration delayMax,
    List<Class<? extends Throwable>> notRetried) {
  /** Most tries that a policy may allow: a work item counts them in 16 bits. */
  public static final int ATTEMPTS_MAX = 65_535;

  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  /**
   * Checks and copies.
   *
   * @param attemptsMax tries in all, at least 1
   * @param initialDelay rest before the second try; not negative
   * @param multiplier each rest is this many times the one before; at least 1
   * @param delayMax longest rest
   * @param notRetried exceptions of these types, or of sub-types, fail the task at once
   */
  public Retry {
    if (attemptsMax < 1 || attemptsMax > ATTEMPTS_MAX) {
      throw new IllegalArgumentException(
          "retry must allow from 1 to " + ATTEMPTS_MAX + " attempts: attemptsMax=" + attemptsMax);
    }
    if (initialDelay.isNegative() || delayMax.compareTo(initialDelay) < 0) {
      throw new IllegalArgumentException(
          "retry delays must be ordered: initialDelay=" + initialDelay + ", delayMax=" + delayMax);
    }
    if (!(multiplier >= 1 && multiplier <= 1_000)) {
      throw new IllegalArgumentException(
          "retry multiplier must be from 1 to 1000: multiplier=" + multiplier);
    }
    notRetried = List.copyOf(notRetried);
  }

  /**
   * Rests of 100 ms, 200 ms, 400 ms and so on, up to 30 s.
   *
   * @param attemptsMax tries in all, at least 1
   * @return the policy
   */
  public static Retry exponential(final int attemptsMax) {
    return new Retry(attemptsMax, Duration.ofMillis(100), 2, Duration.ofSeconds(30), List.of());
  }

  /**
   * The same rest each time.
   *
   * @param attemptsMax tries in all, at least 1
   * @param delay the rest
   * @return the policy
   */
  public static Retry fixed(final int attemptsMax, final Duration delay) {
    return new Retry(attemptsMax, delay, 1, delay, List.of());
  }

  /**
   * One try only; what a task does that names no policy.
   *
   * @return the policy
   */
  public static Retry never() {
    return fixed(1, Duration.ZERO);
  }

  /**
   * This policy with another first rest.
   *
   * @param delay rest before the second try
   * @return the changed policy
   */
  public Retry startingAt(final Duration delay) {
    return new Retry(
        attemptsMax,
        delay,
        multiplier,
        delayMax.compareTo(delay) < 0 ? delay : delayMax,
        notRetried);
  }

  /**
   * This policy, but exceptions of these types fail the task at once.
   *
   * @param types the types
   * @return the changed policy
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final Retry notOn(final Class<? extends Throwable>... types) {
    return new Retry(attemptsMax, initialDelay, multiplier, delayMax, List.of(types));
  }

  /**
   * Whether a failure may be tried again at all, however often that was done.
   *
   * @param failure what the handler threw
   * @return false when its type is excluded
   */
  public boolean retries(final Throwable failure) {
    return notRetried.stream().noneMatch(type -> type.isInstance(failure));
  }

  /**
   * The rest after a failed try.
   *
   * @param attempt number of the try that failed, from 1
   * @return nanoseconds
   */
  public long delayNs(final int attempt) {
    final double delay = (double) nanos(initialDelay) * Math.pow(multiplier, attempt - 1.0);
    return (long) Math.min(delay, (double) nanos(delayMax));
  }

  private static long nanos(final Duration duration) {
    return duration.compareTo(LONGEST) >= 0 ? Long.MAX_VALUE : duration.toNanos();
  }
}
