package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.opentelemetry.api.OpenTelemetry;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.objective.GateState;
import io.penstock.objective.GateTransition;
import io.penstock.spi.Operation;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording of the flight recorder holds. */
class FlightEventsTest {
  private static final long MS = 1_000_000;

  @TempDir private Path root;

  private final Telemetry telemetry =
      new PenstockTelemetry(
              TelemetryOptions.defaults()
                  .openTelemetry(OpenTelemetry.noop())
                  .objective(Operation.CANCEL, Objective.p99(Duration.ofNanos(500))))
          .create(new HandClock(), 1);

  private List<RecordedEvent> record(final String name, final Runnable what) throws IOException {
    final Path file = root.resolve("events.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("io.penstock." + name);
      recording.start();
      what.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file).stream()
        .filter(each -> each.getEventType().getName().equals("io.penstock." + name))
        .toList();
  }

  private void acknowledge(final Operation operation, final long latencyNs, final long nowNs) {
    telemetry.shard(0).acknowledged(operation, nowNs - latencyNs, nowNs);
  }

  @Test
  void shouldTellOfCommandsOverTheirThresholdAndOfNoOthers() throws IOException {
    final List<RecordedEvent> events =
        record(
            "SlowCommand",
            () -> {
              acknowledge(Operation.START, MS, 1_000 * MS);
              acknowledge(Operation.START, MS + 1, 1_001 * MS);
              acknowledge(Operation.CANCEL, 500, 1_101 * MS);
              acknowledge(Operation.CANCEL, 501, 1_102 * MS);
            });

    assertThat(events)
        .extracting(each -> each.getString("operation"))
        .containsExactly(Operation.START.label(), Operation.CANCEL.label());
    assertThat(events.get(0).getDuration("latency")).isEqualTo(Duration.ofNanos(MS + 1));
    assertThat(events.get(0).getDuration("threshold")).isEqualTo(Duration.ofNanos(MS));
    assertThat(events.get(1).getDuration("threshold")).isEqualTo(Duration.ofNanos(500));
  }

  @Test
  void shouldTellOfAtMostOneSlowCommandInFiftyMillisecondsAndCountTheRest() throws IOException {
    final List<RecordedEvent> events =
        record(
            "SlowCommand",
            () -> {
              for (int i = 0; i <= 100; i++) {
                acknowledge(Operation.START, 2 * MS, 1_000 * MS + i * MS);
              }
            });

    assertThat(events).extracting(each -> each.getLong("untold")).containsExactly(0L, 49L, 49L);
  }

  @Test
  void shouldTellOfChangesOfAnObjectivesState() throws IOException {
    final Workflow slow =
        Workflow.define("slow")
            .inlineTask("step", work -> {})
            .objective(Objective.p99(Duration.ofNanos(1)))
            .build();

    final List<RecordedEvent> events =
        record(
            "ObjectiveChanged",
            () -> {
              try (Engine engine = Engine.inMemory(EngineOptions.defaults().shards(1))) {
                engine.deploy(slow);
                for (int i = 0; i < 20; i++) {
                  engine.start(slow, in -> {}).join();
                }
                engine.lookAtObjectives();
                engine.lookAtObjectives();
              }
            });

    assertThat(events)
        .filteredOn(each -> each.getString("objective").equals("slow v1"))
        .last()
        .satisfies(
            each -> {
              assertThat(each.getString("to")).isEqualTo("BREACHED");
              assertThat(each.getLong("bad")).isEqualTo(20);
              assertThat(each.getDouble("budgetRemaining")).isCloseTo(-99, within(1e-6));
            });
  }

  @Test
  void shouldTellOfGatesThatMove() throws IOException {
    final List<RecordedEvent> events =
        record(
            "GateMoved",
            () ->
                telemetry.gateMoved(
                    "fast-path",
                    new GateTransition(
                        Instant.EPOCH, GateState.CANARY, GateState.OPEN, 1, 900, 3, "enough")));

    assertThat(events).hasSize(1);
    assertThat(events.get(0).getString("gate")).isEqualTo("fast-path");
    assertThat(events.get(0).getString("from")).isEqualTo("CANARY");
    assertThat(events.get(0).getString("to")).isEqualTo("OPEN");
    assertThat(events.get(0).getLong("good")).isEqualTo(900);
    assertThat(events.get(0).getString("reason")).isEqualTo("enough");
  }
}
