package io.penstock.interchange;

/**
 * An error that the model knows, thrown by a handler: the boundary event for its code is next.
 * Where none catches it, the case fails, as with any other exception.
 */
public final class ModelError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Its code. */
  private final String code;

  /**
   * Creates the error.
   *
   * @param code its code, not empty
   */
  public ModelError(final String code) {
    super("error of the model: code=" + code);
    if (code.isEmpty()) {
      throw new IllegalArgumentException("code of an error must not be empty: code=");
    }
    this.code = code;
  }

  /**
   * Its code.
   *
   * @return the code
   */
  public String code() {
    return code;
  }
}
