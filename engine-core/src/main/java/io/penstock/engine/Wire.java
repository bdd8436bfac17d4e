package io.penstock.engine;

import org.agrona.BitUtil;
import org.agrona.ExpandableArrayBuffer;

/**
 * How bytes of any length stand in commands and in changes: after their length comes the content,
 * padded with zeros to a multiple of 8. The one place that knows the rule.
 */
final class Wire {
  private Wire() {}

  /** Bytes that content of a length takes; a negative length, which stands for none, takes 0. */
  static int paddedLength(final int length) {
    return BitUtil.align(Math.max(length, 0), Long.BYTES);
  }

  /**
   * Writes the zeros behind content, so that every byte of the padded content is there to be
   * copied.
   *
   * @param at where the content begins
   * @param length of the content; negative for none
   * @return the padded length
   */
  static int pad(final ExpandableArrayBuffer buffer, final int at, final int length) {
    final int padded = paddedLength(length);
    final int from = Math.max(length, 0);
    if (padded > from) {
      buffer.setMemory(at + from, padded - from, (byte) 0);
    }
    return padded;
  }
}
