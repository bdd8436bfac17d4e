package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The lists of for-each steps whose instances are still being made: parts of a list, each a value
 * of some hundred KiB beside the case, and in the case an entry for each part. The entries stand in
 * the slot of the messages, as entries of the same form with a number below 0:
 *
 * <pre>
 *   int32 -1 - task | int32 0 | int32 8 | int32 changes length | int32 first item, int32 items | changes: the part
 * </pre>
 *
 * <p>A part is the items one behind the other, each an int32 length, four zero bytes and the {@link
 * Changes} of one variable. Belongs to the shard's thread.
 */
final class ItemLists {
  /** Bytes of a part, unless one item takes more. */
  static final int PART_LENGTH = 512 * 1024;

  private static final int KEY_LENGTH = 2 * Integer.BYTES;
  private static final int ITEM_HEADER_LENGTH = Long.BYTES;

  private final CaseFile file;
  private final ExpandableArrayBuffer scratch = new ExpandableArrayBuffer(1024);
  private final UnsafeBuffer entryKey = new UnsafeBuffer(new byte[KEY_LENGTH]);

  /** The part that was read last, and where in it the next item begins. */
  private @Nullable DirectBuffer part;

  private long partCase;
  private int partTask;
  private int partItem;
  private int nextIndex;
  private int nextOffset;
  private int partEnd;

  ItemLists(final CaseFile file) {
    this.file = file;
  }

  /** Writes an item to a part that is being made, on a worker thread; gives the new length. */
  static int putItem(final ExpandableArrayBuffer target, final int at, final Changes item) {
    target.putInt(at, item.length(), LITTLE_ENDIAN);
    target.putInt(at + Integer.BYTES, 0, LITTLE_ENDIAN);
    target.putBytes(at + ITEM_HEADER_LENGTH, item.buffer(), 0, item.length());
    return at + ITEM_HEADER_LENGTH + item.length();
  }

  /**
   * Adds a part to the list of a step.
   *
   * @param bytes the part, as the changes of one variable
   * @return what is in the way, or null
   */
  @Nullable String add(
      final CaseRecord record,
      final int task,
      final int firstItem,
      final int items,
      final DirectBuffer bytes,
      final int offset,
      final int length) {
    if (firstItem == 0) {
      drop(record, task); // of a run of the handler that did not come to its end
    }
    final int splitLength = file.large().split(file.outermost(record), bytes, offset, length);
    final int entryLength = Mailbox.HEADER_LENGTH + KEY_LENGTH + splitLength;
    final int before = record.systemLength(CaseLayout.MAILBOX_SLOT);
    if (before + entryLength > Mailbox.LENGTH_MAX || !CasePlayer.fits(record, entryLength)) {
      return "list must fit the case: items so far="
          + firstItem
          + ", listLength="
          + (before + entryLength)
          + ", listLengthMax="
          + Mailbox.LENGTH_MAX
          + ", "
          + CasePlayer.tooLarge(record, entryLength);
    }
    entryKey.putInt(0, firstItem, LITTLE_ENDIAN);
    entryKey.putInt(Integer.BYTES, items, LITTLE_ENDIAN);
    scratch.putBytes(0, record.buffer(), record.systemOffset(CaseLayout.MAILBOX_SLOT), before);
    scratch.setMemory(before, Mailbox.HEADER_LENGTH, (byte) 0);
    scratch.putInt(before, number(task), LITTLE_ENDIAN);
    scratch.putInt(before + Mailbox.KEY_LENGTH_OFFSET, KEY_LENGTH, LITTLE_ENDIAN);
    scratch.putInt(before + Mailbox.CHANGES_LENGTH_OFFSET, splitLength, LITTLE_ENDIAN);
    scratch.putBytes(before + Mailbox.HEADER_LENGTH, entryKey, 0, KEY_LENGTH);
    scratch.putBytes(
        before + Mailbox.HEADER_LENGTH + KEY_LENGTH, file.large().split(), 0, splitLength);
    LargeValues.forEachReference(file.large().split(), 0, splitLength, file.large()::retain);
    record.putSystem(CaseLayout.MAILBOX_SLOT, scratch, 0, before + entryLength);
    return null;
  }

  /** Goes to an item of a step's list; false when the list does not have it. */
  boolean seek(final CaseRecord record, final int task, final int index) {
    final boolean goesOn =
        part != null
            && partCase == record.caseId()
            && partTask == task
            && partItem == record.itemNumber(task)
            && nextIndex == index
            && nextOffset < partEnd;
    return goesOn || open(record, task, index);
  }

  private boolean open(final CaseRecord record, final int task, final int index) {
    part = null;
    final MutableDirectBuffer buffer = record.buffer();
    for (int at = Mailbox.begin(record);
        at < Mailbox.end(record);
        at += Mailbox.entryLength(buffer, at)) {
      final int keyAt = at + Mailbox.HEADER_LENGTH;
      if (buffer.getInt(at, LITTLE_ENDIAN) == number(task)
          && index >= buffer.getInt(keyAt, LITTLE_ENDIAN)
          && index - buffer.getInt(keyAt, LITTLE_ENDIAN)
              < buffer.getInt(keyAt + Integer.BYTES, LITTLE_ENDIAN)) {
        read(record, task, buffer, Mailbox.changesAt(buffer, at));
        nextIndex = buffer.getInt(keyAt, LITTLE_ENDIAN);
        while (nextIndex < index) {
          skip();
        }
        return true;
      }
    }
    return false;
  }

  private void read(
      final CaseRecord record, final int task, final DirectBuffer buffer, final int changesAt) {
    final int length = Changes.valueLength(buffer, changesAt);
    final int valueAt = changesAt + Changes.HEADER_LENGTH;
    final DirectBuffer bytes;
    if (length < 0) {
      bytes = file.large().read(buffer.getLong(valueAt, LITTLE_ENDIAN), -length);
    } else {
      final byte[] copy = new byte[length];
      buffer.getBytes(valueAt, copy);
      bytes = new UnsafeBuffer(copy);
    }
    part = bytes;
    partCase = record.caseId();
    partTask = task;
    partItem = record.itemNumber(task);
    nextOffset = 0;
    partEnd = Math.abs(length);
  }

  /** The bytes of the part that an item was sought in. */
  DirectBuffer buffer() {
    if (part == null) {
      throw new AssertionError("item must have been sought");
    }
    return part;
  }

  /** Where the changes of the item begin. */
  int itemOffset() {
    return nextOffset + ITEM_HEADER_LENGTH;
  }

  int itemLength() {
    return buffer().getInt(nextOffset, LITTLE_ENDIAN);
  }

  /** Goes to the next item, which may be in the next part. */
  void skip() {
    nextOffset += ITEM_HEADER_LENGTH + BitUtil.align(itemLength(), Long.BYTES);
    nextIndex++;
  }

  /** Drops what is left of the list of a step. */
  void drop(final CaseRecord record, final int task) {
    drop(record, task, Integer.MAX_VALUE);
  }

  /** Drops the parts of a list of which every item is below an index. */
  void dropBelow(final CaseRecord record, final int task, final int index) {
    drop(record, task, index);
  }

  private void drop(final CaseRecord record, final int task, final int below) {
    final MutableDirectBuffer buffer = record.buffer();
    int kept = 0;
    boolean dropped = false;
    for (int at = Mailbox.begin(record);
        at < Mailbox.end(record);
        at += Mailbox.entryLength(buffer, at)) {
      if (isBelow(buffer, at, task, below)) {
        LargeValues.forEachReference(
            buffer,
            Mailbox.changesAt(buffer, at),
            Mailbox.changesLength(buffer, at),
            file.large()::release);
        dropped = true;
      } else {
        final int length = Mailbox.entryLength(buffer, at);
        scratch.putBytes(kept, buffer, at, length);
        kept += length;
      }
    }
    if (dropped) {
      part = null;
      record.putSystem(CaseLayout.MAILBOX_SLOT, scratch, 0, kept);
    }
  }

  private static boolean isBelow(
      final DirectBuffer buffer, final int at, final int task, final int below) {
    final int keyAt = at + Mailbox.HEADER_LENGTH;
    return buffer.getInt(at, LITTLE_ENDIAN) == number(task)
        && (long) buffer.getInt(keyAt, LITTLE_ENDIAN)
                + buffer.getInt(keyAt + Integer.BYTES, LITTLE_ENDIAN)
            <= below;
  }

  /** What entries of a step have in the place of a message's number. */
  private static int number(final int task) {
    return -1 - task;
  }
}
