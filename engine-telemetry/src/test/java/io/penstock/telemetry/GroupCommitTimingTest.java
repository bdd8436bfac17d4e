package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.spi.Durability;
import io.penstock.spi.EngineClock;
import io.penstock.spi.ObjectiveReading;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured where a shard waits for others to share a force of the disk. */
class GroupCommitTimingTest {
  private static final long TICK_NS = 300;

  @Test
  void shouldNotCountTheWaitForAGroupCommitToTheStepsBeforeIt(@TempDir final Path directory) {
    final Workflow pair =
        Workflow.define("pair")
            .inlineTask("one", work -> {})
            .inlineTask("other", work -> {})
            .build();
    final EngineOptions options =
        EngineOptions.defaults()
            .shards(1)
            .durability(Durability.POWER_LOSS)
            .groupCommitDelay(Duration.ofNanos(1))
            .clock(new TickingClock())
            .telemetry(
                new PenstockTelemetry(
                    TelemetryOptions.defaults()
                        .openTelemetry(OpenTelemetry.noop())
                        .timing(Timing.AMORTISED)));
    try (Engine engine = Engine.open(directory, options).deploy(pair)) {
      engine.start(pair, in -> {}).join();
      final List<ObjectiveReading> readings = engine.objectives().readings();

      assertThat(p99(readings, "pair v1 / one"))
          .as("a third of the time between the round's reading and the one before the wait")
          .isEqualTo(TICK_NS / 3);
      assertThat(p99(readings, "pair v1 / other")).isEqualTo(TICK_NS / 3);
      assertThat(p99(readings, "start (service)")).isEqualTo(TICK_NS);
    }
  }

  private static double p99(final List<ObjectiveReading> readings, final String name) {
    return readings.stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow()
        .p99();
  }

  /** Each time that the shard's thread reads it, it is a tick later. */
  private static final class TickingClock implements EngineClock {
    private final AtomicLong nowNs = new AtomicLong();

    @Override
    public long epochNs() {
      return HandClock.EPOCH_NS;
    }

    @Override
    public long monotonicNs() {
      return Thread.currentThread().getName().contains("-shard-")
          ? nowNs.addAndGet(TICK_NS)
          : nowNs.get();
    }
  }
}
