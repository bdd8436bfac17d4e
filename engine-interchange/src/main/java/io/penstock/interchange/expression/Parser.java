package io.penstock.interchange.expression;

import io.penstock.interchange.expression.Expression.Node;
import io.penstock.interchange.expression.Expression.Operator;
import io.penstock.interchange.expression.Expression.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the small language by recursive descent. Not thread safe; one text. */
final class Parser {
  private static final int LENGTH_MAX = 4_000;
  private static final int DEPTH_MAX = 100;
  private static final int TOKEN_LENGTH_MAX = 100;
  private static final Map<String, Operator> COMPARISONS =
      Map.ofEntries(
          Map.entry("==", Operator.EQUAL),
          Map.entry("=", Operator.EQUAL),
          Map.entry("eq", Operator.EQUAL),
          Map.entry("!=", Operator.UNEQUAL),
          Map.entry("<>", Operator.UNEQUAL),
          Map.entry("ne", Operator.UNEQUAL),
          Map.entry("<=", Operator.AT_MOST),
          Map.entry("le", Operator.AT_MOST),
          Map.entry("<", Operator.LESS),
          Map.entry("lt", Operator.LESS),
          Map.entry(">=", Operator.AT_LEAST),
          Map.entry("ge", Operator.AT_LEAST),
          Map.entry(">", Operator.GREATER),
          Map.entry("gt", Operator.GREATER));
  private static final String[] SYMBOLS = {
    "==", "!=", "<>", "<=", ">=", "&&", "||", "=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")",
    ",", "."
  };

  private final String text;
  private int at;
  private int depth;
  private String token = "";
  private int tokenAt;
  private Type type = Type.END;

  /** Kinds of tokens. */
  private enum Type {
    NUMBER,
    TEXT,
    NAME,
    /** A name between backquotes, which may hold what it likes. */
    QUOTED_NAME,
    SYMBOL,
    END
  }

  Parser(final String text) {
    this.text = text;
  }

  static String unwrap(final String text) {
    final String stripped = text.strip();
    if ((stripped.startsWith("${") || stripped.startsWith("#{")) && isClosedAtEnd(stripped)) {
      return stripped.substring(2, stripped.length() - 1).strip();
    }
    return stripped;
  }

  /**
   * Whether the brace that opens a text is closed by its last character; those in quotes are text.
   */
  private static boolean isClosedAtEnd(final String text) {
    char quote = 0;
    for (int i = 2; i < text.length(); i++) {
      final char at = text.charAt(i);
      if (quote != 0) {
        quote = at == quote ? 0 : quote;
      } else if (at == '"' || at == '\'' || at == '`') {
        quote = at;
      } else if (at == '}') {
        return i == text.length() - 1;
      }
    }
    return false;
  }

  Node parse() {
    if (text.isEmpty() || text.length() > LENGTH_MAX) {
      throw new ExpressionException(
          "expression must have 1 to " + LENGTH_MAX + " characters: length=" + text.length());
    }
    advance();
    final Node node = or();
    if (type != Type.END) {
      throw unexpected("an operator or the end");
    }
    return node;
  }

  private Node or() {
    enter();
    final List<Node> operands = new ArrayList<>(List.of(and()));
    while (takeWord("or") || takeSymbol("||")) {
      operands.add(and());
    }
    depth--;
    return Node.chain(Operator.OR, operands);
  }

  private Node and() {
    final List<Node> operands = new ArrayList<>(List.of(not()));
    while (takeWord("and") || takeSymbol("&&")) {
      operands.add(not());
    }
    return Node.chain(Operator.AND, operands);
  }

  private Node not() {
    if (isWord("not") || isSymbol("!")) {
      enter();
      advance();
      final Node node = Node.of(Operator.NOT, not());
      depth--;
      return node;
    }
    return comparison();
  }

  private Node comparison() {
    final Node left = sum();
    final Operator operator =
        type == Type.SYMBOL || type == Type.NAME ? COMPARISONS.get(token) : null;
    if (operator == null) {
      return left;
    }
    advance();
    return Node.of(operator, left, sum());
  }

  private Node sum() {
    final List<Node> operands = new ArrayList<>(List.of(product()));
    final List<Step> steps = new ArrayList<>();
    while (isSymbol("+") || isSymbol("-")) {
      steps.add(isSymbol("+") ? Step.PLUS : Step.MINUS);
      advance();
      operands.add(product());
    }
    return Node.arithmetic(operands, steps);
  }

  private Node product() {
    final List<Node> operands = new ArrayList<>(List.of(unary()));
    final List<Step> steps = new ArrayList<>();
    while (true) {
      if (isSymbol("*")) {
        steps.add(Step.TIMES);
      } else if (isSymbol("/") || isWord("div")) {
        steps.add(Step.DIVIDED);
      } else if (isSymbol("%") || isWord("mod")) {
        steps.add(Step.MODULO);
      } else {
        return Node.arithmetic(operands, steps);
      }
      advance();
      operands.add(unary());
    }
  }

  private Node unary() {
    if (isSymbol("-")) {
      enter();
      advance();
      final Node operand = unary();
      depth--;
      return operand.operator() == Operator.LITERAL && operand.value() instanceof BigDecimal number
          ? Node.literal(number.negate())
          : Node.arithmetic(List.of(Node.literal(BigDecimal.ZERO), operand), List.of(Step.MINUS));
    }
    return member();
  }

  private Node member() {
    final Node whole = primary();
    if (!takeSymbol(".")) {
      return whole;
    }
    if (!takeWord("contains")) {
      throw unexpected("contains");
    }
    expect("(");
    final Node part = or();
    expect(")");
    return Node.of(Operator.CONTAINS, whole, part);
  }

  private Node primary() {
    final String value = token;
    switch (type) {
      case NUMBER -> {
        advance();
        return Node.literal(new BigDecimal(value));
      }
      case TEXT -> {
        advance();
        return Node.literal(value);
      }
      case SYMBOL -> {
        if (value.equals("/")) {
          return Node.variable(path());
        }
        expect("(");
        final Node inner = or();
        expect(")");
        return inner;
      }
      case QUOTED_NAME -> {
        advance();
        return Node.variable(value);
      }
      case NAME -> {
        advance();
        return isSymbol("(") ? call(value) : name(value);
      }
      case END -> throw unexpected("a value");
    }
    throw new AssertionError(type);
  }

  private static Node name(final String value) {
    return switch (value) {
      case "true" -> Node.literal(true);
      case "false" -> Node.literal(false);
      case "null" -> Node.literal(null);
      default -> {
        final String name = value.startsWith("$") ? value.substring(1) : value;
        yield name.indexOf('-') < 0 ? Node.variable(name) : Node.hyphenated(name);
      }
    };
  }

  private Node call(final String function) {
    expect("(");
    final Node node;
    switch (function) {
      case "true", "false" -> node = Node.literal(function.equals("true"));
      case "not" -> node = Node.of(Operator.NOT, or());
      case "number", "string", "boolean" -> node = or();
      case "contains" -> {
        final Node whole = or();
        expect(",");
        node = Node.of(Operator.CONTAINS, whole, or());
      }
      default ->
          throw new ExpressionException(
              "function must be contains, not, number, string, boolean, true or false: function="
                  + function
                  + ", expression="
                  + text);
    }
    expect(")");
    return node;
  }

  /** A path of XPath: its last name is the variable. */
  private String path() {
    String last = "";
    while (takeSymbol("/")) {
      if (type != Type.NAME) {
        throw unexpected("a name");
      }
      final String step = token;
      advance();
      if (step.equals("text") && takeSymbol("(")) {
        expect(")");
        break;
      }
      last = step;
    }
    if (last.isEmpty()) {
      throw unexpected("a path that ends with the name of a variable");
    }
    return last;
  }

  private void enter() {
    depth++;
    if (depth > DEPTH_MAX) {
      throw new ExpressionException(
          "expression must not be nested deeper than the limit: depthMax=" + DEPTH_MAX);
    }
  }

  private boolean isSymbol(final String symbol) {
    return type == Type.SYMBOL && token.equals(symbol);
  }

  private boolean isWord(final String word) {
    return type == Type.NAME && token.equals(word);
  }

  private boolean takeSymbol(final String symbol) {
    final boolean found = isSymbol(symbol);
    if (found) {
      advance();
    }
    return found;
  }

  private boolean takeWord(final String word) {
    final boolean found = isWord(word);
    if (found) {
      advance();
    }
    return found;
  }

  private void expect(final String symbol) {
    if (!takeSymbol(symbol)) {
      throw unexpected(symbol);
    }
  }

  private ExpressionException unexpected(final String wanted) {
    return new ExpressionException(
        "expression must be of the small language: wanted="
            + wanted
            + ", found="
            + (type == Type.END ? "the end" : token)
            + ", position="
            + tokenAt
            + ", expression="
            + text);
  }

  private void advance() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    tokenAt = at;
    if (at == text.length()) {
      type = Type.END;
      token = "";
      return;
    }
    final char first = text.charAt(at);
    if (first == '"' || first == '\'') {
      readText(first, Type.TEXT);
    } else if (first == '`') {
      readText(first, Type.QUOTED_NAME);
    } else if (isDigit(first)) {
      readNumber();
    } else if (isNameStart(first)) {
      readName();
    } else {
      readSymbol();
    }
  }

  private void readText(final char quote, final Type kind) {
    final int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw new ExpressionException("text must be closed: position=" + at + ", expression=" + text);
    }
    token = text.substring(at + 1, end);
    type = kind;
    at = end + 1;
  }

  private void readNumber() {
    final int begin = at;
    boolean point = false;
    while (at < text.length()
        && (isDigit(text.charAt(at)) || (text.charAt(at) == '.' && !point && digitFollows()))) {
      point |= text.charAt(at) == '.';
      at++;
    }
    token = text.substring(begin, at);
    type = Type.NUMBER;
    if (token.length() > TOKEN_LENGTH_MAX) {
      throw new ExpressionException(
          "number must have at most " + TOKEN_LENGTH_MAX + " digits: position=" + begin);
    }
  }

  private boolean digitFollows() {
    return at + 1 < text.length() && isDigit(text.charAt(at + 1));
  }

  private void readName() {
    final int begin = at;
    while (at < text.length()
        && (isNameStart(text.charAt(at))
            || isDigit(text.charAt(at))
            || (text.charAt(at) == '-' && nameFollowsHyphen()))) {
      at++;
    }
    token = text.substring(begin, at);
    type = Type.NAME;
    if (token.length() > TOKEN_LENGTH_MAX) {
      throw new ExpressionException(
          "name must have at most " + TOKEN_LENGTH_MAX + " characters: position=" + begin);
    }
  }

  /**
   * A hyphen with a letter at once on both sides belongs to a name, as in XML; where no variable
   * has that name it is refused rather than taken for the one or the other.
   */
  private boolean nameFollowsHyphen() {
    return at + 1 < text.length() && isNameStart(text.charAt(at + 1));
  }

  private void readSymbol() {
    for (final String symbol : SYMBOLS) {
      if (text.startsWith(symbol, at)) {
        token = symbol;
        type = Type.SYMBOL;
        at += symbol.length();
        return;
      }
    }
    throw new ExpressionException(
        "expression must be of the small language: character="
            + text.charAt(at)
            + ", position="
            + at
            + ", expression="
            + text);
  }

  private static boolean isDigit(final char character) {
    return character >= '0' && character <= '9';
  }

  private static boolean isNameStart(final char character) {
    return Character.isLetter(character) || character == '_' || character == '$';
  }
}
