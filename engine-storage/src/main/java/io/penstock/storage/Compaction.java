package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.StoreException;
import java.io.IOException;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a journal in proportion to the live records: copies their images forward and drops old
 * segments, oldest first.
 *
 * <p>It begins when the journal is more than twice what the live records take, and reads {@value
 * #SCAN_RATIO} bytes of the oldest segment for each byte that is appended, so that the work of a
 * round is in proportion to the round, and a shard that rests does none. A record whose last image
 * lies in that segment is appended again, as it is now in the view; when no last image is left the
 * segment is dropped. Removals need no copy: what they remove lies in the same segment or an older
 * one, which is gone. The shard's thread alone.
 */
final class Compaction implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Compaction.class);
  private static final int SCAN_RATIO = 4;
  private static final int STEP_LENGTH_MAX = 256 * 1024;
  private static final int COPY_LENGTH_INITIAL = 4096;

  private final Journal journal;
  private final StateView view;
  private final RecordBatch copies = new RecordBatch(COPY_LENGTH_INITIAL);
  private final ExpandableArrayBuffer image = new ExpandableArrayBuffer(COPY_LENGTH_INITIAL);
  private final RecordBatch.EntryVisitor copy = this::copy;

  private @Nullable MappedFile source;
  private int offset;

  /** Bytes that may be read; the rest of one round is left to the next. */
  private long allowance;

  private boolean waiting;
  private boolean stopped;

  /**
   * Creates the compaction of a journal.
   *
   * @param journal the journal
   * @param view its live records, in step with it
   */
  Compaction(final Journal journal, final StateView view) {
    this.journal = journal;
    this.view = view;
  }

  /** Told of a batch that was appended, and of its length. */
  void onAppend(final int length) {
    allowance += (long) SCAN_RATIO * (SegmentFormat.FRAME_HEADER_LENGTH + length);
  }

  /** Does what is due; never throws for want of room, but tries again at a later step. */
  void step() {
    try {
      dropDead();
      long left = Math.min(allowance, STEP_LENGTH_MAX);
      allowance -= left;
      while (left > 0 && !stopped && findSource()) {
        left -= advance();
        dropDead();
      }
      allowance = source == null ? 0 : allowance + left;
      waiting = false;
    } catch (final StoreException | IOException e) {
      if (!waiting) {
        LOGGER.warn("compaction waits, nothing is lost: {}", journal, e);
      }
      waiting = true;
    } catch (final IllegalArgumentException e) {
      stop(e);
    }
  }

  @Override
  public void close() {
    if (source != null) {
      source.close();
      source = null;
    }
  }

  /** Drops the oldest segments as far as nothing in them is live, read to their end or not. */
  private void dropDead() {
    while (journal.hasFullSegment()
        && journal.live().imagesIn(journal.oldest()) == 0
        && (source != null || isDue())) {
      close();
      journal.dropOldest();
    }
  }

  /** Whether there is a segment to go on with, or one to begin. */
  private boolean findSource() throws IOException {
    if (source == null && isDue()) {
      source = journal.mapOldest();
      offset = SegmentFormat.HEADER_LENGTH;
    }
    return source != null;
  }

  private boolean isDue() {
    return journal.hasFullSegment() && journal.usedLength() > 2 * journal.live().bytes();
  }

  /** Copies what is live in one frame; returns its length. */
  private int advance() {
    final MappedFile segment = source;
    if (segment == null) {
      return 0;
    }
    final int length = frameLength(segment);
    if (length == 0) {
      stop(null);
      return 0;
    }
    copies.begin(SegmentFormat.frameTime(segment.buffer(), offset));
    RecordBatch.forEach(
        segment.buffer(),
        offset + SegmentFormat.FRAME_HEADER_LENGTH,
        length - SegmentFormat.FRAME_HEADER_LENGTH,
        copy);
    if (!copies.isEmpty()) {
      journal.append(copies);
    }
    offset += length;
    return length;
  }

  /** Length of the frame at the offset; 0 when there is none. */
  private int frameLength(final MappedFile segment) {
    final int left = segment.length() - offset;
    if (left < SegmentFormat.FRAME_HEADER_LENGTH) {
      return 0;
    }
    final int length = SegmentFormat.frameLength(segment.buffer(), offset);
    return length < SegmentFormat.FRAME_HEADER_LENGTH || length > left ? 0 : length;
  }

  private void copy(
      final int kind,
      final long recordId,
      final DirectBuffer payload,
      final int payloadOffset,
      final int length) {
    if (kind == RecordBatch.IMAGE && journal.live().isIn(recordId, journal.oldest())) {
      // From the view: the segment may hold several images of a record, of which the last counts.
      final int imageLength = view.read(recordId, image, 0);
      if (imageLength >= 0) {
        copies.image(recordId, image, 0, imageLength);
      }
    }
  }

  /** A segment that was whole when it was written or opened is not any more. */
  private void stop(final @Nullable Exception cause) {
    LOGGER.error(
        "compaction has stopped, a segment does not hold the images it held; the live records are not"
            + " affected, but the directory grows: {}, segment={}, position={}; back it up and check"
            + " the disk",
        journal,
        journal.oldest(),
        offset,
        cause);
    stopped = true;
    close();
  }
}
