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
 * <p>A work item, from the offset that the layout gives its task:
 *
 * <pre>
 *    0  int32  number, from 1         16  int64  begun, ns since the epoch
 *    4  uint16 state code             24  int64  next try at, ns since the epoch, or NEVER
 *    6  uint16 attempt                32  int64  deadline, ns since the epoch, or NEVER
 *    8  int32  children not ended     40  int32  children completed
 *   12  int32  children so far        44  int32  children that there shall be
 *                                     48  int64  hash of who claimed it, 0 for nobody
 * </pre>
 *
 * <p>Owns a buffer that grows. Not thread safe.
 */
final class CaseRecord implements Values {
  static final int VERSION = 2;
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
  static final int ITEM_CLAIM_OFFSET = 48;

  /** States of a work item. */
  static final int ITEM_NONE = 0;

  static final int ITEM_OFFERED = 1;
  static final int ITEM_EXECUTING = 2;
  static final int ITEM_RESTING = 3;

  /** Its children run, and it may get more. */
  static final int ITEM_CHILDREN = 4;

  /** Its children run, and nobody may add one. */
  static final int ITEM_CLOSED = 5;

  private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(512);
  private CaseLayout layout;
  private boolean changed;

  @SuppressWarnings(
      "NullAway.Init") // the layout is set by create or wrap, which come before anything else
  CaseRecord() {}

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

  void nextCaseVersion() {
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
    final int at = layout.waitOffset(task);
    buffer.setMemory(at, CaseLayout.WAIT_LENGTH, (byte) 0);
    putInt(at + ITEM_NUMBER_OFFSET, number);
    setItemState(task, state);
    setAttempt(task, 1);
    putLong(at + ITEM_BEGUN_OFFSET, nowNs);
    putLong(at + ITEM_RETRY_OFFSET, NEVER);
    putLong(at + ITEM_DEADLINE_OFFSET, deadlineNs);
    return number;
  }

  /** Closes the work item of a task; children of it that have not ended run on. */
  void closeItem(final int task) {
    if (hasChildren(task)) {
      addRunningOn(pendingChildren(task));
    }
    setItemState(task, ITEM_NONE);
  }

  int itemState(final int task) {
    final int at = layout.waitOffset(task);
    return at == Net.NONE ? ITEM_NONE : buffer.getShort(at + ITEM_STATE_OFFSET, LITTLE_ENDIAN);
  }

  void setItemState(final int task, final int state) {
    changed = true;
    buffer.putShort(layout.waitOffset(task) + ITEM_STATE_OFFSET, (short) state, LITTLE_ENDIAN);
  }

  int itemNumber(final int task) {
    return getInt(layout.waitOffset(task) + ITEM_NUMBER_OFFSET);
  }

  /** Whether this very work item is executing, so that somebody may still bring its result. */
  boolean isAwaited(final int task, final int number) {
    return isRunning() && itemState(task) == ITEM_EXECUTING && itemNumber(task) == number;
  }

  int attempt(final int task) {
    return buffer.getShort(layout.waitOffset(task) + ITEM_ATTEMPT_OFFSET, LITTLE_ENDIAN);
  }

  void setAttempt(final int task, final int attempt) {
    changed = true;
    buffer.putShort(layout.waitOffset(task) + ITEM_ATTEMPT_OFFSET, (short) attempt, LITTLE_ENDIAN);
  }

  long itemBegunNs(final int task) {
    return getLong(layout.waitOffset(task) + ITEM_BEGUN_OFFSET);
  }

  long itemRetryNs(final int task) {
    return getLong(layout.waitOffset(task) + ITEM_RETRY_OFFSET);
  }

  void setItemRetryNs(final int task, final long retryNs) {
    putLong(layout.waitOffset(task) + ITEM_RETRY_OFFSET, retryNs);
  }

  long itemDeadlineNs(final int task) {
    return getLong(layout.waitOffset(task) + ITEM_DEADLINE_OFFSET);
  }

  /** Whether the work item of a task waits for children. */
  boolean hasChildren(final int task) {
    return itemState(task) >= ITEM_CHILDREN;
  }

  /** Whether a child is one that its step waits for, not one that runs on. */
  boolean waitsFor(final CaseRecord child) {
    final int task = child.parentTask();
    return hasChildren(task) && itemNumber(task) == child.parentItem();
  }

  /** Children that have not ended. */
  int pendingChildren(final int task) {
    return getInt(layout.waitOffset(task) + ITEM_PENDING_OFFSET);
  }

  /** Children made so far. */
  int createdChildren(final int task) {
    return getInt(layout.waitOffset(task) + ITEM_CREATED_OFFSET);
  }

  int completedChildren(final int task) {
    return getInt(layout.waitOffset(task) + ITEM_COMPLETED_OFFSET);
  }

  /** How many children there shall be. */
  int targetChildren(final int task) {
    return getInt(layout.waitOffset(task) + ITEM_TARGET_OFFSET);
  }

  void setTargetChildren(final int task, final int target) {
    putInt(layout.waitOffset(task) + ITEM_TARGET_OFFSET, target);
  }

  void childCreated(final int task) {
    putInt(layout.waitOffset(task) + ITEM_CREATED_OFFSET, createdChildren(task) + 1);
    putInt(layout.waitOffset(task) + ITEM_PENDING_OFFSET, pendingChildren(task) + 1);
  }

  void childEnded(final int task) {
    putInt(layout.waitOffset(task) + ITEM_PENDING_OFFSET, pendingChildren(task) - 1);
  }

  void childCompleted(final int task) {
    putInt(layout.waitOffset(task) + ITEM_COMPLETED_OFFSET, completedChildren(task) + 1);
  }

  long claim(final int task) {
    return getLong(layout.waitOffset(task) + ITEM_CLAIM_OFFSET);
  }

  void setClaim(final int task, final long claim) {
    putLong(layout.waitOffset(task) + ITEM_CLAIM_OFFSET, claim);
  }

  /** The earliest time at which this case has something to do by itself, or {@link #NEVER}. */
  long nextDueNs() {
    long due = deadlineNs();
    for (int task = 0; task < layout.taskCount(); task++) {
      if (itemState(task) != ITEM_NONE) {
        due = Math.min(due, Math.min(itemRetryNs(task), itemDeadlineNs(task)));
      }
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
    return type.isFixedLength()
        ? ValueCodec.fromWord(type, getLong(at))
        : ValueCodec.decode(
            type, buffer, layout.heapOffset + getInt(at), getInt(at + Integer.BYTES));
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
      putHeap(at, source, offset, valueLength);
    }
    setBit(layout.presenceOffset, slot);
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
        length += BitUtil.align(valueLength(slot), Long.BYTES);
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
    final int oldLength = BitUtil.align(getInt(slotAt + Integer.BYTES), Long.BYTES);
    final int newLength = BitUtil.align(valueLength, Long.BYTES);
    if (oldLength != newLength) {
      resizeHeap(slotAt, oldLength, newLength);
    }
    final int at = layout.heapOffset + getInt(slotAt);
    if (newLength > 0) {
      putLong(at + newLength - Long.BYTES, 0);
      buffer.putBytes(at, source, offset, valueLength);
    }
    putInt(slotAt + Integer.BYTES, valueLength);
  }

  private void resizeHeap(final int slotAt, final int oldLength, final int newLength) {
    final int recordLength = length();
    if (oldLength > 0) {
      removeFromHeap(getInt(slotAt), oldLength);
    }
    final int end = recordLength - oldLength;
    putInt(slotAt, end - layout.heapOffset);
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
        && getInt(at + Integer.BYTES) > 0;
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
