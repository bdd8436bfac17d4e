package io.penstock.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Record id to address, without boxing: one thread writes, any thread reads without waiting.
 *
 * <p>Open addressing in {@value #PARTITIONS} partitions, which grow one at a time so that no put
 * pays for all of them. An entry is two longs: the id, then the address. Within one table an entry
 * belongs to one id for good, so a reader that finds an address (acquire) sees the id that was
 * stored before it (release), and never an id with another's address. A removed entry keeps its id;
 * growing makes a fresh table of the live entries and publishes it with a volatile store. A reader
 * still in the old table finds what was true when the new one was published, which is after the
 * read began: a valid answer for that read.
 */
final class SlabIndex {
  /** No such record; addresses are greater. */
  static final long MISSING = 0;

  private static final long REMOVED = -1;
  private static final int PARTITIONS = 64;
  private static final int PARTITION_SHIFT = Long.SIZE - Integer.numberOfTrailingZeros(PARTITIONS);
  private static final int ENTRIES_MIN = 8;
  private static final int ENTRY_LONGS = 2;
  private static final long GOLDEN_RATIO = 0x9E37_79B9_7F4A_7C15L;
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

  private final AtomicReferenceArray<long[]> tables = new AtomicReferenceArray<>(PARTITIONS);

  /** Entries in use or removed, per partition; the writer's. */
  private final int[] used = new int[PARTITIONS];

  private long size;

  /** Creates an empty index. */
  SlabIndex() {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      tables.set(partition, new long[ENTRIES_MIN * ENTRY_LONGS]);
    }
  }

  /**
   * Finds an address; any thread.
   *
   * @param recordId id of the record
   * @return its address, or {@link #MISSING}
   */
  long get(final long recordId) {
    final long hash = hash(recordId);
    final long[] table = tables.get(partition(hash));
    final int mask = table.length - 1;
    int entry = home(table, hash);
    // Looked at once: a free entry may become another id's between one look and the next.
    long address = (long) LONGS.getAcquire(table, entry + 1);
    while (address != MISSING && table[entry] != recordId) {
      entry = (entry + ENTRY_LONGS) & mask;
      address = (long) LONGS.getAcquire(table, entry + 1);
    }
    return address == REMOVED ? MISSING : address;
  }

  /**
   * Sets an address; the writer.
   *
   * @param recordId id of the record
   * @param address its address, greater than 0
   * @return the address before, or {@link #MISSING}
   */
  long put(final long recordId, final long address) {
    final long hash = hash(recordId);
    final int partition = partition(hash);
    long[] table = tables.get(partition);
    int entry = find(table, hash, recordId);
    if (table[entry + 1] == MISSING) {
      table = makeRoom(partition, table);
      entry = find(table, hash, recordId);
      table[entry] = recordId;
      used[partition]++;
    }
    final long previous = table[entry + 1];
    LONGS.setRelease(table, entry + 1, address);
    if (previous > MISSING) {
      return previous;
    }
    size++;
    return MISSING;
  }

  /**
   * Removes an address; the writer.
   *
   * @param recordId id of the record
   * @return the address it had, or {@link #MISSING}
   */
  long remove(final long recordId) {
    final long hash = hash(recordId);
    final long[] table = tables.get(partition(hash));
    final int entry = find(table, hash, recordId);
    final long previous = table[entry + 1];
    if (previous <= MISSING) {
      return MISSING;
    }
    LONGS.setRelease(table, entry + 1, REMOVED);
    size--;
    return previous;
  }

  /** Shows each id with its address; the writer. */
  void forEach(final EntryVisitor visitor) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      final long[] table = tables.get(partition);
      for (int entry = 0; entry < table.length; entry += ENTRY_LONGS) {
        if (table[entry + 1] > MISSING) {
          visitor.onEntry(table[entry], table[entry + 1]);
        }
      }
    }
  }

  /** Number of records; the writer. */
  long size() {
    return size;
  }

  /**
   * Index of the id's entry, or of the free one where it would go; there is always a free one. The
   * writer.
   */
  private static int find(final long[] table, final long hash, final long recordId) {
    final int mask = table.length - 1;
    int entry = home(table, hash);
    while (table[entry + 1] != MISSING && table[entry] != recordId) {
      entry = (entry + ENTRY_LONGS) & mask;
    }
    return entry;
  }

  /** Index of the entry where the search for an id begins. */
  private static int home(final long[] table, final long hash) {
    return (int) (hash * ENTRY_LONGS) & (table.length - 1);
  }

  /**
   * Leaves at least a third of the partition free for one more entry: grows it, or only drops the
   * removed ones.
   */
  private long[] makeRoom(final int partition, final long[] table) {
    final int entries = table.length / ENTRY_LONGS;
    if ((used[partition] + 1) * 3L <= entries * 2L) {
      return table;
    }
    int live = 0;
    for (int entry = 0; entry < table.length; entry += ENTRY_LONGS) {
      live += table[entry + 1] > MISSING ? 1 : 0;
    }
    final long[] fresh = new long[(live * 3 < entries ? entries : 2 * entries) * ENTRY_LONGS];
    for (int entry = 0; entry < table.length; entry += ENTRY_LONGS) {
      if (table[entry + 1] > MISSING) {
        final int target = find(fresh, hash(table[entry]), table[entry]);
        fresh[target] = table[entry];
        fresh[target + 1] = table[entry + 1];
      }
    }
    used[partition] = live;
    tables.set(partition, fresh);
    return fresh;
  }

  private static long hash(final long recordId) {
    final long product = recordId * GOLDEN_RATIO;
    return product ^ (product >>> Integer.SIZE);
  }

  private static int partition(final long hash) {
    return (int) (hash >>> PARTITION_SHIFT);
  }

  /** Is shown the entries. */
  @FunctionalInterface
  interface EntryVisitor {
    /** One entry. */
    void onEntry(long recordId, long address);
  }
}
