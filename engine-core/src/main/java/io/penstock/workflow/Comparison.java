package io.penstock.workflow;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A guard that compares a variable with a value, false while the variable has none; {@link
 * Variable#is} and the verbs beside it make them. Immutable.
 *
 * @param variable what is compared; not of {@link VariableType#BYTES}
 * @param operator how
 * @param value a value of the variable's type
 */
public record Comparison(Variable<?> variable, Operator operator, Object value) implements Guard {
  /** How a variable is compared with a value. */
  public enum Operator {
    /** It is the same; decimals are compared by number. */
    IS("="),
    /** It is the same or greater. */
    AT_LEAST(">="),
    /** It is greater. */
    GREATER(">"),
    /** It is less. */
    LESS("<");

    private final String sign;

    Operator(final String sign) {
      this.sign = sign;
    }

    /**
     * How people write it.
     *
     * @return one or two characters
     */
    public String sign() {
      return sign;
    }
  }

  /**
   * Checks that the two can be compared.
   *
   * @param variable what is compared
   * @param operator how
   * @param value a value of the variable's type
   */
  public Comparison {
    Objects.requireNonNull(value, "value");
    if (!(value instanceof Comparable<?>) || !variable.type().javaType().isInstance(value)) {
      throw new IllegalArgumentException(
          "value must be of the variable's type, and be ordered: variable="
              + variable
              + ", valueType="
              + value.getClass().getSimpleName());
    }
    if (value instanceof BigDecimal number) {
      Decimals.check(number);
    }
  }

  @Override
  public boolean test(final Values values) {
    final Object actual = values.find(variable).orElse(null);
    if (actual == null) {
      return false;
    }
    if (actual instanceof Double one && value instanceof Double other) {
      return test(one, other);
    }
    final int order = order(actual);
    return switch (operator) {
      case IS -> order == 0;
      case AT_LEAST -> order >= 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
    };
  }

  /** As IEEE 754 says, and as expressions do: what is not a number compares as false. */
  private boolean test(final double actual, final double wanted) {
    return switch (operator) {
      case IS -> actual == wanted;
      case AT_LEAST -> actual >= wanted;
      case GREATER -> actual > wanted;
      case LESS -> actual < wanted;
    };
  }

  @SuppressWarnings("unchecked") // both are of the variable's type, which is ordered
  private int order(final Object actual) {
    return ((Comparable<Object>) actual).compareTo(value);
  }

  @Override
  public Set<Variable<?>> variables() {
    return Set.of(variable);
  }

  @Override
  public Optional<String> expression() {
    final String sign = operator == Operator.IS ? "==" : operator.sign;
    return variable
        .nameInExpressions()
        .flatMap(name -> literal().map(text -> name + " " + sign + " " + text));
  }

  /** The value as expressions write it, where they can compare it so. */
  private Optional<String> literal() {
    if (value instanceof Long || (value instanceof Boolean && operator == Operator.IS)) {
      return Optional.of(value.toString());
    }
    if (value instanceof Double number && Double.isFinite(number)) {
      return Optional.of(BigDecimal.valueOf(number).toPlainString());
    }
    if (value instanceof BigDecimal number) {
      return Optional.of(number.toPlainString());
    }
    if (value instanceof String text && operator == Operator.IS) {
      final String quote = text.contains("\"") ? "'" : "\"";
      return text.contains(quote) ? Optional.empty() : Optional.of(quote + text + quote);
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return variable.name() + operator.sign + value;
  }
}
