package io.penstock.workflow;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A condition on the variables of a case; decides a choice or a loop.
 *
 * <p>Judged on the shard's thread: it must be quick, must not block and must have no effect. One
 * that throws fails the case.
 */
@FunctionalInterface
public interface Guard {
  /**
   * Judges the guard.
   *
   * @param values the variables of the case
   * @return whether it holds
   */
  boolean test(Values values);

  /**
   * The variables that the guard reads, as far as it tells; they are declared with the workflow.
   *
   * @return the variables
   */
  default Set<Variable<?>> variables() {
    return Set.of();
  }

  /**
   * The guard as an expression, for models that are written out: comparisons of variables with
   * literals ({@code covered == true}, {@code tries >= 3}, {@code state == "open"}), joined by
   * {@code and}, {@code or} and {@code not}. Guards that this class and {@link Variable} make have
   * one.
   *
   * @return the expression, or empty where only the code tells, as that of a lambda
   */
  default Optional<String> expression() {
    return Optional.empty();
  }

  /**
   * The opposite of this guard.
   *
   * @return a guard that holds when this one does not
   */
  default Guard not() {
    return new Combination(Combination.Operator.NOT, List.of(this));
  }

  /**
   * This guard and another one.
   *
   * @param other is judged only when this one holds
   * @return a guard that holds when both do
   */
  default Guard and(final Guard other) {
    return Combination.of(Combination.Operator.AND, this, other);
  }

  /**
   * This guard or another one.
   *
   * @param other is judged only when this one does not hold
   * @return a guard that holds when one of them does
   */
  default Guard or(final Guard other) {
    return Combination.of(Combination.Operator.OR, this, other);
  }

  /**
   * Gives a guard a text for pictures and messages, and tells what it reads.
   *
   * @param text says what it asks
   * @param variables what it reads
   * @param guard the guard itself
   * @return the guard, with text and variables
   */
  static Guard named(final String text, final Set<Variable<?>> variables, final Guard guard) {
    return expressed(text, Optional.empty(), variables, guard);
  }

  /**
   * Gives a guard a text, tells what it reads, and an expression that says exactly what it does.
   *
   * @param text says what it asks
   * @param expression what {@link #expression} gives
   * @param variables what it reads
   * @param guard the guard itself
   * @return the guard, with all of them
   */
  static Guard expressed(
      final String text,
      final Optional<String> expression,
      final Set<Variable<?>> variables,
      final Guard guard) {
    return new Guard() {
      @Override
      public boolean test(final Values values) {
        return guard.test(values);
      }

      @Override
      public Set<Variable<?>> variables() {
        return variables;
      }

      @Override
      public Optional<String> expression() {
        return expression;
      }

      @Override
      public String toString() {
        return text;
      }
    };
  }
}
