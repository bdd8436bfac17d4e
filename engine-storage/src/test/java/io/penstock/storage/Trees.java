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
