package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2LongCounterMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Values that are too long to be written with their case at each step: each has a record of its
 * own, written once, never changed, and shared by all that refer to it.
 *
 * <pre>
 *    0  int32  layout version         8  int64  outermost case that the value belongs to
 *    4  int32  reserved              16  the value, as {@link ValueCodec} has it
 * </pre>
 *
 * <p>References are counted: from variables and waiting messages of case records, and from handlers
 * under way, whose copies of a record must stay whole. The counts are made anew as workflows are
 * deployed after an opening. A value that nothing refers to goes with the batch of the command in
 * hand, or of the next. Belongs to the shard's thread.
 */
final class LargeValues implements LargeReferences {
  /** Longest value that stands in the case record itself, in bytes. */
  static final int INLINE_LENGTH_MAX = 4 * 1024;

  /** What a reference takes in a case record, in bytes. */
  static final int REFERENCE_LENGTH = Long.BYTES;

  static final int VERSION = 1;
  static final int HEADER_LENGTH = 16;
  private static final int OWNER_OFFSET = 8;
  private static final long ID_FIRST = Long.MIN_VALUE + 1;
  private static final long ID_LIMIT = Long.MIN_VALUE + (1L << 48);
  private static final int SCRATCH_LENGTH = 1024;

  private final ShardStore store;
  private final RecordBatch batch;
  private final Long2LongCounterMap references = new Long2LongCounterMap(0);

  /** Values that nothing referred to when somebody looked last. */
  private final LongArrayList unreferenced = new LongArrayList();

  /** Values of the batch in hand, which the store does not have yet. */
  private final Long2ObjectHashMap<DirectBuffer> unwritten = new Long2ObjectHashMap<>();

  /** Recovered values by outermost case, until its workflow is deployed. */
  private final Long2ObjectHashMap<LongArrayList> parked = new Long2ObjectHashMap<>();

  private final ExpandableArrayBuffer split = new ExpandableArrayBuffer(SCRATCH_LENGTH);
  private long nextId = ID_FIRST;

  LargeValues(final ShardStore store, final RecordBatch batch) {
    this.store = store;
    this.batch = batch;
  }

  /** Whether a record id is that of a value. */
  static boolean isId(final long recordId) {
    return recordId >= ID_FIRST && recordId < ID_LIMIT;
  }

  // ---- recovery ----

  /** Takes in a value's record at recovery. */
  void recover(final long id, final DirectBuffer record, final int offset) {
    final int version = record.getInt(offset, LITTLE_ENDIAN);
    if (version != VERSION) {
      throw new EngineException(
          "record of a large value must be of a known version: record="
              + id
              + ", expected="
              + VERSION
              + ", actual="
              + version
              + "; open the directory with the Penstock version that made it");
    }
    nextId = Math.max(nextId, id + 1);
    parked
        .computeIfAbsent(
            record.getLong(offset + OWNER_OFFSET, LITTLE_ENDIAN), none -> new LongArrayList())
        .addLong(id);
  }

  /** After the last record: values whose case is gone go too. */
  void recovered(final LongPredicate isThere) {
    final LongArrayList gone = new LongArrayList();
    parked.forEachLong(
        (owner, ids) -> {
          if (!isThere.test(owner)) {
            gone.addLong(owner);
          }
        });
    for (int i = 0; i < gone.size(); i++) {
      resumed(gone.getLong(i));
    }
  }

  /**
   * The references of a recovered outermost case, and of those inside it, have been counted, or it
   * is removed: what nothing refers to goes.
   */
  void resumed(final long caseId) {
    final LongArrayList ids = parked.remove(caseId);
    for (int i = 0; ids != null && i < ids.size(); i++) {
      if (references.get(ids.getLong(i)) == 0) {
        unreferenced.addLong(ids.getLong(i));
      }
    }
  }

  // ---- references ----

  /** Whether a record may refer to a value. */
  boolean isUsed() {
    return !references.isEmpty() || !parked.isEmpty() || !unreferenced.isEmpty();
  }

  @Override
  public void retain(final long id) {
    references.incrementAndGet(id);
  }

  @Override
  public void release(final long id) {
    if (references.decrementAndGet(id) == 0) {
      unreferenced.addLong(id);
    }
  }

  @Override
  public DirectBuffer read(final long id, final int valueLength) {
    final DirectBuffer value = unwritten.get(id);
    return value == null ? read(store, id, valueLength) : value;
  }

  /** Reads what is stored; any thread. */
  static DirectBuffer read(final ShardStore store, final long id, final int valueLength) {
    final UnsafeBuffer record = new UnsafeBuffer(new byte[HEADER_LENGTH + valueLength]);
    if (store.read(id, record, 0) < 0) {
      throw new GoneException(id);
    }
    return new UnsafeBuffer(record, HEADER_LENGTH, valueLength);
  }

  // ---- the command in hand ----

  /**
   * Gives every large value of some changes a record of its own, and leaves {@link #split} with
   * references instead of them.
   *
   * @return length of the changes with references
   */
  int split(
      final long outermost, final DirectBuffer changes, final int offset, final int changesLength) {
    int length = 0;
    for (int at = offset; at < offset + changesLength; at = Changes.next(changes, at)) {
      final int valueLength = Changes.valueLength(changes, at);
      if (valueLength > INLINE_LENGTH_MAX) {
        final long id = add(outermost, changes, at + Changes.HEADER_LENGTH, valueLength);
        split.putInt(length, Changes.slot(changes, at), LITTLE_ENDIAN);
        split.putInt(length + Integer.BYTES, -valueLength, LITTLE_ENDIAN);
        split.putLong(length + Changes.HEADER_LENGTH, id, LITTLE_ENDIAN);
        length += Changes.HEADER_LENGTH + REFERENCE_LENGTH;
      } else {
        final int entryLength = Changes.next(changes, at) - at;
        split.putBytes(length, changes, at, entryLength);
        length += entryLength;
      }
    }
    return length;
  }

  /** What the last {@link #split(long, DirectBuffer, int, int)} left. */
  DirectBuffer split() {
    return split;
  }

  private long add(
      final long outermost, final DirectBuffer source, final int offset, final int valueLength) {
    final long id = nextId++;
    final UnsafeBuffer record = new UnsafeBuffer(new byte[HEADER_LENGTH + valueLength]);
    record.putInt(0, VERSION, LITTLE_ENDIAN);
    record.putLong(OWNER_OFFSET, outermost, LITTLE_ENDIAN);
    record.putBytes(HEADER_LENGTH, source, offset, valueLength);
    batch.image(id, record, 0, record.capacity());
    unwritten.put(id, new UnsafeBuffer(record, HEADER_LENGTH, valueLength));
    unreferenced.addLong(id); // until something refers to it
    return id;
  }

  /** Lets go, with the batch in hand, of what nothing refers to. */
  void removeUnreferenced() {
    for (int i = 0; i < unreferenced.size(); i++) {
      final long id = unreferenced.getLong(i);
      if (references.get(id) == 0) {
        batch.removal(id);
      }
    }
    unreferenced.clear();
  }

  /** The batch has been written, or abandoned. */
  void forgetUnwritten() {
    if (!unwritten.isEmpty()) {
      unwritten.clear();
    }
  }

  /** Tells of each reference in some changes as they stand in a record. */
  static void forEachReference(
      final DirectBuffer changes,
      final int offset,
      final int changesLength,
      final LongConsumer visitor) {
    for (int at = offset; at < offset + changesLength; at = Changes.next(changes, at)) {
      if (Changes.valueLength(changes, at) < 0) {
        visitor.accept(changes.getLong(at + Changes.HEADER_LENGTH, LITTLE_ENDIAN));
      }
    }
  }

  /** Bytes that a value of a length takes in a case record, or in changes that stand in one. */
  static int lengthInRecord(final int valueLength) {
    return valueLength < 0 || valueLength > INLINE_LENGTH_MAX
        ? REFERENCE_LENGTH
        : Wire.paddedLength(valueLength);
  }

  /** Nothing refers to a value any more: the record that did is outdated. */
  static final class GoneException extends EngineException {
    private static final long serialVersionUID = 1L;

    GoneException(final long id) {
      super(
          "value must still be part of its case: record="
              + id
              + "; read the case again, it has moved on");
    }
  }
}
