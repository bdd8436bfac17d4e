package io.penstock.workflow;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A typed slot of a case: a name and a type, declared once and used as the key to read and write.
 *
 * <p>Two variables are the same when name and type are. Immutable.
 *
 * @param <T> type of the values
 */
public final class Variable<T> {
  private static final Pattern PLAIN_NAME =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z_][A-Za-z0-9_]*)*");
  private static final Set<String> RESERVED =
      Set.of(
          "and",
          "or",
          "not",
          "true",
          "false",
          "null",
          "div",
          "mod",
          "contains",
          "eq",
          "ne",
          "lt",
          "le",
          "gt",
          "ge");

  private final String name;
  private final VariableType type;
  private final int hash;

  private Variable(final String name, final VariableType type) {
    this.name = Names.check("variable", name);
    this.type = type;
    hash = 31 * name.hashCode() + type.code();
  }

  /**
   * A variable that holds a 64-bit integer.
   *
   * @param name unique in the workflow
   * @return the variable
   */
  public static Variable<Long> ofLong(final String name) {
    return new Variable<>(name, VariableType.LONG);
  }

  /**
   * A variable that holds a 64-bit floating-point number.
   *
   * @param name unique in the workflow
   * @return the variable
   */
  public static Variable<Double> ofDouble(final String name) {
    return new Variable<>(name, VariableType.DOUBLE);
  }

  /**
   * A variable that holds true or false.
   *
   * @param name unique in the workflow
   * @return the variable
   */
  public static Variable<Boolean> ofBoolean(final String name) {
    return new Variable<>(name, VariableType.BOOLEAN);
  }

  /**
   * A variable that holds a point in time, to the nanosecond, from 1677-09-21 to 2262-04-11.
   *
   * @param name unique in the workflow
   * @return the variable
   */
  public static Variable<Instant> ofInstant(final String name) {
    return new Variable<>(name, VariableType.INSTANT);
  }

  /**
   * A variable that holds a span of time, to the nanosecond, up to 292 years either way.
   *
   * @param name unique in the workflow
   * @return the variable
   */
  public static Variable<Duration> ofDuration(final String name) {
    return new Variable<>(name, VariableType.DURATION);
  }

  /**
   * A variable that holds a decimal number of at most {@value Decimals#DIGITS_MAX} digits and a
   * scale from -{@value Decimals#SCALE_MAX} to {@value Decimals#SCALE_MAX}; scale and precision are
   * kept as given.
   *
   * @param name unique in the workflow
   * @return the variable
   */
  public static Variable<BigDecimal> ofDecimal(final String name) {
    return new Variable<>(name, VariableType.DECIMAL);
  }

  /**
   * A variable that holds text.
   *
   * @param name unique in the workflow
   * @return the variable
   */
  public static Variable<String> ofString(final String name) {
    return new Variable<>(name, VariableType.STRING);
  }

  /**
   * A variable that holds bytes; they are copied on the way in and out.
   *
   * @param name unique in the workflow
   * @return the variable
   */
  public static Variable<byte[]> ofBytes(final String name) {
    return new Variable<>(name, VariableType.BYTES);
  }

  /**
   * Name of the variable.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Type of the values.
   *
   * @return the type
   */
  public VariableType type() {
    return type;
  }

  /**
   * A guard that holds when this variable has the given value; decimals are compared by number, so
   * that 1.0 is 1.00, and floating-point numbers as IEEE 754 says: nothing is equal to, less or
   * greater than what is not a number.
   *
   * @param value the value to compare with
   * @return the guard; false while the variable has no value
   */
  public Guard is(final T value) {
    Objects.requireNonNull(value, "value");
    return compare(Comparison.Operator.IS, value);
  }

  /**
   * A guard that holds when this variable is at least the given value.
   *
   * @param value the value to compare with
   * @return the guard; false while the variable has no value
   */
  public Guard isAtLeast(final T value) {
    return compare(Comparison.Operator.AT_LEAST, value);
  }

  /**
   * A guard that holds when this variable is greater than the given value.
   *
   * @param value the value to compare with
   * @return the guard; false while the variable has no value
   */
  public Guard isGreaterThan(final T value) {
    return compare(Comparison.Operator.GREATER, value);
  }

  /**
   * A guard that holds when this variable is less than the given value.
   *
   * @param value the value to compare with
   * @return the guard; false while the variable has no value
   */
  public Guard isLessThan(final T value) {
    return compare(Comparison.Operator.LESS, value);
  }

  /**
   * A guard that holds when this variable is true.
   *
   * @return the guard; false while the variable has no value
   * @throws IllegalStateException when this is not a boolean variable
   */
  public Guard isTrue() {
    return truth(true);
  }

  /**
   * A guard that holds when this variable is false.
   *
   * @return the guard; false while the variable has no value
   * @throws IllegalStateException when this is not a boolean variable
   */
  public Guard isFalse() {
    return truth(false);
  }

  private Guard truth(final boolean wanted) {
    if (type != VariableType.BOOLEAN) {
      throw new IllegalStateException(
          "variable must be boolean to be judged true or false: variable="
              + name
              + ", type="
              + type);
    }
    return compare(Comparison.Operator.IS, wanted);
  }

  private Guard compare(final Comparison.Operator operator, final Object value) {
    if (type == VariableType.BYTES) {
      throw new IllegalStateException("bytes cannot be compared: variable=" + name);
    }
    return new Comparison(this, operator, value);
  }

  /**
   * The name as expressions write it: between backquotes where it is not made of letters, digits,
   * underscores and single hyphens before letters, or is a word of the language.
   *
   * @return the name, or empty where it has a backquote
   */
  public Optional<String> nameInExpressions() {
    if (PLAIN_NAME.matcher(name).matches() && !RESERVED.contains(name)) {
      return Optional.of(name);
    }
    return name.indexOf('`') >= 0 ? Optional.empty() : Optional.of("`" + name + "`");
  }

  @Override
  public boolean equals(final @Nullable Object other) {
    return other == this
        || (other instanceof Variable<?> that && that.type == type && that.name.equals(name));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return name + ":" + type;
  }
}
