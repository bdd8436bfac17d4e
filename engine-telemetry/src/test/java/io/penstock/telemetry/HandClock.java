package io.penstock.telemetry;

import io.penstock.spi.EngineClock;
import java.util.concurrent.atomic.AtomicLong;

/** A clock moved by hand. Safe for any thread. */
final class HandClock implements EngineClock {
  static final long EPOCH_NS = 1_700_000_000_000_000_000L;
  static final long ORIGIN_NS = 5_000;

  private final AtomicLong elapsedNs = new AtomicLong();
  private final AtomicLong calendarNs = new AtomicLong(EPOCH_NS);

  void advance(final long ns) {
    elapsedNs.addAndGet(ns);
  }

  /** Sets the calendar on, as after a sleep of the machine. */
  void moveCalendar(final long ns) {
    calendarNs.addAndGet(ns);
  }

  @Override
  public long epochNs() {
    return calendarNs.get() + elapsedNs.get();
  }

  @Override
  public long monotonicNs() {
    return ORIGIN_NS + elapsedNs.get();
  }
}
