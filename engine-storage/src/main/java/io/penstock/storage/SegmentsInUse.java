package io.penstock.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/** Segments that stay mapped, and so readable, when the journal's owner drops them. One thread. */
final class SegmentsInUse implements JournalRecovery.Segments, AutoCloseable {
  private final TreeMap<Long, MappedFile> byNumber = new TreeMap<>();

  @Override
  public MappedFile open(final Path path) throws IOException {
    final long number = SegmentFiles.number(path);
    MappedFile file = byNumber.get(number);
    if (file == null) {
      file = MappedFile.readOnly(path);
      byNumber.put(number, file);
    }
    return file.borrowed();
  }

  /**
   * Maps the archived segments too; after the journal's own, so that what was archived meanwhile is
   * there already.
   */
  void openArchive(final Path shardDirectory) throws IOException {
    final Path archive = shardDirectory.resolve(EventArchive.DIRECTORY_NAME);
    final List<SegmentFiles.Found> archived =
        Files.isDirectory(archive) ? SegmentFiles.list(archive) : List.of();
    for (final SegmentFiles.Found segment : archived) {
      try {
        open(segment.path()).close();
      } catch (final NoSuchFileException e) {
        // trimmed since it was listed, with the oldest events in it
      }
    }
  }

  /** All segments, oldest first. */
  Collection<MappedFile> all() {
    return byNumber.values();
  }

  @Override
  public void close() {
    byNumber.values().forEach(MappedFile::close);
    byNumber.clear();
  }
}
