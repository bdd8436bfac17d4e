package io.penstock.storage;

import static java.nio.file.StandardOpenOption.READ;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore.EventVisitor;
import io.penstock.spi.StoreException;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads the events of one record from the segments of a shard, archived ones first, while its
 * journal is written or after it was closed.
 *
 * <p>Looks at every frame of every segment: time goes with the length of the journal. Any thread;
 * what is appended meanwhile may be seen or not, but never half of a frame.
 */
final class EventReader {
  private EventReader() {}

  /** Is shown each event; says whether it wants more. */
  private interface EventFilter {
    boolean onEvent(long timeNs, long id, DirectBuffer payload, int offset, int length);
  }

  /**
   * Shows the events of a record, oldest first.
   *
   * @param directory the shard's directory
   * @param recordId id of the record
   * @param visitor is shown each entry
   * @throws StoreException when a segment cannot be read
   */
  static void read(final Path directory, final long recordId, final EventVisitor visitor) {
    try {
      long last = -1;
      for (final SegmentFiles.Found segment : segments(directory)) {
        if (segment.number() > last) {
          last = segment.number();
          readSegment(segment.path(), directory, recordId, visitor);
        }
      }
    } catch (final IOException e) {
      throw new StoreException(
          "journal must be readable: directory=" + directory + "; check its permissions", e);
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
    final CRC32C crc = new CRC32C();
    final List<SegmentFiles.Found> segments = segments(directory);
    long last = -1;
    for (int i = beginOf(segments, positionMin); i < segments.size(); i++) {
      if (segments.get(i).number() > last) {
        last = segments.get(i).number();
        try (MappedFile file = MappedFile.readOnly(segments.get(i).path())) {
          readFrom(file, crc, identity, positionMin, visitor);
        }
      }
    }
  }

  private static void readFrom(
      final MappedFile file,
      final CRC32C crc,
      final ShardIdentity identity,
      final long positionMin,
      final FrameVisitor visitor) {
    int frame = SegmentFormat.HEADER_LENGTH;
    while (frame < file.length()
        && SegmentFormat.frameLength(file.buffer(), frame) > 0
        && SegmentFormat.isFrame(crc, file, frame, identity.engineId())) {
      final long position = SegmentFormat.framePosition(file.buffer(), frame);
      final int length = SegmentFormat.frameLength(file.buffer(), frame);
      if (position >= positionMin) {
        visitor.onFrame(
            position,
            SegmentFormat.frameTime(file.buffer(), frame),
            file.buffer(),
            frame + SegmentFormat.FRAME_HEADER_LENGTH,
            length - SegmentFormat.FRAME_HEADER_LENGTH);
      }
      frame += length;
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

  /** Whether there is an event in a segment that nobody writes any more. */
  static boolean hasEvents(final Path segment) throws IOException {
    final boolean[] found = {false};
    final MappedByteBuffer bytes = map(segment);
    try {
      readFrames(
          new UnsafeBuffer(bytes),
          (timeNs, id, payload, offset, length) -> {
            found[0] = true;
            return false;
          });
    } finally {
      IoUtil.unmap(bytes);
    }
    return found[0];
  }

  private static void readSegment(
      final Path path, final Path directory, final long recordId, final EventVisitor visitor)
      throws IOException {
    final MappedByteBuffer bytes;
    try {
      bytes = mapWhereItIs(path, directory);
    } catch (final NoSuchFileException e) {
      return; // dropped since the directory was listed, with the oldest events in it
    }
    try {
      readFrames(
          new UnsafeBuffer(bytes),
          (timeNs, id, payload, offset, length) -> {
            if (id == recordId) {
              visitor.onEvents(timeNs, payload, offset, length);
            }
            return true;
          });
    } finally {
      IoUtil.unmap(bytes);
    }
  }

  /** A segment may go to the archive between the listing and the look. */
  private static MappedByteBuffer mapWhereItIs(final Path path, final Path directory)
      throws IOException {
    try {
      return map(path);
    } catch (final NoSuchFileException e) {
      return map(directory.resolve(EventArchive.DIRECTORY_NAME).resolve(path.getFileName()));
    }
  }

  private static MappedByteBuffer map(final Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size());
    }
  }

  private static void readFrames(final UnsafeBuffer segment, final EventFilter filter) {
    int frame = SegmentFormat.HEADER_LENGTH;
    final boolean[] more = {true};
    while (more[0] && frame + SegmentFormat.FRAME_HEADER_LENGTH <= segment.capacity()) {
      final int length = SegmentFormat.publishedLength(segment, frame);
      if (length == 0) {
        return;
      }
      final long timeNs = SegmentFormat.frameTime(segment, frame);
      RecordBatch.forEach(
          segment,
          frame + SegmentFormat.FRAME_HEADER_LENGTH,
          length - SegmentFormat.FRAME_HEADER_LENGTH,
          (kind, id, payload, offset, payloadLength) -> {
            if (kind == RecordBatch.EVENTS) {
              more[0] &= filter.onEvent(timeNs, id, payload, offset, payloadLength);
            }
          });
      frame += length;
    }
  }
}
