package io.penstock.storage;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Layout of a journal segment: a file of zeros, filled from the front. All integers are little
 * endian.
 *
 * <p>It begins with a header:
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                    Magic "PENSTOCK" (64 bits)                 |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                        Format version                         |
 *  +---------------------------------------------------------------+
 *  |                         Shard index                           |
 *  +---------------------------------------------------------------+
 *  |                      Engine id (64 bits)                      |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |              Segment number, one more for each (64 bits)      |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                Segment length, header included                |
 *  +---------------------------------------------------------------+
 *  |              CRC32C of the 36 bytes before this               |
 *  +---------------------------------------------------------------+
 *  |  Forced position: all frames up to it are on the disk         |
 *  |  (64 bits)                                                    |
 *  +---------------------------------------------------------------+
 *  |  System boot: the run of the operating system in which the    |
 *  |  segment was last opened for appending; 0 = unknown (64 bits) |
 *  +---------------------------------------------------------------+
 *  |  Begin: number of the oldest segment that the journal needs   |
 *  +---------------------------------------------------------------+
 *  |  CRC32C of the engine id and the begin; both words are zero   |
 *  |  while nothing was dropped                                    |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>The greatest begin in any segment of a shard counts: it tells segments that were dropped from
 * segments that are lost. It is written, and forced, before the first of them is deleted.
 *
 * <p>Frames follow, each at a multiple of 8. A length of zero ends the segment.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |   Frame length, header included; stored last, with release    |
 *  +---------------------------------------------------------------+
 *  |   CRC32C of all bytes after this, xor the folded engine id    |
 *  +---------------------------------------------------------------+
 *  |   Position: 1 for the first frame of a shard, then one more   |
 *  |   for each, across segments (64 bits)                         |
 *  +---------------------------------------------------------------+
 *  |                Time of the burst, ns since 1970 (64 bits)     |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |   Entries as in RecordBatch, a multiple of 8 bytes           ...
 * </pre>
 *
 * <p>The checksum covers the length as well: it decides which bytes are summed. The engine id in it
 * keeps a frame that a record happens to carry as payload from being taken for one of this journal.
 */
final class SegmentFormat {
  static final int VERSION = 1;
  static final int HEADER_LENGTH = 64;
  static final int FRAME_HEADER_LENGTH = 24;
  static final int FRAME_LENGTH_OFFSET = 0;
  static final int FRAME_CRC_OFFSET = 4;
  static final int FRAME_POSITION_OFFSET = 8;
  static final int FRAME_TIME_OFFSET = 16;
  static final int FRAME_ALIGNMENT = 8;
  static final int SEGMENT_ALIGNMENT = 4096;
  static final int SEGMENT_LENGTH_MIN = SEGMENT_ALIGNMENT;
  static final int SEGMENT_LENGTH_MAX = 1 << 30;
  static final long POSITION_FIRST = 1;

  private static final long MAGIC = 0x4B43_4F54_534E_4550L; // "PENSTOCK" in little endian
  private static final int MAGIC_OFFSET = 0;
  private static final int VERSION_OFFSET = 8;
  private static final int SHARD_OFFSET = 12;
  private static final int ENGINE_ID_OFFSET = 16;
  private static final int NUMBER_OFFSET = 24;
  private static final int LENGTH_OFFSET = 32;
  private static final int HEADER_CRC_OFFSET = 36;
  private static final int FORCED_POSITION_OFFSET = 40;
  private static final int SYSTEM_BOOT_OFFSET = 48;
  private static final int BEGIN_OFFSET = 56;
  private static final long BEGIN_MASK = 0xFFFF_FFFFL;

  private SegmentFormat() {}

  /** Writes a segment's header into a buffer of zeros. */
  static void writeHeader(
      final ByteBuffer header, final ShardIdentity identity, final long number, final int length) {
    header.order(LITTLE_ENDIAN);
    header.putLong(MAGIC_OFFSET, MAGIC);
    header.putInt(VERSION_OFFSET, VERSION);
    header.putInt(SHARD_OFFSET, identity.shardIndex());
    header.putLong(ENGINE_ID_OFFSET, identity.engineId());
    header.putLong(NUMBER_OFFSET, number);
    header.putInt(LENGTH_OFFSET, length);
    header.putInt(
        HEADER_CRC_OFFSET, crc(new CRC32C(), header.duplicate(), MAGIC_OFFSET, HEADER_CRC_OFFSET));
    header.putLong(SYSTEM_BOOT_OFFSET, SystemBoot.current());
  }

  /** Notes that a segment is opened for appending in this run of the operating system. */
  static void markOpened(final MutableDirectBuffer header) {
    header.putLong(SYSTEM_BOOT_OFFSET, SystemBoot.current(), LITTLE_ENDIAN);
  }

  /** Notes that all frames up to a position are on the disk. */
  static void markForced(final MutableDirectBuffer header, final long position) {
    header.putLong(FORCED_POSITION_OFFSET, position, LITTLE_ENDIAN);
  }

  static long forcedPosition(final DirectBuffer header) {
    return header.getLong(FORCED_POSITION_OFFSET, LITTLE_ENDIAN);
  }

  /** Notes the number of the oldest segment that is needed; one store, so all of it or nothing. */
  static void markBegin(
      final MutableDirectBuffer header, final long begin, final ShardIdentity identity) {
    header.putLong(BEGIN_OFFSET, begin(begin, identity), LITTLE_ENDIAN);
  }

  /**
   * Number of the oldest segment that is needed, as far as this segment knows.
   *
   * @param file the segment, its header at least
   * @throws JournalCorruptedException when what is noted was not noted by {@link #markBegin}
   */
  static long begin(final MappedFile file, final ShardIdentity identity) {
    final long noted = file.buffer().getLong(BEGIN_OFFSET, LITTLE_ENDIAN);
    final long begin = noted & BEGIN_MASK;
    if (noted != 0) {
      require(
          file, BEGIN_OFFSET, "checksum of the begin must match", begin(begin, identity), noted);
    }
    return begin;
  }

  private static long begin(final long begin, final ShardIdentity identity) {
    final ByteBuffer summed = ByteBuffer.allocate(2 * Long.BYTES).order(LITTLE_ENDIAN);
    summed.putLong(0, identity.engineId()).putLong(Long.BYTES, begin);
    return (long) crc(new CRC32C(), summed, 0, summed.capacity()) << Integer.SIZE | begin;
  }

  static long systemBoot(final DirectBuffer header) {
    return header.getLong(SYSTEM_BOOT_OFFSET, LITTLE_ENDIAN);
  }

  /**
   * Checks a segment's header.
   *
   * @param file the segment, mapped as a whole
   * @param identity the shard it must belong to
   * @throws JournalCorruptedException when it is not that segment
   */
  static void checkHeader(final MappedFile file, final ShardIdentity identity, final long number) {
    if (file.length() < HEADER_LENGTH) {
      throw new JournalCorruptedException(
          "segment must hold its header", file.path(), 0, HEADER_LENGTH, file.length());
    }
    final DirectBuffer header = file.buffer();
    require(
        file,
        MAGIC_OFFSET,
        "segment must be a Penstock journal",
        MAGIC,
        header.getLong(MAGIC_OFFSET, LITTLE_ENDIAN));
    require(
        file,
        VERSION_OFFSET,
        "segment format version must be known",
        VERSION,
        header.getInt(VERSION_OFFSET, LITTLE_ENDIAN));
    require(
        file,
        HEADER_CRC_OFFSET,
        "segment header checksum must match",
        crc(new CRC32C(), file.bytes().duplicate(), MAGIC_OFFSET, HEADER_CRC_OFFSET),
        header.getInt(HEADER_CRC_OFFSET, LITTLE_ENDIAN));
    require(
        file,
        ENGINE_ID_OFFSET,
        "segment must belong to this engine",
        identity.engineId(),
        header.getLong(ENGINE_ID_OFFSET, LITTLE_ENDIAN));
    require(
        file,
        SHARD_OFFSET,
        "segment must belong to this shard",
        identity.shardIndex(),
        header.getInt(SHARD_OFFSET, LITTLE_ENDIAN));
    require(
        file,
        NUMBER_OFFSET,
        "segment number must match the file name",
        number,
        header.getLong(NUMBER_OFFSET, LITTLE_ENDIAN));
    require(
        file,
        LENGTH_OFFSET,
        "segment must have its whole length",
        header.getInt(LENGTH_OFFSET, LITTLE_ENDIAN),
        file.length());
  }

  /** Whether a header is as it was written, be it another segment's. */
  static boolean hasWholeHeader(final MappedFile file) {
    return file.length() >= HEADER_LENGTH
        && isOfPenstock(file.buffer())
        && file.buffer().getInt(HEADER_CRC_OFFSET, LITTLE_ENDIAN)
            == crc(new CRC32C(), file.bytes().duplicate(), MAGIC_OFFSET, HEADER_CRC_OFFSET);
  }

  /** Whether a segment's whole header names another engine, or is of another version. */
  static boolean isOfAnotherEngine(final MappedFile file, final ShardIdentity identity) {
    return hasWholeHeader(file)
        && (file.buffer().getLong(ENGINE_ID_OFFSET, LITTLE_ENDIAN) != identity.engineId()
            || file.buffer().getInt(VERSION_OFFSET, LITTLE_ENDIAN) != VERSION);
  }

  /** Whether a segment's whole header names another engine, shard or number than it should. */
  static boolean isAnother(final MappedFile file, final ShardIdentity identity, final long number) {
    return isOfAnotherEngine(file, identity)
        || (hasWholeHeader(file)
            && (file.buffer().getInt(SHARD_OFFSET, LITTLE_ENDIAN) != identity.shardIndex()
                || file.buffer().getLong(NUMBER_OFFSET, LITTLE_ENDIAN) != number));
  }

  /** Whether a header begins as ours do. */
  static boolean isOfPenstock(final DirectBuffer header) {
    return header.getLong(MAGIC_OFFSET, LITTLE_ENDIAN) == MAGIC;
  }

  /** Length that the header states, before it is checked. */
  static int statedLength(final DirectBuffer header) {
    return header.getInt(LENGTH_OFFSET, LITTLE_ENDIAN);
  }

  static int frameLength(final DirectBuffer segment, final int offset) {
    return segment.getInt(offset + FRAME_LENGTH_OFFSET, LITTLE_ENDIAN);
  }

  /** Length of a frame that another thread may be completing; 0 while it is not complete. */
  static int publishedLength(final UnsafeBuffer segment, final int offset) {
    return littleEndian(segment.getIntVolatile(offset + FRAME_LENGTH_OFFSET));
  }

  static long frameTime(final DirectBuffer segment, final int offset) {
    return segment.getLong(offset + FRAME_TIME_OFFSET, LITTLE_ENDIAN);
  }

  static int frameCrc(final DirectBuffer segment, final int offset) {
    return segment.getInt(offset + FRAME_CRC_OFFSET, LITTLE_ENDIAN);
  }

  static long framePosition(final DirectBuffer segment, final int offset) {
    return segment.getLong(offset + FRAME_POSITION_OFFSET, LITTLE_ENDIAN);
  }

  /** Writes what lies between a frame's checksum and its entries. */
  static void writeFrameHeader(
      final MutableDirectBuffer segment, final int offset, final long position, final long timeNs) {
    segment.putLong(offset + FRAME_POSITION_OFFSET, position, LITTLE_ENDIAN);
    segment.putLong(offset + FRAME_TIME_OFFSET, timeNs, LITTLE_ENDIAN);
  }

  /** Completes a frame: its checksum, then, with release order, its length, which makes it one. */
  static void publishFrame(
      final UnsafeBuffer segment, final int offset, final int frameLength, final int checksum) {
    segment.putInt(offset + FRAME_CRC_OFFSET, checksum, LITTLE_ENDIAN);
    segment.putIntOrdered(offset + FRAME_LENGTH_OFFSET, littleEndian(frameLength));
  }

  /** Whether a whole frame of a journal lies at an offset. */
  static boolean isFrame(
      final CRC32C crc, final MappedFile file, final int offset, final long engineId) {
    if (file.length() - offset < FRAME_HEADER_LENGTH) {
      return false;
    }
    final int length = publishedLength(file.buffer(), offset); // its writer may be at work
    return length >= FRAME_HEADER_LENGTH
        && length <= file.length() - offset
        && length % FRAME_ALIGNMENT == 0
        && frameCrc(file.buffer(), offset)
            == frameCrc(crc, file.bytes().clear(), offset, length, engineId);
  }

  /** Checksum of a frame; moves the limits of {@code segment}, allocates nothing. */
  static int frameCrc(
      final CRC32C crc,
      final ByteBuffer segment,
      final int offset,
      final int frameLength,
      final long engineId) {
    return crc(crc, segment, offset + FRAME_POSITION_OFFSET, offset + frameLength) ^ fold(engineId);
  }

  private static int crc(final CRC32C crc, final ByteBuffer bytes, final int begin, final int end) {
    crc.reset();
    bytes.limit(end).position(begin);
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /** The ordered stores of a buffer use the machine's byte order. */
  private static int littleEndian(final int value) {
    return ByteOrder.nativeOrder() == LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
  }

  private static int fold(final long engineId) {
    return (int) (engineId ^ (engineId >>> Integer.SIZE));
  }

  private static void require(
      final MappedFile file,
      final int offset,
      final String rule,
      final long expected,
      final long actual) {
    if (expected != actual) {
      throw new JournalCorruptedException(rule, file.path(), offset, expected, actual);
    }
  }
}
