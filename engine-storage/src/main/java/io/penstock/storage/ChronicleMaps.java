package io.penstock.storage;

import io.penstock.spi.StoreException;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.MapEntry;
import net.openhft.chronicle.map.MapSegmentContext;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes the maps of a {@link ChronicleView}, by size of record.
 *
 * <p>A map hands out memory in chunks, at most {@value #CHUNKS_PER_ENTRY_MAX} for an entry. Class 0
 * has chunks of 64 bytes, each class above ones sixteen times as long. Memory is touched when it is
 * first used, so an estimate that is too high costs addresses only.
 */
final class ChronicleMaps {
  /** Number of size classes; the last one holds every record that a journal segment can. */
  static final int CLASS_COUNT = 6;

  private static final int CHUNKS_PER_ENTRY_MAX = 64;
  private static final int CHUNK_LENGTH_FIRST = 64;
  private static final int CHUNK_GROWTH_LOG2 = 4;
  private static final int ENTRY_OVERHEAD_MAX = 48;
  private static final int VALUE_LENGTH_TYPICAL = 300;
  private static final int CHUNKS_TYPICAL = 16;
  private static final long ENTRIES_FIRST = 256;
  private static final long ENTRIES_FIRST_LARGE = 16;
  private static final long GROWTH = 8;
  private static final int CHECK_INTERVAL_MAX = 1024;

  private ChronicleMaps() {}

  /** The class of maps for records of a length. */
  static int classOf(final int length) {
    int sizeClass = 0;
    while (length > chunkLength(sizeClass) * CHUNKS_PER_ENTRY_MAX - ENTRY_OVERHEAD_MAX) {
      sizeClass++;
    }
    return sizeClass;
  }

  /** The first map of a class. */
  static Sized first(final int sizeClass) {
    return create(sizeClass, sizeClass == 0 ? ENTRIES_FIRST : ENTRIES_FIRST_LARGE);
  }

  /** The map to follow one that is full. */
  static Sized after(final Sized full) {
    return create(full.sizeClass, full.entries * GROWTH);
  }

  private static long chunkLength(final int sizeClass) {
    return (long) CHUNK_LENGTH_FIRST << (sizeClass * CHUNK_GROWTH_LOG2);
  }

  private static Sized create(final int sizeClass, final long entries) {
    final long chunkLength = chunkLength(sizeClass);
    try {
      final ChronicleMap<RecordKey, RecordSlice> map =
          ChronicleMapBuilder.of(RecordKey.class, RecordSlice.class)
              .name("penstock")
              .entries(entries)
              .keyReaderAndDataAccess(new RecordKey.Reader(), new RecordKey.Access())
              .constantKeySizeBySample(new RecordKey())
              .valueReaderAndDataAccess(new RecordSlice.Reader(), new RecordSlice.Access())
              .averageValueSize(
                  sizeClass == 0 ? VALUE_LENGTH_TYPICAL : (double) chunkLength * CHUNKS_TYPICAL)
              .actualChunkSize((int) chunkLength)
              .maxChunksPerEntry(CHUNKS_PER_ENTRY_MAX)
              .putReturnsNull(true)
              .removeReturnsNull(true)
              .checksumEntries(false)
              .skipCloseOnExitHook(true) // it would close maps under a running writer
              .create();
      return new Sized(map, sizeClass, entries);
    } catch (final OutOfMemoryError | IllegalStateException e) {
      throw new StoreException(
          "memory must hold a map: entries="
              + entries
              + ", chunkLength="
              + chunkLength
              + "; give the machine more memory",
          e);
    }
  }

  /** A map with what it was made for. */
  static final class Sized {
    private final ChronicleMap<RecordKey, RecordSlice> map;
    private final int sizeClass;
    private final long entries;
    private final int autoResizes;
    private final int checkInterval;
    private int putsToCheck;
    private int segmentToMove;
    private final RecordKey movedKey = new RecordKey();
    private final RecordSlice movedSlice = new RecordSlice();
    private final UnsafeBuffer moved = new UnsafeBuffer(0, 0);

    private Sized(
        final ChronicleMap<RecordKey, RecordSlice> map, final int sizeClass, final long entries) {
      this.map = map;
      this.sizeClass = sizeClass;
      this.entries = entries;
      autoResizes = map.remainingAutoResizes();
      checkInterval = (int) Math.min(entries / ENTRIES_FIRST_LARGE, CHECK_INTERVAL_MAX);
      putsToCheck = checkInterval;
    }

    ChronicleMap<RecordKey, RecordSlice> map() {
      return map;
    }

    int sizeClass() {
      return sizeClass;
    }

    /**
     * Whether to go on to a larger map: it has the entries it was made for, or began to use its
     * reserve, which is more than that much again. Asked before each put, looked up at every so
     * many.
     */
    boolean isNearlyFull() {
      putsToCheck--;
      if (putsToCheck > 0) {
        return false;
      }
      putsToCheck = checkInterval;
      return map.longSize() >= entries || map.remainingAutoResizes() < autoResizes;
    }

    /**
     * Puts a record unless there is no room for it, as may happen between two checks when records
     * are long.
     */
    boolean tryPut(final RecordKey key, final RecordSlice slice) {
      try {
        map.put(key, slice);
        return true;
      } catch (final IllegalStateException e) {
        return false;
      }
    }

    void put(final RecordKey key, final RecordSlice slice) {
      map.put(key, slice);
    }

    /**
     * Moves one record to another map.
     *
     * @param target a map with room
     * @param moves counts moves, between the put and the removal
     * @return false when there is none left
     */
    boolean moveOneTo(final Sized target, final AtomicLong moves) {
      while (segmentToMove < map.segments()) {
        try (MapSegmentContext<RecordKey, RecordSlice, ?> segment =
            map.segmentContext(segmentToMove)) {
          if (!segment.forEachSegmentEntryWhile(entry -> target.isFilledFrom(entry, moves))) {
            return true;
          }
        }
        segmentToMove++;
      }
      return false;
    }

    /** Takes one record over and ends the walk it came from. */
    private boolean isFilledFrom(
        final MapEntry<RecordKey, RecordSlice> entry, final AtomicLong moves) {
      final Data<RecordSlice> bytes = entry.value();
      final int length = (int) bytes.size();
      moved.wrap(bytes.bytes().addressForRead(bytes.offset()), length);
      entry.key().getUsing(movedKey);
      if (tryPut(movedKey, movedSlice.from(moved, 0, length))) {
        moves.incrementAndGet(); // before the removal: a reader that misses the record there sees
        // that it moved
        entry.doRemove();
      }
      return false;
    }
  }
}
