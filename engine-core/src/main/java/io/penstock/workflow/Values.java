package io.penstock.workflow;

import java.util.Optional;

/** Read access to the variables of a case. */
public interface Values {
  /**
   * The value of a variable.
   *
   * @param <T> its type
   * @param variable a variable that the workflow declares
   * @return the value
   * @throws UnknownVariableException when the workflow does not declare it
   * @throws IllegalStateException when it has no value yet; {@link #find} tells without an
   *     exception
   */
  default <T> T get(final Variable<T> variable) {
    return find(variable)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "variable must have a value: variable=" + variable.name() + "; set it before"));
  }

  /**
   * The value of a variable, if it has one.
   *
   * @param <T> its type
   * @param variable a variable that the workflow declares
   * @return the value, or empty
   * @throws UnknownVariableException when the workflow does not declare it
   */
  <T> Optional<T> find(Variable<T> variable);
}
