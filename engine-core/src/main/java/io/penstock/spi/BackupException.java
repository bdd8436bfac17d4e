package io.penstock.spi;

/**
 * A backup was not made: its target holds none, and the engine is as it was. The message says which
 * rule failed and what to do.
 */
public final class BackupException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the rule that failed, the values by name, what to do
   */
  public BackupException(final String message) {
    super(message);
  }

  /**
   * Creates the exception.
   *
   * @param message the rule that failed, the values by name, what to do
   * @param cause what the environment said
   */
  public BackupException(final String message, final Throwable cause) {
    super(message, cause);
  }
}
