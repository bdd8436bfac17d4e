package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.workflow.Decimals;
import io.penstock.workflow.VariableType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The bytes of values. Types of fixed length are one little-endian 64-bit word:
 *
 * <pre>
 *   LONG      the number            INSTANT   nanoseconds since 1970-01-01T00:00Z
 *   DOUBLE    its IEEE 754 bits     DURATION  nanoseconds
 *   BOOLEAN   0 or 1
 * </pre>
 *
 * <p>the others have any length:
 *
 * <pre>
 *   DECIMAL   int32 scale | unscaled value: int64 little endian if it fits, else two's complement big endian, 9 bytes or more
 *   STRING    UTF-8
 *   BYTES     as they are
 * </pre>
 */
final class ValueCodec {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int SCALE_LENGTH = Integer.BYTES;
  private static final int SHORT_DECIMAL_LENGTH = SCALE_LENGTH + Long.BYTES;
  private static final int LONG_BITS = 63;

  private ValueCodec() {}

  /** The word of a value of fixed length. */
  static long toWord(final VariableType type, final Object value) {
    return switch (type) {
      case LONG -> (Long) value;
      case DOUBLE -> Double.doubleToRawLongBits((Double) value);
      case BOOLEAN -> (Boolean) value ? 1 : 0;
      case INSTANT -> nanos(Duration.between(Instant.EPOCH, (Instant) value), value);
      case DURATION -> nanos((Duration) value, value);
      case DECIMAL, STRING, BYTES -> throw new AssertionError(type);
    };
  }

  /** The value of a word. */
  static Object fromWord(final VariableType type, final long word) {
    return switch (type) {
      case LONG -> word;
      case DOUBLE -> Double.longBitsToDouble(word);
      case BOOLEAN -> word != 0;
      case INSTANT ->
          Instant.ofEpochSecond(
              Math.floorDiv(word, NANOS_PER_SECOND), Math.floorMod(word, NANOS_PER_SECOND));
      case DURATION -> Duration.ofNanos(word);
      case DECIMAL, STRING, BYTES -> throw new AssertionError(type);
    };
  }

  private static long nanos(final Duration duration, final Object value) {
    try {
      return duration.toNanos();
    } catch (final ArithmeticException e) {
      throw new IllegalArgumentException(
          "value must be within 292 years, to the nanosecond: value=" + value, e);
    }
  }

  /** Writes a value of any type and returns its length. */
  static int encode(
      final VariableType type,
      final Object value,
      final MutableDirectBuffer target,
      final int offset) {
    return switch (type) {
      case DECIMAL -> encodeDecimal((BigDecimal) value, target, offset);
      case STRING ->
          target.putStringWithoutLengthUtf8(offset, Texts.unicode("value", (String) value));
      case BYTES -> encodeBytes((byte[]) value, target, offset);
      case LONG, DOUBLE, BOOLEAN, INSTANT, DURATION -> {
        target.putLong(offset, toWord(type, value), LITTLE_ENDIAN);
        yield Long.BYTES;
      }
    };
  }

  private static int encodeBytes(
      final byte[] value, final MutableDirectBuffer target, final int offset) {
    target.putBytes(offset, value);
    return value.length;
  }

  /** Reads a value of any type. */
  static Object decode(
      final VariableType type, final DirectBuffer source, final int offset, final int length) {
    return switch (type) {
      case DECIMAL -> decodeDecimal(source, offset, length);
      case STRING -> new String(bytes(source, offset, length), StandardCharsets.UTF_8);
      case BYTES -> bytes(source, offset, length);
      case LONG, DOUBLE, BOOLEAN, INSTANT, DURATION ->
          fromWord(type, source.getLong(offset, LITTLE_ENDIAN));
    };
  }

  private static int encodeDecimal(
      final BigDecimal value, final MutableDirectBuffer target, final int offset) {
    final BigInteger unscaled = value.unscaledValue();
    Decimals.check(unscaled, value.scale());
    target.putInt(offset, value.scale(), LITTLE_ENDIAN);
    if (unscaled.bitLength() <= LONG_BITS) {
      target.putLong(offset + SCALE_LENGTH, unscaled.longValue(), LITTLE_ENDIAN);
      return SHORT_DECIMAL_LENGTH;
    }
    final byte[] magnitude = unscaled.toByteArray();
    target.putBytes(offset + SCALE_LENGTH, magnitude);
    return SCALE_LENGTH + magnitude.length;
  }

  private static BigDecimal decodeDecimal(
      final DirectBuffer source, final int offset, final int length) {
    final int scale = source.getInt(offset, LITTLE_ENDIAN);
    if (length == SHORT_DECIMAL_LENGTH) {
      return BigDecimal.valueOf(source.getLong(offset + SCALE_LENGTH, LITTLE_ENDIAN), scale);
    }
    return new BigDecimal(
        new BigInteger(bytes(source, offset + SCALE_LENGTH, length - SCALE_LENGTH)), scale);
  }

  private static byte[] bytes(final DirectBuffer source, final int offset, final int length) {
    final byte[] bytes = new byte[length];
    source.getBytes(offset, bytes);
    return bytes;
  }
}
