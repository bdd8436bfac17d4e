package io.penstock.storage;

import io.penstock.storage.ShardSnapshot.EventsVisitor;

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
    SegmentFormat.checkHeader(segment, identity, SegmentFiles.number(segment.path()));
    final FrameCursor frame = new FrameCursor(segment, identity.engineId());
    long positionNext = 0;
    for (; frame.isFrame(); frame.next()) {
      if (positionNext > 0 && frame.position() != positionNext) {
        throw new JournalCorruptedException(
            "frame positions must follow each other",
            segment.path(),
            frame.offset(),
            positionNext,
            frame.position());
      }
      positionNext = frame.position() + 1;
      frame.forEachEvents(visitor);
    }
    if (!JournalRecovery.isZero(segment.buffer(), frame.offset())) {
      throw new JournalCorruptedException(
          "a frame of a full segment must be whole",
          segment.path(),
          frame.offset(),
          positionNext > 0 ? "frame " + positionNext + ", or zeros" : "a frame, or zeros",
          "other bytes");
    }
  }
}
