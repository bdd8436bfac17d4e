package io.penstock.storage;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of a journal wait to be forced to the disk, and how many may: what keeps a writer
 * from outrunning the {@link Flusher}.
 *
 * <p>From half of the limit on the flusher is to force at once; beyond the limit the writer waits
 * for it. Lengths count from the opening and only grow. The writer says how far it has come after
 * each run of appends, the flusher how far it had come before the force that it has done: what was
 * appended while that went on counts as not forced. The count of stalls may be read by any thread.
 */
final class ForceBacklog {
  private final long lengthMax;
  private final AtomicLong appended = new AtomicLong();
  private final AtomicLong forced = new AtomicLong();
  private final AtomicLong stalls = new AtomicLong();

  /** What had been forced when the flusher was last asked to begin early; the writer's. */
  private long forcedWhenAsked = -1;

  /**
   * Creates the backlog of a journal to which nothing was appended yet.
   *
   * @param lengthMax most bytes that may wait when the writer ends a run, more than 0
   */
  ForceBacklog(final long lengthMax) {
    this.lengthMax = lengthMax;
  }

  /**
   * Takes note of how far the writer has come; the writer.
   *
   * @param length bytes appended since the opening
   * @return whether the flusher has to be asked to force now: once for each of its forces
   */
  boolean appended(final long length) {
    appended.setRelease(length);
    final long before = forced.getAcquire();
    if (length - before <= lengthMax / 2 || before == forcedWhenAsked) {
      return false;
    }
    forcedWhenAsked = before;
    return true;
  }

  /** How far the writer had come when it last said so. */
  long appended() {
    return appended.getAcquire();
  }

  /**
   * Takes note of a force; the thread that forces.
   *
   * @param length what {@link #appended()} said before it began
   */
  void forced(final long length) {
    forced.setRelease(length);
  }

  /** Whether so much waits that it is to be forced at once. */
  boolean isUrgent() {
    return waiting() > lengthMax / 2;
  }

  /** Whether more waits than may. */
  boolean isOver() {
    return waiting() > lengthMax;
  }

  /** Bytes that wait. */
  long waiting() {
    return appended.getAcquire() - forced.getAcquire();
  }

  /**
   * Counts that the writer has to wait.
   *
   * @return how often it had to since the opening, this time included
   */
  long stalled() {
    return stalls.incrementAndGet();
  }

  /** How often the writer had to wait since the opening; any thread. */
  long stalls() {
    return stalls.get();
  }
}
