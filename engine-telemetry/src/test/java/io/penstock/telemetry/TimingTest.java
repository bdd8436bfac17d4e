package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.spi.EngineClock;
import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.Operation;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimingTest {
  private static final int ROUNDS = 2_000;
  private static final Workflow PAIR =
      Workflow.define("pair").inlineTask("one", work -> {}).inlineTask("other", work -> {}).build();

  private final TelemetryOptions options =
      TelemetryOptions.defaults().openTelemetry(OpenTelemetry.noop());

  private static ObjectiveReading reading(final Telemetry telemetry, final String name) {
    return telemetry.readings(reads -> {}).stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldShareTheTimeOfACommandAmongItsInlineTasksWhenAmortised() {
    final Telemetry telemetry =
        new PenstockTelemetry(options.timing(Timing.AMORTISED)).create(new HandClock(), 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, PAIR);
    script.shard.commandStarted(Operation.START, script.caller, 0, 1_000);
    assertThat(script.shard.tallyInlineTask(0, 0, false)).isTrue();
    assertThat(script.shard.tallyInlineTask(0, 1, true)).isTrue();
    assertThat(script.shard.tallyCommand()).isTrue();
    assertThat(script.shard.aboutToWait()).isTrue();
    script.shard.timeTold(1_600);

    assertThat(reading(telemetry, "pair v1 / one").p50()).as("of three steps").isEqualTo(200);
    assertThat(reading(telemetry, "pair v1 / other").p50()).isEqualTo(200);
    assertThat(script.shard.aboutToWait()).isFalse();
    script.shard.timeTold(9_000);
    assertThat(reading(telemetry, "pair v1 / one").count()).as("once each").isEqualTo(1);
  }

  @Test
  void shouldShareTheTimeAmongTheCasesOfARoundWhenAmortised() {
    final Telemetry telemetry =
        new PenstockTelemetry(options.timing(Timing.AMORTISED)).create(new HandClock(), 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, PAIR);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 2; i++) {
        script.shard.commandStarted(Operation.START, script.caller, 0, 1_000);
        script.shard.caseTaken(0, i, true, script.trace, 0);
        script.shard.tallyInlineTask(0, 0, false);
        script.shard.caseEnded(0, CaseStatus.COMPLETED.code(), 0);
        script.shard.tallyCommand();
      }
      script.shard.timeTold(1_400);
    }

    assertThat(reading(telemetry, "pair v1 / one").count()).isEqualTo(4);
    assertThat(reading(telemetry, "pair v1 / one").p99()).as("of four steps").isEqualTo(100);
    assertThat(reading(telemetry, "pair v1").count()).isEqualTo(4);
    assertThat(reading(telemetry, "pair v1").p99()).as("of two commands").isEqualTo(200);
    assertThat(reading(telemetry, "start (service)").count()).isEqualTo(4);
    assertThat(reading(telemetry, "start (service)").p99()).isEqualTo(200);
  }

  /** What is read while a long case runs is time of that case alone. */
  @Test
  void shouldTimeACaseFromItsStartWhenTheClockWasReadMidway() {
    final Telemetry telemetry =
        new PenstockTelemetry(options.timing(Timing.AMORTISED)).create(new HandClock(), 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, PAIR);
    script.shard.commandStarted(Operation.START, script.caller, 0, 1_000);
    script.shard.caseTaken(0, 1, true, script.trace, 0);
    script.shard.inlineTaskEnded(0, 0, 1_000, 1_500, false);
    assertThat(script.shard.tallyInlineTask(0, 1, false)).isTrue();
    script.shard.caseEnded(0, CaseStatus.COMPLETED.code(), 0);
    assertThat(script.shard.tallyCommand()).as("its own time").isFalse();
    script.shard.commandEnded(1_700);
    assertThat(script.shard.aboutToWait()).isFalse();

    assertThat(reading(telemetry, "pair v1").p99()).isEqualTo(700);
    assertThat(reading(telemetry, "start (service)").p99()).isEqualTo(700);
    assertThat(reading(telemetry, "pair v1 / one").p99()).isEqualTo(500);
    assertThat(reading(telemetry, "pair v1 / other").p99()).as("since then").isEqualTo(200);
  }

  @Test
  void shouldTakeATimeOfItsOwnWhereTheShardHasReadOne() {
    final Telemetry telemetry =
        new PenstockTelemetry(options.timing(Timing.AMORTISED)).create(new HandClock(), 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, PAIR);
    script.shard.commandStarted(Operation.START, script.caller, 0, 1_000);
    script.shard.inlineTaskEnded(0, 0, 1_000, 1_100, false);
    script.shard.inlineTaskEnded(0, 1, 1_100, 1_600, false);
    script.shard.commandEnded(1_700);
    script.pause(1_700);

    assertThat(reading(telemetry, "pair v1 / one").p50()).isEqualTo(100);
    assertThat(reading(telemetry, "pair v1 / other").p50()).isEqualTo(500);
  }

  /** Readings of the shard's thread between the first handler of a case and the last. */
  @ParameterizedTest
  @CsvSource({"PER_STEP, 10, 9", "AMORTISED, 10, 0", "AMORTISED, 130, 2"})
  void shouldReadTheClockAsOftenAsToldWhileACaseRuns(
      final Timing timing, final int tasks, final long expected) {
    final AtomicLong readings = new AtomicLong();
    final AtomicLong first = new AtomicLong();
    final AtomicLong last = new AtomicLong();
    final WorkflowBuilder builder = Workflow.define("counted");
    builder.inlineTask("task 0", work -> first.set(readings.get()));
    for (int i = 1; i < tasks; i++) {
      builder.inlineTask("task " + i, work -> last.set(readings.get()));
    }
    final Workflow workflow = builder.build();
    final EngineOptions engineOptions =
        EngineOptions.defaults()
            .shards(1)
            .clock(new CountingClock(readings))
            .telemetry(new PenstockTelemetry(options.timing(timing)));
    try (Engine engine = Engine.inMemory(engineOptions).deploy(workflow)) {
      engine.start(workflow, in -> {}).join();
      final List<ObjectiveReading> all = engine.objectives().readings();

      assertThat(last.get() - first.get()).isEqualTo(expected);
      assertThat(all.stream().filter(each -> each.name().startsWith("counted v1 / ")))
          .hasSize(tasks)
          .allMatch(each -> each.count() == 1);
    }
  }

  /** A round: what gathers in the inbox while a handler holds the shard up. */
  @ParameterizedTest
  @CsvSource({"PER_STEP, 58", "AMORTISED, 0"})
  void shouldReadTheClockAsOftenAsToldWhileARoundOfCommandsRuns(
      final Timing timing, final long expected) throws InterruptedException {
    final int commands = 20;
    final AtomicLong readings = new AtomicLong();
    final CountDownLatch held = new CountDownLatch(1);
    final List<Long> seen = new ArrayList<>();
    final Workflow hold =
        Workflow.define("hold")
            .inlineTask("hold", work -> assertThat(held.await(1, TimeUnit.MINUTES)).isTrue())
            .build();
    final Workflow counted =
        Workflow.define("counted")
            .inlineTask("one", work -> seen.add(readings.get()))
            .inlineTask("other", work -> seen.add(readings.get()))
            .build();
    final EngineOptions engineOptions =
        EngineOptions.defaults()
            .shards(1)
            .clock(new CountingClock(readings))
            .telemetry(new PenstockTelemetry(options.timing(timing)));
    try (Engine engine = Engine.inMemory(engineOptions).deploy(hold).deploy(counted)) {
      final List<CompletableFuture<CaseHandle>> started = new ArrayList<>();
      started.add(engine.startAsync(hold, "hold", in -> {}));
      for (int i = 0; i < commands; i++) {
        started.add(engine.startAsync(counted, "counted " + i, in -> {}));
      }
      held.countDown();
      CompletableFuture.allOf(started.toArray(CompletableFuture[]::new)).join();
      final List<ObjectiveReading> all = engine.objectives().readings();

      assertThat(seen.get(seen.size() - 1) - seen.get(0)).isEqualTo(expected);
      assertThat(all.stream().filter(each -> each.name().startsWith("counted v1")))
          .hasSize(3)
          .allMatch(each -> each.count() == commands);
    }
  }

  /** A clock moved by hand stands still while a case of many tasks runs. */
  @Test
  void shouldCountEachOfManyTasksWhileTheClockStandsStill() {
    final int tasks = 3 * UntimedSteps.STEPS_MAX;
    final WorkflowBuilder builder = Workflow.define("many");
    for (int i = 0; i < tasks; i++) {
      builder.inlineTask("task " + i, work -> {});
    }
    final Telemetry telemetry =
        new PenstockTelemetry(options.timing(Timing.AMORTISED)).create(new HandClock(), 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, builder.build());
    script.shard.commandStarted(Operation.START, script.caller, 0, 1_000);
    for (int i = 0; i < tasks; i++) {
      if (!script.shard.tallyInlineTask(0, i, false)) {
        script.shard.inlineTaskEnded(0, i, 1_000, 1_000, false);
      }
    }
    assertThat(script.shard.tallyCommand()).isFalse();
    script.shard.commandEnded(1_000);

    assertThat(
            telemetry.readings(reads -> {}).stream()
                .filter(each -> each.name().startsWith("many v1 / ")))
        .hasSize(tasks)
        .allMatch(each -> each.count() == 1);
  }

  @Test
  void shouldNotAllocateWhenAmortised() {
    final Telemetry telemetry =
        new PenstockTelemetry(options.timing(Timing.AMORTISED)).create(new HandClock(), 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, PAIR);
    final Runnable commands =
        () -> {
          for (int i = 0; i < ROUNDS; i++) {
            script.shard.commandStarted(Operation.START, script.caller, 0, 0);
            script.shard.tallyInlineTask(0, 0, false);
            script.shard.tallyInlineTask(0, 1, false);
            script.shard.tallyCommand();
            script.shard.timeTold(i);
          }
        };

    assertThat(Allocation.leastOf(commands)).isZero();
  }

  /** Counts what a shard's thread reads of the monotonic clock. */
  private record CountingClock(AtomicLong readings) implements EngineClock {
    @Override
    public long epochNs() {
      return EngineClock.system().epochNs();
    }

    @Override
    public long monotonicNs() {
      if (Thread.currentThread().getName().contains("-shard-")) {
        readings.incrementAndGet();
      }
      return EngineClock.system().monotonicNs();
    }
  }
}
