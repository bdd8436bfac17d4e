package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.net.Net;
import io.penstock.spi.ShardObserver;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import io.penstock.workflow.VariableType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A view on the bytes of one case; the same bytes stand in the journal and in the store.
 *
 * <pre>
 *    0  int32  record length          56  int64  started, ns since the epoch
 *    4  uint16 layout version         64  int64  ended, ns since the epoch, 0 while running
 *    6  uint8  status code            72  int64  deadline of the case, ns since the epoch, or NEVER
 *    7  uint8  depth below its root    80  int32  work items so far
 *    8  int64  case id                84  int32  task that failed last, or -1
 *   16  int64  case version           88  byte[32] trace context of the case's first span
 *   24  int32  definition id         120  net state, work items, variables: see {@link CaseLayout}
 *   28  int32  net index
 *   32  int64  parent case id, or 0
 *   40  int32  parent's task
 *   44  int32  instance number, or -1
 *   48  int32  children that run on without their step
 *   52  int32  parent's work item, or 0
 * </pre>
 *
 * <p>The table of open work items, in a slot of the heap, begins with
 *
 * <pre>
 *    0  int32  first free entry, from 1, or 0
 *    4  int32  entries ever used
 * </pre>
 *
 * <p>and goes on with an entry of {@link CaseLayout#ITEM_LENGTH} for each, a free one too. It
 * doubles when it is full. A task's index says which entry is its own. An entry:
 *
 * <pre>
 *    0  int32  number, from 1         16  int64  begun, ns since the epoch
 *    4  uint16 state code             24  int64  next try at, ns since the epoch, or NEVER
 *    6  uint16 attempt                32  int64  deadline, ns since the epoch, or NEVER
 *    8  int32  children not ended     40  int32  children completed
 *   12  int32  children so far        44  int32  children that there shall be
 *                                     40  int64  hash of who claimed it, 0 for nobody
 *   48  int32  task                   52  int32  next free entry, from 1, or 0
 * </pre>
 *
 * <p>A value that is {@linkplain LargeValues large} stands in a record of its own: its slot has the
 * negative of its length, and the heap the id of that record.
 *
 * <p>Owns a buffer that grows. Not thread safe.
 */
final class CaseRecord implements Values {
  static final int VERSION = 4;

  /** The oldest version that is read: one without large values. */
  static final int VERSION_MIN = 3;

  static final long NEVER = Long.MAX_VALUE;

  static final int LENGTH_OFFSET = 0;
  static final int VERSION_OFFSET = 4;
  static final int STATUS_OFFSET = 6;
  static final int DEPTH_OFFSET = 7;
  static final int CASE_ID_OFFSET = 8;
  static final int CASE_VERSION_OFFSET = 16;
  static final int DEFINITION_OFFSET = 24;
  static final int NET_OFFSET = 28;
  static final int PARENT_OFFSET = 32;
  static final int PARENT_TASK_OFFSET = 40;
  static final int INSTANCE_OFFSET = 44;
  static final int RUNNING_ON_OFFSET = 48;
  static final int PARENT_ITEM_OFFSET = 52;
  static final int STARTED_OFFSET = 56;
  static final int ENDED_OFFSET = 64;
  static final int DEADLINE_OFFSET = 72;
  static final int ITEMS_OFFSET = 80;
  static final int FAILED_TASK_OFFSET = 84;
  static final int TRACE_OFFSET = 88;

  static final int ITEM_NUMBER_OFFSET = 0;
  static final int ITEM_STATE_OFFSET = 4;
  static final int ITEM_ATTEMPT_OFFSET = 6;
  static final int ITEM_PENDING_OFFSET = 8;
  static final int ITEM_CREATED_OFFSET = 12;
  static final int ITEM_BEGUN_OFFSET = 16;
  static final int ITEM_RETRY_OFFSET = 24;
  static final int ITEM_DEADLINE_OFFSET = 32;
  static final int ITEM_COMPLETED_OFFSET = 40;
  static final int ITEM_TARGET_OFFSET = 44;
  static final int ITEM_CLAIM_OFFSET = 40; // instead of the children's counts
  static final int ITEM_TASK_OFFSET = 48;
  static final int ITEM_NEXT_FREE_OFFSET = 52;

  private static final int TABLE_FREE_OFFSET = 0;
  private static final int TABLE_USED_OFFSET = 4;
  private static final int ITEMS_FIRST = 2;

  /** States of a work item. */
  static final int ITEM_NONE = 0;

  static final int ITEM_OFFERED = 1;
  static final int ITEM_EXECUTING = 2;
  static final int ITEM_RESTING = 3;

  /** Its children run, and it may get more. */
  static final int ITEM_CHILDREN = 4;

  /** Its children run, and nobody may add one. */
  static final int ITEM_CLOSED = 5;

  /** Somebody has started a manual task. */
  static final int ITEM_STARTED = 6;

  private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(512);
  private final LargeReferences large;
  private CaseLayout layout;
  private boolean changed;

  @SuppressWarnings(
      "NullAway.Init") // the layout is set by create or wrap, which come before anything else
  CaseRecord(final LargeReferences large) {
    this.large = large;
  }

  /** Makes an empty running case. */
  CaseRecord create(
      final CaseLayout newLayout, final long caseId, final int definitionId, final long nowNs) {
    layout = newLayout;
    changed = true;
    buffer.setMemory(0, layout.heapOffset, (byte) 0);
    putInt(LENGTH_OFFSET, layout.heapOffset);
    buffer.putShort(VERSION_OFFSET, (short) VERSION, LITTLE_ENDIAN);
    setStatus(CaseStatus.RUNNING);
    putLong(CASE_ID_OFFSET, caseId);
    putInt(DEFINITION_OFFSET, definitionId);
    putInt(NET_OFFSET, layout.netIndex);
    putInt(INSTANCE_OFFSET, -1);
    putLong(STARTED_OFFSET, nowNs);
    putLong(DEADLINE_OFFSET, NEVER);
    putInt(FAILED_TASK_OFFSET, Net.NONE);
    return this;
  }

  /** Points the view at the bytes that {@link #buffer} has been filled with. */
  CaseRecord wrap(final CaseLayout newLayout) {
    layout = newLayout;
    changed = false;
    return this;
  }

  /** Refuses bytes that another version of the engine has laid out in another way. */
  void checkVersion() {
    final int version = buffer.getShort(VERSION_OFFSET, LITTLE_ENDIAN);
    if (version < VERSION_MIN || version > VERSION) {
      throw new EngineException(
          "case record must have the version that this engine writes: case="
              + caseId()
              + ", version="
              + version
              + ", expected="
              + VERSION_MIN
              + " to "
              + VERSION
              + "; open the directory with the engine that wrote it");
    }
  }

  /** Whether anything was written since {@link #create} or {@link #wrap}. */
  boolean isChanged() {
    return changed;
  }

  /** Says that somebody is about to write to the buffer itself. */
  CaseRecord change() {
    changed = true;
    return this;
  }

  MutableDirectBuffer buffer() {
    return buffer;
  }

  CaseLayout layout() {
    return layout;
  }

  int length() {
    return buffer.getInt(LENGTH_OFFSET, LITTLE_ENDIAN);
  }

  CaseStatus status() {
    return CaseStatus.ofCode(buffer.getByte(STATUS_OFFSET));
  }

  boolean isRunning() {
    return buffer.getByte(STATUS_OFFSET) == CaseStatus.RUNNING.code();
  }

  void setStatus(final CaseStatus status) {
    changed = true;
    buffer.putByte(STATUS_OFFSET, (byte) status.code());
  }

  long caseId() {
    return getLong(CASE_ID_OFFSET);
  }

  int definitionId() {
    return getInt(DEFINITION_OFFSET);
  }

  int netIndex() {
    return getInt(NET_OFFSET);
  }

  long parentId() {
    return getLong(PARENT_OFFSET);
  }

  int parentTask() {
    return getInt(PARENT_TASK_OFFSET);
  }

  int instance() {
    return getInt(INSTANCE_OFFSET);
  }

  /** Number of the parent's work item that this child belongs to. */
  int parentItem() {
    return getInt(PARENT_ITEM_OFFSET);
  }

  /** How many parents there are above this case. */
  int depth() {
    return buffer.getByte(DEPTH_OFFSET) & 0xff;
  }

  void setParent(final CaseRecord parent, final int parentTask, final int instance) {
    putLong(PARENT_OFFSET, parent.caseId());
    putInt(PARENT_TASK_OFFSET, parentTask);
    putInt(PARENT_ITEM_OFFSET, parent.itemNumber(parentTask));
    putInt(INSTANCE_OFFSET, instance);
    buffer.putByte(DEPTH_OFFSET, (byte) (parent.depth() + 1));
  }

  /** Children whose step has gone on without them; every other child is pending in its step. */
  int runningOn() {
    return getInt(RUNNING_ON_OFFSET);
  }

  void addRunningOn(final int more) {
    putInt(RUNNING_ON_OFFSET, runningOn() + more);
  }

  long startedNs() {
    return getLong(STARTED_OFFSET);
  }

  long endedNs() {
    return getLong(ENDED_OFFSET);
  }

  void end(final CaseStatus status, final long nowNs) {
    setStatus(status);
    putLong(ENDED_OFFSET, nowNs);
    putLong(DEADLINE_OFFSET, NEVER);
    putInt(RUNNING_ON_OFFSET, 0);
  }

  long deadlineNs() {
    return getLong(DEADLINE_OFFSET);
  }

  void setDeadlineNs(final long deadlineNs) {
    putLong(DEADLINE_OFFSET, deadlineNs);
  }

  long caseVersion() {
    return getLong(CASE_VERSION_OFFSET);
  }

  /** The record is about to be written as it stands, by the rules of this version. */
  void nextCaseVersion() {
    buffer.putShort(VERSION_OFFSET, (short) VERSION, LITTLE_ENDIAN);
    putLong(CASE_VERSION_OFFSET, caseVersion() + 1);
  }

  int failedTask() {
    return getInt(FAILED_TASK_OFFSET);
  }

  void copyTraceFrom(final CaseRecord other) {
    buffer.putBytes(TRACE_OFFSET, other.buffer, TRACE_OFFSET, ShardObserver.TRACE_LENGTH);
  }

  /** Opens the work item of a task and returns its number. */
  int openItem(final int task, final int state, final long nowNs, final long deadlineNs) {
    final int number = getInt(ITEMS_OFFSET) + 1;
    putInt(ITEMS_OFFSET, number);
    if (itemAt(task) == Net.NONE) {
      setItemIndex(task, allocateItem());
    }
    final int at = itemAt(task);
    buffer.setMemory(at, CaseLayout.ITEM_LENGTH, (byte) 0);
    putInt(at + ITEM_NUMBER_OFFSET, number);
    putInt(at + ITEM_TASK_OFFSET, task);
    setItemState(task, state);
    setAttempt(task, 1);
    putLong(at + ITEM_BEGUN_OFFSET, nowNs);
    putLong(at + ITEM_RETRY_OFFSET, NEVER);
    putLong(at + ITEM_DEADLINE_OFFSET, deadlineNs);
    return number;
  }

  /** Closes the work item of a task, if one is open; children of it that have not ended run on. */
  void closeItem(final int task) {
    final int at = itemAt(task);
    if (at == Net.NONE) {
      return;
    }
    if (hasChildren(task)) {
      addRunningOn(pendingChildren(task));
    }
    setItemState(task, ITEM_NONE);
    putInt(at + ITEM_NEXT_FREE_OFFSET, getInt(tableAt() + TABLE_FREE_OFFSET));
    putInt(tableAt() + TABLE_FREE_OFFSET, itemIndex(task));
    setItemIndex(task, 0);
  }

  /** Offset of the open work item of a task, or {@link Net#NONE}. */
  private int itemAt(final int task) {
    final int index = itemIndex(task);
    return index == 0 ? Net.NONE : entryAt(index);
  }

  private int itemIndex(final int task) {
    return buffer.getShort(layout.itemIndexOffset(task), LITTLE_ENDIAN) & 0xffff;
  }

  private void setItemIndex(final int task, final int index) {
    changed = true;
    buffer.putShort(layout.itemIndexOffset(task), (short) index, LITTLE_ENDIAN);
  }

  private int tableAt() {
    return systemOffset(CaseLayout.ITEMS_SLOT);
  }

  /** Offset of an entry of the table; indices begin with 1. */
  private int entryAt(final int index) {
    return tableAt() + CaseLayout.TABLE_HEADER_LENGTH + (index - 1) * CaseLayout.ITEM_LENGTH;
  }

  private int entriesUsed() {
    return tableLength() == 0 ? 0 : getInt(tableAt() + TABLE_USED_OFFSET);
  }

  private int tableLength() {
    return systemLength(CaseLayout.ITEMS_SLOT);
  }

  /** Finds a free entry in the table, which grows if there is none. */
  private int allocateItem() {
    final int free = tableLength() == 0 ? 0 : getInt(tableAt() + TABLE_FREE_OFFSET);
    if (free != 0) {
      putInt(tableAt() + TABLE_FREE_OFFSET, getInt(entryAt(free) + ITEM_NEXT_FREE_OFFSET));
      return free;
    }
    final int used = entriesUsed();
    if (CaseLayout.tableLength(used + 1) > tableLength()) {
      growTable(CaseLayout.tableLength(Math.min(layout.itemsMax, Math.max(ITEMS_FIRST, 2 * used))));
    }
    putInt(tableAt() + TABLE_USED_OFFSET, used + 1);
    return used + 1;
  }

  /** Puts a longer table at the end of the heap, with what stood in the old one. */
  private void growTable(final int newLength) {
    final int slotAt = layout.systemSlotOffset(CaseLayout.ITEMS_SLOT);
    final int oldLength = tableLength();
    final int end = length();
    buffer.setMemory(end, newLength, (byte) 0);
    putInt(LENGTH_OFFSET, end + newLength);
    if (oldLength > 0) {
      buffer.putBytes(end, buffer, tableAt(), oldLength);
      removeFromHeap(getInt(slotAt), oldLength);
    }
    putInt(LENGTH_OFFSET, end + newLength - oldLength);
    putInt(slotAt, end - oldLength - layout.heapOffset);
    putInt(slotAt + Integer.BYTES, newLength);
  }

  /** Bytes that the record has when every task that can wait does so at the same time. */
  int lengthWithAllItems() {
    return length() - tableLength() + layout.tableLengthMax;
  }

  /** Bytes on the heap besides the work items. */
  int heapLength() {
    return length() - layout.heapOffset - tableLength();
  }

  /** The task whose work item is due first, at this time or before it, or {@link Net#NONE}. */
  int firstDue(final long nowNs) {
    int first = Net.NONE;
    long due = nowNs;
    for (int index = 1; index <= entriesUsed(); index++) {
      final int at = entryAt(index);
      final long itemDue = dueNs(at);
      if (itemDue < due || (itemDue == due && (first == Net.NONE || isOlder(at, itemAt(first))))) {
        first = getInt(at + ITEM_TASK_OFFSET);
        due = itemDue;
      }
    }
    return first;
  }

  private boolean isOlder(final int at, final int other) {
    return getInt(at + ITEM_NUMBER_OFFSET) < getInt(other + ITEM_NUMBER_OFFSET);
  }

  /** When an entry of the table has something to do by itself, or {@link #NEVER}. */
  private long dueNs(final int at) {
    return buffer.getShort(at + ITEM_STATE_OFFSET, LITTLE_ENDIAN) == ITEM_NONE
        ? NEVER
        : Math.min(getLong(at + ITEM_RETRY_OFFSET), getLong(at + ITEM_DEADLINE_OFFSET));
  }

  int itemState(final int task) {
    final int at = itemAt(task);
    return at == Net.NONE ? ITEM_NONE : buffer.getShort(at + ITEM_STATE_OFFSET, LITTLE_ENDIAN);
  }

  void setItemState(final int task, final int state) {
    changed = true;
    buffer.putShort(itemAt(task) + ITEM_STATE_OFFSET, (short) state, LITTLE_ENDIAN);
  }

  /** Number of the open work item of a task, or 0. */
  int itemNumber(final int task) {
    final int at = itemAt(task);
    return at == Net.NONE ? 0 : getInt(at + ITEM_NUMBER_OFFSET);
  }

  /** Whether this very work item is executing, so that somebody may still bring its result. */
  boolean isAwaited(final int task, final int number) {
    return isRunning() && itemState(task) == ITEM_EXECUTING && itemNumber(task) == number;
  }

  int attempt(final int task) {
    return buffer.getShort(itemAt(task) + ITEM_ATTEMPT_OFFSET, LITTLE_ENDIAN) & 0xffff;
  }

  void setAttempt(final int task, final int attempt) {
    changed = true;
    buffer.putShort(itemAt(task) + ITEM_ATTEMPT_OFFSET, (short) attempt, LITTLE_ENDIAN);
  }

  long itemBegunNs(final int task) {
    return getLong(itemAt(task) + ITEM_BEGUN_OFFSET);
  }

  long itemRetryNs(final int task) {
    return getLong(itemAt(task) + ITEM_RETRY_OFFSET);
  }

  void setItemRetryNs(final int task, final long retryNs) {
    putLong(itemAt(task) + ITEM_RETRY_OFFSET, retryNs);
  }

  long itemDeadlineNs(final int task) {
    return getLong(itemAt(task) + ITEM_DEADLINE_OFFSET);
  }

  /** Whether the work item of a task waits for children. */
  boolean hasChildren(final int task) {
    final int state = itemState(task);
    return state == ITEM_CHILDREN || state == ITEM_CLOSED;
  }

  /** Whether a child is one that its step waits for, not one that runs on. */
  boolean waitsFor(final CaseRecord child) {
    final int task = child.parentTask();
    return hasChildren(task) && itemNumber(task) == child.parentItem();
  }

  /** Children that have not ended. */
  int pendingChildren(final int task) {
    return getInt(itemAt(task) + ITEM_PENDING_OFFSET);
  }

  /** Children made so far. */
  int createdChildren(final int task) {
    return getInt(itemAt(task) + ITEM_CREATED_OFFSET);
  }

  int completedChildren(final int task) {
    return getInt(itemAt(task) + ITEM_COMPLETED_OFFSET);
  }

  /** How many children there shall be. */
  int targetChildren(final int task) {
    return getInt(itemAt(task) + ITEM_TARGET_OFFSET);
  }

  void setTargetChildren(final int task, final int target) {
    putInt(itemAt(task) + ITEM_TARGET_OFFSET, target);
  }

  void childCreated(final int task) {
    putInt(itemAt(task) + ITEM_CREATED_OFFSET, createdChildren(task) + 1);
    putInt(itemAt(task) + ITEM_PENDING_OFFSET, pendingChildren(task) + 1);
  }

  void childEnded(final int task) {
    putInt(itemAt(task) + ITEM_PENDING_OFFSET, pendingChildren(task) - 1);
  }

  void childCompleted(final int task) {
    putInt(itemAt(task) + ITEM_COMPLETED_OFFSET, completedChildren(task) + 1);
  }

  long claim(final int task) {
    return getLong(itemAt(task) + ITEM_CLAIM_OFFSET);
  }

  /** Whether the work item of a manual task is there for somebody to complete. */
  boolean isOpenManual(final int task) {
    final int state = itemState(task);
    return state == ITEM_OFFERED || state == ITEM_STARTED;
  }

  void setClaim(final int task, final long claim) {
    putLong(itemAt(task) + ITEM_CLAIM_OFFSET, claim);
  }

  /** The earliest time at which this case has something to do by itself, or {@link #NEVER}. */
  long nextDueNs() {
    long due = deadlineNs();
    for (int index = 1; index <= entriesUsed(); index++) {
      due = Math.min(due, dueNs(entryAt(index)));
    }
    return due;
  }

  @Override
  @SuppressWarnings("unchecked") // the slot of a variable holds values of its type
  public <T> Optional<T> find(final Variable<T> variable) {
    return Optional.ofNullable((T) value(layout.workflow.slot(variable)));
  }

  /** The value of a variable by slot, or null. */
  @Nullable Object value(final int slot) {
    if (!hasValue(slot)) {
      return null;
    }
    final VariableType type = layout.workflow.variables().get(slot).type();
    final int at = layout.slotOffset(slot);
    if (type.isFixedLength()) {
      return ValueCodec.fromWord(type, getLong(at));
    }
    final int valueAt = layout.heapOffset + getInt(at);
    final int valueLength = getInt(at + Integer.BYTES);
    return valueLength < 0
        ? ValueCodec.decode(type, large.read(getLong(valueAt), -valueLength), 0, -valueLength)
        : ValueCodec.decode(type, buffer, valueAt, valueLength);
  }

  private boolean hasValue(final int slot) {
    return hasBit(layout.presenceOffset, slot);
  }

  private boolean hasBit(final int setAt, final int slot) {
    return (getLong(setAt + slot / Long.SIZE * Long.BYTES) & 1L << slot) != 0;
  }

  private void setBit(final int setAt, final int slot) {
    final int at = setAt + slot / Long.SIZE * Long.BYTES;
    putLong(at, getLong(at) | 1L << slot);
  }

  /** Writes what a command brings. */
  void apply(final DirectBuffer changes, final int offset, final int changesLength) {
    for (int at = offset; at < offset + changesLength; at = Changes.next(changes, at)) {
      setEncoded(
          Changes.slot(changes, at),
          changes,
          at + Changes.HEADER_LENGTH,
          Changes.valueLength(changes, at));
    }
  }

  private void setEncoded(
      final int slot, final DirectBuffer source, final int offset, final int valueLength) {
    put(slot, source, offset, valueLength);
    setBit(layout.writtenOffset, slot);
  }

  private void put(
      final int slot, final DirectBuffer source, final int offset, final int valueLength) {
    final int at = layout.slotOffset(slot);
    if (isFixedLength(slot)) {
      putLong(at, source.getLong(offset, LITTLE_ENDIAN));
    } else {
      final int oldLength = getInt(at + Integer.BYTES);
      final long oldId = oldLength < 0 ? getLong(layout.heapOffset + getInt(at)) : 0;
      putHeap(at, source, offset, valueLength);
      if (valueLength < 0) {
        large.retain(getLong(layout.heapOffset + getInt(at)));
      }
      if (oldLength < 0) {
        large.release(oldId); // last, as it may be the same
      }
    }
    setBit(layout.presenceOffset, slot);
  }

  /** Tells of each large value that this record refers to, in a variable or a waiting message. */
  void forEachReference(final LongConsumer visitor) {
    for (int slot = 0; slot < layout.workflow.variables().size(); slot++) {
      if (hasValue(slot) && !isFixedLength(slot) && valueLength(slot) < 0) {
        visitor.accept(getLong(valueOffset(slot)));
      }
    }
    Mailbox.forEachReference(this, visitor);
  }

  /** Copies every variable of a case of the same workflow; that does not count as written. */
  void copyVariablesFrom(final CaseRecord other) {
    for (int slot = 0; slot < layout.workflow.variables().size(); slot++) {
      if (other.hasValue(slot)) {
        put(slot, other.buffer, other.valueOffset(slot), other.valueLength(slot));
      }
    }
  }

  /** Writes those variables that another case of the same workflow wrote. */
  void applyWrittenBy(final CaseRecord other) {
    for (int slot = 0; slot < layout.workflow.variables().size(); slot++) {
      if (other.hasBit(other.layout.writtenOffset, slot)) {
        setEncoded(slot, other.buffer, other.valueOffset(slot), other.valueLength(slot));
      }
    }
  }

  /** Bytes that {@link #applyWrittenBy} may add at most. */
  int writtenLength() {
    int length = 0;
    for (int slot = 0; slot < layout.workflow.variables().size(); slot++) {
      if (hasBit(layout.writtenOffset, slot)) {
        length += LargeValues.lengthInRecord(valueLength(slot));
      }
    }
    return length;
  }

  private boolean isFixedLength(final int slot) {
    return layout.workflow.variables().get(slot).type().isFixedLength();
  }

  private int valueOffset(final int slot) {
    final int at = layout.slotOffset(slot);
    return isFixedLength(slot) ? at : layout.heapOffset + getInt(at);
  }

  /** Length of a value in bytes; negative when the record only refers to it. */
  private int valueLength(final int slot) {
    return isFixedLength(slot) ? Long.BYTES : getInt(layout.slotOffset(slot) + Integer.BYTES);
  }

  @Nullable String text(final int systemSlot) {
    final int at = layout.systemSlotOffset(systemSlot);
    final int valueLength = getInt(at + Integer.BYTES);
    if (valueLength == 0) {
      return null;
    }
    final byte[] bytes = new byte[valueLength];
    buffer.getBytes(layout.heapOffset + getInt(at), bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Whether bytes stand in a slot of the engine's own. */
  boolean isSystem(
      final int systemSlot, final DirectBuffer bytes, final int offset, final int bytesLength) {
    final int at = systemOffset(systemSlot);
    if (systemLength(systemSlot) != bytesLength) {
      return false;
    }
    for (int i = 0; i < bytesLength; i++) {
      if (buffer.getByte(at + i) != bytes.getByte(offset + i)) {
        return false;
      }
    }
    return true;
  }

  int systemLength(final int systemSlot) {
    return getInt(layout.systemSlotOffset(systemSlot) + Integer.BYTES);
  }

  int systemOffset(final int systemSlot) {
    return layout.heapOffset + getInt(layout.systemSlotOffset(systemSlot));
  }

  void putSystem(
      final int systemSlot, final DirectBuffer source, final int offset, final int valueLength) {
    putHeap(layout.systemSlotOffset(systemSlot), source, offset, valueLength);
  }

  void setFailure(
      final int task, final DirectBuffer source, final int offset, final int textLength) {
    putInt(FAILED_TASK_OFFSET, task);
    putSystem(CaseLayout.FAILURE_SLOT, source, offset, textLength);
  }

  /**
   * Puts bytes on the heap for the slot at an offset; what stood behind its old bytes moves up or
   * down.
   */
  private void putHeap(
      final int slotAt, final DirectBuffer source, final int offset, final int valueLength) {
    final int oldLength = heapLengthOf(getInt(slotAt + Integer.BYTES));
    final int newLength = heapLengthOf(valueLength);
    if (oldLength != newLength) {
      resizeHeap(slotAt, oldLength, newLength);
    }
    final int at = layout.heapOffset + getInt(slotAt);
    if (newLength > 0) {
      putLong(at + newLength - Long.BYTES, 0);
      buffer.putBytes(at, source, offset, valueLength < 0 ? newLength : valueLength);
    }
    putInt(slotAt + Integer.BYTES, valueLength);
  }

  /** Bytes on the heap for a value; one of negative length is referred to. */
  private static int heapLengthOf(final int valueLength) {
    return valueLength < 0 ? LargeValues.REFERENCE_LENGTH : BitUtil.align(valueLength, Long.BYTES);
  }

  private void resizeHeap(final int slotAt, final int oldLength, final int newLength) {
    final int recordLength = length();
    if (oldLength > 0) {
      removeFromHeap(getInt(slotAt), oldLength);
    }
    final int end = recordLength - oldLength;
    putInt(slotAt, newLength == 0 ? 0 : end - layout.heapOffset); // 0 is never outside
    putInt(slotAt + Integer.BYTES, 0);
    buffer.checkLimit(end + newLength);
    putInt(LENGTH_OFFSET, end + newLength);
  }

  private void removeFromHeap(final int heapPosition, final int gap) {
    final int from = layout.heapOffset + heapPosition + gap;
    final int tail = length() - from;
    if (tail > 0) {
      System.arraycopy(buffer.byteArray(), from, buffer.byteArray(), from - gap, tail);
    }
    for (int at = layout.slotsOffset; at < layout.heapOffset; at += Long.BYTES) {
      if (isHeapSlot(at) && getInt(at) > heapPosition) {
        putInt(at, getInt(at) - gap);
      }
    }
  }

  private boolean isHeapSlot(final int at) {
    final List<Variable<?>> variables = layout.workflow.variables();
    final int slot = (at - layout.slotsOffset) / Long.BYTES - CaseLayout.SYSTEM_SLOTS;
    return (slot < 0 || !variables.get(slot).type().isFixedLength())
        && getInt(at + Integer.BYTES) != 0;
  }

  private int getInt(final int at) {
    return buffer.getInt(at, LITTLE_ENDIAN);
  }

  private void putInt(final int at, final int value) {
    changed = true;
    buffer.putInt(at, value, LITTLE_ENDIAN);
  }

  private long getLong(final int at) {
    return buffer.getLong(at, LITTLE_ENDIAN);
  }

  private void putLong(final int at, final long value) {
    changed = true;
    buffer.putLong(at, value, LITTLE_ENDIAN);
  }
}
