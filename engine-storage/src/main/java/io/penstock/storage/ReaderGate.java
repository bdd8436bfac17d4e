package io.penstock.storage;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts the readers inside, so that memory is freed only when none can still be in it. Entering
 * and leaving never wait.
 *
 * <p>Counters are striped by thread and a cache line apart. What is to be freed is first taken out
 * of the readers' sight; a reader that enters after that cannot find it, and one that entered
 * before is counted until it leaves. So each stripe needs to be seen at zero once, at any time
 * after, not all at the same time.
 */
final class ReaderGate {
  private static final int STRIPES = 16;
  private static final int STRIDE = 32;
  private static final long RETRY_NS = 50_000;

  private final AtomicIntegerArray inside = new AtomicIntegerArray((STRIPES + 1) * STRIDE);

  /**
   * Lets the calling thread in.
   *
   * @return what to leave with
   */
  int enter() {
    final int stripe = ((int) Thread.currentThread().getId() & (STRIPES - 1)) * STRIDE + STRIDE;
    inside.getAndIncrement(stripe);
    return stripe;
  }

  /**
   * Lets a reader out.
   *
   * @param stripe what {@link #enter} returned
   */
  void leave(final int stripe) {
    inside.getAndDecrement(stripe);
  }

  /**
   * Waits until all who were inside at the call have left; a reader only copies bytes, so that is
   * soon.
   */
  void awaitEmpty() {
    for (int stripe = STRIDE; stripe < inside.length(); stripe += STRIDE) {
      while (inside.get(stripe) != 0) {
        LockSupport.parkNanos(this, RETRY_NS);
      }
    }
  }
}
