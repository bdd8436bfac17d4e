package io.penstock.telemetry.counters;

import static io.penstock.telemetry.counters.CountersLayout.CLOSED_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_LENGTH_MAX;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_LENGTH_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.ENGINE_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.FILE;
import static io.penstock.telemetry.counters.CountersLayout.GATES_LIMIT;
import static io.penstock.telemetry.counters.CountersLayout.GATES_MAX_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.GATES_OFFSET;
import static io.penstock.telemetry.counters.CountersLayout.GATE_LENGTH_OFFSET;
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
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes the counters of one engine into a mapped file, where other processes see them at once; the
 * disk is never waited for. Any thread, one at a time; nothing of it is on the path of a command.
 *
 * <p>The file is made anew at each opening, and when there are more objectives or gates than it has
 * room for: whoever has the old one mapped keeps that. Its bytes are written before it is mapped,
 * so that a full disk is an exception here and not a fault of the machine later.
 */
public final class CountersWriter implements AutoCloseable {
  private static final int ROWS_AT_FIRST = 62;
  private static final int GATES_AT_FIRST = 16; // 24 KB in all

  private final Path file;
  private final String engine;
  private final long openedNs;
  private MappedByteBuffer mapped;
  private UnsafeBuffer buffer;
  private int rowsMax;
  private int gatesMax;
  private boolean isClosed;

  private CountersWriter(final Path file, final String engine, final long openedNs)
      throws IOException {
    this.file = file;
    this.engine = engine;
    this.openedNs = openedNs;
    rowsMax = ROWS_AT_FIRST;
    gatesMax = GATES_AT_FIRST;
    mapped = map(rowsMax, gatesMax, openedNs);
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

  private MappedByteBuffer map(final int rows, final int gates, final long nowNs)
      throws IOException {
    final Path unfinished = file.resolveSibling(FILE + ".tmp");
    final ByteBuffer bytes = ByteBuffer.allocate(CountersLayout.length(rows, gates));
    writeHeader(new UnsafeBuffer(bytes), rows, gates, nowNs);
    requireNoLink(file);
    requireNoLink(unfinished);
    Files.deleteIfExists(unfinished); // left over, perhaps with another mode
    final MappedByteBuffer made;
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            mode())) {
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

  private static void requireNoLink(final Path path) throws FileSystemException {
    if (Files.isSymbolicLink(path)) {
      throw new FileSystemException(
          path.toString(), null, "must not be a symbolic link, which is not followed; remove it");
    }
  }

  /** Whoever may read the engine's manifest may read the counters too; else their owner alone. */
  private FileAttribute<?>[] mode() throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    final Path manifest = file.resolveSibling("engine.properties");
    final Set<PosixFilePermission> permissions =
        Files.exists(manifest)
            ? Files.getPosixFilePermissions(manifest)
            : PosixFilePermissions.fromString("rw-------");
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
  }

  private void writeHeader(
      final UnsafeBuffer target, final int rows, final int gates, final long nowNs) {
    target.putLong(MAGIC_OFFSET, MAGIC, LITTLE_ENDIAN);
    target.putInt(VERSION_OFFSET, VERSION, LITTLE_ENDIAN);
    target.putInt(ROW_LENGTH_OFFSET, ObjectiveRow.LENGTH, LITTLE_ENDIAN);
    target.putInt(ROWS_MAX_OFFSET, rows, LITTLE_ENDIAN);
    target.putInt(GATE_LENGTH_OFFSET, GateRow.LENGTH, LITTLE_ENDIAN);
    target.putInt(GATES_MAX_OFFSET, gates, LITTLE_ENDIAN);
    target.putLong(PROCESS_OFFSET, ProcessHandle.current().pid(), LITTLE_ENDIAN);
    target.putLong(OPENED_OFFSET, openedNs, LITTLE_ENDIAN);
    target.putLong(HEARTBEAT_OFFSET, nowNs, LITTLE_ENDIAN);
    CountersLayout.putText(target, ENGINE_LENGTH_OFFSET, ENGINE_OFFSET, ENGINE_LENGTH_MAX, engine);
  }

  /**
   * Writes how the objectives and the gates stand, as one change to whoever reads. Of more than
   * 16,384 objectives or 1,024 gates it is only told how many more there are; of a name the first
   * 136 bytes count, of a reason 288.
   *
   * @param objectives the objectives
   * @param gates the gates
   * @param nowNs the calendar, in nanoseconds since 1970
   * @throws IOException when there are more than there is room for, and no larger file can be made
   */
  public synchronized void write(
      final List<ObjectiveCounters> objectives, final List<GateReport> gates, final long nowNs)
      throws IOException {
    if (isClosed) {
      return;
    }
    final int rows = Math.min(objectives.size(), OBJECTIVES_LIMIT);
    final int gateRows = Math.min(gates.size(), GATES_LIMIT);
    if (rows > rowsMax || gateRows > gatesMax) {
      grow(rows, gateRows, nowNs);
    }
    final long sequence = begin();
    buffer.putInt(ROWS_OFFSET, rows, LITTLE_ENDIAN);
    for (int i = 0; i < rows; i++) {
      ObjectiveRow.write(buffer, CountersLayout.rowOffset(i), objectives.get(i));
    }
    buffer.putInt(GATES_OFFSET, gateRows, LITTLE_ENDIAN);
    for (int i = 0; i < gateRows; i++) {
      GateRow.write(buffer, CountersLayout.gateOffset(rowsMax, i), gates.get(i));
    }
    final int untold = objectives.size() - rows + gates.size() - gateRows;
    buffer.putInt(UNTOLD_OFFSET, untold, LITTLE_ENDIAN);
    buffer.putLong(HEARTBEAT_OFFSET, nowNs, LITTLE_ENDIAN);
    end(sequence);
  }

  private void grow(final int rows, final int gates, final long nowNs) throws IOException {
    final int moreRows = more(rows, rowsMax, OBJECTIVES_LIMIT);
    final int moreGates = more(gates, gatesMax, GATES_LIMIT);
    final MappedByteBuffer larger = map(moreRows, moreGates, nowNs);
    IoUtil.unmap(mapped);
    mapped = larger;
    buffer = new UnsafeBuffer(larger);
    rowsMax = moreRows;
    gatesMax = moreGates;
  }

  /** Room for so many, twice what there was if that is not enough. */
  private static int more(final int wanted, final int room, final int limit) {
    return wanted <= room ? room : Math.min(limit, Math.max(wanted, 2 * room));
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
