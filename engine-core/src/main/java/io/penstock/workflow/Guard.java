package io.penstock.workflow;

import java.util.HashSet;
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
   * The opposite of this guard.
   *
   * @return a guard that holds when this one does not
   */
  default Guard not() {
    return named("not(" + this + ")", variables(), values -> !test(values));
  }

  /**
   * This guard and another one.
   *
   * @param other is judged only when this one holds
   * @return a guard that holds when both do
   */
  default Guard and(final Guard other) {
    return named(
        "(" + this + " and " + other + ")",
        union(this, other),
        values -> test(values) && other.test(values));
  }

  /**
   * This guard or another one.
   *
   * @param other is judged only when this one does not hold
   * @return a guard that holds when one of them does
   */
  default Guard or(final Guard other) {
    return named(
        "(" + this + " or " + other + ")",
        union(this, other),
        values -> test(values) || other.test(values));
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
      public String toString() {
        return text;
      }
    };
  }

  private static Set<Variable<?>> union(final Guard one, final Guard other) {
    final Set<Variable<?>> union = new HashSet<>(one.variables());
    union.addAll(other.variables());
    return Set.copyOf(union);
  }
}
