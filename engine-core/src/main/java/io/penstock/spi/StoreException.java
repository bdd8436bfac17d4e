package io.penstock.spi;

/** The storage cannot do what was asked: the environment's fault, not the program's. */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the rule that failed, the values by name, what to do
   */
  public StoreException(final String message) {
    super(message);
  }

  /**
   * Creates the exception.
   *
   * @param message the rule that failed, the values by name, what to do
   * @param cause what the environment said
   */
  public StoreException(final String message, final Throwable cause) {
    super(message, cause);
  }
}
