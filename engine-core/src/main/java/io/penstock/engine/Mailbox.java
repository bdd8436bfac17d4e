package io.penstock.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The messages of a case: those that nobody has taken yet, and the keys of those taken, so that a
 * message sent twice counts once (WCP-24). Signals leave their keys here too, under the indices
 * behind those of the messages. Kept in a slot of the record, in the order of arrival:
 *
 * <pre>
 *   int32 index of the message | uint32 taken | int32 key length | int32 changes length | key, padded to 8 | changes
 * </pre>
 *
 * <p>Taken is 0 while the message waits, then the time in seconds since 1970; 1 where an older
 * version did not note the time.
 *
 * <p>Lists of for-each steps stand here too, under numbers below 0: see {@link ItemLists}.
 *
 * <p>All of a case's messages and keys take at most {@value #LENGTH_MAX} bytes. Messages that wait
 * are never dropped: one more than there is room for is refused. Keys of taken messages are a
 * window, the last so many and not older than so long; of those the oldest also give way to
 * messages that wait.
 *
 * <p>Not thread safe; one a shard.
 */
final class Mailbox {
  /** Most bytes that one case's messages take. */
  static final int LENGTH_MAX = 48 * 1024;

  private static final int TAKEN_OFFSET = 4;
  static final int KEY_LENGTH_OFFSET = 8;
  static final int CHANGES_LENGTH_OFFSET = 12;
  static final int HEADER_LENGTH = 16;

  private static final long NS_PER_SECOND = 1_000_000_000L;
  private static final int TIME_UNKNOWN = 1;

  private final ExpandableArrayBuffer scratch = new ExpandableArrayBuffer(1024);
  private final int keysMax;
  private final long keysForSeconds;
  private long nowSeconds;

  /**
   * Creates a mailbox.
   *
   * @param keysMax how many keys of taken messages a case keeps
   * @param keysForNs how long it keeps them, in nanoseconds
   */
  Mailbox(final int keysMax, final long keysForNs) {
    this.keysMax = keysMax;
    keysForSeconds = keysForNs / NS_PER_SECOND;
  }

  /** A command begins. */
  void begin(final long nowNs) {
    nowSeconds = nowNs / NS_PER_SECOND;
  }

  /** Whether a message of this key came before, and waits or is in the window. */
  boolean hasSeen(final CaseRecord record, final int message, final byte[] key) {
    final MutableDirectBuffer buffer = record.buffer();
    for (int at = begin(record); at < end(record); at += entryLength(buffer, at)) {
      if (buffer.getInt(at, LITTLE_ENDIAN) == message
          && keyLength(buffer, at) == key.length
          && !isExpired(buffer, at)) {
        boolean same = true;
        for (int i = 0; same && i < key.length; i++) {
          same = buffer.getByte(at + HEADER_LENGTH + i) == key[i];
        }
        if (same) {
          return true;
        }
      }
    }
    return false;
  }

  /** Bytes that a message adds to the record. */
  static int lengthOf(final byte[] key, final int changesLength) {
    return HEADER_LENGTH + BitUtil.align(key.length, Long.BYTES) + changesLength;
  }

  private static boolean isTaken(final DirectBuffer buffer, final int at) {
    return buffer.getInt(at + TAKEN_OFFSET, LITTLE_ENDIAN) != 0;
  }

  private boolean isExpired(final DirectBuffer buffer, final int at) {
    final long taken = buffer.getInt(at + TAKEN_OFFSET, LITTLE_ENDIAN) & 0xffffffffL;
    return taken > TIME_UNKNOWN && nowSeconds - taken > keysForSeconds;
  }

  /** What marks a message as taken now. */
  private int takenNow() {
    return (int) Math.max(TIME_UNKNOWN, nowSeconds);
  }

  /** Whether a message that takes so many bytes has room, if need be in place of taken keys. */
  boolean hasRoom(final CaseRecord record, final int more) {
    final int net = more - takenLength(record);
    return record.systemLength(CaseLayout.MAILBOX_SLOT) + net <= LENGTH_MAX
        && CasePlayer.fits(record, net);
  }

  private static int takenLength(final CaseRecord record) {
    final MutableDirectBuffer buffer = record.buffer();
    int length = 0;
    for (int at = begin(record); at < end(record); at += entryLength(buffer, at)) {
      length += isTaken(buffer, at) ? entryLength(buffer, at) : 0;
    }
    return length;
  }

  /**
   * Drops keys of taken messages: those outside the window, and then the oldest until so many bytes
   * more have room.
   */
  void makeRoom(final CaseRecord record, final int more) {
    int keys = 0;
    for (int at = begin(record); at < end(record); at += entryLength(record.buffer(), at)) {
      keys += isTaken(record.buffer(), at) ? 1 : 0;
    }
    final int length = keys == 0 ? 0 : copyOut(record);
    int kept = 0;
    int at = 0;
    int dropped = 0;
    while (at < length) {
      final int entryLength = entryLength(scratch, at);
      final boolean drops =
          isTaken(scratch, at)
              && (keys > keysMax
                  || isExpired(scratch, at)
                  || length - dropped + more > LENGTH_MAX
                  || !CasePlayer.fits(record, more - dropped));
      if (drops) {
        keys--;
        dropped += entryLength;
      } else {
        if (kept < at) {
          System.arraycopy(scratch.byteArray(), at, scratch.byteArray(), kept, entryLength);
        }
        kept += entryLength;
      }
      at += entryLength;
    }
    if (dropped > 0) {
      record.putSystem(CaseLayout.MAILBOX_SLOT, scratch, 0, kept);
    }
  }

  /** Remembers the key of what is not kept itself. */
  void addTaken(
      final CaseRecord record, final int message, final byte[] key, final LargeReferences large) {
    makeRoom(record, lengthOf(key, 0));
    final int at = record.systemLength(CaseLayout.MAILBOX_SLOT);
    add(record, message, key, scratch, 0, 0, large);
    record.buffer().putInt(begin(record) + at + TAKEN_OFFSET, takenNow(), LITTLE_ENDIAN);
    makeRoom(record, 0);
  }

  /** Puts a message at the end. */
  void add(
      final CaseRecord record,
      final int message,
      final byte[] key,
      final DirectBuffer changes,
      final int offset,
      final int changesLength,
      final LargeReferences large) {
    LargeValues.forEachReference(changes, offset, changesLength, large::retain);
    final int length = copyOut(record);
    final int keyLength = BitUtil.align(key.length, Long.BYTES);
    scratch.setMemory(length, HEADER_LENGTH + keyLength, (byte) 0);
    scratch.putInt(length, message, LITTLE_ENDIAN);
    scratch.putInt(length + KEY_LENGTH_OFFSET, key.length, LITTLE_ENDIAN);
    scratch.putInt(length + CHANGES_LENGTH_OFFSET, changesLength, LITTLE_ENDIAN);
    scratch.putBytes(length + HEADER_LENGTH, key);
    scratch.putBytes(length + HEADER_LENGTH + keyLength, changes, offset, changesLength);
    record.putSystem(
        CaseLayout.MAILBOX_SLOT, scratch, 0, length + HEADER_LENGTH + keyLength + changesLength);
  }

  /** Length of the changes of the oldest message of this index that nobody has taken, or -1. */
  int nextLength(final CaseRecord record, final int message) {
    final int at = findNext(record, message);
    return at < 0 ? -1 : changesLength(record.buffer(), at);
  }

  private static int findNext(final CaseRecord record, final int message) {
    final MutableDirectBuffer buffer = record.buffer();
    for (int at = begin(record); at < end(record); at += entryLength(buffer, at)) {
      if (buffer.getInt(at, LITTLE_ENDIAN) == message
          && buffer.getInt(at + TAKEN_OFFSET, LITTLE_ENDIAN) == 0) {
        return at;
      }
    }
    return -1;
  }

  /**
   * Applies the oldest message of this index that nobody has taken, there must be one, to the case
   * that waits for it; of one with a key, the key stays in the window.
   */
  void take(
      final CaseRecord record,
      final int message,
      final CaseRecord taker,
      final LargeReferences large) {
    final int at = findNext(record, message) - begin(record);
    final int length = copyOut(record);
    taker.apply(scratch, changesAt(scratch, at), changesLength(scratch, at));
    LargeValues.forEachReference(
        scratch, changesAt(scratch, at), changesLength(scratch, at), large::release);
    record.putSystem(CaseLayout.MAILBOX_SLOT, scratch, 0, cutOut(at, length));
    makeRoom(record, 0);
  }

  /**
   * Leaves the key of an entry, if it has one, and closes the gap; returns the new length of all
   * entries.
   */
  private int cutOut(final int at, final int length) {
    final int next = at + entryLength(scratch, at);
    final int keptLength =
        keyLength(scratch, at) == 0
            ? 0
            : HEADER_LENGTH + BitUtil.align(keyLength(scratch, at), Long.BYTES);
    scratch.putInt(at + TAKEN_OFFSET, takenNow(), LITTLE_ENDIAN);
    scratch.putInt(at + CHANGES_LENGTH_OFFSET, 0, LITTLE_ENDIAN);
    System.arraycopy(
        scratch.byteArray(), next, scratch.byteArray(), at + keptLength, length - next);
    return length - (next - at) + keptLength;
  }

  /** Tells of each large value that a waiting message brings. */
  static void forEachReference(final CaseRecord record, final LongConsumer visitor) {
    final MutableDirectBuffer buffer = record.buffer();
    for (int at = begin(record); at < end(record); at += entryLength(buffer, at)) {
      LargeValues.forEachReference(
          buffer, changesAt(buffer, at), changesLength(buffer, at), visitor);
    }
  }

  private int copyOut(final CaseRecord record) {
    final int length = record.systemLength(CaseLayout.MAILBOX_SLOT);
    if (length > 0) {
      scratch.putBytes(0, record.buffer(), begin(record), length);
    }
    return length;
  }

  static byte[] keyBytes(final String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  static int begin(final CaseRecord record) {
    return record.systemOffset(CaseLayout.MAILBOX_SLOT);
  }

  static int end(final CaseRecord record) {
    return begin(record) + record.systemLength(CaseLayout.MAILBOX_SLOT);
  }

  private static int keyLength(final MutableDirectBuffer buffer, final int at) {
    return buffer.getInt(at + KEY_LENGTH_OFFSET, LITTLE_ENDIAN);
  }

  static int changesLength(final MutableDirectBuffer buffer, final int at) {
    return buffer.getInt(at + CHANGES_LENGTH_OFFSET, LITTLE_ENDIAN);
  }

  static int changesAt(final MutableDirectBuffer buffer, final int at) {
    return at + HEADER_LENGTH + BitUtil.align(keyLength(buffer, at), Long.BYTES);
  }

  static int entryLength(final MutableDirectBuffer buffer, final int at) {
    return changesAt(buffer, at) - at + changesLength(buffer, at);
  }
}
