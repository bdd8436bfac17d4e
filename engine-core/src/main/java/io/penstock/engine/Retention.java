package io.penstock.engine;

import org.agrona.collections.LongArrayQueue;

/**
 * The ended cases that are still kept, in the order in which they ended, and how many of them and
 * how long. Belongs to the shard's thread.
 */
final class Retention {
  /** Most cases that are kept beyond the limit, so that many go with one command. */
  private static final int SURPLUS_MAX = 63;

  private static final int SURPLUS_SHARE = 16;

  private final int countMax;
  private final long ageMaxNs;
  private final LongArrayQueue caseIds = new LongArrayQueue(0L);
  private final LongArrayQueue endedNs = new LongArrayQueue(Long.MIN_VALUE);
  private final LongArrayQueue keyHashes = new LongArrayQueue(Long.MIN_VALUE);

  /**
   * Creates an empty one.
   *
   * @param countMax how many to keep
   * @param ageMaxNs how long after its end a case is kept, in nanoseconds; {@link TimerQueue#NEVER}
   *     for as long as there is room
   */
  Retention(final int countMax, final long ageMaxNs) {
    this.countMax = countMax;
    this.ageMaxNs = ageMaxNs;
  }

  /**
   * Notes that a case has ended, after all those noted before.
   *
   * @param keyHash hash of its key, or {@link CaseIndex#NO_KEY}
   */
  void add(final long caseId, final long caseEndedNs, final long keyHash) {
    caseIds.addLong(caseId);
    endedNs.addLong(caseEndedNs);
    keyHashes.addLong(keyHash);
  }

  /** Hash of the key of the case that ended longest ago; there must be one. */
  long firstKeyHash() {
    return keyHashes.peekLong();
  }

  /** Whether it is time to let cases go. */
  boolean isDue(final long nowNs) {
    final int surplus = Math.min(SURPLUS_MAX, countMax / SURPLUS_SHARE);
    return caseIds.size() > countMax + surplus || nextDueNs() <= nowNs;
  }

  /** When the case that ended longest ago did so; there must be one. */
  long firstEndedNs() {
    return endedNs.peekLong();
  }

  /** Whether the case that ended longest ago is one too many, or too old. */
  boolean isFirstDue(final long nowNs) {
    return caseIds.size() > countMax || nextDueNs() <= nowNs;
  }

  /** When the case that ended longest ago will be too old, or {@link TimerQueue#NEVER}. */
  long nextDueNs() {
    if (caseIds.isEmpty() || ageMaxNs == TimerQueue.NEVER) {
      return TimerQueue.NEVER;
    }
    final long ended = endedNs.peekLong();
    return ended > TimerQueue.NEVER - ageMaxNs ? TimerQueue.NEVER : ended + ageMaxNs;
  }

  /** Takes out the case that ended longest ago; there must be one. */
  long poll() {
    endedNs.pollLong();
    keyHashes.pollLong();
    return caseIds.pollLong();
  }
}
