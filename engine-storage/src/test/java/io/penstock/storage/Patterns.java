package io.penstock.storage;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Record bytes that tell whether they belong together: id, version, length, then the version over
 * and over.
 */
final class Patterns {
  static final int LENGTH_MIN = 24;

  private Patterns() {}

  static byte[] of(final long recordId, final long version, final int length) {
    final byte[] bytes = new byte[length];
    final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    if (length >= LENGTH_MIN) {
      buffer.putLong(0, recordId);
      buffer.putLong(8, version);
      buffer.putInt(16, length);
    }
    for (int i = Math.min(length, LENGTH_MIN); i < length; i++) {
      bytes[i] = (byte) (version + i);
    }
    return bytes;
  }

  /** Fails when the bytes are not those of one put of that record. */
  static void check(final long recordId, final DirectBuffer bytes, final int length) {
    if (length < LENGTH_MIN || bytes.getLong(0) != recordId || bytes.getInt(16) != length) {
      throw new AssertionError(
          "record must be whole: recordId="
              + recordId
              + ", found="
              + bytes.getLong(0)
              + ", length="
              + length);
    }
    final long version = bytes.getLong(8);
    for (int i = LENGTH_MIN; i < length; i++) {
      if (bytes.getByte(i) != (byte) (version + i)) {
        throw new AssertionError(
            "record must not be torn: recordId=" + recordId + ", version=" + version + ", at=" + i);
      }
    }
  }
}
