package io.penstock.storage;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How far a shard's journal has come, noted beside its segments in {@value #FILE_NAME}: what a
 * segment cannot say of itself. A segment that lost its frames, that is missing, or that is an
 * older copy of itself is found by it.
 *
 * <p>A header, then two places for a point, written in turn: a crash leaves one of them whole. All
 * of it lies in one sector. What is noted is on the disk before it is noted, so a mark that a power
 * failure keeps, or one that is older, never asks for more than there is. A directory of an older
 * version has none until it is opened.
 *
 * <pre>
 *   0  8 bytes  "PENSTMRK"
 *   8  int32    version
 *  12  int32    shard index
 *  16  int64    engine id
 *  24  int32    CRC32C of the 24 bytes before
 *  64, 128      a point:
 *       0  int64  sequence, one more for each; the greater of the two counts
 *       8  int64  position up to which frames were on the disk
 *      16  int64  number of the newest segment then
 *      24  int64  position of the last frame before that segment
 *      32  int32  CRC32C of the 32 bytes before, xor the folded engine id
 * </pre>
 *
 * <p>Written by the thread that forces the journal; read by any, before it lists the segments.
 */
final class JournalMark implements AutoCloseable {
  static final String FILE_NAME = "journal.mark";

  private static final long MAGIC = 0x4B52_4D54_534E_4550L; // "PENSTMRK" in little endian
  private static final int VERSION = 1;
  private static final int HEADER_CRC_OFFSET = 24;
  private static final int POINT_OFFSET = 64;
  private static final int POINT_DISTANCE = 64;
  private static final int POINT_CRC_OFFSET = 32;
  private static final int LENGTH = 512;
  private static final int READS_MAX = 3;

  private final MappedFile file;
  private final long engineId;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer scratch = ByteBuffer.allocate(POINT_CRC_OFFSET).order(LITTLE_ENDIAN);
  private long sequence;
  private Point last;

  /**
   * How far a journal had come.
   *
   * @param forced position up to which frames were on the disk
   * @param number number of the newest segment
   * @param before position of the last frame before that segment
   */
  record Point(long forced, long number, long before) {}

  private JournalMark(
      final MappedFile file, final long engineId, final long sequence, final Point last) {
    this.file = file;
    this.engineId = engineId;
    this.sequence = sequence;
    this.last = last;
  }

  /**
   * Reads the mark of a shard.
   *
   * @param directory the shard's directory
   * @param identity the shard
   * @return how far the journal had come; null when there is no mark
   * @throws JournalCorruptedException when it is damaged
   * @throws IOException when it cannot be read
   */
  static @Nullable Point read(final Path directory, final ShardIdentity identity)
      throws IOException {
    final Path path = directory.resolve(FILE_NAME);
    for (int read = 1; ; read++) {
      try {
        final ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(LITTLE_ENDIAN);
        final int newest = newest(path, bytes, identity);
        return point(bytes, newest);
      } catch (final NoSuchFileException e) {
        return null;
      } catch (final JournalCorruptedException e) {
        if (read == READS_MAX) {
          throw e; // else its writer may have been at work
        }
      }
    }
  }

  /**
   * Opens the mark of a shard that was read and found well, made if absent or damaged.
   *
   * @param files the file system
   * @param directory the shard's directory
   * @param identity the shard
   * @param point how far the journal has come
   * @return the mark, to be closed by the journal
   * @throws IOException when it cannot be made
   */
  static JournalMark open(
      final FileLayer files, final Path directory, final ShardIdentity identity, final Point point)
      throws IOException {
    final Path path = directory.resolve(FILE_NAME);
    if (!isWhole(directory, identity)) {
      create(files, directory, identity, point);
    }
    final MappedFile file = files.map(path, MapMode.READ_WRITE);
    final int newest = newest(path, file.bytes(), identity);
    final JournalMark mark =
        new JournalMark(
            file,
            identity.engineId(),
            file.buffer().getLong(newest, LITTLE_ENDIAN),
            point(file.bytes(), newest));
    mark.write(point);
    return mark;
  }

  private static boolean isWhole(final Path directory, final ShardIdentity identity)
      throws IOException {
    try {
      return read(directory, identity) != null;
    } catch (final JournalCorruptedException e) {
      return false;
    }
  }

  /**
   * Makes the mark of a shard; it is on the disk, with its name, when this returns.
   *
   * @param files the file system
   * @param directory the shard's directory
   * @param identity the shard
   * @param point how far the journal has come
   * @throws IOException when it cannot be made
   */
  static void create(
      final FileLayer files, final Path directory, final ShardIdentity identity, final Point point)
      throws IOException {
    final ByteBuffer bytes = ByteBuffer.allocate(LENGTH).order(LITTLE_ENDIAN);
    bytes.putLong(0, MAGIC).putInt(8, VERSION).putInt(12, identity.shardIndex());
    bytes.putLong(16, identity.engineId());
    bytes.putInt(HEADER_CRC_OFFSET, crc(new CRC32C(), bytes, 0, HEADER_CRC_OFFSET));
    putPoint(new UnsafeBuffer(bytes), POINT_OFFSET, 0, point);
    bytes.putInt(
        POINT_OFFSET + POINT_CRC_OFFSET, pointCrc(bytes, POINT_OFFSET, identity.engineId()));
    final Path path = directory.resolve(FILE_NAME);
    final Path temporary = directory.resolve(FILE_NAME + ".tmp");
    files.create(temporary, bytes.clear(), LENGTH, true);
    files.move(temporary, path);
    files.forceDirectory(directory);
  }

  /** Notes how far the journal has come; all of it is on the disk. */
  void write(final Point point) {
    if (point.equals(last)) {
      return;
    }
    sequence++;
    last = point;
    final int at = POINT_OFFSET + (int) (sequence & 1) * POINT_DISTANCE;
    putPoint(file.buffer(), at, sequence, point);
    file.buffer().getBytes(at, scratch, 0, POINT_CRC_OFFSET);
    file.buffer()
        .putInt(
            at + POINT_CRC_OFFSET,
            crc(crc, scratch, 0, POINT_CRC_OFFSET) ^ fold(engineId),
            LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    file.close();
  }

  private static void putPoint(
      final UnsafeBuffer target, final int at, final long sequence, final Point point) {
    target.putLong(at, sequence, LITTLE_ENDIAN);
    target.putLong(at + 8, point.forced(), LITTLE_ENDIAN);
    target.putLong(at + 16, point.number(), LITTLE_ENDIAN);
    target.putLong(at + 24, point.before(), LITTLE_ENDIAN);
  }

  private static Point point(final ByteBuffer bytes, final int at) {
    return new Point(bytes.getLong(at + 8), bytes.getLong(at + 16), bytes.getLong(at + 24));
  }

  /** Offset of the newest whole point. */
  private static int newest(final Path path, final ByteBuffer bytes, final ShardIdentity identity) {
    require(path, 0, "journal mark must have its whole length", LENGTH, bytes.capacity());
    require(path, 0, "journal mark must be one", MAGIC, bytes.getLong(0));
    require(path, 8, "journal mark's version must be known", VERSION, bytes.getInt(8));
    require(
        path,
        HEADER_CRC_OFFSET,
        "checksum of the journal mark must match",
        crc(new CRC32C(), bytes, 0, HEADER_CRC_OFFSET),
        bytes.getInt(HEADER_CRC_OFFSET));
    require(
        path, 12, "journal mark must be of this shard", identity.shardIndex(), bytes.getInt(12));
    require(
        path, 16, "journal mark must be of this engine", identity.engineId(), bytes.getLong(16));
    int newest = -1;
    for (int at = POINT_OFFSET; at <= POINT_OFFSET + POINT_DISTANCE; at += POINT_DISTANCE) {
      if (bytes.getInt(at + POINT_CRC_OFFSET) == pointCrc(bytes, at, identity.engineId())
          && (newest < 0 || bytes.getLong(at) > bytes.getLong(newest))) {
        newest = at;
      }
    }
    if (newest < 0) {
      throw new JournalCorruptedException(
          "journal mark must hold a whole point", path, POINT_OFFSET, "a point", "none");
    }
    return newest;
  }

  private static void require(
      final Path path,
      final int offset,
      final String rule,
      final long expected,
      final long actual) {
    if (expected != actual) {
      throw new JournalCorruptedException(rule, path, offset, expected, actual);
    }
  }

  private static int pointCrc(final ByteBuffer bytes, final int at, final long engineId) {
    return crc(new CRC32C(), bytes, at, at + POINT_CRC_OFFSET) ^ fold(engineId);
  }

  private static int crc(final CRC32C crc, final ByteBuffer bytes, final int begin, final int end) {
    crc.reset();
    crc.update(bytes.duplicate().limit(end).position(begin));
    return (int) crc.getValue();
  }

  private static int fold(final long engineId) {
    return (int) (engineId ^ (engineId >>> Integer.SIZE));
  }
}
