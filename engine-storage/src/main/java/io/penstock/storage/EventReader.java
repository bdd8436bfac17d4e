package io.penstock.storage;

import io.penstock.spi.ShardStore.EventVisitor;
import io.penstock.spi.StoreException;
import io.penstock.storage.ShardSnapshot.EventsVisitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of one record from the segments of a shard, archived ones first, while its
 * journal is written or after it was closed.
 *
 * <p>Looks at every frame of every segment: time goes with the length of the journal. Any thread;
 * what is appended meanwhile may be seen or not, but never half of a frame.
 */
final class EventReader {
  private EventReader() {}

  /**
   * Shows the events of a record, oldest first; every frame is checked before it is shown.
   *
   * @param directory the shard's directory
   * @param identity the shard
   * @param position position of a frame that was appended before; up to it all must be there
   * @param recordId id of the record
   * @param visitor is shown each entry
   * @throws JournalCorruptedException when a segment is damaged; what was shown before was right
   * @throws StoreException when a segment cannot be read
   */
  static void read(
      final Path directory,
      final ShardIdentity identity,
      final long position,
      final long recordId,
      final EventVisitor visitor) {
    final EventsVisitor filter =
        (id, timeNs, payload, offset, length) -> {
          if (id == recordId) {
            visitor.onEvents(timeNs, payload, offset, length);
          }
        };
    try {
      final Positions positions = new Positions();
      for (final SegmentFiles.Found segment : segments(directory)) {
        if (segment.number() > positions.number) {
          readSegment(segment, directory, identity, positions, filter);
        }
      }
      if (positions.path != null && positions.last < position) {
        throw positions.lost("frame " + (positions.last + 1) + " of " + position, "none");
      }
    } catch (final IOException e) {
      throw new StoreException(
          "journal must be readable: directory=" + directory + "; check its permissions", e);
    }
  }

  /** How far a reading has come. */
  private static final class Positions {
    long number = -1;
    long last;
    @Nullable Path path;
    int offset;

    /** The first frame of the next segment must go on where the one before ended. */
    void requireNext(final long nextNumber, final long position) {
      if (path != null && nextNumber == number + 1 && position != last + 1) {
        throw lost("frame " + (last + 1), "frame " + position + " in segment " + nextNumber);
      }
    }

    JournalCorruptedException lost(final String expected, final String actual) {
      return new JournalCorruptedException(
          "a frame before the end of the journal must be whole",
          Objects.requireNonNull(path),
          offset,
          expected,
          actual);
    }
  }

  /** Is shown whole frames. */
  @FunctionalInterface
  interface FrameVisitor {
    /**
     * One frame.
     *
     * @param position its position
     * @param timeNs time of the burst
     * @param entries holds its entries; valid during the call only
     * @param offset where they begin
     * @param length their length
     */
    void onFrame(long position, long timeNs, DirectBuffer entries, int offset, int length);
  }

  /**
   * Shows the frames from a position on that are still there, archived ones first, each with a
   * checksum that fits; nobody writes meanwhile. A segment is read as far as it is whole.
   *
   * @param directory the shard's directory
   * @param identity the shard
   * @param positionMin position of the first frame to show
   * @param visitor is shown each
   * @throws IOException when a segment cannot be read
   */
  static void readFrom(
      final Path directory,
      final ShardIdentity identity,
      final long positionMin,
      final FrameVisitor visitor)
      throws IOException {
    final List<SegmentFiles.Found> segments = segments(directory);
    long last = -1;
    for (int i = beginOf(segments, positionMin); i < segments.size(); i++) {
      if (segments.get(i).number() > last) {
        last = segments.get(i).number();
        try (MappedFile file = MappedFile.readOnly(segments.get(i).path())) {
          readFrom(file, identity, positionMin, visitor);
        }
      }
    }
  }

  private static void readFrom(
      final MappedFile file,
      final ShardIdentity identity,
      final long positionMin,
      final FrameVisitor visitor) {
    final FrameCursor frame = new FrameCursor(file, identity.engineId());
    for (; frame.isFrame(); frame.next()) {
      if (frame.position() >= positionMin) {
        frame.show(visitor);
      }
    }
  }

  /**
   * Index of the newest segment that begins before a position; what it begins with may be wrong.
   */
  private static int beginOf(final List<SegmentFiles.Found> segments, final long position)
      throws IOException {
    for (int i = segments.size() - 1; i > 0; i--) {
      try (MappedFile file = MappedFile.readOnly(segments.get(i).path())) {
        if (file.length() > SegmentFormat.HEADER_LENGTH + SegmentFormat.FRAME_HEADER_LENGTH
            && SegmentFormat.frameLength(file.buffer(), SegmentFormat.HEADER_LENGTH) > 0
            && SegmentFormat.framePosition(file.buffer(), SegmentFormat.HEADER_LENGTH)
                <= position) {
          return i;
        }
      }
    }
    return 0;
  }

  /** The archive is listed last: what moves there meanwhile is found twice rather than not. */
  private static List<SegmentFiles.Found> segments(final Path directory) throws IOException {
    final List<SegmentFiles.Found> segments = new ArrayList<>(SegmentFiles.list(directory));
    final Path archive = directory.resolve(EventArchive.DIRECTORY_NAME);
    if (Files.isDirectory(archive)) {
      segments.addAll(0, SegmentFiles.list(archive));
    }
    return segments;
  }

  private static void readSegment(
      final SegmentFiles.Found segment,
      final Path directory,
      final ShardIdentity identity,
      final Positions positions,
      final EventsVisitor visitor)
      throws IOException {
    final MappedFile mapped;
    try {
      mapped = mapWhereItIs(segment.path(), directory);
    } catch (final NoSuchFileException e) {
      return; // dropped since the directory was listed, with the oldest events in it
    }
    try (MappedFile file = mapped) {
      if (isArchived(file.path())) {
        new ArchivedSegment(file, identity).check();
      } else {
        SegmentFormat.checkHeader(file, identity, segment.number());
      }
      final FrameCursor frame = new FrameCursor(file, identity.engineId());
      boolean first = true;
      for (; frame.isFrame(); frame.next()) {
        if (first) {
          positions.requireNext(segment.number(), frame.position());
        } else if (frame.position() != positions.last + 1) {
          throw positions.lost("frame " + (positions.last + 1), "frame " + frame.position());
        }
        first = false;
        positions.number = segment.number();
        positions.path = file.path();
        positions.last = frame.position();
        positions.offset = frame.offset();
        frame.forEachEvents(visitor);
      }
      if (!first) {
        positions.offset = frame.offset();
      }
    }
  }

  private static boolean isArchived(final Path path) {
    final Path parent = path.getParent();
    return parent != null && parent.endsWith(EventArchive.DIRECTORY_NAME);
  }

  /** A segment may go to the archive between the listing and the look. */
  private static MappedFile mapWhereItIs(final Path path, final Path directory) throws IOException {
    try {
      return MappedFile.readOnly(path);
    } catch (final NoSuchFileException e) {
      return MappedFile.readOnly(
          directory.resolve(EventArchive.DIRECTORY_NAME).resolve(path.getFileName()));
    }
  }
}
