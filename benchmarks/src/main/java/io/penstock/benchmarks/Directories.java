package io.penstock.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** What the runs do with the directories of their engines. */
public final class Directories {
  private Directories() {}

  /**
   * Bytes of all files in a directory, while an engine may write it.
   *
   * @param directory the directory
   * @return their sum
   * @throws IOException when it cannot be read
   */
  public static long length(final Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(Directories::lengthOfFile).sum();
    }
  }

  private static long lengthOfFile(final Path file) {
    try {
      return Files.size(file);
    } catch (final NoSuchFileException e) {
      return 0; // dropped meanwhile
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Deletes a directory and all in it.
   *
   * @param directory the directory
   * @throws IOException when something cannot be deleted
   */
  public static void delete(final Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
