package io.penstock.telemetry.counters;

import io.penstock.spi.StoreException;
import java.nio.file.Path;

/** A file of counters cannot be read: it is not there, foreign, of another version, or torn. */
public final class CountersException extends StoreException {
  private static final long serialVersionUID = 1L;

  CountersException(final String message) {
    super(message);
  }

  CountersException(final String message, final Throwable cause) {
    super(message, cause);
  }

  static CountersException damaged(final Path file, final String what, final int value) {
    return new CountersException(
        "counters must hold what an engine writes: file="
            + file
            + ", "
            + what
            + "="
            + value
            + "; the file is damaged, the engine makes it anew when it is opened");
  }
}
