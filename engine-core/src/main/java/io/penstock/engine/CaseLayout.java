package io.penstock.engine;

import io.penstock.net.Net;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.Workflow;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.agrona.BitUtil;

/**
 * Where the parts of a case record lie, for the cases of one net. All integers are little endian.
 *
 * <pre>
 *  +------------------------------+ 0
 *  | header                       |   see {@link CaseRecord}
 *  +------------------------------+ HEADER_LENGTH
 *  | net state                    |   see io.penstock.net.Machine
 *  +------------------------------+ indicesOffset
 *  | indices of work items        |   uint16 for each task: its entry in the table of open work items, from 1, or 0
 *  +------------------------------+ presenceOffset
 *  | which variables have a value |   bit set, int64 words
 *  +------------------------------+ writtenOffset
 *  | which the case itself wrote  |   the same; what it began with as a copy does not count
 *  +------------------------------+ slotsOffset
 *  | slots, 8 bytes each          |   SYSTEM_SLOTS of the engine's own, then the variables: a value of fixed length, or
 *  |                              |   int32 offset in the heap, int32 length
 *  +------------------------------+ heapOffset
 *  | heap                         |   values of any length, each padded to 8, in no particular order, without gaps
 *  +------------------------------+ record length
 * </pre>
 */
final class CaseLayout {
  static final int HEADER_LENGTH = 120;
  static final int ITEM_LENGTH = 56;
  static final int TABLE_HEADER_LENGTH = 8;

  /**
   * Slots of the engine's own, all of any length: the start key, the last failure, messages that
   * wait, open work items.
   */
  static final int SYSTEM_SLOTS = 4;

  static final int KEY_SLOT = 0;
  static final int FAILURE_SLOT = 1;
  static final int MAILBOX_SLOT = 2;
  static final int ITEMS_SLOT = 3;

  final Workflow workflow;

  /** Number of the workflow among those that were deployed. */
  final int workflowNumber;

  final int netIndex;
  final Net net;
  final int indicesOffset;
  final int presenceOffset;
  final int writtenOffset;
  final int slotsOffset;
  final int heapOffset;

  /** Most work items that can be open at the same time. */
  final int itemsMax;

  /** Length of the table of work items when all are open. */
  final int tableLengthMax;

  private final byte[][] taskNames;

  CaseLayout(final Workflow workflow, final int workflowNumber, final int netIndex) {
    this.workflow = workflow;
    this.workflowNumber = workflowNumber;
    this.netIndex = netIndex;
    net = workflow.nets().get(netIndex);
    taskNames = new byte[net.taskCount()][];
    for (int task = 0; task < taskNames.length; task++) {
      taskNames[task] = net.taskName(task).getBytes(StandardCharsets.UTF_8);
    }
    indicesOffset = HEADER_LENGTH + net.stateLength();
    itemsMax =
        (int)
            IntStream.range(0, net.taskCount())
                .filter(task -> canWait(workflow.task(netIndex, task)))
                .count();
    tableLengthMax = tableLength(itemsMax);
    final int variables = workflow.variables().size();
    presenceOffset = presenceOffset(net.stateLength(), net.taskCount());
    writtenOffset = presenceOffset + bitsLength(variables);
    slotsOffset = slotsOffset(net.stateLength(), net.taskCount(), variables);
    heapOffset = heapOffset(slotsOffset, variables);
  }

  private static int bitsLength(final int variables) {
    return BitUtil.align(variables, Long.SIZE) / Byte.SIZE;
  }

  /** Where the bits of the variables begin in records of a net. */
  static int presenceOffset(final int stateLength, final int tasks) {
    return HEADER_LENGTH + stateLength + BitUtil.align(tasks * Short.BYTES, Long.BYTES);
  }

  /** Where the slots begin in records of a net. */
  static int slotsOffset(final int stateLength, final int tasks, final int variables) {
    return presenceOffset(stateLength, tasks) + 2 * bitsLength(variables);
  }

  /** Where the heap begins in records of a net. */
  static int heapOffset(final int slotsOffset, final int variables) {
    return slotsOffset + (SYSTEM_SLOTS + variables) * Long.BYTES;
  }

  private static boolean canWait(final TaskDefinition task) {
    return switch (task.kind()) {
      case ROUTING, CANCEL -> false;
      case INLINE, WORKER, MANUAL, MESSAGE, SIGNAL, DELAY, MULTIPLE_INSTANCE, COMPOSITE -> true;
    };
  }

  static int tableLength(final int items) {
    return TABLE_HEADER_LENGTH + items * ITEM_LENGTH;
  }

  /** Where the record says which entry of the table is the open work item of a task. */
  int itemIndexOffset(final int task) {
    return indicesOffset + task * Short.BYTES;
  }

  int taskCount() {
    return net.taskCount();
  }

  /** The name of a task in UTF-8, not to be changed. */
  byte[] taskNameUtf8(final int task) {
    return taskNames[task];
  }

  int slotOffset(final int variable) {
    return slotsOffset + (SYSTEM_SLOTS + variable) * Long.BYTES;
  }

  int systemSlotOffset(final int slot) {
    return slotsOffset + slot * Long.BYTES;
  }
}
