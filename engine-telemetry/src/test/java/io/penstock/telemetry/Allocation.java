package io.penstock.telemetry;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Bytes that the calling thread allocates. */
final class Allocation {
  private static final int TRIES = 20;

  private Allocation() {}

  /** The least of several tries: what the code needs, without what its compilation needs. */
  static long leastOf(final Runnable code) {
    final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    final long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < TRIES; i++) {
      final long before = threads.getThreadAllocatedBytes(thread);
      code.run();
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    return least;
  }
}
