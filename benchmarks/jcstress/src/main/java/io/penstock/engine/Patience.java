package io.penstock.engine;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** How long a test waits for a thread that must have been woken before it calls that lost. */
final class Patience {
  /** Far beyond any stall of a machine. */
  private static final long WAIT_MAX_NS = TimeUnit.SECONDS.toNanos(10);

  /** The test has failed: that it ends soon is all that is left. */
  private static final long WAIT_MAX_AFTER_LOSS_NS = TimeUnit.MILLISECONDS.toNanos(10);

  private static volatile long waitMaxNs = WAIT_MAX_NS;

  private Patience() {}

  /** Waits until something has happened; false when it does not. */
  @SuppressWarnings("ThreadPriorityCheck") // to give way, not to order anything
  static boolean await(final BooleanSupplier happened) {
    final long startNs = System.nanoTime();
    while (!happened.getAsBoolean()) {
      if (System.nanoTime() - startNs > waitMaxNs) {
        waitMaxNs = WAIT_MAX_AFTER_LOSS_NS;
        return false;
      }
      Thread.yield();
    }
    return true;
  }
}
