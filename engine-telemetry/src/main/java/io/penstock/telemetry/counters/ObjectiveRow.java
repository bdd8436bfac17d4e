package io.penstock.telemetry.counters;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.objective.ObjectiveState;
import io.penstock.workflow.Objective;
import java.nio.file.Path;
import java.time.Duration;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * How one objective stands in a file of counters; all little endian.
 *
 * <pre>
 *   0  state 4 | name length 4     8  name 136     144  target (double)   152  threshold ns
 * 160  window ns   168  good   176  bad             184  budget left (double)
 * 192  burn rate (double)      200  p50 ns (double) 208  p99 ns (double)  216  count  224  zeros
 * </pre>
 */
final class ObjectiveRow {
  static final int LENGTH = 256;
  static final int NAME_LENGTH_MAX = 136;

  private static final int STATE_OFFSET = 0;
  private static final int NAME_LENGTH_OFFSET = 4;
  private static final int NAME_OFFSET = 8;
  private static final int TARGET_OFFSET = 144;
  private static final int THRESHOLD_OFFSET = 152;
  private static final int WINDOW_OFFSET = 160;
  private static final int GOOD_OFFSET = 168;
  private static final int BAD_OFFSET = 176;
  private static final int BUDGET_OFFSET = 184;
  private static final int BURN_OFFSET = 192;
  private static final int P50_OFFSET = 200;
  private static final int P99_OFFSET = 208;
  private static final int COUNT_OFFSET = 216;

  private ObjectiveRow() {}

  static void write(final UnsafeBuffer buffer, final int offset, final ObjectiveCounters row) {
    final Objective objective = row.objective();
    buffer.putInt(offset + STATE_OFFSET, code(row.state()), LITTLE_ENDIAN);
    CountersLayout.putText(
        buffer, offset + NAME_LENGTH_OFFSET, offset + NAME_OFFSET, NAME_LENGTH_MAX, row.name());
    buffer.putDouble(offset + TARGET_OFFSET, objective.target(), LITTLE_ENDIAN);
    buffer.putLong(offset + THRESHOLD_OFFSET, objective.threshold().toNanos(), LITTLE_ENDIAN);
    buffer.putLong(offset + WINDOW_OFFSET, objective.window().toNanos(), LITTLE_ENDIAN);
    buffer.putLong(offset + GOOD_OFFSET, row.good(), LITTLE_ENDIAN);
    buffer.putLong(offset + BAD_OFFSET, row.bad(), LITTLE_ENDIAN);
    buffer.putDouble(offset + BUDGET_OFFSET, row.budgetRemaining(), LITTLE_ENDIAN);
    buffer.putDouble(offset + BURN_OFFSET, row.burnRate(), LITTLE_ENDIAN);
    buffer.putDouble(offset + P50_OFFSET, row.p50(), LITTLE_ENDIAN);
    buffer.putDouble(offset + P99_OFFSET, row.p99(), LITTLE_ENDIAN);
    buffer.putLong(offset + COUNT_OFFSET, row.count(), LITTLE_ENDIAN);
  }

  static ObjectiveCounters read(final Path file, final UnsafeBuffer buffer, final int offset) {
    return new ObjectiveCounters(
        CountersLayout.text(
            file, buffer, offset + NAME_LENGTH_OFFSET, offset + NAME_OFFSET, NAME_LENGTH_MAX),
        state(file, buffer.getInt(offset + STATE_OFFSET, LITTLE_ENDIAN)),
        objective(file, buffer, offset),
        buffer.getLong(offset + GOOD_OFFSET, LITTLE_ENDIAN),
        buffer.getLong(offset + BAD_OFFSET, LITTLE_ENDIAN),
        buffer.getDouble(offset + BUDGET_OFFSET, LITTLE_ENDIAN),
        buffer.getDouble(offset + BURN_OFFSET, LITTLE_ENDIAN),
        buffer.getDouble(offset + P50_OFFSET, LITTLE_ENDIAN),
        buffer.getDouble(offset + P99_OFFSET, LITTLE_ENDIAN),
        buffer.getLong(offset + COUNT_OFFSET, LITTLE_ENDIAN));
  }

  private static Objective objective(final Path file, final UnsafeBuffer buffer, final int offset) {
    try {
      return new Objective(
          buffer.getDouble(offset + TARGET_OFFSET, LITTLE_ENDIAN),
          Duration.ofNanos(buffer.getLong(offset + THRESHOLD_OFFSET, LITTLE_ENDIAN)),
          Duration.ofNanos(buffer.getLong(offset + WINDOW_OFFSET, LITTLE_ENDIAN)));
    } catch (final IllegalArgumentException e) {
      throw new CountersException(
          "counters must hold objectives: file=" + file + "; the file is damaged", e);
    }
  }

  private static int code(final ObjectiveState state) {
    return switch (state) {
      case MET -> 1;
      case AT_RISK -> 2;
      case BREACHED -> 3;
      case NO_DATA -> 4;
      case INSUFFICIENT -> 5;
    };
  }

  private static ObjectiveState state(final Path file, final int code) {
    return switch (code) {
      case 1 -> ObjectiveState.MET;
      case 2 -> ObjectiveState.AT_RISK;
      case 3 -> ObjectiveState.BREACHED;
      case 4 -> ObjectiveState.NO_DATA;
      case 5 -> ObjectiveState.INSUFFICIENT;
      default -> throw CountersException.damaged(file, "state", code);
    };
  }
}
