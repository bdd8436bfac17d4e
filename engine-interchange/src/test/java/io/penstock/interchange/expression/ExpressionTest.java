package io.penstock.interchange.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
  private static final Map<String, Variable<?>> VARIABLES =
      Map.of(
          "n", Variable.ofLong("n"),
          "x", Variable.ofDouble("x"),
          "amount", Variable.ofDecimal("amount"),
          "text", Variable.ofString("text"),
          "flag", Variable.ofBoolean("flag"),
          "unset", Variable.ofLong("unset"),
          "when", Variable.ofInstant("when"));

  private final Map<Variable<?>, Object> held = new HashMap<>();

  private final Values values =
      new Values() {
        @Override
        @SuppressWarnings("unchecked") // put under a variable of its type
        public <T> Optional<T> find(final Variable<T> variable) {
          return Optional.ofNullable((T) held.get(variable));
        }
      };

  ExpressionTest() {
    held.put(VARIABLES.get("n"), 3L);
    held.put(VARIABLES.get("x"), 0.5);
    held.put(VARIABLES.get("amount"), new BigDecimal("10.00"));
    held.put(VARIABLES.get("text"), "it's a text");
    held.put(VARIABLES.get("flag"), true);
  }

  private boolean judge(final String text) {
    return Expression.parse(text).bind(Kind.TRUTH, VARIABLES).guard().test(values);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        "n = 3 => true",
        "n == 3.0 => true",
        "n != 3 => false",
        "n <> 4 => true",
        "amount = 10 => true",
        "n < 3 or n <= 3 => true",
        "n gt 2 and n ge 3 and n lt 4 and n le 3 and n eq 3 and n ne 4 => true",
        "1 + 2 * 3 = 7 => true",
        "(1 + 2) * 3 = 9 => true",
        "10 - 4 - 3 = 3 => true",
        "-n + 3 = 0 => true",
        "n / 2 = 1.5 and n mod 2 = 1 and n % 2 = 1 and 6 div 2 = n => true",
        "x + x = 1 => true",
        "not flag => false",
        "!flag || flag && n > 2 => true",
        "not(flag and n = 4) => true",
        "text.contains(\"a t\") => true",
        "contains(text, 'zz') => false",
        "text = \"it's a text\" => true",
        "${flag} => true",
        "#{ n > 2 } => true",
        "/net/n/text() > 2 => true",
        "number(/net/n) = 3 and boolean(flag) => true",
        "true() and not(false()) => true",
        "$n = 3 => true",
        "flag = true => true",
        "flag != (n = 3) => false",
        "unset = 1 => false",
        "unset > 1 or unset <= 1 => false",
        "unset = null => true",
        "n = null => false"
      })
  void shouldJudge(final String text, final boolean expected) {
    assertThat(judge(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "n =",
        "n = = 3",
        "(n = 3",
        "n = 3)",
        "n ? 1 : 2",
        "'open",
        "n = 3 4",
        "n.size() > 1",
        "f(n)",
        "a b",
        "1.2.3 = n",
        "n = 3;",
        "@n",
        "/ = 3",
        "contains(text)",
        "\u0000"
      })
  void shouldRefuseWhatIsNoExpression(final String text) {
    assertThatThrownBy(() -> Expression.parse(text).bind(Kind.TRUTH, VARIABLES))
        .isInstanceOf(ExpressionException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n",
        "text",
        "1",
        "n + 1",
        "text > 3",
        "flag + 1 = 2",
        "n and flag",
        "not n",
        "text = 1",
        "n.contains('a')",
        "nobody = 1",
        "when = 1",
        "flag < true"
      })
  void shouldRefuseTypesThatDoNotFit(final String text) {
    assertThatThrownBy(() -> Expression.parse(text).bind(Kind.TRUTH, VARIABLES))
        .isInstanceOf(ExpressionException.class);
  }

  @Test
  void shouldRefuseWhatIsNestedTooDeepInsteadOfOverflowingTheStack() {
    for (final String opening : new String[] {"(", "not ", "-", "not(", "!"}) {
      assertThatThrownBy(() -> Expression.parse(opening.repeat(900) + "n"))
          .isInstanceOf(ExpressionException.class);
    }
    assertThatThrownBy(() -> Expression.parse("n".repeat(5_000)))
        .isInstanceOf(ExpressionException.class);
    final String wide = "n = 3 or " + "n = 3 or ".repeat(300) + "flag";
    assertThat(judge(wide)).isTrue();
  }

  @Test
  void shouldNotCalculateWithAVariableThatHasNoValue() {
    final Expression.Bound sum = Expression.parse("unset + 1").bind(Kind.NUMBER, VARIABLES);
    assertThatThrownBy(() -> sum.number(values))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("variable must have a value");
  }

  @Test
  void shouldTellTheKindsOfVariablesFromTheirUse() {
    assertThat(
            Expression.parse("a + 1 > b and (c or not d) and e = 'x' and f.contains(g) and h = i")
                .kinds(Kind.TRUTH))
        .containsEntry("a", Kind.NUMBER)
        .containsEntry("b", Kind.NUMBER)
        .containsEntry("c", Kind.TRUTH)
        .containsEntry("d", Kind.TRUTH)
        .containsEntry("e", Kind.TEXT)
        .containsEntry("f", Kind.TEXT)
        .containsEntry("g", Kind.TEXT)
        .containsEntry("h", null)
        .containsEntry("i", null);
  }

  @Test
  void shouldTellWhatItReads() {
    assertThat(Expression.parse("n > amount").bind(Kind.TRUTH, VARIABLES).guard().variables())
        .containsExactlyInAnyOrder(VARIABLES.get("n"), VARIABLES.get("amount"));
  }
}
