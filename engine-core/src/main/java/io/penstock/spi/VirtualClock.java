package io.penstock.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until it is told to go on: days of deadlines pass in a unit test within
 * microseconds.
 *
 * <p>Both of its clocks show the same. Safe for any thread.
 */
public final class VirtualClock implements EngineClock {
  private final AtomicLong nowNs;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /**
   * Creates a clock.
   *
   * @param start what it shows first
   */
  public VirtualClock(final Instant start) {
    nowNs = new AtomicLong(Duration.between(Instant.EPOCH, start).toNanos());
  }

  /**
   * Lets time pass for the engines that use this clock, and returns when they have done what is due
   * by then, handlers on worker threads excepted: so a test needs no waiting. Called from a handler
   * on a shard's own thread it does not wait.
   *
   * @param duration how much; not negative
   */
  public void advance(final Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time must not go back: duration=" + duration);
    }
    nowNs.addAndGet(duration.toNanos());
    listeners.forEach(Runnable::run);
  }

  @Override
  public long epochNs() {
    return nowNs.get();
  }

  @Override
  public long monotonicNs() {
    return nowNs.get();
  }

  @Override
  public void onJump(final Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void removeJumpListener(final Runnable listener) {
    listeners.remove(listener);
  }
}
