package io.penstock.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The status of every case of one shard, for reads that do not go through it.
 *
 * <p>One word for each slot, {@code generation << 8 | status code}, in chunks that never move: a
 * handle keeps the chunk and the index, and a read is one array load. Written by the shard's thread
 * alone; reads are wait-free. A reader sees the word of its own case, or one of another generation,
 * which tells it that its case is gone.
 */
final class StatusTable {
  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int CHUNK_BITS = 6;
  private static final int CHUNK_LENGTH = 1 << CHUNK_BITS;
  private static final int STATUS_BITS = 8;
  private static final int STATUS_MASK = (1 << STATUS_BITS) - 1;

  private final AtomicReferenceArray<@Nullable Slots> tables =
      new AtomicReferenceArray<>(CaseId.VIRTUAL_SHARDS);

  /** The first chunk that was made. */
  private volatile long @Nullable [] firstChunk;

  /** Takes a free slot of a virtual shard; for the shard's thread. */
  int allocate(final int virtualShard) {
    final Slots slots = slots(virtualShard);
    return slots.free.isEmpty() ? slots.used++ : slots.free.popInt();
  }

  /**
   * Marks a recovered case's slot as used; free slots below it are found by {@link #collectFree}.
   */
  void reserve(final long caseId) {
    final Slots slots = slots(CaseId.virtualShard(caseId));
    slots.used = Math.max(slots.used, CaseId.slot(caseId) + 1);
  }

  /** After recovery: slots that no case has are free. */
  void collectFree() {
    for (int virtualShard = 0; virtualShard < CaseId.VIRTUAL_SHARDS; virtualShard++) {
      final Slots slots = tables.get(virtualShard);
      if (slots != null) {
        slots.free.clear();
      }
      for (int slot = 0; slots != null && slot < slots.used; slot++) {
        if (slots.word(slot) == 0) {
          slots.free.addInt(slot);
        }
      }
    }
  }

  /** Publishes a status; for the shard's thread. */
  void publish(final long caseId, final CaseStatus status) {
    final int slot = CaseId.slot(caseId);
    WORDS.setRelease(
        slots(CaseId.virtualShard(caseId)).chunkForWrite(slot),
        slot & CHUNK_LENGTH - 1,
        word(caseId, status));
  }

  /** Gives the slot of a case back; for the shard's thread. */
  void release(final long caseId) {
    final Slots slots = slots(CaseId.virtualShard(caseId));
    final int slot = CaseId.slot(caseId);
    WORDS.setRelease(slots.chunkForWrite(slot), slot & CHUNK_LENGTH - 1, 0L);
    slots.free.addInt(slot);
  }

  /**
   * The chunk that holds the word of a case, or null when nothing was ever published there; any
   * thread.
   */
  long @Nullable [] chunk(final long caseId) {
    final Slots slots = tables.get(CaseId.virtualShard(caseId));
    return slots == null ? null : slots.chunk(CaseId.slot(caseId));
  }

  /** A chunk that some case has been in, or null while there was none; any thread. */
  long @Nullable [] anyChunk() {
    return firstChunk;
  }

  /** A chunk of no table, in which there is no case. */
  static long[] emptyChunk() {
    return new long[CHUNK_LENGTH];
  }

  static int index(final long caseId) {
    return CaseId.slot(caseId) & CHUNK_LENGTH - 1;
  }

  /** What a word of a chunk says of a case; any thread. */
  static CaseStatus read(final long[] chunk, final int index, final int generation) {
    final long word = (long) WORDS.getAcquire(chunk, index);
    return word >>> STATUS_BITS == generation
        ? CaseStatus.ofCode((int) word & STATUS_MASK)
        : CaseStatus.UNKNOWN;
  }

  private static long word(final long caseId, final CaseStatus status) {
    return (long) CaseId.generation(caseId) << STATUS_BITS | status.code();
  }

  private Slots slots(final int virtualShard) {
    Slots slots = tables.get(virtualShard);
    if (slots == null) {
      slots = new Slots();
      if (firstChunk == null) {
        firstChunk = slots.chunkForWrite(0);
      }
      tables.setRelease(virtualShard, slots);
    }
    return slots;
  }

  /** The slots of one virtual shard. */
  private static final class Slots {
    final IntArrayList free = new IntArrayList();
    int used;
    private volatile long[][] chunks = new long[0][];

    long @Nullable [] chunk(final int slot) {
      final long[][] current = chunks;
      final int chunk = slot >>> CHUNK_BITS;
      return chunk < current.length ? current[chunk] : null;
    }

    long[] chunkForWrite(final int slot) {
      final int chunk = slot >>> CHUNK_BITS;
      if (chunk >= chunks.length) {
        final long[][] grown =
            java.util.Arrays.copyOf(chunks, Math.max(chunk + 1, chunks.length * 2));
        for (int i = chunks.length; i < grown.length; i++) {
          grown[i] = new long[CHUNK_LENGTH];
        }
        chunks = grown; // readers keep the chunks they have: those stay where they are
      }
      return chunks[chunk];
    }

    long word(final int slot) {
      final long[] chunk = chunk(slot);
      return chunk == null ? 0 : chunk[slot & CHUNK_LENGTH - 1];
    }
  }
}
