package io.penstock.engine;

import org.agrona.ExpandableArrayBuffer;

/** Buffers that are used again and again, and now and then for something large. */
final class Buffers {
  /** A buffer that is longer is not kept. */
  private static final int LENGTH_KEPT_MAX = 1024 * 1024;

  private Buffers() {}

  /** The same buffer, or a new one when it has grown so long that it is better let go. */
  static ExpandableArrayBuffer trimmed(
      final ExpandableArrayBuffer buffer, final int initialLength) {
    return buffer.capacity() <= LENGTH_KEPT_MAX ? buffer : new ExpandableArrayBuffer(initialLength);
  }
}
