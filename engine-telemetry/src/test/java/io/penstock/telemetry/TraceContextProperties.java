package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.penstock.spi.ShardObserver;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;

class TraceContextProperties {
  private static final int OFFSET = 8;

  private final UnsafeBuffer buffer =
      new UnsafeBuffer(new byte[OFFSET + ShardObserver.TRACE_LENGTH]);

  @Property
  void isReadAsItWasWritten(
      @ForAll final long high,
      @ForAll final long low,
      @ForAll final long span,
      @ForAll final byte flags) {
    Assume.that((high | low) != 0 && span != 0);
    final SpanContext context =
        SpanContext.create(
            TraceId.fromLongs(high, low),
            SpanId.fromLong(span),
            TraceFlags.fromByte(flags),
            TraceState.getDefault());

    TraceContext.write(context, buffer, OFFSET);

    assertThat(TraceContext.read(buffer, OFFSET)).isEqualTo(context);
    assertThat(TraceContext.isSampled(buffer, OFFSET)).isEqualTo(context.isSampled());
  }

  @Example
  void standsInTheOrderOfItsText() {
    TraceContext.write(
        SpanContext.create(
            "000102030405060708090a0b0c0d0e0f",
            "1011121314151617",
            TraceFlags.getSampled(),
            TraceState.getDefault()),
        buffer,
        0);

    for (int i = 0; i < TraceContext.FLAGS_OFFSET; i++) {
      assertThat(buffer.getByte(i)).isEqualTo((byte) i);
    }
    assertThat(buffer.getByte(TraceContext.FLAGS_OFFSET)).isEqualTo((byte) 1);
  }

  @Example
  void zeroIsNone() {
    assertThat(TraceContext.read(buffer, OFFSET).isValid()).isFalse();
    assertThat(TraceContext.isSampled(buffer, OFFSET)).isFalse();
  }
}
