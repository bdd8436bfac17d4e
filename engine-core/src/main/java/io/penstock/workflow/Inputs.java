package io.penstock.workflow;

/** Write access to variables: what a start, a message or a completed work item brings. */
public interface Inputs {
  /**
   * Sets a variable.
   *
   * @param <T> its type
   * @param variable a variable that the workflow declares
   * @param value the new value
   * @return this
   * @throws UnknownVariableException when the workflow does not declare it
   * @throws ValueTooLargeException when the value is longer than a case may hold, or a decimal
   *     beyond its limits
   * @throws IllegalArgumentException when the value cannot be represented
   */
  <T> Inputs set(Variable<T> variable, T value);

  /**
   * Of a start: when the case is taken in, if the engine has more to start than it keeps its
   * objectives with; instead of the workflow's own priority. Without effect on anything else.
   *
   * @param priority the priority
   * @return this
   */
  default Inputs priority(final Priority priority) {
    return this;
  }
}
