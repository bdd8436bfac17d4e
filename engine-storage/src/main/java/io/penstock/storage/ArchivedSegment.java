package io.penstock.storage;

import io.penstock.storage.ShardSnapshot.EventsVisitor;
import java.util.function.Consumer;

/**
 * A segment that the journal no longer needs, read for its events: full when it was written, so its
 * frames follow each other and nothing but zeros follows them.
 */
final class ArchivedSegment {
  private final MappedFile segment;
  private final ShardIdentity identity;

  ArchivedSegment(final MappedFile segment, final ShardIdentity identity) {
    this.segment = segment;
    this.identity = identity;
  }

  /**
   * Shows its events.
   *
   * @param visitor is shown each entry
   * @throws JournalCorruptedException when it is not as it was written
   */
  void read(final EventsVisitor visitor) {
    readFrames(frame -> frame.forEachEvents(visitor));
  }

  /**
   * Shows its frames.
   *
   * @param visitor is shown each
   * @throws JournalCorruptedException when it is not as it was written
   */
  void forEachFrame(final EventReader.FrameVisitor visitor) {
    readFrames(frame -> frame.show(visitor));
  }

  /**
   * Checks all of it.
   *
   * @throws JournalCorruptedException when it is not as it was written
   */
  void check() {
    readFrames(frame -> frame.forEachEvents((recordId, timeNs, events, offset, length) -> {}));
  }

  /**
   * Notes in the header of a segment that is about to be archived which frame is its last: frames
   * lost at its end are then found too. Elsewhere the same fields say from where on the journal is
   * needed, which is behind this segment, and what was forced, which that frame was.
   *
   * @param segment the segment, mapped for writing
   * @param identity the shard
   * @return whether there are events in it
   * @throws JournalCorruptedException when it is damaged; nothing was noted
   */
  static boolean seal(final MappedFile segment, final ShardIdentity identity) {
    final boolean[] hasEvents = {false};
    final long last =
        new ArchivedSegment(segment, identity)
            .readFrames(
                frame ->
                    frame.forEachEvents(
                        (recordId, timeNs, events, offset, length) -> hasEvents[0] = true));
    if (last > 0) {
      final long number = SegmentFiles.number(segment.path());
      SegmentFormat.markForced(segment.buffer(), last);
      SegmentFormat.markBegin(segment.buffer(), number + 1, identity);
    }
    return hasEvents[0];
  }

  /** Reads all frames; returns the position of the last, 0 if there is none. */
  private long readFrames(final Consumer<FrameCursor> visitor) {
    final long number = SegmentFiles.number(segment.path());
    SegmentFormat.checkHeader(segment, identity, number);
    final boolean sealed = SegmentFormat.begin(segment, identity) == number + 1;
    final FrameCursor frame = new FrameCursor(segment, identity.engineId());
    long last = 0;
    for (; frame.isFrame(); frame.next()) {
      if (last > 0 && frame.position() != last + 1) {
        throw new JournalCorruptedException(
            "frame positions must follow each other",
            segment.path(),
            frame.offset(),
            last + 1,
            frame.position());
      }
      last = frame.position();
      visitor.accept(frame);
    }
    if (!JournalRecovery.isZero(segment.buffer(), frame.offset())
        || (sealed && last != SegmentFormat.forcedPosition(segment.buffer()))) {
      throw new JournalCorruptedException(
          "a frame of a full segment must be whole",
          segment.path(),
          frame.offset(),
          last > 0 ? "frame " + (last + 1) + ", or zeros" : "a frame, or zeros",
          sealed
              ? "not that, and the last frame is " + SegmentFormat.forcedPosition(segment.buffer())
              : "other bytes");
    }
    return last;
  }
}
