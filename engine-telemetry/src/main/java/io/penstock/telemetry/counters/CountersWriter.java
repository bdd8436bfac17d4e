package io.penstock.telemetry.counters;

import static io.penstock.telemetry.counters.CountersLayout.BAD_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.BUDGET_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.BURN_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.CLOSED_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.COUNT_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_LENGTH_MAX;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_LENGTH_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.FILE;
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
import static io.penstock.telemetry.counters.CountersLayout.code;
import static io.penstock.telemetry.counters.CountersLayout.text;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes the counters of one engine into a mapped file, where other processes see them at once; the
 * disk is never waited for. Any thread, one at a time; nothing of it is on the path of a command.
 *
 * <p>The file is made anew at each opening, and when there are more objectives than it has room
 * for: whoever has the old one mapped keeps that. Its bytes are written before it is mapped, so
 * that a full disk is an exception here and not a fault of the machine later.
 */
public final class CountersWriter implements AutoCloseable {
  private static final int ROWS_AT_FIRST = 62; // 16 KB with the header

  private final Path file;
  private final String engine;
  private final long openedNs;
  private MappedByteBuffer mapped;
  private UnsafeBuffer buffer;
  private int rowsMax;
  private boolean isClosed;

  private CountersWriter(final Path file, final String engine, final long openedNs)
      throws IOException {
    this.file = file;
    this.engine = engine;
    this.openedNs = openedNs;
    rowsMax = ROWS_AT_FIRST;
    mapped = map(rowsMax, openedNs);
    buffer = new UnsafeBuffer(mapped);
  }

  /**
   * Makes the file of an engine, in place of an earlier one.
   *
   * @param directory the engine's directory
   * @param engine name of the engine; of a long one the first 64 bytes count
   * @param openedNs when the engine was opened, in nanoseconds since 1970
   * @return the writer
   * @throws IOException when the file cannot be made
   */
  public static CountersWriter create(
      final Path directory, final String engine, final long openedNs) throws IOException {
    return new CountersWriter(CountersLayout.file(directory), engine, openedNs);
  }

  private MappedByteBuffer map(final int rows, final long nowNs) throws IOException {
    final Path unfinished = file.resolveSibling(FILE + ".tmp");
    final ByteBuffer bytes = ByteBuffer.allocate(HEADER_LENGTH + rows * ROW_LENGTH);
    writeHeader(new UnsafeBuffer(bytes), rows, nowNs);
    final MappedByteBuffer made;
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      made = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes.capacity());
    }
    try {
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (final AtomicMoveNotSupportedException e) {
      Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return made;
  }

  private void writeHeader(final UnsafeBuffer target, final int rows, final long nowNs) {
    target.putLong(MAGIC_OFFSET, MAGIC, LITTLE_ENDIAN);
    target.putInt(VERSION_OFFSET, VERSION, LITTLE_ENDIAN);
    target.putInt(ROW_LENGTH_OFFSET, ROW_LENGTH, LITTLE_ENDIAN);
    target.putInt(ROWS_MAX_OFFSET, rows, LITTLE_ENDIAN);
    target.putLong(PROCESS_OFFSET, ProcessHandle.current().pid(), LITTLE_ENDIAN);
    target.putLong(OPENED_OFFSET, openedNs, LITTLE_ENDIAN);
    target.putLong(HEARTBEAT_OFFSET, nowNs, LITTLE_ENDIAN);
    final byte[] name = text(engine, ENGINE_LENGTH_MAX);
    target.putInt(ENGINE_LENGTH_OFFSET, name.length, LITTLE_ENDIAN);
    target.putBytes(ENGINE_OFFSET, name);
  }

  /**
   * Writes how the objectives stand, as one change to whoever reads.
   *
   * @param rows the objectives
   * @param nowNs the calendar, in nanoseconds since 1970
   * @throws IOException when there are more than there is room for, and no larger file can be made
   */
  public synchronized void write(final List<ObjectiveCounters> rows, final long nowNs)
      throws IOException {
    if (isClosed) {
      return;
    }
    if (rows.size() > rowsMax) {
      grow(rows.size(), nowNs);
    }
    final long sequence = begin();
    buffer.putInt(ROWS_OFFSET, rows.size(), LITTLE_ENDIAN);
    for (int i = 0; i < rows.size(); i++) {
      write(HEADER_LENGTH + i * ROW_LENGTH, rows.get(i));
    }
    buffer.putLong(HEARTBEAT_OFFSET, nowNs, LITTLE_ENDIAN);
    end(sequence);
  }

  private void grow(final int rows, final long nowNs) throws IOException {
    final int more = Math.max(rows, 2 * rowsMax);
    final MappedByteBuffer larger = map(more, nowNs);
    IoUtil.unmap(mapped);
    mapped = larger;
    buffer = new UnsafeBuffer(larger);
    rowsMax = more;
  }

  /** From now on the sequence is odd, before anything else is to be seen. */
  private long begin() {
    final long sequence = buffer.getLong(SEQUENCE_OFFSET, LITTLE_ENDIAN);
    buffer.putLong(SEQUENCE_OFFSET, sequence + 1, LITTLE_ENDIAN);
    VarHandle.fullFence();
    return sequence;
  }

  /** All is to be seen before the sequence is even again. */
  private void end(final long sequence) {
    VarHandle.fullFence();
    buffer.putLong(SEQUENCE_OFFSET, sequence + 2, LITTLE_ENDIAN);
  }

  private void write(final int offset, final ObjectiveCounters row) {
    final byte[] name = text(row.name(), NAME_LENGTH_MAX);
    buffer.putInt(offset + STATE_OFFSET, code(row.state()), LITTLE_ENDIAN);
    buffer.putInt(offset + NAME_LENGTH_OFFSET, name.length, LITTLE_ENDIAN);
    buffer.putBytes(offset + NAME_OFFSET, name);
    buffer.putDouble(offset + TARGET_OFFSET, row.objective().target(), LITTLE_ENDIAN);
    buffer.putLong(offset + THRESHOLD_OFFSET, row.objective().threshold().toNanos(), LITTLE_ENDIAN);
    buffer.putLong(offset + WINDOW_OFFSET, row.objective().window().toNanos(), LITTLE_ENDIAN);
    buffer.putLong(offset + GOOD_OFFSET, row.good(), LITTLE_ENDIAN);
    buffer.putLong(offset + BAD_OFFSET, row.bad(), LITTLE_ENDIAN);
    buffer.putDouble(offset + BUDGET_OFFSET, row.budgetRemaining(), LITTLE_ENDIAN);
    buffer.putDouble(offset + BURN_OFFSET, row.burnRate(), LITTLE_ENDIAN);
    buffer.putDouble(offset + P50_OFFSET, row.p50(), LITTLE_ENDIAN);
    buffer.putDouble(offset + P99_OFFSET, row.p99(), LITTLE_ENDIAN);
    buffer.putLong(offset + COUNT_OFFSET, row.count(), LITTLE_ENDIAN);
  }

  /** Says that the engine is closed; the last numbers stay to be read. */
  @Override
  public synchronized void close() {
    if (!isClosed) {
      isClosed = true;
      final long sequence = begin();
      buffer.putInt(CLOSED_OFFSET, 1, LITTLE_ENDIAN);
      end(sequence);
      IoUtil.unmap(mapped);
    }
  }
}
