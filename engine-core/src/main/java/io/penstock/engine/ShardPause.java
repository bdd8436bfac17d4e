package io.penstock.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Brings all shards of an engine to a stop at one moment, between two rounds of each, and lets each
 * do something there.
 *
 * <p>A shard that arrives does its part and waits until all have arrived, or until the pause is
 * given up: by the caller, or by the first shard that has waited {@value #WAIT_MAX_NS} ns. From the
 * arrival of the last to the first step of any there is a moment at which all stand still; so what
 * one shard did because of what another had answered comes after both their parts or before both.
 *
 * <p>One counter decides: it goes down with each arrival, and whoever gives up makes it negative
 * unless it is 0 already. Lock-free; used once.
 */
final class ShardPause {
  /** Longest that a shard stands still. */
  static final long WAIT_MAX_NS = 20_000_000;

  private static final int GIVEN_UP = -1;
  private static final int SPINS_MAX = 1_000;
  private static final long PARK_NS = 10_000;

  private final AtomicInteger missing;
  private final IntConsumer part;
  private volatile long firstArrivedNs;
  private volatile long endedNs;

  /**
   * Creates a pause.
   *
   * @param shardCount how many shards have to arrive
   * @param part what each does when it arrives, told its index; must not wait
   */
  ShardPause(final int shardCount, final IntConsumer part) {
    missing = new AtomicInteger(shardCount);
    this.part = part;
  }

  /** Does a shard's part and waits for the others; its thread, once. */
  void arrive(final int shardIndex) {
    final int before = missing.get();
    if (before == GIVEN_UP) {
      return;
    }
    final long arrivedNs = System.nanoTime();
    if (firstArrivedNs == 0) {
      firstArrivedNs = arrivedNs; // this is racy, but it is a measurement: any of the first will do
    }
    part.accept(shardIndex);
    if (countDown()) {
      endedNs = System.nanoTime();
    }
    for (int spins = 0; missing.get() > 0; spins++) {
      if (System.nanoTime() - arrivedNs > WAIT_MAX_NS) {
        giveUp();
      } else if (spins < SPINS_MAX) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, PARK_NS); // the missing ones may need this processor
      }
    }
  }

  /** Lets all go on, unless all have arrived. */
  void giveUp() {
    missing.getAndUpdate(left -> left > 0 ? GIVEN_UP : left);
  }

  /** Whether all stood still and did their parts. */
  boolean isDone() {
    return missing.get() == 0;
  }

  /** Whether nobody waits any more. */
  boolean isOver() {
    return missing.get() <= 0;
  }

  /** How long the shard that came first stood still, in nanoseconds; when done. */
  long durationNs() {
    return Math.max(0, endedNs - firstArrivedNs);
  }

  /** Counts an arrival; true for the last. */
  private boolean countDown() {
    return missing.updateAndGet(left -> left > 0 ? left - 1 : left) == 0;
  }
}
