package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.net.Net;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A workflow as one shard knows it: a small number for case records, and the layouts of its cases
 * once it is deployed.
 *
 * <p>Kept in the store as a record of its own, under the negative of its id:
 *
 * <pre>
 *   int32 format version | int32 workflow version | int64 fingerprint | int32 name length | name | description
 * </pre>
 *
 * <p>Name and description are UTF-8. The description is for readers that do not have the code: a
 * line for each net, task and variable, see docs/format.md.
 *
 * <p>The deployed part is published safely to readers; the rest belongs to the shard's thread.
 */
final class Definition {
  private static final int FORMAT_VERSION = 2;
  private static final int UNKNOWN_OFFSET = -1;
  private static final int NAME_LENGTH_OFFSET = 16;
  private static final int HEADER_LENGTH = 20;

  final int id;
  final String name;
  final int version;
  final long fingerprint;

  /** Where the slots and the heap begin in the records of outermost cases. */
  final int rootSlotsOffset;

  final int rootHeapOffset;

  /** Running cases and instances. */
  long runningCount;

  /** Running cases that were recovered before the workflow was deployed. */
  final LongArrayList parked = new LongArrayList();

  private volatile @Nullable Deployed deployed;

  private Definition(
      final int id,
      final String name,
      final int version,
      final long fingerprint,
      final int rootSlotsOffset,
      final int variables) {
    this.id = id;
    this.name = name;
    this.version = version;
    this.fingerprint = fingerprint;
    this.rootSlotsOffset = rootSlotsOffset;
    rootHeapOffset = CaseLayout.heapOffset(rootSlotsOffset, variables);
  }

  /** The definition of a workflow that is new to the shard. */
  static Definition of(final int id, final Workflow workflow) {
    final Net root = workflow.nets().get(0);
    final int variables = workflow.variables().size();
    return new Definition(
        id,
        workflow.name(),
        workflow.version(),
        workflow.fingerprint(),
        CaseLayout.slotsOffset(root.stateLength(), root.taskCount(), variables),
        variables);
  }

  /** A definition that cases are of and the store has lost: nothing in them can be found. */
  static Definition lost(final int id, final String name) {
    return new Definition(id, name, 0, 0, UNKNOWN_OFFSET, 0);
  }

  /** Whether it is not known what the cases look like. */
  boolean isLost() {
    return rootSlotsOffset == UNKNOWN_OFFSET;
  }

  /** The definition of a record. */
  static Definition decode(
      final int id, final DirectBuffer record, final int offset, final int length) {
    final StoredWorkflow stored =
        StoredWorkflow.decode(id, new UnsafeBuffer(record, offset, length), length);
    final StoredWorkflow.StoredNet root = stored.nets().get(0);
    final int variables = stored.variables().size();
    return new Definition(
        id,
        stored.name(),
        stored.version(),
        stored.fingerprint(),
        CaseLayout.slotsOffset(root.stateLength(), root.tasks().size(), variables),
        variables);
  }

  /** Refuses a record of an unknown format. */
  static void checkFormat(final int id, final DirectBuffer record, final int offset) {
    final int format = record.getInt(offset, LITTLE_ENDIAN);
    if (format != FORMAT_VERSION) {
      throw new EngineException(
          "workflow record must be of a known format: definition="
              + id
              + ", expected="
              + FORMAT_VERSION
              + ", actual="
              + format
              + "; open the directory with the Penstock version that made it");
    }
  }

  /** The name in a record. */
  static String name(final DirectBuffer record) {
    final byte[] name = new byte[record.getInt(NAME_LENGTH_OFFSET, LITTLE_ENDIAN)];
    record.getBytes(HEADER_LENGTH, name);
    return new String(name, StandardCharsets.UTF_8);
  }

  /** The version of the workflow in a record. */
  static int version(final DirectBuffer record) {
    return record.getInt(Integer.BYTES, LITTLE_ENDIAN);
  }

  /** The fingerprint in a record. */
  static long fingerprint(final DirectBuffer record) {
    return record.getLong(Long.BYTES, LITTLE_ENDIAN);
  }

  /** Where in a record the description begins, which goes on to its end. */
  static int descriptionOffset(final DirectBuffer record) {
    return HEADER_LENGTH + record.getInt(NAME_LENGTH_OFFSET, LITTLE_ENDIAN);
  }

  /** The record of a definition that is new. */
  static DirectBuffer encode(final Workflow workflow) {
    final byte[] name = workflow.name().getBytes(StandardCharsets.UTF_8);
    final byte[] description = describe(workflow).getBytes(StandardCharsets.UTF_8);
    final UnsafeBuffer record =
        new UnsafeBuffer(new byte[HEADER_LENGTH + name.length + description.length]);
    record.putInt(0, FORMAT_VERSION, LITTLE_ENDIAN);
    record.putInt(Integer.BYTES, workflow.version(), LITTLE_ENDIAN);
    record.putLong(Long.BYTES, workflow.fingerprint(), LITTLE_ENDIAN);
    record.putInt(NAME_LENGTH_OFFSET, name.length, LITTLE_ENDIAN);
    record.putBytes(HEADER_LENGTH, name);
    record.putBytes(HEADER_LENGTH + name.length, description);
    return record;
  }

  private static String describe(final Workflow workflow) {
    final StringBuilder text = new StringBuilder();
    for (int index = 0; index < workflow.nets().size(); index++) {
      final Net net = workflow.nets().get(index);
      text.append("net ").append(net.stateLength()).append(' ').append(net.name()).append('\n');
      for (int task = 0; task < net.taskCount(); task++) {
        text.append("task ").append(workflow.task(index, task).kind());
        text.append(' ').append(net.taskName(task)).append('\n');
      }
    }
    for (final Variable<?> variable : workflow.variables()) {
      text.append("variable ").append(variable.type());
      text.append(' ').append(variable.name()).append('\n');
    }
    return text.toString();
  }

  boolean isOf(final Workflow workflow) {
    return name.equals(workflow.name())
        && version == workflow.version()
        && fingerprint == workflow.fingerprint();
  }

  void deploy(final int workflowNumber, final Workflow workflow) {
    final List<CaseLayout> layouts = new ArrayList<>();
    for (int net = 0; net < workflow.nets().size(); net++) {
      layouts.add(new CaseLayout(workflow, workflowNumber, net));
    }
    deployed = new Deployed(workflowNumber, workflow, List.copyOf(layouts));
  }

  @Nullable Deployed deployed() {
    return deployed;
  }

  /** What a deployment adds. */
  record Deployed(int workflowNumber, Workflow workflow, List<CaseLayout> layouts) {}
}
