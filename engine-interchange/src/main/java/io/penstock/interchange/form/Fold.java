package io.penstock.interchange.form;

import io.penstock.workflow.Decimals;
import io.penstock.workflow.VariableType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** The operators that a file can name without anything bound to them. */
enum Fold implements BinaryOperator<Object> {
  /** Of numbers and spans of time. */
  SUM {
    @Override
    public Object apply(final Object one, final Object other) {
      if (one instanceof Long a && other instanceof Long b) {
        return Math.addExact(a, b);
      }
      if (one instanceof Double a && other instanceof Double b) {
        return a + b;
      }
      if (one instanceof BigDecimal a && other instanceof BigDecimal b) {
        return Decimals.check(a.add(b));
      }
      return ((Duration) one).plus((Duration) other);
    }
  },
  /** The least. */
  MINIMUM {
    @Override
    public Object apply(final Object one, final Object other) {
      return order(one, other) <= 0 ? one : other;
    }
  },
  /** The greatest. */
  MAXIMUM {
    @Override
    public Object apply(final Object one, final Object other) {
      return order(one, other) >= 0 ? one : other;
    }
  },
  /** Whether all are true. */
  ALL {
    @Override
    public Object apply(final Object one, final Object other) {
      return (Boolean) one && (Boolean) other;
    }
  },
  /** Whether any is true. */
  ANY {
    @Override
    public Object apply(final Object one, final Object other) {
      return (Boolean) one || (Boolean) other;
    }
  };

  @SuppressWarnings("unchecked") // both are of a type that is ordered
  private static int order(final Object one, final Object other) {
    return ((Comparable<Object>) one).compareTo(other);
  }

  static Optional<Fold> of(final String word) {
    return Arrays.stream(values()).filter(fold -> fold.word().equals(word)).findFirst();
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean folds(final VariableType type) {
    return switch (this) {
      case SUM ->
          switch (type) {
            case LONG, DOUBLE, DECIMAL, DURATION -> true;
            case BOOLEAN, INSTANT, STRING, BYTES -> false;
          };
      case MINIMUM, MAXIMUM -> type != VariableType.BYTES;
      case ALL, ANY -> type == VariableType.BOOLEAN;
    };
  }
}
