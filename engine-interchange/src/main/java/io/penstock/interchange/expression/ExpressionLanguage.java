package io.penstock.interchange.expression;

import io.penstock.workflow.Guard;
import io.penstock.workflow.Variable;
import java.util.Map;

/** Makes guards of texts in some language: the port for languages that are not the small one. */
@FunctionalInterface
public interface ExpressionLanguage {
  /**
   * Makes a guard.
   *
   * @param text the expression, without white space around it
   * @param variables the declared variables by name
   * @return the guard; it tells which variables it reads
   * @throws ExpressionException when the text is no expression of the language
   */
  Guard guard(String text, Map<String, Variable<?>> variables);
}
