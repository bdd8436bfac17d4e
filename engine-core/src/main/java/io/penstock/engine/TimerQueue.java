package io.penstock.engine;

import java.util.Arrays;
import org.agrona.collections.Long2LongHashMap;

/**
 * When which case has something to do by itself: a binary heap, one entry a case, the earliest
 * first.
 *
 * <p>A heap rather than a timer wheel because it knows the next deadline exactly: the shard sleeps
 * until then, and a clock that jumps years costs nothing. Equal deadlines fire in the order of the
 * case ids, so that a run can be repeated. Not thread safe. All operations take O(log n) and
 * allocate nothing but to grow.
 */
final class TimerQueue {
  /** No deadline. */
  static final long NEVER = Long.MAX_VALUE;

  private static final long MISSING = -1;

  private final Long2LongHashMap positions = new Long2LongHashMap(MISSING);
  private long[] deadlines = new long[16];
  private long[] caseIds = new long[16];
  private int size;

  /** Sets, moves or, with {@link #NEVER}, removes the deadline of a case. */
  void schedule(final long caseId, final long deadlineNs) {
    final int at = (int) positions.get(caseId);
    if (deadlineNs == NEVER) {
      if (at != MISSING) {
        removeAt(at);
      }
    } else if (at == MISSING) {
      add(caseId, deadlineNs);
    } else if (deadlines[at] != deadlineNs) {
      deadlines[at] = deadlineNs;
      siftUp(siftDown(at));
    }
  }

  /** The earliest deadline, or {@link #NEVER}. */
  long nextDeadlineNs() {
    return size == 0 ? NEVER : deadlines[0];
  }

  /** Takes out the case with the earliest deadline; there must be one. */
  long poll() {
    final long caseId = caseIds[0];
    removeAt(0);
    return caseId;
  }

  /** Takes out all. */
  void clear() {
    positions.clear();
    size = 0;
  }

  int size() {
    return size;
  }

  private void add(final long caseId, final long deadlineNs) {
    if (size == deadlines.length) {
      deadlines = Arrays.copyOf(deadlines, size * 2);
      caseIds = Arrays.copyOf(caseIds, size * 2);
    }
    put(size, caseId, deadlineNs);
    siftUp(size++);
  }

  private void removeAt(final int at) {
    positions.remove(caseIds[at]);
    size--;
    if (at < size) {
      put(at, caseIds[size], deadlines[size]);
      siftUp(siftDown(at));
    }
  }

  private void siftUp(final int from) {
    int at = from;
    final long caseId = caseIds[at];
    final long deadline = deadlines[at];
    while (at > 0 && isBefore(deadline, caseId, (at - 1) / 2)) {
      final int parent = (at - 1) / 2;
      put(at, caseIds[parent], deadlines[parent]);
      at = parent;
    }
    put(at, caseId, deadline);
  }

  private int siftDown(final int from) {
    int at = from;
    final long caseId = caseIds[at];
    final long deadline = deadlines[at];
    for (int child = earlierChild(at);
        child < size && !isBefore(deadline, caseId, child);
        child = earlierChild(at)) {
      put(at, caseIds[child], deadlines[child]);
      at = child;
    }
    put(at, caseId, deadline);
    return at;
  }

  private int earlierChild(final int at) {
    final int left = 2 * at + 1;
    final int right = left + 1;
    return right < size && isBefore(deadlines[right], caseIds[right], left) ? right : left;
  }

  private boolean isBefore(final long deadline, final long caseId, final int other) {
    return deadline < deadlines[other] || (deadline == deadlines[other] && caseId < caseIds[other]);
  }

  private void put(final int at, final long caseId, final long deadlineNs) {
    caseIds[at] = caseId;
    deadlines[at] = deadlineNs;
    positions.put(caseId, at);
  }
}
