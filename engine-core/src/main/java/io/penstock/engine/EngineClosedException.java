package io.penstock.engine;

/** The engine has been closed. */
public final class EngineClosedException extends EngineException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param engine which engine
   */
  public EngineClosedException(final String engine) {
    super("engine must be open: engine=" + engine + "; it was closed");
  }
}
