package io.penstock.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.lab.scenario.Scenario;
import io.penstock.lab.scenario.Scenarios;
import io.penstock.spi.Durability;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabOptionsTest {
  private static LabOptions parse(final String line) {
    return LabOptions.parse(line.split(" "));
  }

  @Test
  void shouldRunWhatIsNamedInThatOrder() {
    final LabOptions options =
        parse("run spike steady --quick --out there --durability POWER_LOSS --minutes 30");

    assertThat(options.scenarios()).extracting(Scenario::name).containsExactly("spike", "steady");
    assertThat(options.out()).isEqualTo(Path.of("there"));
    assertThat(options.settings().quick()).isTrue();
    assertThat(options.settings().durability()).isEqualTo(Durability.POWER_LOSS);
    assertThat(options.settings().soakS()).isEqualTo(1_800);
  }

  @Test
  void shouldRunAll() {
    assertThat(parse("run all").scenarios()).isEqualTo(Scenarios.all());
  }

  @Test
  void shouldNameEachScenarioOnce() {
    assertThat(Scenarios.all()).extracting(Scenario::name).doesNotHaveDuplicates();
    assertThat(Scenarios.all())
        .allSatisfy(each -> assertThat(each.name()).matches("[a-z0-9]+(-[a-z0-9]+)*"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"walk", "run", "run nothing", "run steady --out", "run all --durability NONE"})
  void shouldRefuseWhatItCannotUnderstand(final String line) {
    assertThatThrownBy(() -> parse(line)).isInstanceOf(IllegalArgumentException.class);
  }
}
