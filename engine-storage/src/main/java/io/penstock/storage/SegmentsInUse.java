package io.penstock.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * The segments of a journal that its owner goes on writing: those that were mapped stay readable
 * when the owner drops them. One thread.
 */
final class SegmentsInUse implements JournalRecovery.Segments, AutoCloseable {
  private static final int LISTINGS_MAX = 1_000;

  private final Path directory;
  private final TreeMap<Long, MappedFile> byNumber = new TreeMap<>();

  SegmentsInUse(final Path directory) {
    this.directory = directory;
  }

  /**
   * Maps what is there, and lists again while something was dropped between being listed and being
   * mapped. Each time only the segments since the last listing are left to map, so a busy owner
   * does not outrun it.
   */
  @Override
  public List<SegmentFiles.Found> list() throws IOException {
    for (int i = 0; i < LISTINGS_MAX && !mapAll(SegmentFiles.list(directory)); i++) {
      // the next listing is nearer to the mappings
    }
    return byNumber.entrySet().stream()
        .map(segment -> new SegmentFiles.Found(segment.getValue().path(), segment.getKey()))
        .toList();
  }

  /** Whether each of them was still there. */
  private boolean mapAll(final List<SegmentFiles.Found> found) throws IOException {
    boolean complete = true;
    for (final SegmentFiles.Found segment : found) {
      try {
        map(segment);
      } catch (final NoSuchFileException e) {
        complete = false;
      }
    }
    return complete;
  }

  private MappedFile map(final SegmentFiles.Found segment) throws IOException {
    MappedFile file = byNumber.get(segment.number());
    if (file == null) {
      file = MappedFile.readOnly(segment.path());
      byNumber.put(segment.number(), file);
    }
    return file;
  }

  @Override
  public MappedFile open(final SegmentFiles.Found segment) throws IOException {
    return map(segment).borrowed();
  }

  /**
   * Maps the archived segments too; after the journal's own, so that what was archived meanwhile is
   * there already.
   */
  void openArchive() throws IOException {
    final Path archive = directory.resolve(EventArchive.DIRECTORY_NAME);
    if (Files.isDirectory(archive)) {
      mapAll(SegmentFiles.list(archive)); // one that is gone was trimmed with the oldest events
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
