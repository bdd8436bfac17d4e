package io.penstock.engine;

import org.agrona.collections.LongArrayQueue;

/**
 * How long each work item of a backlog was kept until it was on the disk, in the order of the
 * backlog: one number for all that became so together. Where nothing is measured it only counts.
 * Belongs to the shard's thread; in a steady state it allocates nothing.
 */
final class KeptWork {
  /** Pairs of a count of work items and how long they were kept. */
  private final LongArrayQueue groups = new LongArrayQueue();

  private long added;
  private long groupLeft;
  private long groupNs;

  /** Another work item is at the end of the backlog. */
  void add() {
    added++;
  }

  /** All that were added until now are on the disk. */
  void persisted(final long persistNs) {
    if (added > 0) {
      groups.addLong(added);
      groups.addLong(persistNs);
      added = 0;
    }
  }

  /** The first work item leaves the backlog: how long it was kept, 0 if that is not known. */
  long next() {
    if (groupLeft == 0) {
      if (groups.isEmpty()) {
        added--;
        return 0;
      }
      groupLeft = groups.pollLong();
      groupNs = groups.pollLong();
    }
    groupLeft--;
    return groupNs;
  }

  /** The backlog is empty. */
  void clear() {
    groups.clear();
    added = 0;
    groupLeft = 0;
  }
}
