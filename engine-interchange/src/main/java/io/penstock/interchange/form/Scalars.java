package io.penstock.interchange.form;

import io.penstock.interchange.form.Node.Kind;
import io.penstock.workflow.Decimals;
import io.penstock.workflow.VariableType;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Values of variables in documents: integers that a double holds exactly, doubles that are finite
 * and truths as they are, everything else as text.
 */
final class Scalars {
  private static final long EXACT_MAX = 1L << 53;

  private Scalars() {}

  static Node write(final Object value) {
    if (value instanceof Boolean truth) {
      return Node.truth(truth);
    }
    if (value instanceof Long number && Math.abs(number) <= EXACT_MAX && number != Long.MIN_VALUE) {
      return Node.number(number);
    }
    if (value instanceof Double number && Double.isFinite(number)) {
      return Node.number(number);
    }
    return Node.text(value.toString());
  }

  /** The value, or null when it is none of the type. */
  static @Nullable Object read(final VariableType type, final Node node) {
    if (node.isContainer()
        || node.kind == Kind.NOTHING
        || (node.kind == Kind.TRUTH) != (type == VariableType.BOOLEAN)) {
      return null;
    }
    final boolean isNumber = node.kind == Kind.NUMBER;
    try {
      return switch (type) {
        case LONG -> Long.valueOf(node.text);
        case DOUBLE -> number(node.text, isNumber);
        case DECIMAL -> Decimals.parse(node.text);
        case BOOLEAN -> Boolean.valueOf(node.text);
        case STRING -> isNumber ? null : node.text;
        case INSTANT -> isNumber ? null : Instant.parse(node.text);
        case DURATION -> isNumber ? null : Duration.parse(node.text);
        case BYTES -> null;
      };
    } catch (final IllegalArgumentException | DateTimeException e) {
      return null;
    }
  }

  private static @Nullable Double number(final String text, final boolean isNumber) {
    final Double value = Double.valueOf(text);
    return isNumber && !Double.isFinite(value) ? null : value;
  }
}
