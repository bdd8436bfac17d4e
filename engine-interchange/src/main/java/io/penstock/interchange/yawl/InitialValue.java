package io.penstock.interchange.yawl;

import io.penstock.interchange.Findings;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.workflow.Decimals;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a variable of a net is worth when the net begins. Immutable.
 *
 * @param <T> type of the value
 * @param variable the variable
 * @param value its value
 * @param isLocal whether the variable is the net's own, so that no value of before counts
 */
record InitialValue<T>(Variable<T> variable, T value, boolean isLocal) {
  /** Reads one; empty where a problem was reported. */
  static Optional<InitialValue<?>> of(
      final Findings findings,
      final XmlElement parameter,
      final @Nullable Variable<?> variable,
      final String text) {
    final Object value = variable == null ? null : value(variable, text);
    if (variable == null || value == null) {
      findings.problem(
          parameter,
          "initial value must be of the variable's type: variable="
              + variable
              + ", initialValue="
              + XmlElement.shorten(text));
      return Optional.empty();
    }
    return Optional.of(made(variable, value, parameter.name().equals("localVariable")));
  }

  @SuppressWarnings("unchecked") // the value was read as the variable's type
  private static <T> InitialValue<T> made(
      final Variable<T> variable, final Object value, final boolean isLocal) {
    return new InitialValue<>(variable, (T) value, isLocal);
  }

  private static @Nullable Object value(final Variable<?> variable, final String text) {
    try {
      return switch (variable.type()) {
        case LONG -> Long.valueOf(text);
        case DOUBLE -> Double.valueOf(text);
        case DECIMAL -> Decimals.parse(text);
        case BOOLEAN -> XmlElement.truth(text).orElse(null);
        case STRING -> text;
        case INSTANT, DURATION, BYTES -> null;
      };
    } catch (final IllegalArgumentException e) {
      return null;
    }
  }

  /** Sets it; in the outermost net what the case was started with counts more. */
  void set(final Work work, final boolean isOutermost) {
    if ((isLocal && !isOutermost) || work.find(variable).isEmpty()) {
      work.set(variable, value);
    }
  }
}
