package io.penstock.workflow;

/** A variable was used that the workflow does not declare. */
public final class UnknownVariableException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param workflow name of the workflow
   * @param variable the variable
   */
  public UnknownVariableException(final String workflow, final Variable<?> variable) {
    super(
        "variable must be declared by the workflow: variable="
            + variable
            + ", workflow="
            + workflow
            + "; add it to variables(...)");
  }
}
