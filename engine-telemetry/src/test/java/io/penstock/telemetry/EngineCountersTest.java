package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.ObjectiveReading;
import io.penstock.telemetry.counters.CountersReader;
import io.penstock.telemetry.counters.EngineCounters;
import io.penstock.telemetry.counters.ObjectiveCounters;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an engine writes for other processes. */
class EngineCountersTest {
  @TempDir private Path root;

  private final Workflow atm = Atm.workflow(work -> {});

  private Engine open() {
    return Engine.open(root.resolve("data"), EngineOptions.defaults().shards(2));
  }

  private EngineCounters counters() {
    return CountersReader.read(root.resolve("data"));
  }

  private static ObjectiveCounters row(final EngineCounters counters, final String name) {
    return counters.objectives().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldShowOtherProcessesWhatItsReadingsSay() {
    try (Engine engine = open()) {
      engine.deploy(atm);
      for (int i = 0; i < 20; i++) {
        engine.start(atm, in -> {}).join();
      }
      engine.lookAtObjectives();

      final ObjectiveCounters shown = row(counters(), "atm-withdrawal v1");

      final ObjectiveReading reading =
          engine.objectives().readings().stream()
              .filter(each -> each.name().equals("atm-withdrawal v1"))
              .findFirst()
              .orElseThrow();
      assertThat(shown.count()).isEqualTo(20).isEqualTo(reading.count());
      assertThat(shown.good()).isEqualTo(20);
      assertThat(shown.p50()).isEqualTo(reading.p50());
      assertThat(shown.p99()).isEqualTo(reading.p99());
      assertThat(shown.objective()).isEqualTo(Objects.requireNonNull(reading.status()).objective());
      assertThat(counters().objectives())
          .extracting(ObjectiveCounters::name)
          .startsWith("R1", "W1", "C1")
          .doesNotContain("start", "atm-withdrawal v1 / verify-pin");
      assertThat(counters().engine()).isEqualTo("penstock-data");
      assertThat(counters().closed()).isFalse();
    }
  }

  @Test
  void shouldLeaveTheLastNumbersWhenItIsClosedAndBeginAnewWhenOpenedAgain() {
    try (Engine engine = open()) {
      engine.deploy(atm);
      engine.start(atm, in -> {}).join();
    }
    final EngineCounters closed = counters();
    assertThat(closed.closed()).isTrue();
    assertThat(row(closed, "atm-withdrawal v1").count()).isEqualTo(1);

    try (Engine engine = open()) {
      engine.lookAtObjectives();
      assertThat(counters().closed()).isFalse();
      assertThat(counters().opened()).isAfter(closed.opened());
    }
  }

  @Test
  void shouldGoOnWithoutCountersWhereTheyCannotBeWritten() throws IOException {
    Files.createDirectories(root.resolve("data/objectives.counters/in the way"));

    try (Engine engine = open()) {
      engine.deploy(atm);
      engine.lookAtObjectives();
      assertThat(engine.start(atm, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
    }
  }
}
