package io.penstock.engine;

import io.penstock.net.Net;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.Workflow;
import org.agrona.BitUtil;

/**
 * Where the parts of a case record lie, for the cases of one net. All integers are little endian.
 *
 * <pre>
 *  +------------------------------+ 0
 *  | header                       |   see {@link CaseRecord}
 *  +------------------------------+ HEADER_LENGTH
 *  | net state                    |   see io.penstock.net.Machine
 *  +------------------------------+ waitsOffset
 *  | work items, 56 bytes each    |   one for each task that can wait
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
  static final int WAIT_LENGTH = 56;

  /**
   * Slots of the engine's own, all of any length: the start key, the last failure, messages that
   * wait.
   */
  static final int SYSTEM_SLOTS = 3;

  static final int KEY_SLOT = 0;
  static final int FAILURE_SLOT = 1;
  static final int MAILBOX_SLOT = 2;

  final Workflow workflow;
  final int netIndex;
  final Net net;
  final int waitsOffset;
  final int presenceOffset;
  final int writtenOffset;
  final int slotsOffset;
  final int heapOffset;
  private final int[] waitOffsets;

  CaseLayout(final Workflow workflow, final int netIndex) {
    this.workflow = workflow;
    this.netIndex = netIndex;
    net = workflow.nets().get(netIndex);
    waitsOffset = HEADER_LENGTH + net.stateLength();
    waitOffsets = new int[net.taskCount()];
    int next = waitsOffset;
    for (int task = 0; task < waitOffsets.length; task++) {
      final boolean waits = canWait(workflow.task(netIndex, task));
      waitOffsets[task] = waits ? next : Net.NONE;
      next += waits ? WAIT_LENGTH : 0;
    }
    presenceOffset = next;
    final int variables = workflow.variables().size();
    writtenOffset = presenceOffset + BitUtil.align(variables, Long.SIZE) / Byte.SIZE;
    slotsOffset = writtenOffset + (writtenOffset - presenceOffset);
    heapOffset = slotsOffset + (SYSTEM_SLOTS + variables) * Long.BYTES;
  }

  private static boolean canWait(final TaskDefinition task) {
    return switch (task.kind()) {
      case ROUTING, CANCEL -> false;
      case INLINE, WORKER, MANUAL, MESSAGE, SIGNAL, DELAY, MULTIPLE_INSTANCE, COMPOSITE -> true;
    };
  }

  /** Offset of a task's work item, or {@link Net#NONE}. */
  int waitOffset(final int task) {
    return waitOffsets[task];
  }

  int taskCount() {
    return waitOffsets.length;
  }

  int slotOffset(final int variable) {
    return slotsOffset + (SYSTEM_SLOTS + variable) * Long.BYTES;
  }

  int systemSlotOffset(final int slot) {
    return slotsOffset + slot * Long.BYTES;
  }
}
