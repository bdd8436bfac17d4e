package io.penstock.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The status of every case of one shard, for reads that do not go through it.
 *
 * <p>One word for each slot, {@code generation << 8 | released << 7 | status code}, in chunks of
 * 64: a handle keeps the chunk and the index, and a read is one array load. Written by the shard's
 * thread alone; reads are wait-free. A reader sees the word of its own case, or one of another
 * generation, which means that its case is gone.
 *
 * <p>Who holds the chunk of a case since its start learns how the case ended however late he reads:
 * a slot that is given back keeps its last word, and before it is used again its chunk is replaced
 * by a new one. The old chunk lives as long as some handle holds it. Cases that go on while their
 * chunk is replaced are published in both.
 */
final class StatusTable {
  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int CHUNK_BITS = 6;
  private static final int CHUNK_LENGTH = 1 << CHUNK_BITS;
  private static final int GENERATION_SHIFT = 8;
  private static final int RELEASED = 1 << 7;
  private static final int STATUS_MASK = RELEASED - 1;

  /**
   * Chunks that one may have replaced while cases in it go on; then it waits until those have
   * ended, so that a case that lives long is not published in more and more chunks.
   */
  private static final int REPLACED_MAX = 8;

  /** Slots of a chunk that must have been given back before it is replaced: half of them. */
  private static final int SPENT_MIN = CHUNK_LENGTH / 2;

  private final AtomicReferenceArray<@Nullable Slots> tables =
      new AtomicReferenceArray<>(CaseId.VIRTUAL_SHARDS);

  /** The first chunk that was made. */
  private volatile long @Nullable [] firstChunk;

  /** Takes a free slot of a virtual shard; for the shard's thread. */
  int allocate(final int virtualShard) {
    return slots(virtualShard).allocate();
  }

  /**
   * Marks a recovered case's slot as used; free slots below it are found by {@link #collectFree}.
   */
  void reserve(final long caseId) {
    slots(CaseId.virtualShard(caseId)).reserve(CaseId.slot(caseId));
  }

  /** Before a recovery: no slot has a case. */
  void beginRecovery() {
    for (int virtualShard = 0; virtualShard < CaseId.VIRTUAL_SHARDS; virtualShard++) {
      final Slots slots = tables.get(virtualShard);
      if (slots != null) {
        slots.beginRecovery();
      }
    }
  }

  /** After recovery: slots that no case has are free. */
  void collectFree() {
    for (int virtualShard = 0; virtualShard < CaseId.VIRTUAL_SHARDS; virtualShard++) {
      final Slots slots = tables.get(virtualShard);
      if (slots != null) {
        slots.collectFree();
      }
    }
  }

  /** Publishes a status; for the shard's thread. */
  void publish(final long caseId, final CaseStatus status) {
    slots(CaseId.virtualShard(caseId)).write(CaseId.slot(caseId), word(caseId, status.code()));
  }

  /**
   * Gives the slot of a case back, whose last status stays for those who hold its chunk; for the
   * shard's thread.
   */
  void release(final long caseId) {
    slots(CaseId.virtualShard(caseId)).release(CaseId.slot(caseId));
  }

  /** The chunk that holds the word of a case, or null when none was ever there; any thread. */
  long @Nullable [] chunk(final long caseId) {
    final Slots slots = tables.get(CaseId.virtualShard(caseId));
    return slots == null ? null : slots.chunk(CaseId.slot(caseId));
  }

  /** The chunk that holds the word of a case, or null when the case is not there; any thread. */
  long @Nullable [] chunkIfThere(final long caseId) {
    final long[] found = chunk(caseId);
    return found != null && isThere(found, index(caseId), CaseId.generation(caseId)) ? found : null;
  }

  /** The status of a case that is there, or {@link CaseStatus#UNKNOWN}; any thread. */
  CaseStatus statusOf(final long caseId) {
    final long[] chunk = chunk(caseId);
    final int generation = CaseId.generation(caseId);
    return chunk != null && isThere(chunk, index(caseId), generation)
        ? read(chunk, index(caseId), generation)
        : CaseStatus.UNKNOWN;
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

  /** The status of a case by a word of its chunk, the last one when it is gone; any thread. */
  static CaseStatus read(final long[] chunk, final int index, final int generation) {
    final long word = (long) WORDS.getAcquire(chunk, index);
    return word >>> GENERATION_SHIFT == generation
        ? CaseStatus.ofCode((int) word & STATUS_MASK)
        : CaseStatus.UNKNOWN;
  }

  /** Whether a case is there, by a word of its chunk; any thread. */
  static boolean isThere(final long[] chunk, final int index, final int generation) {
    final long word = (long) WORDS.getAcquire(chunk, index);
    return word >>> GENERATION_SHIFT == generation && (word & RELEASED) == 0;
  }

  private static long word(final long caseId, final int code) {
    return (long) CaseId.generation(caseId) << GENERATION_SHIFT | code;
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

  /** The slots of one virtual shard. All but {@link #chunks} is the shard's thread's alone. */
  private static final class Slots {
    /** Slots that can be used at once: no handle holds a word of theirs. */
    private final IntArrayList free = new IntArrayList();

    /** Chunks of which enough has been given back to replace them. */
    private final IntArrayList replaceable = new IntArrayList();

    private final List<ChunkUse> uses = new ArrayList<>();
    private int used;
    private volatile long[][] chunks = new long[0][];

    int allocate() {
      while (free.isEmpty() && !replaceable.isEmpty()) {
        final int index = replaceable.popInt();
        if (uses.get(index).mayBeReplaced()) {
          replace(index);
        }
      }
      final int slot = free.isEmpty() ? used++ : free.popInt();
      chunkForWrite(slot);
      use(slot).live |= bit(slot);
      return slot;
    }

    void reserve(final int slot) {
      used = Math.max(used, slot + 1);
      chunkForWrite(slot);
      use(slot).live |= bit(slot);
    }

    void write(final int slot, final long word) {
      WORDS.setRelease(chunkForWrite(slot), slot & CHUNK_LENGTH - 1, word);
      use(slot).writeToReplaced(slot, word);
    }

    void release(final int slot) {
      final long[] chunk = chunkForWrite(slot);
      write(slot, (long) WORDS.get(chunk, slot & CHUNK_LENGTH - 1) | RELEASED);
      final ChunkUse use = use(slot);
      use.live &= ~bit(slot);
      use.spent |= bit(slot);
      final boolean mayBeReplacedAgain = use.forget(slot);
      final int spent = Long.bitCount(use.spent);
      if (spent == SPENT_MIN || (spent > SPENT_MIN && mayBeReplacedAgain)) {
        replaceable.addInt(slot >>> CHUNK_BITS);
      }
    }

    /** Makes a new chunk in the place of one; the cases in it that go on are in both. */
    private void replace(final int index) {
      final long[] before = chunks[index];
      final long[] after = new long[CHUNK_LENGTH];
      final ChunkUse use = uses.get(index);
      for (int i = 0; i < CHUNK_LENGTH; i++) {
        if ((use.live & 1L << i) != 0) {
          after[i] = (long) WORDS.get(before, i);
        } else if ((use.spent & 1L << i) != 0) {
          free.addInt((index << CHUNK_BITS) + i);
        }
      }
      use.replaced(before);
      final long[][] changed = chunks.clone();
      changed[index] = after;
      chunks = changed;
    }

    void beginRecovery() {
      for (final ChunkUse use : uses) {
        use.live = 0;
      }
    }

    void collectFree() {
      free.clear();
      replaceable.clear();
      for (int index = 0; index < uses.size(); index++) {
        final ChunkUse use = uses.get(index);
        use.spent = 0;
        for (int i = 0; i < CHUNK_LENGTH && (index << CHUNK_BITS) + i < used; i++) {
          if ((use.live & 1L << i) == 0) {
            if ((long) WORDS.get(chunks[index], i) == 0) {
              free.addInt((index << CHUNK_BITS) + i);
            } else {
              use.spent |= 1L << i; // a handle may hold it
            }
          }
        }
        if (Long.bitCount(use.spent) >= SPENT_MIN) {
          replaceable.addInt(index);
        }
      }
    }

    long @Nullable [] chunk(final int slot) {
      final long[][] current = chunks;
      final int chunk = slot >>> CHUNK_BITS;
      return chunk < current.length ? current[chunk] : null;
    }

    long[] chunkForWrite(final int slot) {
      final int chunk = slot >>> CHUNK_BITS;
      if (chunk >= chunks.length) {
        final long[][] grown = Arrays.copyOf(chunks, Math.max(chunk + 1, chunks.length * 2));
        for (int i = chunks.length; i < grown.length; i++) {
          grown[i] = new long[CHUNK_LENGTH];
          uses.add(new ChunkUse());
        }
        chunks = grown;
      }
      return chunks[chunk];
    }

    private ChunkUse use(final int slot) {
      return uses.get(slot >>> CHUNK_BITS);
    }

    private static long bit(final int slot) {
      return 1L << slot;
    }
  }

  /** What a chunk's slots are used for, one bit each. The shard's thread's alone. */
  private static final class ChunkUse {
    /** Slots with a case. */
    long live;

    /** Slots that were given back and keep their last word. */
    long spent;

    /** Chunks that this one replaced, as long as they have cases that go on and handles. */
    private List<Replaced> replaced = List.of();

    /** Whether the chunk may be replaced now. */
    boolean mayBeReplaced() {
      if (replaced.size() >= REPLACED_MAX) {
        replaced.removeIf(earlier -> !earlier.isUsed());
      }
      return live == 0 || replaced.size() < REPLACED_MAX;
    }

    /** The chunk was replaced while its live cases go on. */
    void replaced(final long[] before) {
      spent = 0;
      if (live != 0) {
        replaced = replaced.isEmpty() ? new ArrayList<>() : replaced;
        replaced.add(new Replaced(before, live));
      }
    }

    void writeToReplaced(final int slot, final long word) {
      for (int i = 0; i < replaced.size(); i++) {
        replaced.get(i).write(slot, word);
      }
    }

    /** A case has written its last word; whether the chunk could not be replaced before that. */
    boolean forget(final int slot) {
      if (replaced.isEmpty()) {
        return false;
      }
      final boolean waited = replaced.size() >= REPLACED_MAX;
      replaced.forEach(earlier -> earlier.live &= ~(1L << slot));
      replaced.removeIf(earlier -> !earlier.isUsed());
      if (replaced.isEmpty()) {
        replaced = List.of();
      }
      return waited && replaced.size() < REPLACED_MAX;
    }
  }

  /** A chunk that was replaced. */
  private static final class Replaced {
    private final WeakReference<long[]> words;
    long live;

    Replaced(final long[] words, final long live) {
      this.words = new WeakReference<>(words);
      this.live = live;
    }

    boolean isUsed() {
      return live != 0 && words.get() != null;
    }

    void write(final int slot, final long word) {
      final long[] held = (live & 1L << slot) == 0 ? null : words.get();
      if (held != null) {
        WORDS.setRelease(held, slot & CHUNK_LENGTH - 1, word);
      }
    }
  }
}
