package io.penstock.telemetry.counters;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.objective.GateReport;
import io.penstock.objective.GateState;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Where one gate stands in a file of counters; all little endian.
 *
 * <pre>
 *   0  state 4 | name length 4     8  name 136         144  share (double)     152  since ns
 * 160  good   168  bad           176  the rest: good   184  the rest: bad
 * 192  bad share, lower bound (double)                 200  upper bound (double)
 * 208  bad share that is allowed (double)              216  reason length 4 | zeros 4
 * 224  reason 288
 * </pre>
 */
final class GateRow {
  static final int LENGTH = 512;
  static final int NAME_LENGTH_MAX = 136;
  static final int REASON_LENGTH_MAX = 288;

  private static final int STATE_OFFSET = 0;
  private static final int NAME_LENGTH_OFFSET = 4;
  private static final int NAME_OFFSET = 8;
  private static final int SHARE_OFFSET = 144;
  private static final int SINCE_OFFSET = 152;
  private static final int GOOD_OFFSET = 160;
  private static final int BAD_OFFSET = 168;
  private static final int BASELINE_GOOD_OFFSET = 176;
  private static final int BASELINE_BAD_OFFSET = 184;
  private static final int BAD_LOWER_OFFSET = 192;
  private static final int BAD_UPPER_OFFSET = 200;
  private static final int BUDGET_OFFSET = 208;
  private static final int REASON_LENGTH_OFFSET = 216;
  private static final int REASON_OFFSET = 224;

  private GateRow() {}

  static void write(final UnsafeBuffer buffer, final int offset, final GateReport gate) {
    buffer.putInt(offset + STATE_OFFSET, code(gate.state()), LITTLE_ENDIAN);
    CountersLayout.putText(
        buffer, offset + NAME_LENGTH_OFFSET, offset + NAME_OFFSET, NAME_LENGTH_MAX, gate.name());
    buffer.putDouble(offset + SHARE_OFFSET, gate.share(), LITTLE_ENDIAN);
    buffer.putLong(offset + SINCE_OFFSET, gate.sinceNs(), LITTLE_ENDIAN);
    buffer.putLong(offset + GOOD_OFFSET, gate.good(), LITTLE_ENDIAN);
    buffer.putLong(offset + BAD_OFFSET, gate.bad(), LITTLE_ENDIAN);
    buffer.putLong(offset + BASELINE_GOOD_OFFSET, gate.baselineGood(), LITTLE_ENDIAN);
    buffer.putLong(offset + BASELINE_BAD_OFFSET, gate.baselineBad(), LITTLE_ENDIAN);
    buffer.putDouble(offset + BAD_LOWER_OFFSET, gate.badLower(), LITTLE_ENDIAN);
    buffer.putDouble(offset + BAD_UPPER_OFFSET, gate.badUpper(), LITTLE_ENDIAN);
    buffer.putDouble(offset + BUDGET_OFFSET, gate.budget(), LITTLE_ENDIAN);
    CountersLayout.putText(
        buffer,
        offset + REASON_LENGTH_OFFSET,
        offset + REASON_OFFSET,
        REASON_LENGTH_MAX,
        gate.reason());
  }

  static GateReport read(final Path file, final UnsafeBuffer buffer, final int offset) {
    return new GateReport(
        CountersLayout.text(
            file, buffer, offset + NAME_LENGTH_OFFSET, offset + NAME_OFFSET, NAME_LENGTH_MAX),
        state(file, buffer.getInt(offset + STATE_OFFSET, LITTLE_ENDIAN)),
        buffer.getDouble(offset + SHARE_OFFSET, LITTLE_ENDIAN),
        buffer.getLong(offset + SINCE_OFFSET, LITTLE_ENDIAN),
        buffer.getLong(offset + GOOD_OFFSET, LITTLE_ENDIAN),
        buffer.getLong(offset + BAD_OFFSET, LITTLE_ENDIAN),
        buffer.getLong(offset + BASELINE_GOOD_OFFSET, LITTLE_ENDIAN),
        buffer.getLong(offset + BASELINE_BAD_OFFSET, LITTLE_ENDIAN),
        buffer.getDouble(offset + BAD_LOWER_OFFSET, LITTLE_ENDIAN),
        buffer.getDouble(offset + BAD_UPPER_OFFSET, LITTLE_ENDIAN),
        buffer.getDouble(offset + BUDGET_OFFSET, LITTLE_ENDIAN),
        CountersLayout.text(
            file,
            buffer,
            offset + REASON_LENGTH_OFFSET,
            offset + REASON_OFFSET,
            REASON_LENGTH_MAX));
  }

  private static int code(final GateState state) {
    return switch (state) {
      case CANARY -> 1;
      case OPEN -> 2;
      case TRIPPED -> 3;
    };
  }

  private static GateState state(final Path file, final int code) {
    return switch (code) {
      case 1 -> GateState.CANARY;
      case 2 -> GateState.OPEN;
      case 3 -> GateState.TRIPPED;
      default -> throw CountersException.damaged(file, "gateState", code);
    };
  }
}
