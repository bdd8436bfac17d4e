package io.penstock.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
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

  @Test
  void shouldKeepTheFingerprintInWhateverOrderAGuardTellsWhatItReads() {
    final List<Variable<?>> read = new ArrayList<>(List.of(TRIES, COVERED, STATE));
    final Set<Long> fingerprints = new HashSet<>();
    for (int order = 0; order < 3; order++) {
      Collections.rotate(read, 1);
      final Guard guard = Guard.named("odd", new LinkedHashSet<>(read), values -> true);
      final Workflow workflow =
          Workflow.define("same")
              .choice(
                  choice ->
                      choice.when(guard, then -> then.manual("a")).otherwise(or -> or.manual("b")))
              .instances("many", 3, each -> each.manual("one"))
              .until(Guard.named("enough", new LinkedHashSet<>(read), values -> true), Rest.CANCEL)
              .build();
      fingerprints.add(workflow.fingerprint());
      assertThat(workflow.variables()).containsExactly(COVERED, STATE, TRIES);
    }
    assertThat(fingerprints).hasSize(1);
  }
}
