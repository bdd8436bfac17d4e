package io.penstock.interchange.expression;

import io.penstock.workflow.VariableType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an expression is worth. */
public enum Kind {
  /** A number of any size. */
  NUMBER,
  /** Text. */
  TEXT,
  /** True or false. */
  TRUTH;

  static @Nullable Kind of(final VariableType type) {
    return switch (type) {
      case LONG, DOUBLE, DECIMAL -> NUMBER;
      case STRING -> TEXT;
      case BOOLEAN -> TRUTH;
      case INSTANT, DURATION, BYTES -> null;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
