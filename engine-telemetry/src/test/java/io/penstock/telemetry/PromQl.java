package io.penstock.telemetry;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks expressions of a small part of PromQL, strictly: anything else is refused.
 *
 * <pre>
 *   and     = compare { ( "and" | "or" ) compare }
 *   compare = minus [ ( "&gt;" | "&gt;=" ) minus ]
 *   minus   = term { "-" term }
 *   term    = factor { ("*" | "/") factor }
 *   factor  = number | "(" and ")" | aggregate | function | selector
 *   aggregate = ("sum" | "min" | "max") [ "by" "(" label { "," label } ")" ] "(" and ")"
 *   function  = ( "rate" | "increase" ) "(" selector range ")" | "ceil" "(" and ")"
 *             | "histogram_quantile" "(" number "," and ")"
 *   selector  = name [ "{" matcher { "," matcher } "}" ]
 *             | "{" "__name__" "=~" "name(_ratio)?" { "," matcher } "}"
 *   matcher   = label ( "=" | "=~" | "!=" ) text
 * </pre>
 */
final class PromQl {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*([a-zA-Z_:][a-zA-Z0-9_:]*|[0-9]+(?:\\.[0-9]+)?|\"(?:[^\"\\\\\\n]|\\\\[\"\\\\n])*\"|=~|!=|>=|[(){},=>*/-]"
              + "|\\[(?:[1-9][0-9]*(?:ms|s|m|h|d)|\\$__rate_interval|\\$__range)\\])");
  private static final Set<String> AGGREGATES = Set.of("sum", "min", "max");

  private final String text;
  private final Matcher matcher;
  private String next = "";

  /** The metrics that the expression reads, and the labels that it names. */
  final Set<String> metrics = new LinkedHashSet<>();

  final Set<String> labels = new LinkedHashSet<>();

  /** What the selectors want of labels, as written. */
  final List<String> matchers = new ArrayList<>();

  /** How many selectors there are. */
  int selectors;

  PromQl(final String text) {
    this.text = text;
    matcher = TOKEN.matcher(text);
    advance();
    and();
    if (!next.isEmpty()) {
      throw wrong("the end");
    }
  }

  private void advance() {
    final int at = next.isEmpty() ? 0 : matcher.end();
    if (at == text.length()) {
      next = "";
    } else if (matcher.find(at) && matcher.start() == at) {
      next = matcher.group(1);
    } else {
      throw new AssertionError("no token at " + at + ": " + text);
    }
  }

  private AssertionError wrong(final String expected) {
    return new AssertionError("expected " + expected + " instead of '" + next + "': " + text);
  }

  private boolean is(final String token) {
    if (!next.equals(token)) {
      return false;
    }
    advance();
    return true;
  }

  private void want(final String token) {
    if (!is(token)) {
      throw wrong(token);
    }
  }

  private String take(final String pattern) {
    if (!next.matches(pattern)) {
      throw wrong(pattern);
    }
    final String taken = next;
    advance();
    return taken;
  }

  private void and() {
    do {
      compare();
    } while (is("and") || is("or"));
  }

  private void compare() {
    minus();
    if (is(">") || is(">=")) {
      minus();
    }
  }

  private void minus() {
    do {
      term();
    } while (is("-"));
  }

  private void term() {
    do {
      factor();
    } while (is("*") || is("/"));
  }

  private void factor() {
    if (next.matches("[0-9].*")) {
      advance();
    } else if (is("(")) {
      and();
      want(")");
    } else if (AGGREGATES.contains(next)) {
      advance();
      aggregate();
    } else if (is("ceil")) {
      want("(");
      and();
      want(")");
    } else if (is("rate") || is("increase")) {
      want("(");
      selector();
      take("\\[.*\\]");
      want(")");
    } else if (is("histogram_quantile")) {
      want("(");
      take("0\\.[0-9]+");
      want(",");
      and();
      want(")");
    } else {
      selector();
    }
  }

  private void aggregate() {
    if (is("by")) {
      want("(");
      do {
        labels.add(take("[a-z_]+"));
      } while (is(","));
      want(")");
    }
    want("(");
    and();
    want(")");
  }

  private void selector() {
    selectors++;
    final boolean isByPattern = is("{");
    if (isByPattern) {
      want("__name__");
      want("=~");
      final String pattern = take("\"[a-z_]+\\(_ratio\\)\\?\"");
      metrics.add(pattern.substring(1, pattern.indexOf('(')));
      if (is("}")) {
        return;
      }
      want(",");
    } else {
      metrics.add(take("[a-z_:][a-z0-9_:]*"));
    }
    if (isByPattern || is("{")) {
      do {
        final String label = take("[a-z_]+");
        labels.add(label);
        final String operator = take("=|=~|!=");
        matchers.add(label + operator + take("\".*\""));
      } while (is(","));
      want("}");
    }
  }
}
