package io.penstock.telemetry;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The stored form of a span context, in which a trace state has no place.
 *
 * <pre>
 *    0  byte[16] trace id
 *   16  byte[8]  span id
 *   24  byte     flags
 *   25  byte[7]  zero
 * </pre>
 *
 * <p>All zero stands for none.
 */
final class TraceContext {
  static final int SPAN_ID_OFFSET = 16;
  static final int FLAGS_OFFSET = 24;

  private static final int HEX = 16;
  private static final int LONG_DIGITS = 16;
  private static final int SAMPLED_FLAG = 1;

  private TraceContext() {}

  /** Writes a valid context; allocates nothing. */
  static void write(final SpanContext context, final MutableDirectBuffer buffer, final int offset) {
    final String traceId = context.getTraceId();
    final String spanId = context.getSpanId();
    buffer.putLong(offset, parse(traceId, 0), BIG_ENDIAN);
    buffer.putLong(offset + Long.BYTES, parse(traceId, LONG_DIGITS), BIG_ENDIAN);
    buffer.putLong(offset + SPAN_ID_OFFSET, parse(spanId, 0), BIG_ENDIAN);
    buffer.putByte(offset + FLAGS_OFFSET, context.getTraceFlags().asByte());
  }

  /** Reads a context; it is not valid when there is none. */
  static SpanContext read(final DirectBuffer buffer, final int offset) {
    final long spanId = buffer.getLong(offset + SPAN_ID_OFFSET, BIG_ENDIAN);
    if (spanId == 0) {
      return SpanContext.getInvalid();
    }
    return SpanContext.create(
        TraceId.fromLongs(
            buffer.getLong(offset, BIG_ENDIAN), buffer.getLong(offset + Long.BYTES, BIG_ENDIAN)),
        SpanId.fromLong(spanId),
        TraceFlags.fromByte(buffer.getByte(offset + FLAGS_OFFSET)),
        TraceState.getDefault());
  }

  /** Whether there is a context. */
  static boolean isPresent(final DirectBuffer buffer, final int offset) {
    return buffer.getLong(offset + SPAN_ID_OFFSET) != 0;
  }

  /** Whether there is a context and it is sampled. */
  static boolean isSampled(final DirectBuffer buffer, final int offset) {
    return (buffer.getByte(offset + FLAGS_OFFSET) & SAMPLED_FLAG) != 0;
  }

  /** Tells the trace contexts of cases apart: the span id of a valid one, 0 for none. */
  static long key(final DirectBuffer buffer, final int offset) {
    return buffer.getLong(offset + SPAN_ID_OFFSET, BIG_ENDIAN);
  }

  private static long parse(final String hex, final int from) {
    return Long.parseUnsignedLong(hex, from, from + LONG_DIGITS, HEX);
  }
}
