package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Gate;
import io.penstock.engine.Outcome;
import io.penstock.objective.GateReport;
import io.penstock.objective.GateRules;
import io.penstock.objective.GateState;
import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.VirtualClock;
import io.penstock.telemetry.counters.CountersReader;
import io.penstock.telemetry.counters.EngineCounters;
import io.penstock.telemetry.counters.ObjectiveCounters;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
  void shouldShowOtherProcessesWhereItsGatesStand() {
    final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-05T08:00:00Z"));
    final Objective objective = Objective.p99(Duration.ofMillis(5));
    final GateReport explained;
    try (Engine engine =
        Engine.open(root.resolve("data"), EngineOptions.defaults().shards(1).clock(clock))) {
      engine.lookAtObjectives();
      assertThat(counters().gates()).isEmpty();
      final Gate fast = engine.gate("fast-path", objective, GateRules.defaults());
      engine.gate("other", objective, GateRules.defaults());
      for (int i = 0; i < 40; i++) {
        fast.record(true, Duration.ofSeconds(1));
        fast.record(false, Duration.ofMillis(1));
      }
      clock.advance(Duration.ofMinutes(2));
      engine.lookAtObjectives();

      explained = fast.explain();
      assertThat(counters().gates())
          .extracting(GateReport::name)
          .containsExactly("fast-path", "other");
      assertThat(counters().gates().get(0)).isEqualTo(explained);
      assertThat(explained.state()).isEqualTo(GateState.TRIPPED);
      fast.record(true, Duration.ofSeconds(1));
    }
    assertThat(counters().gates().get(0).bad())
        .as("the last numbers stay, those since the last look too")
        .isEqualTo(1);
    assertThat(counters().gates().get(0).reason()).isEqualTo(explained.reason());
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
