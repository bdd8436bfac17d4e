package io.penstock.telemetry.counters;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The header of a file of counters; all little endian.
 *
 * <pre>
 *   0  magic          8  version 4 | row length 4    16  room for rows 4 | rows 4
 *  24  process id 8  32  opened 8                    40  last sign of life 8
 *  48  sequence 8    56  closed 4 | name length 4    64  name of the engine 64
 * 128  length of a gate's row 4 | room for gates 4  136  gates 4 | untold 4    144  zeros
 * 192  room for rows, each an {@link ObjectiveRow}; then room for gates, each a {@link GateRow}
 * </pre>
 *
 * <p>The sequence is odd while the rest is written: a reader that finds it odd, or another one
 * after reading than before, reads again.
 */
final class CountersLayout {
  static final String FILE = "objectives.counters";

  /** "PENSTCTR" as the bytes stand in the file. */
  static final long MAGIC = 0x5254_4354_534E_4550L;

  /** 2 since there are gates; 1 had a header of 128 bytes and objectives only. */
  static final int VERSION = 2;

  static final int MAGIC_OFFSET = 0;
  static final int VERSION_OFFSET = 8;
  static final int ROW_LENGTH_OFFSET = 12;
  static final int ROWS_MAX_OFFSET = 16;
  static final int ROWS_OFFSET = 20;
  static final int PROCESS_OFFSET = 24;
  static final int OPENED_OFFSET = 32;
  static final int HEARTBEAT_OFFSET = 40;
  static final int SEQUENCE_OFFSET = 48;
  static final int CLOSED_OFFSET = 56;
  static final int ENGINE_LENGTH_OFFSET = 60;
  static final int ENGINE_OFFSET = 64;
  static final int ENGINE_LENGTH_MAX = 64;
  static final int GATE_LENGTH_OFFSET = 128;
  static final int GATES_MAX_OFFSET = 132;
  static final int GATES_OFFSET = 136;
  static final int UNTOLD_OFFSET = 140;
  static final int HEADER_LENGTH = 192;

  /** More objectives than this are not told. */
  static final int OBJECTIVES_LIMIT = 16_384;

  /** More gates than this are not told. */
  static final int GATES_LIMIT = 1_024;

  private CountersLayout() {}

  static Path file(final Path directory) {
    return directory.resolve(FILE);
  }

  /** Length of a file that has room for so many, in bytes. */
  static int length(final int rowsMax, final int gatesMax) {
    return gateOffset(rowsMax, gatesMax);
  }

  static int rowOffset(final int index) {
    return HEADER_LENGTH + index * ObjectiveRow.LENGTH;
  }

  static int gateOffset(final int rowsMax, final int index) {
    return rowOffset(rowsMax) + index * GateRow.LENGTH;
  }

  /** Writes a text and its length in bytes; of one that is too long as many characters as fit. */
  static void putText(
      final UnsafeBuffer buffer,
      final int lengthOffset,
      final int offset,
      final int lengthMax,
      final String text) {
    final byte[] bytes = cut(text, lengthMax);
    buffer.putInt(lengthOffset, bytes.length, LITTLE_ENDIAN);
    buffer.putBytes(offset, bytes);
  }

  private static byte[] cut(final String text, final int lengthMax) {
    String cut = text.substring(0, Math.min(text.length(), lengthMax + 1)); // at least a byte each
    byte[] bytes = cut.getBytes(StandardCharsets.UTF_8);
    while (bytes.length > lengthMax) {
      cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
      bytes = cut.getBytes(StandardCharsets.UTF_8);
    }
    return bytes;
  }

  /** Reads what {@link #putText} wrote. */
  static String text(
      final Path file,
      final UnsafeBuffer buffer,
      final int lengthOffset,
      final int offset,
      final int lengthMax) {
    final int length = buffer.getInt(lengthOffset, LITTLE_ENDIAN);
    if (length < 0 || length > lengthMax) {
      throw CountersException.damaged(file, "textLength", length);
    }
    final byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
