package io.penstock.workflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A guard made of others; {@link Guard#and}, {@link Guard#or} and {@link Guard#not} make them.
 * Immutable as far as those are.
 *
 * <p>A chain of one operator is one combination of many guards, however it was put together, so
 * that nothing has to go down a chain; how deep different ones are nested has a limit.
 *
 * @param operator how they are put together
 * @param operands two guards or more, or one for {@link Operator#NOT}
 */
public record Combination(Operator operator, List<Guard> operands) implements Guard {
  /** How guards are put together. */
  public enum Operator {
    /** All hold; each is judged only when those before it do. */
    AND,
    /** One of them holds; each is judged only when none before it does. */
    OR,
    /** It does not hold. */
    NOT
  }

  /** How deep combinations may be nested. */
  public static final int DEPTH_MAX = 100;

  /** Most guards within a combination, all levels together. */
  public static final int GUARDS_MAX = 4_096;

  /** From so many guards on what was read is kept until all are judged. */
  private static final int REMEMBERING_FROM = 8;

  /**
   * Checks the number of guards and the nesting.
   *
   * @param operator how they are put together
   * @param operands two guards or more, or one
   * @throws IllegalArgumentException when there are too few, or they are beyond the limits
   */
  public Combination {
    operands = List.copyOf(operands);
    final boolean isOne = operator == Operator.NOT;
    if (isOne ? operands.size() != 1 : operands.size() < 2) {
      throw new IllegalArgumentException(
          "combination must be of two guards or more, and the opposite of one: operator="
              + operator
              + ", guards="
              + operands.size());
    }
    checkSize(operands);
  }

  /** Counts as a walk over all of them does; guards that stand in several places count in each. */
  private static void checkSize(final List<Guard> operands) {
    List<Guard> level = operands;
    int guards = 0;
    for (int depth = 1; !level.isEmpty(); depth++) {
      guards += level.size();
      if (guards > GUARDS_MAX || depth > DEPTH_MAX) {
        throw new IllegalArgumentException(
            "condition must be within the limits: guardsMax="
                + GUARDS_MAX
                + ", depthMax="
                + DEPTH_MAX
                + "; let a task judge a part of it and set a variable");
      }
      final List<Guard> next = new ArrayList<>();
      for (final Guard guard : level) {
        if (guard instanceof Combination inner) {
          next.addAll(inner.operands);
        }
      }
      level = next;
    }
  }

  /** Two guards put together: what is of the same operator already becomes one with it. */
  static Combination of(final Operator operator, final Guard first, final Guard second) {
    final List<Guard> all = new ArrayList<>();
    for (final Guard guard : List.of(first, second)) {
      if (guard instanceof Combination inner && inner.operator == operator) {
        all.addAll(inner.operands);
      } else {
        all.add(guard);
      }
    }
    return new Combination(operator, all);
  }

  @Override
  public boolean test(final Values values) {
    final Values read =
        operands.size() < REMEMBERING_FROM || values instanceof Remembered
            ? values
            : new Remembered(values);
    return switch (operator) {
      case AND -> all(read);
      case OR -> any(read);
      case NOT -> !operands.get(0).test(read);
    };
  }

  private boolean all(final Values values) {
    for (int i = 0; i < operands.size(); i++) {
      if (!operands.get(i).test(values)) {
        return false;
      }
    }
    return true;
  }

  private boolean any(final Values values) {
    for (int i = 0; i < operands.size(); i++) {
      if (operands.get(i).test(values)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Set<Variable<?>> variables() {
    final Set<Variable<?>> read = new HashSet<>();
    operands.forEach(operand -> read.addAll(operand.variables()));
    return Set.copyOf(read);
  }

  @Override
  public Optional<String> expression() {
    final List<String> texts = new ArrayList<>();
    for (final Guard operand : operands) {
      final Optional<String> text = operand.expression();
      if (text.isEmpty()) {
        return Optional.empty();
      }
      texts.add(text.get());
    }
    return Optional.of(
        switch (operator) {
          case AND -> "(" + String.join(" and ", texts) + ")";
          case OR -> "(" + String.join(" or ", texts) + ")";
          case NOT -> "not (" + texts.get(0) + ")";
        });
  }

  @Override
  public String toString() {
    final List<String> texts = operands.stream().map(Object::toString).toList();
    return switch (operator) {
      case AND -> "(" + String.join(" and ", texts) + ")";
      case OR -> "(" + String.join(" or ", texts) + ")";
      case NOT -> "not(" + texts.get(0) + ")";
    };
  }

  /** What was read, for guards that ask for it again. */
  private static final class Remembered implements Values {
    private final Values values;
    private final Map<Variable<?>, Optional<?>> read = new HashMap<>();

    Remembered(final Values values) {
      this.values = values;
    }

    @Override
    @SuppressWarnings("unchecked") // each was read of a variable of its type
    public <T> Optional<T> find(final Variable<T> variable) {
      return (Optional<T>) read.computeIfAbsent(variable, values::find);
    }
  }
}
