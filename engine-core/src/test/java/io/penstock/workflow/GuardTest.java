package io.penstock.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GuardTest {
  private static final Variable<Long> TRIES = Variable.ofLong("tries");
  private static final Variable<Boolean> COVERED = Variable.ofBoolean("covered");
  private static final Variable<String> STATE = Variable.ofString("state");

  @Test
  void shouldSayItselfAsAnExpressionWhenItIsMadeOfComparisons() {
    assertThat(COVERED.isTrue().or(TRIES.isAtLeast(3L).not()).expression())
        .contains("(covered == true or not (tries >= 3))");
    assertThat(STATE.is("it's").and(COVERED.isFalse()).expression())
        .contains("(state == \"it's\" and covered == false)");
    assertThat(Variable.ofDecimal("amount").isLessThan(new BigDecimal("1E+3")).expression())
        .contains("amount < 1000");
  }

  @Test
  void shouldQuoteNamesThatAreNoWordsOfExpressions() {
    assertThat(Variable.ofLong("round 2").isAtLeast(1L).expression()).contains("`round 2` >= 1");
    assertThat(Variable.ofBoolean("and").isTrue().expression()).contains("`and` == true");
    assertThat(Variable.ofLong("n-1").is(2L).expression()).contains("`n-1` == 2");
    assertThat(Variable.ofBoolean("pin-ok").isTrue().expression()).contains("pin-ok == true");
    assertThat(Variable.ofBoolean("`").isTrue().expression()).isEmpty();
  }

  @Test
  void shouldHaveNoExpressionWhenOnlyCodeTellsWhatItDoes() {
    final Guard opaque = Guard.named("tries > 1", Set.of(TRIES), values -> values.get(TRIES) > 1);
    assertThat(opaque.expression()).isEmpty();
    assertThat(opaque.and(COVERED.isTrue()).expression()).isEmpty();
    assertThat(COVERED.isTrue().or(opaque.not()).expression()).isEmpty();
    assertThat(STATE.isLessThan("open").expression()).isEmpty();
    assertThat(STATE.is("both \" and '").expression()).isEmpty();
    assertThat(Variable.ofInstant("when").is(Instant.EPOCH).expression()).isEmpty();
    assertThat(Variable.ofDouble("ratio").is(Double.NaN).expression()).isEmpty();
  }
}
