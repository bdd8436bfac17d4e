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

  /** What does not hold. */
  private final String rule;

  /** What should be there. */
  private final String expected;

  /** What is there. */
  private final String actual;

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
    this.rule = rule;
    this.expected = String.valueOf(expected);
    this.actual = String.valueOf(actual);
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

  /**
   * What does not hold there.
   *
   * @return the rule, in words
   */
  public String rule() {
    return rule;
  }

  /**
   * What should be there.
   *
   * @return in words or figures
   */
  public String expected() {
    return expected;
  }

  /**
   * What is there.
   *
   * @return in words or figures
   */
  public String actual() {
    return actual;
  }
}
