package io.penstock.workflow;

/** A value is longer than a case may hold. */
public final class ValueTooLargeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param what what holds the value, by name
   * @param length its length in bytes
   * @param lengthMax the longest allowed, in bytes
   */
  public ValueTooLargeException(final String what, final int length, final int lengthMax) {
    super(
        "value must fit: "
            + what
            + ", length="
            + length
            + ", lengthMax="
            + lengthMax
            + "; keep a reference to it instead");
  }

  /**
   * Creates the exception.
   *
   * @param message the rule, what was found, and what to do
   */
  public ValueTooLargeException(final String message) {
    super(message);
  }
}
