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
  private final Path directory;
  private final TreeMap<Long, MappedFile> byNumber = new TreeMap<>();

  SegmentsInUse(final Path directory) {
    this.directory = directory;
  }

  /**
   * Maps what is there, the newest first, until one is gone: the owner drops the oldest, so those
   * before it are gone too. Whether what is left is enough, the headers say.
   */
  @Override
  public List<SegmentFiles.Found> list() throws IOException {
    final List<SegmentFiles.Found> found = SegmentFiles.list(directory);
    boolean there = true;
    for (int i = found.size() - 1; i >= 0 && there; i--) {
      there = mapIfThere(found.get(i));
    }
    return byNumber.entrySet().stream()
        .map(segment -> new SegmentFiles.Found(segment.getValue().path(), segment.getKey()))
        .toList();
  }

  private boolean mapIfThere(final SegmentFiles.Found segment) throws IOException {
    try {
      map(segment);
      return true;
    } catch (final NoSuchFileException e) {
      return false;
    }
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
      for (final SegmentFiles.Found segment : SegmentFiles.list(archive)) {
        mapIfThere(segment); // one that is gone was trimmed with the oldest events
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
