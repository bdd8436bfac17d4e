package io.penstock.engine;

/** The engine could not do what was asked. */
public class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the rule that failed, the values by name, what to do
   */
  public EngineException(final String message) {
    super(message);
  }

  /**
   * Creates the exception.
   *
   * @param message the rule that failed, the values by name, what to do
   * @param cause what led to it
   */
  public EngineException(final String message, final Throwable cause) {
    super(message, cause);
  }
}
