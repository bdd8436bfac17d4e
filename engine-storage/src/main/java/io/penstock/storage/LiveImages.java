package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.RecordBatch.EntryVisitor;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2LongHashMap;

/**
 * Which segment holds the last image of each record, and how many bytes the live records take in a
 * journal that holds nothing else. The shard's thread alone; allocates nothing but when it grows.
 *
 * <p>One long a record: the segment's number in the upper bits, the length of the image in units of
 * 8 bytes, headers included, in the lower ones. Events are history, not live.
 */
final class LiveImages implements EntryVisitor {
  private static final int UNIT = 8;
  private static final int LENGTH_BITS = 28;
  private static final long LENGTH_MASK = (1L << LENGTH_BITS) - 1;
  private static final int OVERHEAD =
      RecordBatch.ENTRY_HEADER_LENGTH + SegmentFormat.FRAME_HEADER_LENGTH;

  private final SlabIndex places = new SlabIndex();
  private final Long2LongHashMap imagesBySegment = new Long2LongHashMap(0);
  private long segment;
  private long bytes;

  /** Says in which segment the entries that follow lie. */
  void enter(final long segment) {
    this.segment = segment;
  }

  @Override
  public void onEntry(
      final int kind,
      final long recordId,
      final DirectBuffer payload,
      final int offset,
      final int length) {
    if (kind == RecordBatch.IMAGE) {
      final long units = (OVERHEAD + BitUtil.align((long) length, UNIT)) / UNIT;
      forget(places.put(recordId, segment << LENGTH_BITS | units));
      bytes += units * UNIT;
      imagesBySegment.put(segment, imagesBySegment.get(segment) + 1);
    } else if (kind == RecordBatch.REMOVAL) {
      forget(places.remove(recordId));
    }
  }

  /** Whether the last image of a record lies in a segment. */
  boolean isIn(final long recordId, final long segment) {
    final long place = places.get(recordId);
    return place != SlabIndex.MISSING && place >>> LENGTH_BITS == segment;
  }

  /** How many last images lie in a segment. */
  long imagesIn(final long segment) {
    return imagesBySegment.get(segment);
  }

  /** What the last images take, each in a frame of its own. */
  long bytes() {
    return bytes;
  }

  private void forget(final long place) {
    if (place != SlabIndex.MISSING) {
      bytes -= (place & LENGTH_MASK) * UNIT;
      final long left = imagesBySegment.get(place >>> LENGTH_BITS) - 1;
      if (left == 0) {
        imagesBySegment.remove(place >>> LENGTH_BITS);
      } else {
        imagesBySegment.put(place >>> LENGTH_BITS, left);
      }
    }
  }
}
