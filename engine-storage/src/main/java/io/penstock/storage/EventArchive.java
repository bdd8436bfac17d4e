package io.penstock.storage;

import java.io.IOException;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments that a journal no longer needs, kept for the events in them, in the directory {@value
 * #DIRECTORY_NAME} of the shard; beyond a length the oldest go.
 *
 * <p>Used by the flusher's thread, or the opening one before it is started. Read by any, see {@link
 * EventReader}.
 */
final class EventArchive {
  static final String DIRECTORY_NAME = "history";

  private static final Logger LOGGER = LoggerFactory.getLogger(EventArchive.class);

  private final FileLayer files;
  private final Path directory;
  private final ShardIdentity identity;
  private final long lengthMax;

  EventArchive(
      final FileLayer files,
      final Path shardDirectory,
      final ShardIdentity identity,
      final long lengthMax) {
    this.files = files;
    this.identity = identity;
    directory = shardDirectory.resolve(DIRECTORY_NAME);
    this.lengthMax = lengthMax;
  }

  /**
   * Takes a segment out of the journal's directory: keeps it when there are events in it, else
   * drops it.
   *
   * @param segment the file
   * @throws IOException when it cannot be moved or deleted; it is where it was
   */
  void retire(final Path segment) throws IOException {
    if (lengthMax == 0 || !hasEvents(segment)) {
      SegmentFiles.drop(files, segment);
      return;
    }
    files.createDirectories(directory);
    files.move(segment, directory.resolve(segment.getFileName()));
    trim();
  }

  /** A damaged one is kept: what is left of its events can still be looked at. */
  private boolean hasEvents(final Path segment) throws IOException {
    try (MappedFile file = files.map(segment, MapMode.READ_WRITE)) {
      return ArchivedSegment.seal(file, identity);
    } catch (final JournalCorruptedException e) {
      LOGGER.warn("damaged segment goes to the history as it is", e);
      return true;
    }
  }

  private void trim() throws IOException {
    final List<SegmentFiles.Found> kept = SegmentFiles.list(directory);
    long length = 0;
    for (int i = kept.size() - 1; i >= 0; i--) {
      length += Files.size(kept.get(i).path());
      if (length > lengthMax) {
        SegmentFiles.drop(files, kept.get(i).path());
      }
    }
  }
}
