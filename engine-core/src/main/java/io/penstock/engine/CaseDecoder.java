package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.engine.StoredWorkflow.StoredNet;
import io.penstock.engine.StoredWorkflow.StoredVariable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Decodes the records of one shard without the code of their workflows: what a case is follows from
 * its bytes and from the description that stands in its workflow's record. Every offset and length
 * is checked, so that bytes of any kind are either a case or refused. Not thread safe.
 */
public final class CaseDecoder {
  private final RecordLookup records;
  private final Map<Integer, StoredWorkflow> workflows = new HashMap<>();
  private final ExpandableArrayBuffer scratch = new ExpandableArrayBuffer(1024);

  /** Finds records of the shard. */
  @FunctionalInterface
  public interface RecordLookup {
    /**
     * Copies the bytes of a record.
     *
     * @param recordId id of the record
     * @param target receives the bytes; expandable
     * @param targetOffset where to put them
     * @return the length in bytes, or -1 when there is no such record
     */
    int read(long recordId, MutableDirectBuffer target, int targetOffset);
  }

  /**
   * Creates a decoder.
   *
   * @param records finds the records that a case names
   */
  public CaseDecoder(final RecordLookup records) {
    this.records = records;
  }

  /**
   * Whether a record is that of a case.
   *
   * @param recordId id of the record
   * @return false for workflows and what the shard keeps for itself
   */
  public static boolean isCase(final long recordId) {
    return CaseId.isValid(recordId);
  }

  /**
   * Whether a record is that of a workflow.
   *
   * @param recordId id of the record
   * @return false for cases and what the shard keeps for itself
   */
  public static boolean isWorkflow(final long recordId) {
    return recordId < 0 && recordId >= Integer.MIN_VALUE;
  }

  /**
   * The shard that a case lives in.
   *
   * @param caseId id of the case
   * @param shardCount number of shards of the engine
   * @return in [0, shardCount)
   */
  public static int shard(final long caseId, final int shardCount) {
    return CaseId.shard(CaseId.virtualShard(caseId), shardCount);
  }

  /**
   * Decodes the record of a workflow.
   *
   * @param recordId id of the record
   * @return the workflow
   * @throws EngineException when there is none, or it is not as docs/format.md says
   */
  public StoredWorkflow workflow(final long recordId) {
    return workflows.computeIfAbsent(Math.toIntExact(-recordId), this::readWorkflow);
  }

  private StoredWorkflow readWorkflow(final int definition) {
    final int length = records.read(-definition, scratch, 0);
    if (length < 0) {
      throw new EngineException(
          "workflow of a case must be there: recordId=" + -definition + "; restore a backup");
    }
    try {
      return StoredWorkflow.decode(definition, new UnsafeBuffer(scratch, 0, length), length);
    } catch (final IllegalArgumentException
        | IndexOutOfBoundsException
        | NegativeArraySizeException e) {
      throw new EngineException(
          "workflow record must be as it was written: recordId="
              + -definition
              + ", length="
              + length
              + "; restore a backup",
          e);
    }
  }

  /**
   * Decodes the record of a case.
   *
   * @param caseId id of the case
   * @return the case
   * @throws EngineException when there is none, or it is not as docs/format.md says
   */
  public StoredCase decode(final long caseId) {
    final int length = records.read(caseId, scratch, 0);
    if (length < 0) {
      throw new EngineException("case must be there: case=" + caseId + "; check the id");
    }
    // A copy: what else the case names is read into the same buffer.
    final byte[] image = new byte[length];
    scratch.getBytes(0, image);
    try {
      return new Image(new UnsafeBuffer(image), caseId).decode();
    } catch (final IllegalArgumentException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | ArithmeticException e) {
      throw new EngineException(
          "case record must be as it was written: case="
              + caseId
              + ", length="
              + length
              + "; restore a backup",
          e);
    }
  }

  /** The bytes of one case. */
  private final class Image {
    private final DirectBuffer bytes;
    private final long recordId;
    private final StoredWorkflow workflow;
    private final StoredNet net;
    private final int presence;
    private final int slots;
    private final int heap;

    Image(final DirectBuffer bytes, final long recordId) {
      this.bytes = bytes;
      this.recordId = recordId;
      require("length", bytes.capacity(), int32(CaseRecord.LENGTH_OFFSET));
      final int version = bytes.getShort(CaseRecord.VERSION_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
      require("version", clamp(version, CaseRecord.VERSION_MIN, CaseRecord.VERSION), version);
      require("id", recordId, int64(CaseRecord.CASE_ID_OFFSET));
      workflow = workflow(-(long) int32(CaseRecord.DEFINITION_OFFSET));
      net = workflow.nets().get(int32(CaseRecord.NET_OFFSET));
      final int variables = workflow.variables().size();
      presence = CaseLayout.presenceOffset(net.stateLength(), net.tasks().size());
      slots = CaseLayout.slotsOffset(net.stateLength(), net.tasks().size(), variables);
      heap = CaseLayout.heapOffset(slots, variables);
    }

    StoredCase decode() {
      final long parent = int64(CaseRecord.PARENT_OFFSET);
      final int instance = int32(CaseRecord.INSTANCE_OFFSET);
      final long ended = int64(CaseRecord.ENDED_OFFSET);
      return new StoredCase(
          recordId,
          text(CaseLayout.KEY_SLOT),
          workflow.name(),
          workflow.version(),
          net.name(),
          CaseStatus.ofCode(bytes.getByte(CaseRecord.STATUS_OFFSET)),
          int64(CaseRecord.CASE_VERSION_OFFSET),
          instant(int64(CaseRecord.STARTED_OFFSET)),
          ended == 0 ? Optional.empty() : Optional.of(instant(ended)),
          due(int64(CaseRecord.DEADLINE_OFFSET)),
          parent == 0 ? OptionalLong.empty() : OptionalLong.of(parent),
          instance < 0 ? OptionalInt.empty() : OptionalInt.of(instance),
          text(CaseLayout.FAILURE_SLOT),
          workItems(),
          variables());
    }

    private List<StoredWorkItem> workItems() {
      final List<StoredWorkItem> items = new ArrayList<>();
      final DirectBuffer table = value(slots + CaseLayout.ITEMS_SLOT * Long.BYTES);
      final int used = table.capacity() == 0 ? 0 : table.getInt(Integer.BYTES, LITTLE_ENDIAN);
      for (int i = 0; i < used; i++) {
        final int at = CaseLayout.tableLength(i);
        final int state = table.getShort(at + CaseRecord.ITEM_STATE_OFFSET, LITTLE_ENDIAN);
        if (state != CaseRecord.ITEM_NONE) {
          items.add(
              new StoredWorkItem(
                  net.tasks()
                      .get(table.getInt(at + CaseRecord.ITEM_TASK_OFFSET, LITTLE_ENDIAN))
                      .name(),
                  StoredWorkItem.State.ofCode(state),
                  table.getShort(at + CaseRecord.ITEM_ATTEMPT_OFFSET, LITTLE_ENDIAN) & 0xFFFF,
                  (state == CaseRecord.ITEM_OFFERED || state == CaseRecord.ITEM_STARTED)
                      && table.getLong(at + CaseRecord.ITEM_CLAIM_OFFSET, LITTLE_ENDIAN) != 0,
                  instant(table.getLong(at + CaseRecord.ITEM_BEGUN_OFFSET, LITTLE_ENDIAN)),
                  due(table.getLong(at + CaseRecord.ITEM_RETRY_OFFSET, LITTLE_ENDIAN)),
                  due(table.getLong(at + CaseRecord.ITEM_DEADLINE_OFFSET, LITTLE_ENDIAN))));
        }
      }
      return items;
    }

    private Map<String, Object> variables() {
      final Map<String, Object> values = new LinkedHashMap<>();
      for (int i = 0; i < workflow.variables().size(); i++) {
        if ((int64(presence + i / Long.SIZE * Long.BYTES) & 1L << i) != 0) {
          final StoredVariable variable = workflow.variables().get(i);
          final int slot = slots + (CaseLayout.SYSTEM_SLOTS + i) * Long.BYTES;
          if (variable.type().isFixedLength()) {
            values.put(variable.name(), ValueCodec.fromWord(variable.type(), int64(slot)));
          } else {
            final DirectBuffer value = value(slot);
            values.put(
                variable.name(), ValueCodec.decode(variable.type(), value, 0, value.capacity()));
          }
        }
      }
      return Collections.unmodifiableMap(values);
    }

    /**
     * The bytes that a slot stands for: the one place where one that is a reference is followed.
     */
    private DirectBuffer value(final int slot) {
      final int offset = int32(slot);
      final int length = int32(slot + Integer.BYTES);
      final boolean isReference = length < 0;
      final int onHeap = isReference ? LargeValues.REFERENCE_LENGTH : length;
      if (offset < 0 || onHeap > bytes.capacity() - heap - offset) {
        throw new IndexOutOfBoundsException(
            "a slot must lie in the heap: slot="
                + slot
                + ", offset="
                + offset
                + ", length="
                + length);
      }
      return isReference
          ? largeValue(int64(heap + offset), -length)
          : new UnsafeBuffer(bytes, heap + offset, length);
    }

    private DirectBuffer largeValue(final long id, final int length) {
      final ExpandableArrayBuffer record = new ExpandableArrayBuffer(1024);
      final int recordLength = records.read(id, record, 0);
      require(
          "length of large value " + id, LargeValues.HEADER_LENGTH + (long) length, recordLength);
      require("version of large value " + id, LargeValues.VERSION, record.getInt(0, LITTLE_ENDIAN));
      return new UnsafeBuffer(record, LargeValues.HEADER_LENGTH, length);
    }

    private Optional<String> text(final int systemSlot) {
      final DirectBuffer value = value(slots + systemSlot * Long.BYTES);
      if (value.capacity() == 0) {
        return Optional.empty();
      }
      final byte[] utf8 = new byte[value.capacity()];
      value.getBytes(0, utf8);
      return Optional.of(new String(utf8, StandardCharsets.UTF_8));
    }

    private int int32(final int offset) {
      return bytes.getInt(offset, LITTLE_ENDIAN);
    }

    private long int64(final int offset) {
      return bytes.getLong(offset, LITTLE_ENDIAN);
    }

    private void require(final String field, final long expected, final long actual) {
      if (expected != actual) {
        throw new EngineException(
            "case record must be as it was written: case="
                + recordId
                + ", field="
                + field
                + ", expected="
                + expected
                + ", actual="
                + actual
                + "; restore a backup, or use the version of Penstock that wrote it");
      }
    }
  }

  private static int clamp(final int value, final int min, final int max) {
    return Math.max(min, Math.min(value, max));
  }

  private static Instant instant(final long epochNs) {
    return Instant.EPOCH.plusNanos(epochNs);
  }

  private static Optional<Instant> due(final long epochNs) {
    return epochNs == CaseRecord.NEVER ? Optional.empty() : Optional.of(instant(epochNs));
  }
}
