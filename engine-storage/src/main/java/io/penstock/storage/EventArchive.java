package io.penstock.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Segments that a journal no longer needs, kept for the events in them, in the directory {@value
 * #DIRECTORY_NAME} of the shard; beyond a length the oldest go.
 *
 * <p>Used by the flusher's thread, or the opening one before it is started. Read by any, see {@link
 * EventReader}.
 */
final class EventArchive {
  static final String DIRECTORY_NAME = "history";

  private final FileLayer files;
  private final Path directory;
  private final long lengthMax;

  EventArchive(final FileLayer files, final Path shardDirectory, final long lengthMax) {
    this.files = files;
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
    if (lengthMax == 0 || !EventReader.hasEvents(segment)) {
      SegmentFiles.drop(files, segment);
      return;
    }
    files.createDirectories(directory);
    files.move(segment, directory.resolve(segment.getFileName()));
    trim();
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
