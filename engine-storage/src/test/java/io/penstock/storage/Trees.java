package io.penstock.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Looks at directory trees as a whole. */
final class Trees {
  private Trees() {}

  /** Every file with its bytes. */
  static Map<Path, byte[]> contents(final Path root) throws IOException {
    final Map<Path, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (final Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        files.put(path, Files.readAllBytes(path));
      }
    }
    return files;
  }

  /** Makes the files what they were, and removes those that were not there. */
  static void restore(final Path root, final Map<Path, byte[]> whole) throws IOException {
    for (final Path path : contents(root).keySet()) {
      if (!whole.containsKey(path)) {
        Files.delete(path);
      }
    }
    for (final Map.Entry<Path, byte[]> file : whole.entrySet()) {
      Files.write(file.getKey(), file.getValue());
    }
  }

  /** Every file but the lock with a checksum of its bytes. */
  static Map<Path, Long> fingerprint(final Path root) {
    final Map<Path, Long> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (final Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        if (!path.endsWith(DirectoryLock.FILE_NAME)) {
          final CRC32C crc = new CRC32C();
          crc.update(Files.readAllBytes(path));
          files.put(root.relativize(path), crc.getValue());
        }
      }
      return files;
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
