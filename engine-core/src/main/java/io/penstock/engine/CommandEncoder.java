package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes commands for a shard's inbox, on the caller's thread; one encoder a thread. Not thread
 * safe.
 *
 * <pre>
 *    0  int32  type                   24  int64  case id; the virtual shard of a case to start
 *    4  int32  number of the workflow 32  byte[32] caller's trace context
 *    8  int64  reply number, or 0     64  body
 *   16  int64  sent, monotonic ns
 * </pre>
 *
 * <p>Texts and changes in a body are an int32 length and the bytes, padded to 8.
 */
final class CommandEncoder {
  static final int WORKFLOW_OFFSET = 4;
  static final int REPLY_OFFSET = 8;
  static final int SENT_OFFSET = 16;
  static final int CASE_ID_OFFSET = 24;
  static final int TRACE_OFFSET = 32;
  static final int BODY_OFFSET = TRACE_OFFSET + ShardObserver.TRACE_LENGTH;

  private static final int LENGTH_INITIAL = 1024;

  private ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(LENGTH_INITIAL);
  private int length;
  private @Nullable Operation operation;

  CommandEncoder begin(final CommandType type, final long caseId, final long sentNs) {
    buffer = Buffers.trimmed(buffer, LENGTH_INITIAL);
    buffer.setMemory(0, BODY_OFFSET, (byte) 0);
    buffer.putInt(0, type.code(), LITTLE_ENDIAN);
    buffer.putLong(SENT_OFFSET, sentNs, LITTLE_ENDIAN);
    buffer.putLong(CASE_ID_OFFSET, caseId, LITTLE_ENDIAN);
    length = BODY_OFFSET;
    operation = type.operation();
    return this;
  }

  /** What the command is measured as, or null. */
  @Nullable Operation operation() {
    return operation;
  }

  /** When it was sent, monotonic. */
  long sentNs() {
    return buffer.getLong(SENT_OFFSET, LITTLE_ENDIAN);
  }

  CommandEncoder replyTo(final long number) {
    buffer.putLong(REPLY_OFFSET, number, LITTLE_ENDIAN);
    return this;
  }

  CommandEncoder workflow(final int workflowNumber) {
    buffer.putInt(WORKFLOW_OFFSET, workflowNumber, LITTLE_ENDIAN);
    return this;
  }

  CommandEncoder putLong(final long value) {
    buffer.putLong(length, value, LITTLE_ENDIAN);
    length += Long.BYTES;
    return this;
  }

  /**
   * Writes a text.
   *
   * @param text valid Unicode, see {@link Texts}; null for none
   */
  CommandEncoder text(final @Nullable String text) {
    final int textLength =
        text == null ? -1 : buffer.putStringWithoutLengthUtf8(length + Long.BYTES, text);
    return closeBytes(textLength);
  }

  CommandEncoder changes(final Changes changes) {
    return bytes(changes.buffer(), 0, changes.length());
  }

  CommandEncoder bytes(final DirectBuffer source, final int offset, final int bytesLength) {
    buffer.putBytes(length + Long.BYTES, source, offset, bytesLength);
    return closeBytes(bytesLength);
  }

  /** A part of the list of a for-each, as the changes of one variable. */
  CommandEncoder part(final DirectBuffer source, final int partLength) {
    final int at = length + Long.BYTES;
    buffer.putInt(at, 0, LITTLE_ENDIAN);
    buffer.putInt(at + Integer.BYTES, partLength, LITTLE_ENDIAN);
    buffer.putBytes(at + Changes.HEADER_LENGTH, source, 0, partLength);
    return closeBytes(Changes.HEADER_LENGTH + partLength);
  }

  private CommandEncoder closeBytes(final int bytesLength) {
    buffer.putInt(length, bytesLength, LITTLE_ENDIAN);
    length += Long.BYTES + Wire.pad(buffer, length + Long.BYTES, bytesLength);
    return this;
  }

  MutableDirectBuffer buffer() {
    return buffer;
  }

  int length() {
    return length;
  }

  /** What a command is. */
  enum CommandType {
    START(1, Operation.START),
    COMPLETE_TASK(2, Operation.COMPLETE_TASK),
    FAIL_TASK(3, Operation.COMPLETE_TASK),
    CREATE_INSTANCES(4, Operation.COMPLETE_TASK),
    SEND_MESSAGE(5, Operation.SEND_MESSAGE),
    CANCEL(6, Operation.CANCEL),
    CLAIM(7, Operation.CLAIM),
    COMPLETE_WORK_ITEM(8, Operation.COMPLETE_WORK_ITEM),
    CHECK_DEPLOY(9, null),
    DEPLOY(10, null),
    ADD_INSTANCE(11, Operation.CHANGE_INSTANCES),
    CLOSE_INSTANCES(12, Operation.CHANGE_INSTANCES),
    COMPLETE_INSTANCES(13, Operation.CHANGE_INSTANCES),
    SIGNAL(14, Operation.SEND_SIGNAL),
    START_WORK_ITEM(15, Operation.CLAIM),
    RELEASE(16, Operation.CLAIM),
    KEEP_NOTE(17, null),
    ADD_ITEMS(18, null);

    private static final CommandType[] BY_CODE = values();

    private final int code;
    private final @Nullable Operation operation;

    CommandType(final int code, final @Nullable Operation operation) {
      this.code = code;
      this.operation = operation;
    }

    int code() {
      return code;
    }

    /** What is measured here, or null for a command that waits or is part of something larger. */
    @Nullable Operation operation() {
      return operation;
    }

    /** Whether this brings what a handler has done. */
    boolean isResult() {
      return endsRun() || this == ADD_ITEMS;
    }

    /** Whether this is the last that a handler brings. */
    boolean endsRun() {
      return this == COMPLETE_TASK || this == FAIL_TASK || this == CREATE_INSTANCES;
    }

    /** Whether this changes nothing. */
    boolean isQuery() {
      return this == CHECK_DEPLOY;
    }

    static CommandType ofCode(final int code) {
      return BY_CODE[code - 1];
    }
  }
}
