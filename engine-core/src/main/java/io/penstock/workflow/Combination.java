package io.penstock.workflow;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A guard made of others; {@link Guard#and}, {@link Guard#or} and {@link Guard#not} make them.
 * Immutable as far as those are.
 *
 * @param operator how they are put together
 * @param operands two guards, or one for {@link Operator#NOT}
 */
public record Combination(Operator operator, List<Guard> operands) implements Guard {
  /** How guards are put together. */
  public enum Operator {
    /** Both hold; the second is judged only when the first does. */
    AND,
    /** One of them holds; the second is judged only when the first does not. */
    OR,
    /** It does not hold. */
    NOT
  }

  /**
   * Checks the number of guards.
   *
   * @param operator how they are put together
   * @param operands two guards, or one
   */
  public Combination {
    operands = List.copyOf(operands);
    if (operands.size() != (operator == Operator.NOT ? 1 : 2)) {
      throw new IllegalArgumentException(
          "combination must be of two guards, and the opposite of one: operator="
              + operator
              + ", guards="
              + operands.size());
    }
  }

  private Guard first() {
    return operands.get(0);
  }

  private Guard second() {
    return operands.get(1);
  }

  @Override
  public boolean test(final Values values) {
    return switch (operator) {
      case AND -> first().test(values) && second().test(values);
      case OR -> first().test(values) || second().test(values);
      case NOT -> !first().test(values);
    };
  }

  @Override
  public Set<Variable<?>> variables() {
    final Set<Variable<?>> read = new HashSet<>();
    operands.forEach(operand -> read.addAll(operand.variables()));
    return Set.copyOf(read);
  }

  @Override
  public Optional<String> expression() {
    if (operands.stream().anyMatch(operand -> operand.expression().isEmpty())) {
      return Optional.empty();
    }
    final String left = first().expression().orElseThrow();
    return Optional.of(
        switch (operator) {
          case AND -> "(" + left + " and " + second().expression().orElseThrow() + ")";
          case OR -> "(" + left + " or " + second().expression().orElseThrow() + ")";
          case NOT -> "not (" + left + ")";
        });
  }

  @Override
  public String toString() {
    return switch (operator) {
      case AND -> "(" + first() + " and " + second() + ")";
      case OR -> "(" + first() + " or " + second() + ")";
      case NOT -> "not(" + first() + ")";
    };
  }
}
