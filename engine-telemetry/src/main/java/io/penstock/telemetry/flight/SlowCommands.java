package io.penstock.telemetry.flight;

import io.penstock.spi.Operation;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells the flight recorder of commands that took longer than they may, at most one in 50 ms. Safe
 * for any thread, wait-free; while nothing is recorded, the reading of a field.
 */
public final class SlowCommands {
  /** Between two events. */
  static final long INTERVAL_NS = 50_000_000;

  private static final long NEVER = Long.MIN_VALUE;

  private final AtomicLong toldNs = new AtomicLong(NEVER);
  private final AtomicLong untold = new AtomicLong();

  /** Begins with nothing told. */
  public SlowCommands() {}

  /**
   * A command was slow.
   *
   * @param operation what it was
   * @param latencyNs how long it took
   * @param thresholdNs how long it may take
   * @param nowNs monotonic time
   */
  public void add(
      final Operation operation, final long latencyNs, final long thresholdNs, final long nowNs) {
    if (!FlightEvents.mayRecord()) {
      return;
    }
    final long lastNs = toldNs.get();
    if ((lastNs != NEVER && nowNs - lastNs < INTERVAL_NS) || !toldNs.compareAndSet(lastNs, nowNs)) {
      untold.getAndIncrement();
      return;
    }
    FlightEvents.slowCommand(operation.label(), latencyNs, thresholdNs, untold.getAndSet(0));
  }
}
