package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.workflow.Workflow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.LongArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A workflow as one shard knows it: a small number for case records, and the layouts of its cases
 * once it is deployed.
 *
 * <p>Kept in the store as a record of its own, under the negative of its id:
 *
 * <pre>
 *   int32 format version | int32 workflow version | int64 fingerprint | name, UTF-8
 * </pre>
 *
 * <p>The deployed part is published safely to readers; the rest belongs to the shard's thread.
 */
final class Definition {
  private static final int FORMAT_VERSION = 1;
  private static final int HEADER_LENGTH = 16;

  final int id;
  final String name;
  final int version;
  final long fingerprint;

  /** Running cases and instances. */
  long runningCount;

  /** Running cases that were recovered before the workflow was deployed. */
  final LongArrayList parked = new LongArrayList();

  private volatile @Nullable Deployed deployed;

  Definition(final int id, final String name, final int version, final long fingerprint) {
    this.id = id;
    this.name = name;
    this.version = version;
    this.fingerprint = fingerprint;
  }

  static Definition decode(
      final int id, final DirectBuffer record, final int offset, final int length) {
    final byte[] name = new byte[length - HEADER_LENGTH];
    record.getBytes(offset + HEADER_LENGTH, name);
    return new Definition(
        id,
        new String(name, StandardCharsets.UTF_8),
        record.getInt(offset + Integer.BYTES, LITTLE_ENDIAN),
        record.getLong(offset + Long.BYTES, LITTLE_ENDIAN));
  }

  DirectBuffer encode() {
    final byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    final ExpandableArrayBuffer record =
        new ExpandableArrayBuffer(HEADER_LENGTH + nameBytes.length);
    record.putInt(0, FORMAT_VERSION, LITTLE_ENDIAN);
    record.putInt(Integer.BYTES, version, LITTLE_ENDIAN);
    record.putLong(Long.BYTES, fingerprint, LITTLE_ENDIAN);
    record.putBytes(HEADER_LENGTH, nameBytes);
    return record;
  }

  int encodedLength() {
    return HEADER_LENGTH + name.getBytes(StandardCharsets.UTF_8).length;
  }

  boolean isOf(final Workflow workflow) {
    return name.equals(workflow.name())
        && version == workflow.version()
        && fingerprint == workflow.fingerprint();
  }

  void deploy(final int workflowNumber, final Workflow workflow) {
    final List<CaseLayout> layouts = new ArrayList<>();
    for (int net = 0; net < workflow.nets().size(); net++) {
      layouts.add(new CaseLayout(workflow, net));
    }
    deployed = new Deployed(workflowNumber, workflow, List.copyOf(layouts));
  }

  @Nullable Deployed deployed() {
    return deployed;
  }

  /** What a deployment adds. */
  record Deployed(int workflowNumber, Workflow workflow, List<CaseLayout> layouts) {}
}
