package io.penstock.engine;

import java.util.concurrent.locks.LockSupport;

/**
 * The wait between two tries for room: spins first, then sleeps for moments, so that a virtual
 * thread gives its carrier away.
 */
final class Backoff {
  private static final int SPINS_MAX = 100;
  private static final long PARK_NS = 20_000;

  private Backoff() {}

  /** Waits a moment after a number of tries, from 0. */
  static void pause(final int tries) {
    if (tries < SPINS_MAX) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(PARK_NS);
    }
  }
}
