package io.penstock.telemetry;

import io.penstock.workflow.Objective;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts exactly how many durations were within an objective's threshold and how many were not.
 *
 * <p>{@link #count} belongs to one thread and is wait-free; {@link #countShared} is for many. The
 * two must not be mixed in one counter. Any thread may read; each of the two numbers only grows.
 */
final class ObjectiveCounter {
  private final Objective objective;
  private final long thresholdNs;
  private final AtomicLong good = new AtomicLong();
  private final AtomicLong bad = new AtomicLong();

  ObjectiveCounter(final Objective objective) {
    this.objective = objective;
    thresholdNs = objective.threshold().toNanos();
  }

  Objective objective() {
    return objective;
  }

  void count(final long durationNs) {
    final AtomicLong counter = durationNs <= thresholdNs ? good : bad;
    counter.setRelease(counter.getPlain() + 1);
  }

  void countShared(final long durationNs) {
    final AtomicLong counter = durationNs <= thresholdNs ? good : bad;
    counter.getAndIncrement();
  }

  long good() {
    return good.getAcquire();
  }

  long bad() {
    return bad.getAcquire();
  }
}
