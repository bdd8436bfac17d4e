package io.penstock;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process holds of the system.
 *
 * @param files open files
 * @param mappedFiles mappings of files below a directory
 * @param threads live threads
 */
record ProcessResources(long files, long mappedFiles, int threads) {
  /** Counts what the process holds now; files and mappings where the system tells. */
  static ProcessResources now(final Path directory) throws IOException {
    return new ProcessResources(
        openFiles(directory),
        mappedFiles(directory),
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  private static long openFiles(final Path directory) throws IOException {
    final Path descriptors = Path.of("/proc/self/fd");
    if (!Files.isDirectory(descriptors)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(descriptors)) {
      return open.filter(descriptor -> leadsTo(descriptor, directory)).count();
    }
  }

  private static boolean leadsTo(final Path descriptor, final Path directory) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(directory);
    } catch (final IOException e) {
      return false; // closed meanwhile
    }
  }

  private static long mappedFiles(final Path directory) throws IOException {
    final Path maps = Path.of("/proc/self/maps");
    if (!Files.isReadable(maps)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(maps)) {
      return lines.filter(line -> line.contains(directory.toString())).count();
    }
  }
}
