package io.penstock.telemetry.counters;

import io.penstock.objective.ObjectiveState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where things stand in a file of counters; all little endian.
 *
 * <pre>
 *   0  magic          8  version 4 | row length 4    16  room for rows 4 | rows 4
 *  24  process id 8  32  opened 8                    40  last sign of life 8
 *  48  sequence 8    56  closed 4 | name length 4    64  name of the engine 64
 * 128  rows, each:
 *   0  state 4 | name length 4     8  name 136     144  target (double)   152  threshold ns
 * 160  window ns   168  good   176  bad             184  budget left (double)
 * 192  burn rate (double)      200  p50 ns (double) 208  p99 ns (double)  216  count  224  zeros
 * </pre>
 *
 * <p>The sequence is odd while the rest is written: a reader that finds it odd, or another one
 * after reading than before, reads again.
 */
final class CountersLayout {
  static final String FILE = "objectives.counters";

  /** "PENSTCTR" as the bytes stand in the file. */
  static final long MAGIC = 0x5254_4354_534E_4550L;

  static final int VERSION = 1;
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
  static final int HEADER_LENGTH = 128;

  static final int STATE_OFFSET = 0;
  static final int NAME_LENGTH_OFFSET = 4;
  static final int NAME_OFFSET = 8;
  static final int NAME_LENGTH_MAX = 136;
  static final int TARGET_OFFSET = 144;
  static final int THRESHOLD_OFFSET = 152;
  static final int WINDOW_OFFSET = 160;
  static final int GOOD_OFFSET = 168;
  static final int BAD_OFFSET = 176;
  static final int BUDGET_OFFSET = 184;
  static final int BURN_OFFSET = 192;
  static final int P50_OFFSET = 200;
  static final int P99_OFFSET = 208;
  static final int COUNT_OFFSET = 216;
  static final int ROW_LENGTH = 256;

  private static final ObjectiveState[] STATES = {
    ObjectiveState.MET,
    ObjectiveState.AT_RISK,
    ObjectiveState.BREACHED,
    ObjectiveState.NO_DATA,
    ObjectiveState.INSUFFICIENT
  };

  private CountersLayout() {}

  static Path file(final Path directory) {
    return directory.resolve(FILE);
  }

  static int code(final ObjectiveState state) {
    return switch (state) {
      case MET -> 1;
      case AT_RISK -> 2;
      case BREACHED -> 3;
      case NO_DATA -> 4;
      case INSUFFICIENT -> 5;
    };
  }

  /** The state of a code, or null for none. */
  static @Nullable ObjectiveState state(final int code) {
    return code >= 1 && code <= STATES.length ? STATES[code - 1] : null;
  }

  /** As much of a text as has room, in whole characters. */
  static byte[] text(final String text, final int lengthMax) {
    String cut = text;
    byte[] bytes = cut.getBytes(StandardCharsets.UTF_8);
    while (bytes.length > lengthMax) {
      cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
      bytes = cut.getBytes(StandardCharsets.UTF_8);
    }
    return bytes;
  }
}
