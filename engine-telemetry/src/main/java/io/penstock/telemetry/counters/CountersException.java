package io.penstock.telemetry.counters;

import io.penstock.spi.StoreException;

/** A file of counters cannot be read: it is not there, foreign, of another version, or torn. */
public final class CountersException extends StoreException {
  private static final long serialVersionUID = 1L;

  CountersException(final String message) {
    super(message);
  }

  CountersException(final String message, final Throwable cause) {
    super(message, cause);
  }
}
