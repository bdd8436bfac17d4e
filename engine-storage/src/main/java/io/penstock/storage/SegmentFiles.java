package io.penstock.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The segment files of one shard: their names, and how one comes into being. */
final class SegmentFiles {
  private static final String PREFIX = "journal-";
  private static final String SUFFIX = ".seg";
  private static final String TEMPORARY_SUFFIX = ".tmp";
  private static final int NUMBER_DIGITS = 19;

  private SegmentFiles() {}

  /**
   * A segment found in a directory.
   *
   * @param path the file
   * @param number the number in its name
   */
  record Found(Path path, long number) {}

  /**
   * Lists the segments of a shard.
   *
   * @param directory the shard's directory
   * @return the segments by number; other files are not looked at
   * @throws IOException when the directory cannot be read
   */
  static List<Found> list(final Path directory) throws IOException {
    final List<Found> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (final Path path : (Iterable<Path>) files::iterator) {
        final String name = path.getFileName().toString();
        if (name.matches(PREFIX + "\\d{" + NUMBER_DIGITS + "}" + SUFFIX)) {
          found.add(new Found(path, number(path)));
        }
      }
    }
    found.sort(Comparator.comparingLong(Found::number));
    return found;
  }

  /**
   * Deletes the segments and the mark of a shard that never came to be, finished or not.
   *
   * @param directory the shard's directory
   * @throws IOException when one cannot be deleted
   */
  static void deleteAll(final Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (final Path path : (Iterable<Path>) files::iterator) {
        final String name = path.getFileName().toString();
        if (name.startsWith(PREFIX) || name.startsWith(JournalMark.FILE_NAME)) {
          Files.delete(path);
        }
      }
    }
  }

  /** The number in the name of a segment. */
  static long number(final Path segment) {
    final String name = segment.getFileName().toString();
    return Long.parseLong(name.substring(PREFIX.length(), PREFIX.length() + NUMBER_DIGITS));
  }

  static Path path(final Path directory, final long number) {
    return directory.resolve(
        String.format(Locale.ROOT, PREFIX + "%0" + NUMBER_DIGITS + "d" + SUFFIX, number));
  }

  /**
   * Drops a segment that the journal no longer needs.
   *
   * @param files the file system
   * @param segment the file
   * @throws IOException when it cannot be deleted; the next opening tries again
   */
  static void drop(final FileLayer files, final Path segment) throws IOException {
    files.delete(segment);
  }

  /**
   * Creates a segment: header, then zeros to its end.
   *
   * <p>It is filled under a temporary name and renamed: a crash leaves the segment or no segment.
   *
   * @param files the file system
   * @param directory the shard's directory
   * @param identity the shard
   * @param number number of the segment
   * @param length its length in bytes
   * @param forced whether it is on the disk, its name too, when this returns
   * @return the file
   * @throws IOException when there is no room, or the file cannot be made; then nothing is left of
   *     it
   */
  static Path create(
      final FileLayer files,
      final Path directory,
      final ShardIdentity identity,
      final long number,
      final int length,
      final boolean forced)
      throws IOException {
    final Path path = path(directory, number);
    final Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY_SUFFIX);
    final ByteBuffer header = ByteBuffer.allocate(SegmentFormat.HEADER_LENGTH);
    SegmentFormat.writeHeader(header, identity, number, length);
    try {
      files.create(temporary, header.clear(), length, forced);
      files.move(temporary, path);
      if (forced) {
        files.forceDirectory(directory);
      }
      return path;
    } catch (final UncheckedIOException e) {
      throw e.getCause();
    } catch (final IOException e) {
      deleteQuietly(temporary, e);
      throw e;
    }
  }

  private static void deleteQuietly(final Path file, final IOException reason) {
    try {
      Files.deleteIfExists(file);
    } catch (final IOException e) {
      reason.addSuppressed(e);
    }
  }
}
