package io.penstock.interchange.expression;

import io.penstock.interchange.expression.Expression.Node;
import io.penstock.interchange.expression.Expression.Operator;
import io.penstock.interchange.expression.Expression.Step;
import io.penstock.workflow.Decimals;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One evaluation of an expression on a shard's thread: each variable is read once, arithmetic has
 * 34 digits, numbers stay within the limits of {@link Decimals}, and no more than {@value
 * #CHARACTERS_MAX} characters of texts are compared or searched. What is beyond fails the case. Not
 * thread safe.
 */
final class Evaluation {
  static final int CHARACTERS_MAX = 1 << 20;
  private static final int PART_MAX = 1 << 16;
  private static final Object NOTHING = new Object();

  private final String text;
  private final Map<String, Variable<?>> variables;
  private final Values values;
  private final Map<String, Object> read = new HashMap<>();
  private final Map<String, BigDecimal> rounded = new HashMap<>();
  private int characters;

  Evaluation(final String text, final Map<String, Variable<?>> variables, final Values values) {
    this.text = text;
    this.variables = variables;
    this.values = values;
  }

  boolean truth(final Node node) {
    return Boolean.TRUE.equals(value(node));
  }

  BigDecimal number(final Node node) {
    final Object value = value(node);
    if (value instanceof BigDecimal number) {
      return number;
    }
    throw new IllegalStateException(
        value == null
            ? "variable must have a value: expression=" + text
            : "number must be finite: value=" + value + ", expression=" + text);
  }

  private @Nullable Object value(final Node node) {
    return switch (node.operator()) {
      case VARIABLE -> variable(node.name());
      case LITERAL -> node.value();
      case OR -> anyIs(node.operands(), true);
      case AND -> !anyIs(node.operands(), false);
      case NOT -> !truth(node.operands().get(0));
      case EQUAL -> areEqual(node.operands(), true);
      case UNEQUAL -> areEqual(node.operands(), false);
      case LESS -> order(node.operands(), -1, -1);
      case AT_MOST -> order(node.operands(), -1, 0);
      case GREATER -> order(node.operands(), 1, 1);
      case AT_LEAST -> order(node.operands(), 1, 0);
      case ARITHMETIC -> calculate(node);
      case CONTAINS -> contains(node.operands());
    };
  }

  private boolean anyIs(final List<Node> operands, final boolean wanted) {
    for (final Node operand : operands) {
      if (truth(operand) == wanted) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Object variable(final String name) {
    final Object known = read.get(name);
    if (known != null) {
      return known.equals(NOTHING) ? null : known;
    }
    final Variable<?> variable = variables.get(name);
    final Object value = variable == null ? null : find(variable);
    read.put(name, value == null ? NOTHING : value);
    return value;
  }

  private @Nullable Object find(final Variable<?> variable) {
    final Object value = values.find(variable).orElse(null);
    if (value instanceof Long number) {
      return BigDecimal.valueOf(number);
    }
    if (value instanceof Double number) {
      return Double.isFinite(number) ? BigDecimal.valueOf(number) : number;
    }
    // One that was stored before there were limits.
    return value instanceof BigDecimal number ? Decimals.check(number) : value;
  }

  // Comparisons.

  /** Whether two values are equal, or are not; false where one of them is none. */
  private boolean areEqual(final List<Node> operands, final boolean wanted) {
    final Object left = value(operands.get(0));
    final Object right = value(operands.get(1));
    if (operands.get(0).isNull() || operands.get(1).isNull()) {
      return (left == null && right == null) == wanted;
    }
    if (left == null || right == null || isNoNumber(left) || isNoNumber(right)) {
      return false;
    }
    if (left instanceof String one && right instanceof String other) {
      take(one.length() == other.length() ? one.length() : 0);
      return one.equals(other) == wanted;
    }
    final boolean areNumbers = isNumber(left) && isNumber(right);
    return (areNumbers ? compare(left, right) == 0 : left.equals(right)) == wanted;
  }

  private boolean order(final List<Node> operands, final int one, final int other) {
    final Object left = value(operands.get(0));
    final Object right = value(operands.get(1));
    if (left == null
        || right == null
        || !isNumber(left)
        || !isNumber(right)
        || isNoNumber(left)
        || isNoNumber(right)) {
      return false;
    }
    final int order = compare(left, right);
    return order == one || order == other;
  }

  private static boolean isNumber(final Object value) {
    return value instanceof BigDecimal || value instanceof Double;
  }

  private static boolean isNoNumber(final Object value) {
    return value instanceof Double number && Double.isNaN(number);
  }

  /** The order of two numbers, which may be infinite. */
  private static int compare(final Object left, final Object right) {
    if (left instanceof BigDecimal one && right instanceof BigDecimal other) {
      return one.compareTo(other);
    }
    return Integer.signum(Double.compare(infinity(left), infinity(right)));
  }

  /** An infinite number, or 0 for one that is not. */
  private static double infinity(final Object value) {
    return value instanceof Double number ? number : 0;
  }

  // Arithmetic.

  private BigDecimal calculate(final Node node) {
    BigDecimal result = rounded(node.operands().get(0));
    for (int i = 0; i < node.steps().size(); i++) {
      result = limited(step(node.steps().get(i), result, rounded(node.operands().get(i + 1))));
    }
    return result;
  }

  /** A number with the digits of arithmetic; of a variable it is rounded once. */
  private BigDecimal rounded(final Node node) {
    return node.operator() == Operator.VARIABLE
        ? rounded.computeIfAbsent(node.name(), none -> number(node).round(MathContext.DECIMAL128))
        : number(node).round(MathContext.DECIMAL128);
  }

  private BigDecimal step(final Step step, final BigDecimal left, final BigDecimal right) {
    try {
      return switch (step) {
        case PLUS -> left.add(right, MathContext.DECIMAL128);
        case MINUS -> left.subtract(right, MathContext.DECIMAL128);
        case TIMES -> left.multiply(right, MathContext.DECIMAL128);
        case DIVIDED -> left.divide(right, MathContext.DECIMAL128);
        case MODULO -> left.remainder(right, MathContext.DECIMAL128);
      };
    } catch (final ArithmeticException e) {
      throw new IllegalStateException(
          "arithmetic must have a result: fault=" + e.getMessage() + ", expression=" + text, e);
    }
  }

  private BigDecimal limited(final BigDecimal number) {
    if (Math.abs((long) number.scale()) > 2L * Decimals.SCALE_MAX) {
      throw new IllegalStateException(
          "number must be within the limits: scaleMax="
              + 2 * Decimals.SCALE_MAX
              + ", scale="
              + number.scale()
              + ", expression="
              + text);
    }
    return number;
  }

  // Texts.

  private boolean contains(final List<Node> operands) {
    final Object whole = value(operands.get(0));
    final Object part = value(operands.get(1));
    if (!(whole instanceof String in) || !(part instanceof String sought)) {
      return false;
    }
    if (sought.length() > in.length()) {
      return false;
    }
    if (sought.length() > PART_MAX) {
      throw new IllegalStateException(
          "text that is looked for must be within the limit: length="
              + sought.length()
              + ", lengthMax="
              + PART_MAX
              + ", expression="
              + text);
    }
    take(in.length() + sought.length());
    return contains(in, sought);
  }

  /** In linear time, whatever the texts (Knuth, Morris, Pratt, 1977). */
  private static boolean contains(final String whole, final String part) {
    final int[] border = new int[part.length() + 1];
    int matched = 0;
    for (int i = 1; i < part.length(); i++) {
      while (matched > 0 && part.charAt(i) != part.charAt(matched)) {
        matched = border[matched];
      }
      matched += part.charAt(i) == part.charAt(matched) ? 1 : 0;
      border[i + 1] = matched;
    }
    matched = 0;
    for (int i = 0; i < whole.length() && matched < part.length(); i++) {
      while (matched > 0 && whole.charAt(i) != part.charAt(matched)) {
        matched = border[matched];
      }
      matched += whole.charAt(i) == part.charAt(matched) ? 1 : 0;
    }
    return matched == part.length();
  }

  private void take(final int more) {
    characters += more;
    if (characters > CHARACTERS_MAX) {
      throw new IllegalStateException(
          "condition must not look at more text than the limit: charactersMax="
              + CHARACTERS_MAX
              + ", expression="
              + text);
    }
  }
}
