package io.penstock.objective;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What two counts were at the ends of the last slots of time, so that any window of whole slots is
 * one subtraction. Slot k holds the times in (origin + k * length, origin + (k + 1) * length].
 *
 * <p>One writer at a time; any thread may read meanwhile. An entry is three numbers: the slot, and
 * the two counts at its end. Slots in which nothing happened have none.
 */
final class SlotRing {
  private static final int ENTRY_LENGTH = 3;

  /** Entries that the writer may add while a reader looks for its own. */
  private static final int SLACK = 8;

  private final long originNs;
  private final long slotNs;
  private final int capacity;
  private final AtomicLongArray entries;
  private final AtomicLong added = new AtomicLong();
  private volatile long writing = Long.MIN_VALUE;

  SlotRing(final long originNs, final long slotNs, final int slots) {
    this.originNs = originNs;
    this.slotNs = slotNs;
    capacity = slots + SLACK;
    entries = new AtomicLongArray(capacity * ENTRY_LENGTH);
  }

  long slotNs() {
    return slotNs;
  }

  /** The slot that holds a time. */
  long slot(final long nowNs) {
    return Math.floorDiv(nowNs - originNs - 1, slotNs);
  }

  /** The last time in a slot. */
  long endNs(final long slot) {
    return originNs + (slot + 1) * slotNs;
  }

  /**
   * What follows belongs to a slot: if that is a later one, keeps what the counts were until now.
   */
  void enter(final long slot, final long good, final long bad) {
    if (writing == slot) {
      return;
    }
    if (writing != Long.MIN_VALUE) {
      add(writing, good, bad);
    }
    writing = slot;
  }

  private void add(final long slot, final long good, final long bad) {
    final long last = added.get();
    final int at = index(last);
    entries.set(at, slot);
    entries.set(at + 1, good);
    entries.set(at + 2, bad);
    added.set(last + 1);
  }

  private int index(final long entry) {
    return (int) (entry % capacity) * ENTRY_LENGTH;
  }

  /**
   * What the counts were at the end of a slot. For a reader so late that the writer has gone on by
   * more slots than there are to spare, what they were at the end of the oldest slot that is kept.
   *
   * @param slot at most as many slots ago as the ring has
   * @param counts receives them
   * @return false when nothing has happened since then, so that they are what they are now
   */
  boolean readAtEnd(final long slot, final Counts counts) {
    if (writing <= slot) {
      return false;
    }
    for (; ; ) {
      final long end = added.get();
      final long oldest = Math.max(0, end - (capacity - SLACK));
      final long found = last(slot, oldest, end);
      long good = 0;
      long bad = 0;
      if (found >= 0 || oldest > 0) {
        final int at = index(Math.max(found, oldest));
        good = entries.get(at + 1);
        bad = entries.get(at + 2);
      }
      if (added.get() - oldest < capacity) { // nothing that was looked at was overwritten
        counts.set(good, bad);
        return true;
      }
    }
  }

  /** The last entry of a slot or of one before it, from the oldest on, or -1. */
  private long last(final long slot, final long oldest, final long end) {
    long low = oldest;
    long high = end - 1;
    long found = -1;
    while (low <= high) {
      final long middle = (low + high) >>> 1;
      if (entries.get(index(middle)) <= slot) {
        found = middle;
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return found;
  }

  /**
   * Writes the entries, oldest first, slots as distances from now. By the writer.
   *
   * @return how many bytes
   */
  int save(
      final MutableDirectBuffer target,
      final int offset,
      final long nowNs,
      final long good,
      final long bad) {
    final long now = slot(nowNs);
    int at = offset + Integer.BYTES;
    final long end = added.get();
    for (long entry = Math.max(0, end - capacity + SLACK - 1); entry < end; entry++) {
      final int index = index(entry);
      at =
          put(target, at, entries.get(index) - now, entries.get(index + 1), entries.get(index + 2));
    }
    if (writing != Long.MIN_VALUE) {
      at = put(target, at, writing - now, good, bad);
    }
    target.putInt(
        offset, (at - offset - Integer.BYTES) / (ENTRY_LENGTH * Long.BYTES), LITTLE_ENDIAN);
    return at - offset;
  }

  private static int put(
      final MutableDirectBuffer target,
      final int offset,
      final long slot,
      final long good,
      final long bad) {
    target.putLong(offset, slot, LITTLE_ENDIAN);
    target.putLong(offset + Long.BYTES, good, LITTLE_ENDIAN);
    target.putLong(offset + 2 * Long.BYTES, bad, LITTLE_ENDIAN);
    return offset + ENTRY_LENGTH * Long.BYTES;
  }

  /**
   * Takes in what another ring saved. By the writer, before anything else.
   *
   * @param elapsedNs how long ago that was
   * @return how many bytes
   */
  int restore(final DirectBuffer source, final int offset, final long nowNs, final long elapsedNs) {
    final int count = source.getInt(offset, LITTLE_ENDIAN);
    final long now = slot(nowNs) - elapsedNs / slotNs;
    int at = offset + Integer.BYTES;
    for (int i = 0; i < count; i++) {
      final long slot = now + source.getLong(at, LITTLE_ENDIAN);
      if (i < count - 1) {
        add(
            slot,
            source.getLong(at + Long.BYTES, LITTLE_ENDIAN),
            source.getLong(at + 2 * Long.BYTES, LITTLE_ENDIAN));
      } else {
        writing = slot; // its counts are those that go on
      }
      at += ENTRY_LENGTH * Long.BYTES;
    }
    return at - offset;
  }

  /** Two counts. */
  static final class Counts {
    private long good;
    private long bad;

    private void set(final long newGood, final long newBad) {
      good = newGood;
      bad = newBad;
    }

    long good() {
      return good;
    }

    long bad() {
      return bad;
    }
  }
}
