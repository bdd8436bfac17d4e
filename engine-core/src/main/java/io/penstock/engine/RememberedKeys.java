package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.spi.ShardStore;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Start keys of cases that are no longer kept, so that a key that comes again starts nothing: a
 * window of so many keys and so long. Keys that were let go with one command stand in one record, a
 * block, which goes as a whole when all of it is outside the window.
 *
 * <pre>
 *    0  int32  layout version          8  int64  when the last of these cases ended
 *    4  int32  keys                   16  entries, one behind the other:
 *
 *    0  int64  case id                12  int32  length of the key
 *    8  int32  definition             16  the key, UTF-8, padded to 8
 * </pre>
 *
 * <p>Belongs to the shard's thread, but for {@link #count()}.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread alone writes what others read
final class RememberedKeys {
  static final int VERSION = 1;
  static final int HEADER_LENGTH = 16;
  static final int ENTRY_HEADER_LENGTH = 16;

  private static final int COUNT_OFFSET = 4;
  private static final int NEWEST_OFFSET = 8;
  private static final int DEFINITION_OFFSET = 8;
  private static final int KEY_LENGTH_OFFSET = 12;
  private static final long ID_FIRST = Long.MIN_VALUE + (1L << 49);
  private static final long ID_END = Long.MIN_VALUE + (1L << 50);

  private final int countMax;
  private final long ageMaxNs;
  private final ArrayDeque<Block> blocks = new ArrayDeque<>();
  private final ExpandableArrayBuffer open = new ExpandableArrayBuffer(1024);
  private final ExpandableArrayBuffer scratch = new ExpandableArrayBuffer(1024);
  private int openLength;
  private int openCount;
  private long openNewestNs;
  private long nextId = ID_FIRST;
  private volatile int count;

  /** A block that is stored. */
  private record Block(long id, int count, long newestNs) {}

  /** Is shown the keys of a block. */
  @FunctionalInterface
  interface Visitor {
    void onKey(long caseId, int definition, DirectBuffer buffer, int offset, int length);
  }

  /**
   * Creates an empty one.
   *
   * @param countMax how many keys are remembered at least, 0 for none
   * @param ageMaxNs how long after its case ended a key is remembered; {@link TimerQueue#NEVER} for
   *     without a limit
   */
  RememberedKeys(final int countMax, final long ageMaxNs) {
    this.countMax = countMax;
    this.ageMaxNs = ageMaxNs;
  }

  /** Whether a record id is that of a block. */
  static boolean isId(final long recordId) {
    return recordId >= ID_FIRST && recordId < ID_END;
  }

  /** Whether any key is remembered at all. */
  boolean isOn() {
    return countMax > 0;
  }

  /** How many keys are remembered; any thread. */
  int count() {
    return count;
  }

  /** Takes in a recovered block; in any order, see {@link #recovered()}. */
  void recover(final long id, final DirectBuffer record, final int offset, final Visitor visitor) {
    final int version = record.getInt(offset, LITTLE_ENDIAN);
    if (version != VERSION) {
      throw new EngineException(
          "record of remembered keys must be of a known version: record="
              + id
              + ", expected="
              + VERSION
              + ", actual="
              + version
              + "; open the directory with the Penstock version that made it");
    }
    nextId = Math.max(nextId, id + 1);
    final int keys = record.getInt(offset + COUNT_OFFSET, LITTLE_ENDIAN);
    blocks.add(new Block(id, keys, record.getLong(offset + NEWEST_OFFSET, LITTLE_ENDIAN)));
    count += keys; // this thread alone writes it
    visit(record, offset, visitor);
  }

  /** After the last block: puts them in the order in which they were written. */
  void recovered() {
    final Block[] sorted = blocks.toArray(new Block[0]);
    Arrays.sort(sorted, (one, other) -> Long.compare(one.id, other.id));
    blocks.clear();
    blocks.addAll(List.of(sorted));
  }

  /** Adds the key of a case that is let go to the block of the command in hand; gives its id. */
  long add(
      final long caseId,
      final long endedNs,
      final int definition,
      final DirectBuffer key,
      final int offset,
      final int length) {
    final int at = openCount == 0 ? HEADER_LENGTH : openLength;
    open.putLong(at, caseId, LITTLE_ENDIAN);
    open.putInt(at + DEFINITION_OFFSET, definition, LITTLE_ENDIAN);
    open.putInt(at + KEY_LENGTH_OFFSET, length, LITTLE_ENDIAN);
    open.putBytes(at + ENTRY_HEADER_LENGTH, key, offset, length);
    openLength = at + ENTRY_HEADER_LENGTH + Wire.pad(open, at + ENTRY_HEADER_LENGTH, length);
    openNewestNs = openCount == 0 ? endedNs : Math.max(openNewestNs, endedNs);
    openCount++;
    return nextId;
  }

  /** Puts the block of the command in hand into its batch, if it has got a key. */
  void close(final CaseFile file) {
    if (openCount == 0) {
      return;
    }
    open.putInt(0, VERSION, LITTLE_ENDIAN);
    open.putInt(COUNT_OFFSET, openCount, LITTLE_ENDIAN);
    open.putLong(NEWEST_OFFSET, openNewestNs, LITTLE_ENDIAN);
    file.batch().image(nextId, open, 0, openLength);
    blocks.add(new Block(nextId, openCount, openNewestNs));
    count += openCount; // this thread alone writes it
    nextId++;
    openCount = 0;
  }

  /** When the oldest block is outside the window, or {@link TimerQueue#NEVER}. */
  long nextDueNs() {
    return blocks.isEmpty() || ageMaxNs == TimerQueue.NEVER
        ? TimerQueue.NEVER
        : Nanos.after(blocks.getFirst().newestNs, ageMaxNs);
  }

  /**
   * Lets go of the oldest block if it is outside the window, and shows its keys.
   *
   * @return its id, or 0 when none has to go
   */
  long forgetOldest(final CaseFile file, final long nowNs, final Visitor visitor) {
    final Block oldest = blocks.peek();
    if (oldest == null || (count - oldest.count < countMax && nextDueNs() > nowNs)) {
      return 0;
    }
    blocks.remove();
    count -= oldest.count; // this thread alone writes it
    visit(file.store(), oldest.id, visitor);
    file.batch().removal(oldest.id);
    return oldest.id;
  }

  /** The id of the block that would go next, or 0 when there is none. */
  long oldestId() {
    return blocks.isEmpty() ? 0 : blocks.getFirst().id;
  }

  /** Shows the keys of a stored block. */
  void visit(final ShardStore store, final long blockId, final Visitor visitor) {
    if (store.read(blockId, scratch, 0) >= 0) {
      visit(scratch, 0, visitor);
    }
  }

  private static void visit(final DirectBuffer block, final int offset, final Visitor visitor) {
    final int keys = block.getInt(offset + COUNT_OFFSET, LITTLE_ENDIAN);
    int at = offset + HEADER_LENGTH;
    for (int i = 0; i < keys; i++) {
      final int length = block.getInt(at + KEY_LENGTH_OFFSET, LITTLE_ENDIAN);
      visitor.onKey(
          block.getLong(at, LITTLE_ENDIAN),
          block.getInt(at + DEFINITION_OFFSET, LITTLE_ENDIAN),
          block,
          at + ENTRY_HEADER_LENGTH,
          length);
      at += ENTRY_HEADER_LENGTH + Wire.paddedLength(length);
    }
  }
}
