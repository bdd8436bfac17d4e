package io.penstock.interchange.expression;

/** A text is no expression of the language, or one whose types do not fit. */
public final class ExpressionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the rule, where it fails, and what to do
   */
  public ExpressionException(final String message) {
    super(message);
  }
}
