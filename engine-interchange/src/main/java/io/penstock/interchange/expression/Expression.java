package io.penstock.interchange.expression;

import io.penstock.workflow.Guard;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An expression of the small language: comparisons ({@code = == != < <= > >=}), {@code and or not},
 * arithmetic ({@code + - * / mod}), {@code contains}, variables and literals. Immutable.
 *
 * <p>A variable without a value makes every comparison false, as it does in guards of code, but for
 * one with {@code null}; arithmetic with it is an error. Numbers that are not finite compare as
 * IEEE 754 says, and arithmetic with them is an error too. How much work an expression may be has
 * limits, see {@link Evaluation}. {@link #parse} makes one, {@link #bind} gives it the types.
 */
public final class Expression {
  private final String text;
  private final Node root;

  private Expression(final String text, final Node root) {
    this.text = text;
    this.root = root;
  }

  /**
   * Reads an expression.
   *
   * @param text the expression, also in <code>${...}</code> or <code>#{...}</code>, or with paths
   *     of XPath as names of variables
   * @return the expression, without types
   * @throws ExpressionException when it is none
   */
  public static Expression parse(final String text) {
    final String inner = Parser.unwrap(text);
    return new Expression(inner, new Parser(inner).parse());
  }

  /**
   * What can be told of the variables' kinds from how they are used.
   *
   * @param wanted what the whole is to be worth
   * @return names to kinds; null where nothing tells
   */
  public Map<String, @Nullable Kind> kinds(final Kind wanted) {
    final Map<String, @Nullable Kind> kinds = new TreeMap<>();
    infer(root, wanted, kinds);
    return kinds;
  }

  private static @Nullable Kind infer(
      final Node node, final @Nullable Kind wanted, final Map<String, @Nullable Kind> kinds) {
    if (node.isHyphenated()) {
      return null; // only what is declared has such a name
    }
    if (node.operator == Operator.VARIABLE) {
      final Kind known = kinds.get(node.name);
      if (known == null) {
        kinds.put(node.name, wanted);
      }
      return known == null ? wanted : known;
    }
    if (node.operator == Operator.LITERAL) {
      return kindOf(node.value);
    }
    if (node.operator.isEquality()) {
      final Kind left = infer(node.operands.get(0), null, kinds);
      final Kind right = infer(node.operands.get(1), left, kinds);
      if (node.operands.get(0).operator == Operator.VARIABLE) {
        infer(node.operands.get(0), right, kinds);
      }
      return Kind.TRUTH;
    }
    for (final Node operand : node.operands) {
      infer(operand, node.operator.operands(), kinds);
    }
    return node.operator.result();
  }

  private static @Nullable Kind kindOf(final @Nullable Object value) {
    if (value instanceof BigDecimal) {
      return Kind.NUMBER;
    }
    return value instanceof Boolean ? Kind.TRUTH : value == null ? null : Kind.TEXT;
  }

  /**
   * A number that stands for the whole expression, where it is one.
   *
   * @return the number, or null
   */
  public @Nullable BigDecimal constant() {
    return constantOf(root);
  }

  private static @Nullable BigDecimal constantOf(final Node node) {
    return node.operator == Operator.LITERAL && node.value instanceof BigDecimal number
        ? number
        : null;
  }

  /**
   * The names that it mentions.
   *
   * @return names of variables
   */
  public Set<String> names() {
    final Set<String> names = new LinkedHashSet<>();
    collect(root, names);
    return names;
  }

  private static void collect(final Node node, final Set<String> names) {
    if (node.operator == Operator.VARIABLE) {
      names.add(node.name);
    }
    node.operands.forEach(operand -> collect(operand, names));
  }

  /**
   * Checks the types.
   *
   * @param wanted what the whole is to be worth
   * @param variables the declared variables by name
   * @return the expression over these variables
   * @throws ExpressionException when a name is unknown or a type does not fit
   */
  public Bound bind(final Kind wanted, final Map<String, Variable<?>> variables) {
    check(root, wanted, variables);
    final Set<Variable<?>> read = new LinkedHashSet<>();
    for (final String name : names()) {
      read.add(variables.get(name));
    }
    return new Bound(text, root, variables, Set.copyOf(read));
  }

  private @Nullable Kind check(
      final Node node, final @Nullable Kind wanted, final Map<String, Variable<?>> variables) {
    final Kind found;
    if (node.operator == Operator.VARIABLE) {
      final Variable<?> variable = variables.get(node.name);
      if (variable == null && node.isHyphenated()) {
        throw new ExpressionException(
            "name with a hyphen must be that of a declared variable: name="
                + node.name
                + ", expression="
                + text
                + "; put spaces around the hyphen to subtract, or the name between backquotes");
      }
      if (variable == null) {
        throw new ExpressionException(
            "variable must be declared: variable=" + node.name + ", expression=" + text);
      }
      found = Kind.of(variable.type());
      if (found == null) {
        throw new ExpressionException(
            "variable must be a number, a text or a truth: variable="
                + variable
                + ", expression="
                + text);
      }
    } else if (node.operator == Operator.LITERAL) {
      found = kindOf(node.value);
    } else if (node.operator.isEquality()) {
      final Kind left = check(node.operands.get(0), null, variables);
      check(node.operands.get(1), left, variables);
      found = Kind.TRUTH;
    } else {
      node.operands.forEach(operand -> check(operand, node.operator.operands(), variables));
      found = node.operator.result();
    }
    if (wanted != null && found != null && found != wanted) {
      throw new ExpressionException(
          "expression must be a " + wanted + ": found=" + found + ", expression=" + text);
    }
    return found;
  }

  @Override
  public String toString() {
    return text;
  }

  /** Operators, with what they take and give. */
  enum Operator {
    VARIABLE(null, null),
    LITERAL(null, null),
    OR(Kind.TRUTH, Kind.TRUTH),
    AND(Kind.TRUTH, Kind.TRUTH),
    NOT(Kind.TRUTH, Kind.TRUTH),
    EQUAL(null, Kind.TRUTH),
    UNEQUAL(null, Kind.TRUTH),
    LESS(Kind.NUMBER, Kind.TRUTH),
    AT_MOST(Kind.NUMBER, Kind.TRUTH),
    GREATER(Kind.NUMBER, Kind.TRUTH),
    AT_LEAST(Kind.NUMBER, Kind.TRUTH),
    ARITHMETIC(Kind.NUMBER, Kind.NUMBER),
    CONTAINS(Kind.TEXT, Kind.TRUTH);

    private final @Nullable Kind operands;
    private final @Nullable Kind result;

    Operator(final @Nullable Kind operands, final @Nullable Kind result) {
      this.operands = operands;
      this.result = result;
    }

    @Nullable Kind operands() {
      return operands;
    }

    @Nullable Kind result() {
      return result;
    }

    boolean isEquality() {
      return this == EQUAL || this == UNEQUAL;
    }
  }

  /** What is done with the result so far and the next operand. */
  enum Step {
    PLUS,
    MINUS,
    TIMES,
    DIVIDED,
    MODULO
  }

  /**
   * A node of the tree. A chain of one operator, or of steps of arithmetic from left to right, is
   * one node with as many operands, so that only parentheses make the tree deep.
   *
   * @param operator what it does
   * @param operands with what
   * @param steps of arithmetic, one between two operands
   * @param name of a variable
   * @param value of a literal
   */
  record Node(
      Operator operator,
      List<Node> operands,
      List<Step> steps,
      String name,
      @Nullable Object value) {
    static Node of(final Operator operator, final Node... operands) {
      return new Node(operator, List.of(operands), List.of(), "", null);
    }

    static Node chain(final Operator operator, final List<Node> operands) {
      return operands.size() == 1
          ? operands.get(0)
          : new Node(operator, List.copyOf(operands), List.of(), "", null);
    }

    static Node arithmetic(final List<Node> operands, final List<Step> steps) {
      return operands.size() == 1
          ? operands.get(0)
          : new Node(Operator.ARITHMETIC, List.copyOf(operands), List.copyOf(steps), "", null);
    }

    static Node variable(final String name) {
      return new Node(Operator.VARIABLE, List.of(), List.of(), name, null);
    }

    /** A name with a hyphen, which may be meant as a subtraction. */
    static Node hyphenated(final String name) {
      return new Node(Operator.VARIABLE, List.of(), List.of(), name, true);
    }

    boolean isHyphenated() {
      return operator == Operator.VARIABLE && value != null;
    }

    static Node literal(final @Nullable Object value) {
      return new Node(Operator.LITERAL, List.of(), List.of(), "", value);
    }

    boolean isNull() {
      return operator == Operator.LITERAL && value == null;
    }
  }

  /** An expression whose types fit. Immutable, and safe to share between threads. */
  public static final class Bound {
    private final String text;
    private final Node root;
    private final Map<String, Variable<?>> variables;
    private final Set<Variable<?>> read;

    Bound(
        final String text,
        final Node root,
        final Map<String, Variable<?>> variables,
        final Set<Variable<?>> read) {
      this.text = text;
      this.root = root;
      this.variables = Map.copyOf(variables);
      this.read = read;
    }

    /**
     * The variables that it reads.
     *
     * @return the variables
     */
    public Set<Variable<?>> variables() {
      return read;
    }

    /**
     * The expression as a guard.
     *
     * @return a guard of the same text
     */
    public Guard guard() {
      return Guard.expressed(
          text,
          Optional.of(text),
          read,
          values -> new Evaluation(text, variables, values).truth(root));
    }

    /**
     * The number that it is worth.
     *
     * @param values the variables of a case
     * @return the number
     * @throws IllegalStateException when a variable has no value
     */
    public BigDecimal number(final Values values) {
      return new Evaluation(text, variables, values).number(root);
    }

    /**
     * A number that stands for the whole expression, where it is one.
     *
     * @return the number, or null
     */
    public @Nullable BigDecimal constant() {
      return constantOf(root);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
