package io.penstock.storage;

import java.util.Arrays;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;

/**
 * Where in one ledger file the last receipt of each record lies: open addressing with linear
 * probing, in one long for each record, 12 to 24 bytes of heap.
 *
 * <p>An entry holds an offset and half of the record id's hash; the id itself is in the file.
 * Derived from the file, and never stored. One thread.
 */
final class LedgerIndex {
  /** No receipt lies there: the header does. */
  static final int MISSING = 0;

  private static final int CAPACITY_MIN = 64;
  private static final long OFFSET_MASK = 0xFFFF_FFFFL;

  private long[] entries = new long[CAPACITY_MIN];
  private int size;

  /**
   * Notes where the last receipt of a record lies.
   *
   * @param file the file, whose receipts of this index are at their offsets
   * @param recordId id of the record
   * @param offset offset of the receipt
   * @return offset of the receipt that was its last before, or {@link #MISSING}
   */
  int put(final DirectBuffer file, final long recordId, final int offset) {
    if (3L * (size + 1) > 2L * entries.length) {
      grow(file);
    }
    final long hash = hash(recordId);
    final int index = find(file, recordId, hash);
    final int previous = (int) entries[index];
    size += previous == MISSING ? 1 : 0;
    entries[index] = (hash & ~OFFSET_MASK) | offset;
    return previous;
  }

  /**
   * Finds the last receipt of a record.
   *
   * @param file the file
   * @param recordId id of the record
   * @return its offset, or {@link #MISSING}
   */
  int get(final DirectBuffer file, final long recordId) {
    return (int) entries[find(file, recordId, hash(recordId))];
  }

  /** Forgets everything, but not how much that was. */
  void clear() {
    Arrays.fill(entries, 0);
    size = 0;
  }

  /** Index of the entry of a record, or of the free one where it would be. */
  private int find(final DirectBuffer file, final long recordId, final long hash) {
    final int mask = entries.length - 1;
    int index = (int) hash & mask;
    while (entries[index] != 0 && !isOf(file, recordId, hash, entries[index])) {
      index = (index + 1) & mask;
    }
    return index;
  }

  private static boolean isOf(
      final DirectBuffer file, final long recordId, final long hash, final long entry) {
    return ((entry ^ hash) & ~OFFSET_MASK) == 0
        && LedgerFormat.recordId(file, (int) entry) == recordId;
  }

  private void grow(final DirectBuffer file) {
    final long[] before = entries;
    entries = new long[BitUtil.findNextPositivePowerOfTwo(2 * before.length)];
    for (final long entry : before) {
      if (entry != 0) {
        final long recordId = LedgerFormat.recordId(file, (int) entry);
        entries[find(file, recordId, hash(recordId))] = entry;
      }
    }
  }

  /** Finalizer of SplitMix64: every bit of the id moves every bit of the hash. */
  private static long hash(final long recordId) {
    long hash = (recordId ^ (recordId >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    hash = (hash ^ (hash >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return hash ^ (hash >>> 31);
  }
}
