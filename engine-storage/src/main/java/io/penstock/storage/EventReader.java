package io.penstock.storage;

import static java.nio.file.StandardOpenOption.READ;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore.EventVisitor;
import io.penstock.spi.StoreException;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads the events of one record from the segments of a shard, while its journal is written or
 * after it was closed.
 *
 * <p>Looks at every frame of every segment: time goes with the length of the journal. Any thread;
 * what is appended meanwhile may be seen or not, but never half of a frame.
 */
final class EventReader {
  private EventReader() {}

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
      for (final SegmentFiles.Found segment : SegmentFiles.list(directory)) {
        readSegment(segment.path(), recordId, visitor);
      }
    } catch (final IOException e) {
      throw new StoreException(
          "journal must be readable: directory=" + directory + "; check its permissions", e);
    }
  }

  private static void readSegment(final Path path, final long recordId, final EventVisitor visitor)
      throws IOException {
    final MappedByteBuffer bytes;
    try (FileChannel channel = FileChannel.open(path, READ)) {
      bytes = channel.map(MapMode.READ_ONLY, 0, channel.size());
    } catch (final NoSuchFileException e) {
      return; // dropped since the directory was listed, with the oldest events in it
    }
    try {
      readFrames(new UnsafeBuffer(bytes), recordId, visitor);
    } finally {
      IoUtil.unmap(bytes);
    }
  }

  private static void readFrames(
      final UnsafeBuffer segment, final long recordId, final EventVisitor visitor) {
    int frame = SegmentFormat.HEADER_LENGTH;
    while (frame + SegmentFormat.FRAME_HEADER_LENGTH <= segment.capacity()) {
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
            if (kind == RecordBatch.EVENTS && id == recordId) {
              visitor.onEvents(timeNs, payload, offset, payloadLength);
            }
          });
      frame += length;
    }
  }
}
