package io.penstock.cli;

/** What was asked for cannot be done as it was said. */
final class IllegalUsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  IllegalUsageException(final String message) {
    super(message);
  }
}
