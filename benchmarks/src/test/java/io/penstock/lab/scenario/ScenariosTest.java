package io.penstock.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.lab.result.Figure;
import io.penstock.lab.result.Result;
import io.penstock.spi.Durability;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScenariosTest {
  private static final Settings QUICK = new Settings(true, Durability.MEMORY, 10);

  static Stream<Scenario> scenarios() {
    return Scenarios.all().stream().filter(each -> !each.name().equals("peers"));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("scenarios")
  void shouldFindItsOwnResultRight(final Scenario scenario) throws Exception {
    final Result result = Trial.of(scenario, QUICK);

    assertThat(result.failure()).isNull();
    assertThat(result.figures()).isNotEmpty();
  }

  @Test
  void shouldTellWhatWasWrongAndKeepWhatWasMeasured() throws Exception {
    final Scenario wrong =
        new Scenario() {
          @Override
          public String name() {
            return "wrong";
          }

          @Override
          public String meaning() {
            return "What becomes of a sum that does not add up?";
          }

          @Override
          public void run(final Trial trial) throws Exception {
            trial.figure("sum", 3, "");
            trial.check(trial.directory().toFile().isDirectory(), "a directory must be there");
            trial.check(trial.settings().soakS() == 3, "sums must add up: sum=2");
          }
        };

    final Result result = Trial.of(wrong, QUICK);

    assertThat(result.failure()).isEqualTo("sums must add up: sum=2");
    assertThat(result.figures()).isEqualTo(List.of(new Figure("sum", 3, "", null)));
  }
}
