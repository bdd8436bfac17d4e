package io.penstock.lab.load;

import java.util.concurrent.locks.LockSupport;

/** The time that a load runs by, so that tests can have one of their own. */
public interface Pace {
  /**
   * Reads the clock.
   *
   * @return nanoseconds since some moment
   */
  long nanoTime();

  /**
   * Waits until a time has come.
   *
   * @param timeNs by {@link #nanoTime}; returns at once when it is over
   */
  void awaitTime(long timeNs);

  /**
   * The machine's time. Sleeps while there is enough of it and spins for the rest, since a sleep
   * ends 50 µs and more too late.
   *
   * @return the pace
   */
  static Pace ofMachine() {
    return new Pace() {
      private static final long SPIN_NS = 100_000;

      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public void awaitTime(final long timeNs) {
        long leftNs = timeNs - System.nanoTime();
        while (leftNs > 0) {
          if (leftNs > SPIN_NS) {
            LockSupport.parkNanos(leftNs - SPIN_NS);
          } else {
            Thread.onSpinWait();
          }
          leftNs = timeNs - System.nanoTime();
        }
      }
    };
  }
}
