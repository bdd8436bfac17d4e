package io.penstock.spi;

/**
 * There is no room for a batch, and nothing of it was appended: the disk is full, a quota is
 * reached, too many files are open, the directory cannot be written. What was appended before is
 * safe, reads go on, and the batch may be appended later, see {@link ShardStore#makeRoom()}.
 */
public final class StoreFullException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the rule that failed, the values by name, what to do
   * @param cause what the environment said
   */
  public StoreFullException(final String message, final Throwable cause) {
    super(message, cause);
  }
}
