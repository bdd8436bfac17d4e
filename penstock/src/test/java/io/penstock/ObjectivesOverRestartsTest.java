package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Budgets are spent over weeks, processes live for days. */
class ObjectivesOverRestartsTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-05T08:00:00Z"));
  private final Workflow slow =
      Workflow.define("slow")
          .task("step", work -> clock.advance(Duration.ofMillis(1)))
          .objective(Objective.p99(Duration.ofNanos(1)).over(Duration.ofDays(30)))
          .objective("step", Objective.p99(Duration.ofSeconds(1)).over(Duration.ofDays(30)))
          .waitObjective("step", Objective.p99(Duration.ofSeconds(1)).over(Duration.ofDays(30)))
          .build();

  @TempDir private Path directory;

  private Engine open() {
    return Engine.open(directory, EngineOptions.defaults().shards(2).clock(clock));
  }

  private static ObjectiveReading reading(final Engine engine, final String name) {
    return engine.objectives().readings().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static ObjectiveStatus status(final Engine engine, final String name) {
    return Objects.requireNonNull(reading(engine, name).status());
  }

  private void run(final Engine engine, final int cases) {
    engine.deploy(slow);
    for (int i = 0; i < cases; i++) {
      engine.start(slow, in -> {}).join();
    }
  }

  @Test
  void shouldCountABudgetOnOverRestarts() {
    try (Engine engine = open()) {
      run(engine, 20);
      assertThat(status(engine, "slow v1").bad()).isEqualTo(20);
    }
    clock.advance(Duration.ofDays(10));
    try (Engine engine = open()) { // without the workflow: what it has spent is kept
      assertThat(engine.objectives().readings())
          .extracting(ObjectiveReading::name)
          .doesNotContain("slow v1");
    }
    try (Engine engine = open()) {
      run(engine, 1);

      assertThat(status(engine, "slow v1").bad()).isEqualTo(21);
      assertThat(status(engine, "slow v1").state()).isEqualTo(ObjectiveState.BREACHED);
      assertThat(reading(engine, "slow v1").count()).as("since the opening").isEqualTo(1);
      assertThat(status(engine, "slow v1 / step").good()).isEqualTo(21);
      assertThat(status(engine, "slow v1 / step (wait)").good()).isEqualTo(21);
      clock.advance(Duration.ofDays(21));
      assertThat(status(engine, "slow v1").bad()).as("the first are over 30 days old").isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldKeepWhatWasCountedWhenThereWasNoRoomForItAtFirst(final boolean shardKnows) {
    final AtomicBoolean full = new AtomicBoolean();
    final EngineOptions options =
        EngineOptions.defaults().shards(1).clock(clock).store(new FullStore(full::get));
    try (Engine engine = Engine.open(directory, options)) {
      run(engine, 20);
      full.set(true);
      if (shardKnows) {
        assertThatThrownBy(() -> engine.start(slow, in -> {}))
            .isInstanceOf(CommandRejectedException.class);
      }
      clock.advance(Duration.ofMinutes(1)); // saved every ten seconds
      full.set(false);
    }
    try (Engine engine = open()) {
      run(engine, 0);
      assertThat(status(engine, "slow v1").bad()).isEqualTo(20);
    }
  }

  @Test
  void shouldCountWhatHappenedOutsideOfTheShardsOnToo() {
    try (Engine engine = open()) {
      run(engine, 0);
      assertThat(status(engine, "C1").good()).as("open and deploy").isEqualTo(2);
    }
    try (Engine engine = open()) {
      run(engine, 0);
      assertThat(status(engine, "C1").good()).isEqualTo(4);
    }
  }
}
