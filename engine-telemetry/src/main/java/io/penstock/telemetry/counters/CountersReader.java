package io.penstock.telemetry.counters;

import static io.penstock.telemetry.counters.CountersLayout.BAD_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.BUDGET_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.BURN_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.CLOSED_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.COUNT_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_LENGTH_MAX;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_LENGTH_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.GOOD_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.HEADER_LENGTH;
import static io.penstock.telemetry.counters.CountersLayout.HEARTBEAT_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.MAGIC;
import static io.penstock.telemetry.counters.CountersLayout.MAGIC_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.NAME_LENGTH_MAX;
import static io.penstock.telemetry.counters.CountersLayout.NAME_LENGTH_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.NAME_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.OPENED_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.P50_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.P99_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.PROCESS_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ROWS_MAX_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ROWS_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ROW_LENGTH;
import static io.penstock.telemetry.counters.CountersLayout.ROW_LENGTH_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.SEQUENCE_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.STATE_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.TARGET_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.THRESHOLD_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.VERSION;
import static io.penstock.telemetry.counters.CountersLayout.VERSION_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.WINDOW_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.state;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.objective.ObjectiveState;
import io.penstock.workflow.Objective;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads the counters of an engine, in this or another process, while it writes them. Stateless: the
 * file is mapped for each reading, so that one made anew is found. The engine notices nothing.
 */
public final class CountersReader {
  /** A writer needs some microseconds, more when it does not get to run just then. */
  private static final int TRIES = 1_000;

  private static final long PAUSE_NS = 500_000;

  private CountersReader() {}

  /**
   * Reads the counters.
   *
   * @param directory the engine's directory
   * @return what they say
   * @throws CountersException when there are none, or the file is foreign, of another version, too
   *     short or was left half written
   */
  public static EngineCounters read(final Path directory) {
    final Path file = CountersLayout.file(directory);
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() < HEADER_LENGTH) {
        throw new CountersException(
            "counters must have a header: file="
                + file
                + ", length="
                + channel.size()
                + ", headerLength="
                + HEADER_LENGTH
                + "; remove the file, the engine makes it anew when it is opened");
      }
      final MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      try {
        return read(file, new UnsafeBuffer(mapped));
      } finally {
        IoUtil.unmap(mapped);
      }
    } catch (final NoSuchFileException e) {
      throw new CountersException(
          "directory must have the counters of an engine: file="
              + file
              + "; an engine with telemetry on its class path makes them when it is opened",
          e);
    } catch (final IOException e) {
      throw new CountersException("counters must be readable: file=" + file, e);
    }
  }

  private static EngineCounters read(final Path file, final UnsafeBuffer shared) {
    check(file, shared);
    final UnsafeBuffer copy = new UnsafeBuffer(new byte[shared.capacity()]);
    for (int i = 0; i < TRIES; i++) {
      final long before = shared.getLong(SEQUENCE_OFFSET, LITTLE_ENDIAN);
      VarHandle.acquireFence();
      if ((before & 1) == 0) {
        copy.putBytes(0, shared, 0, shared.capacity());
        VarHandle.acquireFence();
        if (shared.getLong(SEQUENCE_OFFSET, LITTLE_ENDIAN) == before) {
          return decode(file, copy);
        }
      }
      LockSupport.parkNanos(PAUSE_NS);
    }
    throw new CountersException(
        "counters must not be half written: file="
            + file
            + "; their engine has ended while it wrote, and makes them anew when it is opened");
  }

  private static void check(final Path file, final UnsafeBuffer buffer) {
    if (buffer.getLong(MAGIC_OFFSET, LITTLE_ENDIAN) != MAGIC) {
      throw new CountersException(
          "file must be one of Penstock's counters: file="
              + file
              + "; it was made by another program");
    }
    final int version = buffer.getInt(VERSION_OFFSET, LITTLE_ENDIAN);
    if (version != VERSION) {
      throw new CountersException(
          "version of the counters must be known: file="
              + file
              + ", version="
              + version
              + ", known="
              + VERSION
              + "; use the version of Penstock that runs the engine");
    }
    final int rowLength = buffer.getInt(ROW_LENGTH_OFFSET, LITTLE_ENDIAN);
    final int rowsMax = buffer.getInt(ROWS_MAX_OFFSET, LITTLE_ENDIAN);
    if (rowLength != ROW_LENGTH
        || rowsMax < 0
        || HEADER_LENGTH + (long) rowsMax * ROW_LENGTH > buffer.capacity()) {
      throw new CountersException(
          "counters must be as long as their header says: file="
              + file
              + ", length="
              + buffer.capacity()
              + ", rowLength="
              + rowLength
              + ", rows="
              + rowsMax
              + "; the file was cut or damaged, the engine makes it anew when it is opened");
    }
  }

  private static EngineCounters decode(final Path file, final UnsafeBuffer copy) {
    final int rows = copy.getInt(ROWS_OFFSET, LITTLE_ENDIAN);
    if (rows < 0 || rows > copy.getInt(ROWS_MAX_OFFSET, LITTLE_ENDIAN)) {
      throw damaged(file, "rows", rows);
    }
    final List<ObjectiveCounters> objectives = new ArrayList<>(rows);
    for (int i = 0; i < rows; i++) {
      objectives.add(row(file, copy, HEADER_LENGTH + i * ROW_LENGTH));
    }
    return new EngineCounters(
        text(file, copy, ENGINE_LENGTH_OFFSET, ENGINE_OFFSET, ENGINE_LENGTH_MAX),
        copy.getLong(PROCESS_OFFSET, LITTLE_ENDIAN),
        Instant.EPOCH.plusNanos(copy.getLong(OPENED_OFFSET, LITTLE_ENDIAN)),
        Instant.EPOCH.plusNanos(copy.getLong(HEARTBEAT_OFFSET, LITTLE_ENDIAN)),
        copy.getInt(CLOSED_OFFSET, LITTLE_ENDIAN) != 0,
        objectives);
  }

  private static ObjectiveCounters row(final Path file, final UnsafeBuffer copy, final int offset) {
    final int code = copy.getInt(offset + STATE_OFFSET, LITTLE_ENDIAN);
    final ObjectiveState state = state(code);
    if (state == null) {
      throw damaged(file, "state", code);
    }
    return new ObjectiveCounters(
        text(file, copy, offset + NAME_LENGTH_OFFSET, offset + NAME_OFFSET, NAME_LENGTH_MAX),
        state,
        objective(file, copy, offset),
        copy.getLong(offset + GOOD_OFFSET, LITTLE_ENDIAN),
        copy.getLong(offset + BAD_OFFSET, LITTLE_ENDIAN),
        copy.getDouble(offset + BUDGET_OFFSET, LITTLE_ENDIAN),
        copy.getDouble(offset + BURN_OFFSET, LITTLE_ENDIAN),
        copy.getDouble(offset + P50_OFFSET, LITTLE_ENDIAN),
        copy.getDouble(offset + P99_OFFSET, LITTLE_ENDIAN),
        copy.getLong(offset + COUNT_OFFSET, LITTLE_ENDIAN));
  }

  private static Objective objective(final Path file, final UnsafeBuffer copy, final int offset) {
    try {
      return new Objective(
          copy.getDouble(offset + TARGET_OFFSET, LITTLE_ENDIAN),
          Duration.ofNanos(copy.getLong(offset + THRESHOLD_OFFSET, LITTLE_ENDIAN)),
          Duration.ofNanos(copy.getLong(offset + WINDOW_OFFSET, LITTLE_ENDIAN)));
    } catch (final IllegalArgumentException e) {
      throw new CountersException(
          "counters must hold objectives: file=" + file + "; the file is damaged", e);
    }
  }

  private static String text(
      final Path file,
      final UnsafeBuffer copy,
      final int lengthOffset,
      final int offset,
      final int lengthMax) {
    final int length = copy.getInt(lengthOffset, LITTLE_ENDIAN);
    if (length < 0 || length > lengthMax) {
      throw damaged(file, "nameLength", length);
    }
    final byte[] bytes = new byte[length];
    copy.getBytes(offset, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static CountersException damaged(final Path file, final String what, final int value) {
    return new CountersException(
        "counters must hold what an engine writes: file="
            + file
            + ", "
            + what
            + "="
            + value
            + "; the file is damaged, the engine makes it anew when it is opened");
  }
}
