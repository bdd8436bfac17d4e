package io.penstock.storage;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Layout of a ledger file: a file of zeros, filled from the front. All integers are little endian.
 *
 * <p>It begins with a header, which all zeros mean is not in use yet:
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |            Magic "PENSTLED" (64 bits); stored last            |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                        Format version                         |
 *  +---------------------------------------------------------------+
 *  |                         Shard index                           |
 *  +---------------------------------------------------------------+
 *  |                      Engine id (64 bits)                      |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                File number, one more for each (64 bits)       |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |              Sequence of the first receipt (64 bits)          |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                 File length, header included                  |
 *  +---------------------------------------------------------------+
 *  |    CRC32C of the 44 bytes before this and the hash below      |
 *  +---------------------------------------------------------------+
 *  |  System boot: the run of the operating system in which the    |
 *  |  file was last opened for appending; 0 = unknown (64 bits)    |
 *  +---------------------------------------------------------------+
 *  |  Covered position: the receipts of all events up to it were   |
 *  |  on the disk when this was written (64 bits)                  |
 *  +---------------------------------------------------------------+
 *  |  Forced sequence: all receipts up to it were on the disk      |
 *  |  when this was written (64 bits)                              |
 *  +---------------------------------------------------------------+
 *  |                           Reserved                            |
 *  +---------------------------------------------------------------+
 *  |     CRC32C of the 20 bytes before this, the mark; or zero     |
 *  +---------------------------------------------------------------+
 *  |             Hash before the first receipt (32 bytes)         ...
 * </pre>
 *
 * <p>Receipts follow, each at a multiple of 8. A length of zero ends the file.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |   Length, hash included; negative while the receipt is        |
 *  |   written, stored last with release order                     |
 *  +---------------------------------------------------------------+
 *  |   Previous: offset in this file of the receipt before it of   |
 *  |   the same record, 0 when there is none in this file          |
 *  +---------------------------------------------------------------+
 *  |   Sequence: 1 for the first of a shard, then one more for     |
 *  |   each, across files (64 bits)                                |
 *  +---------------------------------------------------------------+
 *  |             Position in the journal (64 bits)                 |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                Time of the burst, ns since 1970 (64 bits)     |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                        Record id (64 bits)                    |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                 Number of the entry in its frame              |
 *  +---------------------------------------------------------------+
 *  |   Kind: 1 = event, 2 = gap, 3 = journal cut, 4 = restart      |
 *  +---------------------------------------------------------------+
 *  |                        Payload length                         |
 *  +---------------------------------------------------------------+
 *  |                Payload, then zeros                           ...
 *  +---------------------------------------------------------------+
 *  |   Hash (32 bytes), ends at a multiple of 8                   ...
 * </pre>
 *
 * <p>A receipt's hash is the SHA-256 of the hash before it and of its own bytes from the sequence
 * up to the hash: it does not depend on where the receipt lies, so that receipts that a crash took
 * come out the same when they are made again. The hash before it always stands directly before it,
 * be it a receipt's or the header's, so that any receipt can be checked where it lies. The hash
 * before the first of all is that of {@link #genesis}, which ties a chain to its engine and shard.
 */
final class LedgerFormat {
  static final int VERSION = 1;
  static final int HEADER_LENGTH = 112;
  static final int HASH_LENGTH = 32;
  static final int RECEIPT_HEADER_LENGTH = 52;
  static final int RECEIPT_ALIGNMENT = 8;
  static final int RECEIPT_LENGTH_MIN = receiptLength(0);
  static final long SEQUENCE_FIRST = 1;

  static final int EVENT = 1;
  static final int GAP = 2;
  static final int JOURNAL_CUT = 3;
  static final int RESTART = 4;

  private static final long MAGIC = 0x4445_4C54_534E_4550L; // "PENSTLED" in little endian
  private static final int MAGIC_OFFSET = 0;
  private static final int VERSION_OFFSET = 8;
  private static final int SHARD_OFFSET = 12;
  private static final int ENGINE_ID_OFFSET = 16;
  private static final int NUMBER_OFFSET = 24;
  private static final int FIRST_SEQUENCE_OFFSET = 32;
  private static final int FILE_LENGTH_OFFSET = 40;
  private static final int HEADER_CRC_OFFSET = 44;
  private static final int SYSTEM_BOOT_OFFSET = 48;
  private static final int COVERED_POSITION_OFFSET = 56;
  private static final int FORCED_SEQUENCE_OFFSET = 64;
  private static final int MARK_CRC_OFFSET = 76;
  static final int HASH_BEFORE_OFFSET = 80;

  static final int LENGTH_OFFSET = 0;
  static final int PREVIOUS_OFFSET = 4;
  static final int SEQUENCE_OFFSET = 8;
  static final int HASHED_OFFSET = SEQUENCE_OFFSET;
  static final int POSITION_OFFSET = 16;
  static final int TIME_OFFSET = 24;
  static final int RECORD_ID_OFFSET = 32;
  static final int ENTRY_OFFSET = 40;
  static final int KIND_OFFSET = 44;
  static final int PAYLOAD_LENGTH_OFFSET = 48;

  private LedgerFormat() {}

  /**
   * How far a ledger is known to be on the disk.
   *
   * @param position the receipts of all events up to this position of the journal are
   * @param sequence all receipts up to it are
   */
  record Mark(long position, long sequence) {
    static final Mark NONE = new Mark(0, 0);
  }

  /**
   * What does not fit in a file.
   *
   * @param offset where, bytes from the start of the file
   * @param rule what does not hold
   * @param expected what should be there
   * @param actual what is
   */
  record Misfit(long offset, String rule, Object expected, Object actual) {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (final NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256", e);
    }
  }

  /** The hash before the first receipt of a shard. */
  static byte[] genesis(final ShardIdentity identity) {
    final ByteBuffer who = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES).order(LITTLE_ENDIAN);
    who.putLong(MAGIC).putLong(identity.engineId()).putInt(identity.shardIndex());
    return sha256().digest(who.array());
  }

  // ---- header ----

  /**
   * Makes a file's header in a buffer of zeros; its magic, which comes last, makes it one.
   *
   * @param hashBefore begins with the hash before the first receipt
   */
  static void writeHeader(
      final UnsafeBuffer file,
      final ShardIdentity identity,
      final long number,
      final long firstSequence,
      final int length,
      final byte[] hashBefore) {
    file.putInt(VERSION_OFFSET, VERSION, LITTLE_ENDIAN);
    file.putInt(SHARD_OFFSET, identity.shardIndex(), LITTLE_ENDIAN);
    file.putLong(ENGINE_ID_OFFSET, identity.engineId(), LITTLE_ENDIAN);
    file.putLong(NUMBER_OFFSET, number, LITTLE_ENDIAN);
    file.putLong(FIRST_SEQUENCE_OFFSET, firstSequence, LITTLE_ENDIAN);
    file.putInt(FILE_LENGTH_OFFSET, length, LITTLE_ENDIAN);
    file.putBytes(HASH_BEFORE_OFFSET, hashBefore, 0, HASH_LENGTH);
    file.putInt(HEADER_CRC_OFFSET, headerCrc(file), LITTLE_ENDIAN);
    markOpened(file);
    file.putLongOrdered(MAGIC_OFFSET, littleEndian(MAGIC));
  }

  /** Whether a file has a header to its end, and all of its length; right or wrong. */
  static boolean hasWholeHeader(final MappedFile file) {
    final DirectBuffer header = file.buffer();
    return file.length() >= HEADER_LENGTH
        && header.getLong(MAGIC_OFFSET, LITTLE_ENDIAN) == MAGIC
        && header.getInt(FILE_LENGTH_OFFSET, LITTLE_ENDIAN) <= file.length(); // longer: cut short
  }

  /** Whether a file has a header; false for one that is not in use yet. Any thread. */
  static boolean isBorn(final UnsafeBuffer file) {
    return file.getLongVolatile(MAGIC_OFFSET) != 0;
  }

  /** Notes that a file is opened for appending in this run of the operating system. */
  static void markOpened(final MutableDirectBuffer file) {
    file.putLong(SYSTEM_BOOT_OFFSET, SystemBoot.current(), LITTLE_ENDIAN);
  }

  static long systemBoot(final DirectBuffer file) {
    return file.getLong(SYSTEM_BOOT_OFFSET, LITTLE_ENDIAN);
  }

  /** Notes how far the ledger is on the disk. */
  static void mark(final MutableDirectBuffer file, final Mark mark) {
    file.putLong(COVERED_POSITION_OFFSET, mark.position(), LITTLE_ENDIAN);
    file.putLong(FORCED_SEQUENCE_OFFSET, mark.sequence(), LITTLE_ENDIAN);
    file.putInt(MARK_CRC_OFFSET, markCrc(file), LITTLE_ENDIAN);
  }

  /** What {@link #mark} noted; null when it never did, or half of it is there. */
  static @Nullable Mark mark(final DirectBuffer file) {
    final Mark mark =
        new Mark(
            file.getLong(COVERED_POSITION_OFFSET, LITTLE_ENDIAN),
            file.getLong(FORCED_SEQUENCE_OFFSET, LITTLE_ENDIAN));
    return !mark.equals(Mark.NONE) && file.getInt(MARK_CRC_OFFSET, LITTLE_ENDIAN) == markCrc(file)
        ? mark
        : null;
  }

  static long firstSequence(final DirectBuffer file) {
    return file.getLong(FIRST_SEQUENCE_OFFSET, LITTLE_ENDIAN);
  }

  static byte[] hashBefore(final DirectBuffer file, final int offset) {
    final byte[] hash = new byte[HASH_LENGTH];
    file.getBytes(offset - HASH_LENGTH, hash);
    return hash;
  }

  /**
   * Looks for what is wrong with a header.
   *
   * @param file the file, mapped as a whole
   * @param identity the shard it must belong to
   * @param number the number in its name
   * @return the first thing that is wrong, or null
   */
  static @Nullable Misfit headerMisfit(
      final MappedFile file, final ShardIdentity identity, final long number) {
    if (file.length() < HEADER_LENGTH) {
      return new Misfit(0, "ledger file must hold its header", HEADER_LENGTH, file.length());
    }
    final DirectBuffer header = file.buffer();
    return firstOf(
        misfit(
            MAGIC_OFFSET,
            "file must be a Penstock ledger",
            MAGIC,
            header.getLong(MAGIC_OFFSET, LITTLE_ENDIAN)),
        misfit(
            VERSION_OFFSET,
            "ledger format version must be known",
            VERSION,
            header.getInt(VERSION_OFFSET, LITTLE_ENDIAN)),
        misfit(
            HEADER_CRC_OFFSET,
            "ledger header checksum must match",
            headerCrc(header),
            header.getInt(HEADER_CRC_OFFSET, LITTLE_ENDIAN)),
        misfit(
            ENGINE_ID_OFFSET,
            "ledger must belong to this engine",
            identity.engineId(),
            header.getLong(ENGINE_ID_OFFSET, LITTLE_ENDIAN)),
        misfit(
            SHARD_OFFSET,
            "ledger must belong to this shard",
            identity.shardIndex(),
            header.getInt(SHARD_OFFSET, LITTLE_ENDIAN)),
        misfit(
            NUMBER_OFFSET,
            "number of the ledger file must match its name",
            number,
            header.getLong(NUMBER_OFFSET, LITTLE_ENDIAN)),
        misfit(
            FILE_LENGTH_OFFSET,
            "ledger file must have its whole length",
            header.getInt(FILE_LENGTH_OFFSET, LITTLE_ENDIAN),
            file.length()));
  }

  private static @Nullable Misfit misfit(
      final int offset, final String rule, final long expected, final long actual) {
    return expected == actual ? null : new Misfit(offset, rule, expected, actual);
  }

  private static @Nullable Misfit firstOf(final @Nullable Misfit... misfits) {
    for (final Misfit misfit : misfits) {
      if (misfit != null) {
        return misfit;
      }
    }
    return null;
  }

  /**
   * Looks for what is wrong with how a file goes on from the one before it.
   *
   * @param file the file, its header checked
   * @param firstSequence sequence of its first receipt
   * @param hashBefore the hash before that
   * @return the first thing that is wrong, or null
   */
  static @Nullable Misfit linkMisfit(
      final MappedFile file, final long firstSequence, final byte[] hashBefore) {
    final byte[] found = hashBefore(file.buffer(), HEADER_LENGTH);
    return firstOf(
        misfit(
            FIRST_SEQUENCE_OFFSET,
            "ledger files must follow each other",
            firstSequence,
            firstSequence(file.buffer())),
        Arrays.equals(hashBefore, found)
            ? null
            : new Misfit(
                HASH_BEFORE_OFFSET,
                "hash before the first receipt of a file must match",
                hex(hashBefore),
                hex(found)));
  }

  // ---- receipts ----

  static int receiptLength(final int payloadLength) {
    return BitUtil.align(RECEIPT_HEADER_LENGTH + payloadLength + HASH_LENGTH, RECEIPT_ALIGNMENT);
  }

  /** Length of a receipt that another thread may be completing; not positive while it is not. */
  static int publishedLength(final UnsafeBuffer file, final int offset) {
    return offset > file.capacity() - RECEIPT_LENGTH_MIN
        ? 0
        : littleEndian(file.getIntVolatile(offset + LENGTH_OFFSET));
  }

  /**
   * Looks for what is wrong where no receipt is complete. One that is being written, by another
   * thread or until a crash, has claimed a possible length before any other byte of it, and nothing
   * lies behind it; where none is being written, none is begun.
   *
   * @param file the file
   * @param offset where the next receipt goes
   * @param sequence its sequence
   * @return what is wrong, or null; null too when it is complete by now
   */
  static @Nullable Misfit unpublishedMisfit(
      final UnsafeBuffer file, final int offset, final long sequence) {
    final int length = publishedLength(file, offset);
    if (length == 0) {
      return offset <= file.capacity() - RECEIPT_LENGTH_MIN
              && file.getLongVolatile(offset + SEQUENCE_OFFSET) != 0
              && publishedLength(file, offset) == 0
          ? new Misfit(
              offset, "a receipt that is begun must have a length", "receipt " + sequence, length)
          : null;
    }
    if (length < 0 && !isPossible(-length, file.capacity() - offset)) {
      return new Misfit(
          offset, "length of a receipt must be possible", "a whole receipt " + sequence, length);
    }
    return length < 0
            && publishedLength(file, offset - length) != 0
            && publishedLength(file, offset) < 0 // else it was completed before the next was begun
        ? new Misfit(
            offset,
            "a receipt that others follow must be complete",
            "a whole receipt " + sequence,
            length)
        : null;
  }

  private static boolean isPossible(final int length, final int room) {
    return length >= RECEIPT_LENGTH_MIN && length <= room && length % RECEIPT_ALIGNMENT == 0;
  }

  /** Says that a receipt is being written; whoever sees any byte of it sees this. */
  static void claim(final UnsafeBuffer file, final int offset, final int length) {
    file.putIntOrdered(offset + LENGTH_OFFSET, littleEndian(-length));
    VarHandle.storeStoreFence();
  }

  /** Completes a receipt. */
  static void publish(final UnsafeBuffer file, final int offset, final int length) {
    file.putIntOrdered(offset + LENGTH_OFFSET, littleEndian(length));
  }

  static int kind(final DirectBuffer file, final int offset) {
    return file.getInt(offset + KIND_OFFSET, LITTLE_ENDIAN);
  }

  static long sequence(final DirectBuffer file, final int offset) {
    return file.getLong(offset + SEQUENCE_OFFSET, LITTLE_ENDIAN);
  }

  static long position(final DirectBuffer file, final int offset) {
    return file.getLong(offset + POSITION_OFFSET, LITTLE_ENDIAN);
  }

  static long timeNs(final DirectBuffer file, final int offset) {
    return file.getLong(offset + TIME_OFFSET, LITTLE_ENDIAN);
  }

  static long recordId(final DirectBuffer file, final int offset) {
    return file.getLong(offset + RECORD_ID_OFFSET, LITTLE_ENDIAN);
  }

  static int previous(final DirectBuffer file, final int offset) {
    return file.getInt(offset + PREVIOUS_OFFSET, LITTLE_ENDIAN);
  }

  static int entry(final DirectBuffer file, final int offset) {
    return file.getInt(offset + ENTRY_OFFSET, LITTLE_ENDIAN);
  }

  static int payloadLength(final DirectBuffer file, final int offset) {
    return file.getInt(offset + PAYLOAD_LENGTH_OFFSET, LITTLE_ENDIAN);
  }

  /**
   * Looks for what is wrong with a receipt, given that what stands before it is right.
   *
   * @param file the file
   * @param offset where a receipt of a positive length should be
   * @param sequence its sequence
   * @param digest sums
   * @return the first thing that is wrong, or null
   */
  static @Nullable Misfit receiptMisfit(
      final MappedFile file, final int offset, final long sequence, final MessageDigest digest) {
    final DirectBuffer bytes = file.buffer();
    final int length = bytes.getInt(offset + LENGTH_OFFSET, LITTLE_ENDIAN);
    if (!isPossible(length, file.length() - offset)) {
      return new Misfit(
          offset, "length of a receipt must be possible", "a whole receipt " + sequence, length);
    }
    if (sequence(bytes, offset) != sequence) {
      return new Misfit(
          offset, "receipts must follow each other", sequence, sequence(bytes, offset));
    }
    final int payloadLength = payloadLength(bytes, offset);
    if (payloadLength < 0 || payloadLength > length || receiptLength(payloadLength) != length) {
      return new Misfit(offset, "length of a receipt must fit its payload", length, payloadLength);
    }
    final byte[] expected = hash(file, offset, length, digest);
    final byte[] actual = hashBefore(bytes, offset + length);
    if (!Arrays.equals(expected, actual)) {
      return new Misfit(offset, "hash of a receipt must match", hex(expected), hex(actual));
    }
    final int kind = kind(bytes, offset);
    return kind < EVENT || kind > RESTART
        ? new Misfit(offset, "kind of a receipt must be known", "1 to 4", kind)
        : null;
  }

  private static byte[] hash(
      final MappedFile file, final int offset, final int length, final MessageDigest digest) {
    final ByteBuffer summed = file.bytes().duplicate();
    digest.reset();
    digest.update(summed.limit(offset).position(offset - HASH_LENGTH));
    digest.update(summed.limit(offset + length - HASH_LENGTH).position(offset + HASHED_OFFSET));
    return digest.digest();
  }

  static String hex(final byte[] bytes) {
    final byte[] digits = new byte[2 * bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      digits[2 * i] = (byte) Character.forDigit(bytes[i] >> 4 & 0xF, 16);
      digits[2 * i + 1] = (byte) Character.forDigit(bytes[i] & 0xF, 16);
    }
    return new String(digits, StandardCharsets.US_ASCII);
  }

  private static int headerCrc(final DirectBuffer file) {
    final byte[] summed = new byte[HEADER_CRC_OFFSET + HASH_LENGTH];
    file.getBytes(0, summed, 0, HEADER_CRC_OFFSET);
    file.getBytes(HASH_BEFORE_OFFSET, summed, HEADER_CRC_OFFSET, HASH_LENGTH);
    ByteBuffer.wrap(summed).order(LITTLE_ENDIAN).putLong(MAGIC_OFFSET, MAGIC); // stored last
    return crc(summed);
  }

  private static int markCrc(final DirectBuffer file) {
    final byte[] summed = new byte[MARK_CRC_OFFSET - COVERED_POSITION_OFFSET];
    file.getBytes(COVERED_POSITION_OFFSET, summed);
    return crc(summed);
  }

  private static int crc(final byte[] bytes) {
    final CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }

  /** Ordered and volatile accesses of a buffer use the machine's byte order. */
  private static int littleEndian(final int value) {
    return ByteOrder.nativeOrder() == LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
  }

  private static long littleEndian(final long value) {
    return ByteOrder.nativeOrder() == LITTLE_ENDIAN ? value : Long.reverseBytes(value);
  }
}
