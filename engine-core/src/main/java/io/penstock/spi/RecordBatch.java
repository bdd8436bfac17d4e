package io.penstock.spi;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What one burst changed, as bytes: the unit that a {@link ShardStore} appends, all of it or
 * nothing.
 *
 * <p>Built by the shard, copied into the journal as it stands and read back at recovery. All
 * integers are little endian.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                        Record id (64 bits)                    |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                        Payload length                         |
 *  +---------------------------------------------------------------+
 *  |       Kind: 1 = image, 2 = removal, 3 = events                |
 *  +---------------------------------------------------------------+
 *  |                        Payload, zero-padded to 8 bytes       ...
 * </pre>
 *
 * <p>An image is the whole record after the burst; a removal has no payload; events are history,
 * opaque to the store. Entries apply in order: the last image or removal of an id wins. Not thread
 * safe: one per shard thread, used again for each burst.
 */
public final class RecordBatch {
  /** Entry kind: the record's bytes after the burst. */
  public static final int IMAGE = 1;

  /** Entry kind: the record is gone. */
  public static final int REMOVAL = 2;

  /** Entry kind: what happened in this burst, for history and audit; not part of the state. */
  public static final int EVENTS = 3;

  /** Length of an entry before its payload, in bytes. */
  public static final int ENTRY_HEADER_LENGTH = 16;

  private static final int LENGTH_OFFSET = 8;
  private static final int KIND_OFFSET = 12;
  private static final int ALIGNMENT = 8;

  /** A buffer that has grown beyond it, for a large value, is not kept. */
  private static final int CAPACITY_KEPT_MAX = 1024 * 1024;

  private final int initialCapacity;
  private MutableDirectBuffer buffer;
  private int length;
  private long timeNs;

  /**
   * Creates an empty batch.
   *
   * @param initialCapacity bytes to start with; the batch grows as needed
   */
  public RecordBatch(final int initialCapacity) {
    this.initialCapacity = initialCapacity;
    buffer = new ExpandableDirectByteBuffer(initialCapacity);
  }

  /**
   * Empties the batch for a new burst.
   *
   * @param timeNs when the burst happens, nanoseconds since the epoch
   */
  public void begin(final long timeNs) {
    this.timeNs = timeNs;
    length = 0;
    if (buffer.capacity() > CAPACITY_KEPT_MAX) {
      buffer = new ExpandableDirectByteBuffer(initialCapacity);
    }
  }

  /**
   * Adds the image of a record; the bytes are copied.
   *
   * @param recordId id of the record
   * @param source holds the image
   * @param offset where it begins
   * @param imageLength its length in bytes
   */
  public void image(
      final long recordId, final DirectBuffer source, final int offset, final int imageLength) {
    add(recordId, IMAGE, source, offset, imageLength);
  }

  /**
   * Adds a removal.
   *
   * @param recordId id of the record that is gone
   */
  public void removal(final long recordId) {
    header(recordId, REMOVAL, 0);
    length += ENTRY_HEADER_LENGTH;
  }

  /**
   * Adds history of a record; the bytes are copied.
   *
   * @param recordId id of the record that the events belong to
   * @param source holds the events
   * @param offset where they begin
   * @param eventsLength their length in bytes
   */
  public void events(
      final long recordId, final DirectBuffer source, final int offset, final int eventsLength) {
    add(recordId, EVENTS, source, offset, eventsLength);
  }

  /**
   * When the burst happens.
   *
   * @return nanoseconds since the epoch
   */
  public long timeNs() {
    return timeNs;
  }

  /**
   * Whether nothing was added since {@link #begin}.
   *
   * @return true when empty
   */
  public boolean isEmpty() {
    return length == 0;
  }

  /**
   * Length of all entries.
   *
   * @return bytes, a multiple of 8
   */
  public int length() {
    return length;
  }

  /**
   * The entries' bytes, from 0 to {@link #length()}; owned by the batch and valid until the next
   * change.
   *
   * @return the buffer
   */
  public DirectBuffer buffer() {
    return buffer;
  }

  /**
   * Walks the entries of this batch in order.
   *
   * @param visitor is shown each entry
   */
  public void forEach(final EntryVisitor visitor) {
    forEach(buffer, 0, length, visitor);
  }

  /**
   * Walks encoded entries in order.
   *
   * @param entries holds the entries
   * @param offset where they begin
   * @param entriesLength their length in bytes
   * @param visitor is shown each entry
   * @throws IllegalArgumentException when the bytes are not a run of whole entries
   */
  public static void forEach(
      final DirectBuffer entries,
      final int offset,
      final int entriesLength,
      final EntryVisitor visitor) {
    final int end = offset + entriesLength;
    int position = offset;
    while (position < end) {
      final int remaining = end - position;
      final int payloadLength =
          remaining < ENTRY_HEADER_LENGTH
              ? -1
              : entries.getInt(position + LENGTH_OFFSET, LITTLE_ENDIAN);
      if (payloadLength < 0 || payloadLength > remaining - ENTRY_HEADER_LENGTH) {
        throw new IllegalArgumentException(
            "batch must be a run of whole entries: position="
                + (position - offset)
                + ", length="
                + entriesLength);
      }
      visitor.onEntry(
          entries.getInt(position + KIND_OFFSET, LITTLE_ENDIAN),
          entries.getLong(position, LITTLE_ENDIAN),
          entries,
          position + ENTRY_HEADER_LENGTH,
          payloadLength);
      position += ENTRY_HEADER_LENGTH + BitUtil.align(payloadLength, ALIGNMENT);
    }
  }

  private void add(
      final long recordId,
      final int kind,
      final DirectBuffer source,
      final int offset,
      final int payloadLength) {
    header(recordId, kind, payloadLength);
    final int payloadOffset = length + ENTRY_HEADER_LENGTH;
    final int padded = BitUtil.align(payloadLength, ALIGNMENT);
    if (padded > 0) {
      // The last eight bytes first: whatever the copy below leaves of them stays zero.
      buffer.putLong(payloadOffset + padded - ALIGNMENT, 0L, LITTLE_ENDIAN);
      buffer.putBytes(payloadOffset, source, offset, payloadLength);
    }
    length = payloadOffset + padded;
  }

  private void header(final long recordId, final int kind, final int payloadLength) {
    buffer.putLong(length, recordId, LITTLE_ENDIAN);
    buffer.putInt(length + LENGTH_OFFSET, payloadLength, LITTLE_ENDIAN);
    buffer.putInt(length + KIND_OFFSET, kind, LITTLE_ENDIAN);
  }

  /** Is shown the entries of a batch. */
  @FunctionalInterface
  public interface EntryVisitor {
    /**
     * One entry.
     *
     * @param kind {@link #IMAGE}, {@link #REMOVAL} or {@link #EVENTS}
     * @param recordId id of the record
     * @param payload holds the payload; valid during the call only
     * @param offset where it begins
     * @param length its length in bytes
     */
    void onEntry(int kind, long recordId, DirectBuffer payload, int offset, int length);
  }
}
