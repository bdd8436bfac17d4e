package io.penstock.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/**
 * What a journal asks of the file system, and all of it: a test puts one in its place that fails,
 * forgets what was not forced, or is cut off at any step.
 *
 * <p>Nothing here is on the disk before it is forced: the bytes of a file by {@link #create} with
 * {@code forced} or {@link #force}, and its name by {@link #forceDirectory}.
 */
interface FileLayer {
  /**
   * Creates a directory in one that is there; its name is not on the disk before the latter is
   * forced.
   *
   * @param directory not there yet
   * @throws IOException when it cannot be made
   */
  void createDirectory(Path directory) throws IOException;

  /**
   * Creates a directory and those above it that are missing, and forces the name of each.
   *
   * @param directory may be there
   * @return the directories that were made, the outermost first
   * @throws IOException when one cannot be made
   */
  default List<Path> createDirectories(final Path directory) throws IOException {
    final Deque<Path> missing = new ArrayDeque<>();
    for (Path path = directory.toAbsolutePath();
        path != null && !Files.exists(path);
        path = path.getParent()) {
      missing.push(path);
    }
    for (final Path path : missing) {
      try {
        createDirectory(path);
      } catch (final FileAlreadyExistsException e) {
        if (!Files.isDirectory(path)) {
          throw e; // else another has made it meanwhile
        }
      }
      forceDirectory(Objects.requireNonNull(path.getParent()));
    }
    return List.copyOf(missing);
  }

  /**
   * Creates a file of a length: some bytes, then zeros to its end, really written, so that a full
   * disk shows here and not in a mapped page.
   *
   * @param file where; one that is there already is written over
   * @param head what it begins with
   * @param length its length in bytes
   * @param forced whether it is on the disk when this returns
   * @throws IOException when there is no room, or the file cannot be made
   */
  void create(Path file, ByteBuffer head, int length, boolean forced) throws IOException;

  /**
   * Copies a file, or the beginning of it: some bytes in the place of its own first, then its bytes
   * up to an end, then zeros. It is on the disk when this returns, but for its name.
   *
   * @param source what to copy; may be written to meanwhile behind the end
   * @param target where to; not there yet
   * @param head what it begins with
   * @param end where the copied bytes end, from the start of the file
   * @param length its length in bytes, at least {@code end}
   * @throws IOException when there is no room, or one of the files cannot be used
   */
  void copy(Path source, Path target, ByteBuffer head, long end, long length) throws IOException;

  /**
   * Maps a file as a whole.
   *
   * @param file a file of less than 2 GiB
   * @param mode for reading, or for writing as well
   * @return the mapping
   * @throws IOException when it cannot be mapped
   */
  MappedFile map(Path file, MapMode mode) throws IOException;

  /**
   * Forces a part of a mapped file to the disk.
   *
   * @param file the mapping
   * @param offset where the part begins
   * @param length its length in bytes
   * @throws java.io.UncheckedIOException when the disk does not take it; what it holds then is
   *     unknown, and asking again proves nothing
   */
  void force(MappedFile file, int offset, int length);

  /**
   * Renames a file, at once or not at all.
   *
   * @param from its name
   * @param to its new name, in the same directory or one on the same disk
   * @throws IOException when it cannot be renamed
   */
  void move(Path from, Path to) throws IOException;

  /**
   * Deletes a file.
   *
   * @param file a file
   * @throws IOException when it cannot be deleted
   */
  void delete(Path file) throws IOException;

  /**
   * Forces the names in a directory to the disk, where the system can do that.
   *
   * @param directory a directory
   * @throws java.io.UncheckedIOException when the disk does not take them
   */
  void forceDirectory(Path directory);
}
