package io.penstock.telemetry.counters;

import static io.penstock.telemetry.counters.CountersLayout.CLOSED_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_LENGTH_MAX;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_LENGTH_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.GATES_LIMIT;
import static io.penstock.telemetry.counters.CountersLayout.GATES_MAX_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.GATES_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.GATE_LENGTH_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.HEADER_LENGTH;
import static io.penstock.telemetry.counters.CountersLayout.HEARTBEAT_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.MAGIC;
import static io.penstock.telemetry.counters.CountersLayout.MAGIC_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.OBJECTIVES_LIMIT;
import static io.penstock.telemetry.counters.CountersLayout.OPENED_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.PROCESS_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ROWS_MAX_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ROWS_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ROW_LENGTH_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.SEQUENCE_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.UNTOLD_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.VERSION;
import static io.penstock.telemetry.counters.CountersLayout.VERSION_OFFSET;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.objective.GateReport;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

  /** No engine writes more. */
  private static final long LENGTH_MAX = CountersLayout.length(OBJECTIVES_LIMIT, GATES_LIMIT);

  private CountersReader() {}

  /**
   * Reads the counters.
   *
   * @param directory the engine's directory
   * @return what they say
   * @throws CountersException when there are none, or the file is foreign, of another version, too
   *     short, or was left half written
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
      final long length = Math.min(channel.size(), LENGTH_MAX);
      final MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, length);
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
    final UnsafeBuffer copy = new UnsafeBuffer(new byte[length(shared)]);
    for (int i = 0; i < TRIES; i++) {
      final long before = shared.getLong(SEQUENCE_OFFSET, LITTLE_ENDIAN);
      VarHandle.acquireFence();
      if ((before & 1) == 0) {
        copy.putBytes(0, shared, 0, copy.capacity());
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
              + "; the engine is of "
              + (version < VERSION ? "an older" : "a newer")
              + " Penstock, use its own");
    }
    final int rowsMax = buffer.getInt(ROWS_MAX_OFFSET, LITTLE_ENDIAN);
    final int gatesMax = buffer.getInt(GATES_MAX_OFFSET, LITTLE_ENDIAN);
    if (buffer.getInt(ROW_LENGTH_OFFSET, LITTLE_ENDIAN) != ObjectiveRow.LENGTH
        || buffer.getInt(GATE_LENGTH_OFFSET, LITTLE_ENDIAN) != GateRow.LENGTH
        || !isWithin(rowsMax, OBJECTIVES_LIMIT)
        || !isWithin(gatesMax, GATES_LIMIT)
        || length(buffer) > buffer.capacity()) {
      throw new CountersException(
          "counters must be as long as their header says: file="
              + file
              + ", length="
              + buffer.capacity()
              + ", rowLength="
              + buffer.getInt(ROW_LENGTH_OFFSET, LITTLE_ENDIAN)
              + ", rows="
              + rowsMax
              + ", gateLength="
              + buffer.getInt(GATE_LENGTH_OFFSET, LITTLE_ENDIAN)
              + ", gates="
              + gatesMax
              + "; the file was cut or damaged, the engine makes it anew when it is opened");
    }
  }

  private static boolean isWithin(final int count, final int max) {
    return count >= 0 && count <= max;
  }

  /** What the header, whose counts were checked, says of the length. */
  private static int length(final UnsafeBuffer buffer) {
    return CountersLayout.length(
        buffer.getInt(ROWS_MAX_OFFSET, LITTLE_ENDIAN),
        buffer.getInt(GATES_MAX_OFFSET, LITTLE_ENDIAN));
  }

  private static EngineCounters decode(final Path file, final UnsafeBuffer copy) {
    final int rowsMax = copy.getInt(ROWS_MAX_OFFSET, LITTLE_ENDIAN);
    final int rows = count(file, copy, ROWS_OFFSET, "rows", rowsMax);
    final List<ObjectiveCounters> objectives = new ArrayList<>(rows);
    for (int i = 0; i < rows; i++) {
      objectives.add(ObjectiveRow.read(file, copy, CountersLayout.rowOffset(i)));
    }
    final int gateRows =
        count(file, copy, GATES_OFFSET, "gates", copy.getInt(GATES_MAX_OFFSET, LITTLE_ENDIAN));
    final List<GateReport> gates = new ArrayList<>(gateRows);
    for (int i = 0; i < gateRows; i++) {
      gates.add(GateRow.read(file, copy, CountersLayout.gateOffset(rowsMax, i)));
    }
    return new EngineCounters(
        CountersLayout.text(file, copy, ENGINE_LENGTH_OFFSET, ENGINE_OFFSET, ENGINE_LENGTH_MAX),
        copy.getLong(PROCESS_OFFSET, LITTLE_ENDIAN),
        Instant.EPOCH.plusNanos(copy.getLong(OPENED_OFFSET, LITTLE_ENDIAN)),
        Instant.EPOCH.plusNanos(copy.getLong(HEARTBEAT_OFFSET, LITTLE_ENDIAN)),
        copy.getInt(CLOSED_OFFSET, LITTLE_ENDIAN) != 0,
        objectives,
        gates,
        count(file, copy, UNTOLD_OFFSET, "untold", Integer.MAX_VALUE));
  }

  private static int count(
      final Path file,
      final UnsafeBuffer copy,
      final int offset,
      final String what,
      final int max) {
    final int count = copy.getInt(offset, LITTLE_ENDIAN);
    if (!isWithin(count, max)) {
      throw CountersException.damaged(file, what, count);
    }
    return count;
  }
}
