package io.penstock.telemetry;

/**
 * Inline tasks that ran between two readings of the clock and share the time between them. Belongs
 * to the shard's thread; allocates nothing after its making.
 */
final class InlineBatch {
  /** As many tasks share one reading at most. */
  static final int TASKS_MAX = 64;

  private final TaskRecorder[] tasks = new TaskRecorder[TASKS_MAX];
  private final boolean[] failed = new boolean[TASKS_MAX];
  private int count;
  private long startNs;

  /** Whether one more task would have to be timed. */
  boolean isFull() {
    return count >= TASKS_MAX - 1;
  }

  /** A task ran, the clock was last read at its start. */
  void add(final TaskRecorder task, final boolean hasFailed, final long lastReadingNs) {
    tasks[count] = task;
    failed[count] = hasFailed;
    startNs = lastReadingNs;
    count++;
  }

  /** The clock was read: each task took an equal part of the time since it was read before. */
  void settle(final long nowNs) {
    if (count > 0) {
      final long meanNs = (nowNs - startNs) / count;
      final int bucket = LatencyHistogram.bucket(meanNs);
      for (int i = 0; i < count; i++) {
        tasks[i].servedIn(bucket, meanNs, failed[i], nowNs);
      }
      count = 0;
    }
  }
}
