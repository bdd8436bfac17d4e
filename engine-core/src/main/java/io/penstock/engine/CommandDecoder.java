package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.engine.CommandEncoder.CommandType;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link CommandEncoder} wrote, the body field by field in the same order; one a shard.
 * Not thread safe.
 */
final class CommandDecoder {
  private DirectBuffer buffer;
  private int offset;
  private int at;
  private int bytesOffset;
  private int bytesLength;

  @SuppressWarnings("NullAway.Init") // the buffer is set by wrap, which comes before anything else
  CommandDecoder() {}

  CommandDecoder wrap(final DirectBuffer newBuffer, final int newOffset) {
    buffer = newBuffer;
    offset = newOffset;
    at = newOffset + CommandEncoder.BODY_OFFSET;
    return this;
  }

  CommandType type() {
    return CommandType.ofCode(buffer.getInt(offset, LITTLE_ENDIAN));
  }

  long replyNumber() {
    return buffer.getLong(offset + CommandEncoder.REPLY_OFFSET, LITTLE_ENDIAN);
  }

  long sentNs() {
    return buffer.getLong(offset + CommandEncoder.SENT_OFFSET, LITTLE_ENDIAN);
  }

  long caseId() {
    return buffer.getLong(offset + CommandEncoder.CASE_ID_OFFSET, LITTLE_ENDIAN);
  }

  int workflowNumber() {
    return buffer.getInt(offset + CommandEncoder.WORKFLOW_OFFSET, LITTLE_ENDIAN);
  }

  int traceOffset() {
    return offset + CommandEncoder.TRACE_OFFSET;
  }

  DirectBuffer buffer() {
    return buffer;
  }

  long nextLong() {
    final long value = buffer.getLong(at, LITTLE_ENDIAN);
    at += Long.BYTES;
    return value;
  }

  @Nullable String nextText() {
    nextBytes();
    if (bytesLength < 0) {
      return null;
    }
    final byte[] bytes = new byte[bytesLength];
    buffer.getBytes(bytesOffset, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Moves to the next text or changes, to be read where it stands. */
  CommandDecoder nextBytes() {
    bytesLength = buffer.getInt(at, LITTLE_ENDIAN);
    bytesOffset = at + Long.BYTES;
    at = bytesOffset + Wire.paddedLength(bytesLength);
    return this;
  }

  int bytesOffset() {
    return bytesOffset;
  }

  /** Length in bytes, or -1 when there is no text. */
  int bytesLength() {
    return bytesLength;
  }
}
