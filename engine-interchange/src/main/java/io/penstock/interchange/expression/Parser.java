package io.penstock.interchange.expression;

import io.penstock.interchange.expression.Expression.Node;
import io.penstock.interchange.expression.Expression.Operator;
import java.math.BigDecimal;
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
    if ((stripped.startsWith("${") || stripped.startsWith("#{"))
        && stripped.endsWith("}")
        && stripped.indexOf('{', 2) < 0) {
      return stripped.substring(2, stripped.length() - 1).strip();
    }
    return stripped;
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
    Node left = and();
    while (takeWord("or") || takeSymbol("||")) {
      left = Node.of(Operator.OR, left, and());
    }
    depth--;
    return left;
  }

  private Node and() {
    Node left = not();
    while (takeWord("and") || takeSymbol("&&")) {
      left = Node.of(Operator.AND, left, not());
    }
    return left;
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
    Node left = product();
    while (isSymbol("+") || isSymbol("-")) {
      final Operator operator = isSymbol("+") ? Operator.PLUS : Operator.MINUS;
      advance();
      left = Node.of(operator, left, product());
    }
    return left;
  }

  private Node product() {
    Node left = unary();
    while (true) {
      final Operator operator;
      if (isSymbol("*")) {
        operator = Operator.TIMES;
      } else if (isSymbol("/") || isWord("div")) {
        operator = Operator.DIVIDED;
      } else if (isSymbol("%") || isWord("mod")) {
        operator = Operator.MODULO;
      } else {
        return left;
      }
      advance();
      left = Node.of(operator, left, unary());
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
          : Node.of(Operator.MINUS, Node.literal(BigDecimal.ZERO), operand);
    }
    return member();
  }

  private Node member() {
    Node left = primary();
    while (takeSymbol(".")) {
      if (!takeWord("contains")) {
        throw unexpected("contains");
      }
      expect("(");
      left = Node.of(Operator.CONTAINS, left, or());
      expect(")");
    }
    return left;
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
      default -> Node.variable(value.startsWith("$") ? value.substring(1) : value);
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

  /** A hyphen with a letter at once on both sides belongs to a name, as in XML. */
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
