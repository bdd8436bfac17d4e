package io.penstock.storage;

import io.penstock.spi.StoreException;
import java.nio.file.Path;

/**
 * The journal is damaged before its end; the message says where. The directory is left as it was
 * found.
 */
public final class JournalCorruptedException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** The damaged file. */
  private final String file;

  /** Bytes from the start of the file. */
  private final long offset;

  JournalCorruptedException(
      final String rule,
      final Path file,
      final long offset,
      final Object expected,
      final Object actual) {
    super(
        rule
            + ": file="
            + file
            + ", position="
            + offset
            + ", expected="
            + expected
            + ", actual="
            + actual
            + "; nothing was changed: keep a copy of the directory, then restore it from a backup");
    this.file = file.toString();
    this.offset = offset;
  }

  /**
   * The damaged file.
   *
   * @return its path
   */
  public String file() {
    return file;
  }

  /**
   * Where in the file the damage begins.
   *
   * @return bytes from the start of the file
   */
  public long position() {
    return offset;
  }
}
