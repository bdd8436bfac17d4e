package io.penstock.examples;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A line of a CSV file cannot be read. */
public final class MalformedCsvException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param file the file
   * @param line number of the line, from 1
   * @param problem what is wrong with it
   * @param cause what was thrown while reading it
   */
  public MalformedCsvException(
      final Path file, final long line, final String problem, final @Nullable Throwable cause) {
    super("line must be readable: file=" + file + ", line=" + line + ", problem=" + problem, cause);
  }
}
