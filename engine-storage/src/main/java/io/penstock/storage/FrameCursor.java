package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.RecordBatch.EntryVisitor;
import io.penstock.storage.ShardSnapshot.EventsVisitor;
import java.util.zip.CRC32C;

/**
 * Goes over the frames of a segment from the front; each is checked whole before it is shown. Also
 * beside the writer: a frame that is not complete yet is none. One thread.
 */
final class FrameCursor {
  private final MappedFile segment;
  private final long engineId;
  private final CRC32C crc = new CRC32C();
  private int offset = SegmentFormat.HEADER_LENGTH;

  FrameCursor(final MappedFile segment, final long engineId) {
    this.segment = segment;
    this.engineId = engineId;
  }

  /** Whether a whole frame lies here. */
  boolean isFrame() {
    return SegmentFormat.isFrame(crc, segment, offset, engineId);
  }

  /** Goes to an offset, where a frame may lie. */
  void moveTo(final int elsewhere) {
    offset = elsewhere;
  }

  /** Where in the segment this is. */
  int offset() {
    return offset;
  }

  /** Position of the frame here. */
  long position() {
    return SegmentFormat.framePosition(segment.buffer(), offset);
  }

  /** Time of the frame here, in nanoseconds since the epoch. */
  long timeNs() {
    return SegmentFormat.frameTime(segment.buffer(), offset);
  }

  /** Goes on behind the frame here. */
  void next() {
    offset += SegmentFormat.frameLength(segment.buffer(), offset);
  }

  /**
   * Shows the entries of the frame here.
   *
   * @param visitor is shown each entry; the payload's buffer is the segment's
   * @throws JournalCorruptedException when they are not whole
   */
  void forEachEntry(final EntryVisitor visitor) {
    final int entries = offset + SegmentFormat.FRAME_HEADER_LENGTH;
    final int length =
        SegmentFormat.frameLength(segment.buffer(), offset) - SegmentFormat.FRAME_HEADER_LENGTH;
    try {
      RecordBatch.forEach(segment.buffer(), entries, length, visitor);
    } catch (final IllegalArgumentException e) {
      final JournalCorruptedException corrupted =
          new JournalCorruptedException(
              "a frame must hold whole entries",
              segment.path(),
              offset,
              "entries of " + length + " bytes",
              "other bytes");
      corrupted.initCause(e);
      throw corrupted;
    }
  }

  /**
   * Shows the events in the frame here.
   *
   * @param visitor is shown each entry of events
   * @throws JournalCorruptedException when the frame's entries are not whole
   */
  void forEachEvents(final EventsVisitor visitor) {
    final long timeNs = timeNs();
    forEachEntry(
        (kind, recordId, payload, at, length) -> {
          if (kind == RecordBatch.EVENTS) {
            visitor.onEvents(recordId, timeNs, payload, at, length);
          }
        });
  }

  /** Shows the frame here. */
  void show(final EventReader.FrameVisitor visitor) {
    visitor.onFrame(
        position(),
        timeNs(),
        segment.buffer(),
        offset + SegmentFormat.FRAME_HEADER_LENGTH,
        SegmentFormat.frameLength(segment.buffer(), offset) - SegmentFormat.FRAME_HEADER_LENGTH);
  }
}
