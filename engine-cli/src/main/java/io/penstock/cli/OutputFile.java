package io.penstock.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A file that a command writes: one that it makes is its owner's alone to read. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Opens a file for writing, in UTF-8; one that is there is written over and keeps its mode.
   *
   * @param file the file
   * @return the writer, to be closed
   * @throws IOException when it cannot be written
   */
  static Writer open(final Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (final FileAlreadyExistsException e) {
        // as the user made it
      }
    }
    return Files.newBufferedWriter(file, StandardCharsets.UTF_8);
  }

  /**
   * Writes a text to a file, as {@link #open} does.
   *
   * @param file the file
   * @param text the text
   * @throws IOException when it cannot be written
   */
  static void write(final Path file, final String text) throws IOException {
    try (Writer writer = open(file)) {
      writer.write(text);
    }
  }
}
