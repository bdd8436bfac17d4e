package io.penstock.engine;

/** A command was refused; nothing changed. */
public final class CommandRejectedException extends EngineException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  private final Rejection rejection;

  /**
   * Creates the exception.
   *
   * @param rejection why
   * @param message the rule that failed, the values by name, what to do
   */
  public CommandRejectedException(final Rejection rejection, final String message) {
    super(message + " [" + rejection + "]");
    this.rejection = rejection;
  }

  CommandRejectedException(final CommandRejectedException refusal) {
    super(String.valueOf(refusal.getMessage()), refusal);
    rejection = refusal.rejection;
  }

  /**
   * Why the command was refused.
   *
   * @return the reason, stable over versions
   */
  public Rejection rejection() {
    return rejection;
  }
}
