package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.objective.EventCounts;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.Operation;
import io.penstock.spi.OperationClass;
import io.penstock.spi.Telemetry;
import io.penstock.spi.TelemetryProvider;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ReadingsTest {
  private static final long MS = 1_000_000;
  private static final Workflow PLAIN =
      Workflow.define("plain").inlineTask("step", work -> {}).build();
  private static final Workflow PROMISED =
      Workflow.define("promised")
          .inlineTask("step", work -> {})
          .objective(Objective.p99(Duration.ofMillis(5)))
          .build();

  private final TelemetryOptions options =
      TelemetryOptions.defaults().openTelemetry(OpenTelemetry.noop());
  private final Telemetry telemetry = new PenstockTelemetry(options).create(new HandClock(), 2);

  private List<ObjectiveReading> readings() {
    return telemetry.readings(reads -> {});
  }

  private static ObjectiveStatus status(final ObjectiveReading reading) {
    return Objects.requireNonNull(reading.status(), reading.name());
  }

  private ObjectiveReading reading(final String name) {
    return readings().stream()
        .filter(reading -> reading.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no reading: name=" + name));
  }

  @Test
  void shouldBeginWithTheClassesAndSayThatThereIsNoData() {
    final List<ObjectiveReading> readings = readings();

    assertThat(readings).extracting(ObjectiveReading::name).containsExactly("R1", "W1", "C1");
    assertThat(status(readings.get(0)).objective()).isEqualTo(Objective.p99(Duration.ofNanos(2)));
    assertThat(status(readings.get(1)).objective()).isEqualTo(Objective.p99(Duration.ofMillis(1)));
    assertThat(status(readings.get(2)).objective())
        .isEqualTo(Objective.p99(Duration.ofMillis(500)));
    assertThat(status(readings.get(1)).state()).isEqualTo(ObjectiveState.NO_DATA);
    assertThat(status(readings.get(2)).state()).isEqualTo(ObjectiveState.NO_DATA);
    assertThat(readings.get(1).count()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Operation.class,
      names = {"START", "COMPLETE_TASK", "CANCEL", "QUERY"})
  void shouldTakeTheClassFromTheOperationWhateverTheTime(final Operation operation) {
    final long[] latencies = {0, 1, 3, 1_999, 2_001, MS, 10 * MS, 60_000 * MS};
    for (final long latencyNs : latencies) {
      telemetry.shard(0).acknowledged(operation, 0, latencyNs);
    }

    for (final OperationClass each : List.of(OperationClass.W1, OperationClass.C1)) {
      final boolean own = each == operation.operationClass();
      assertThat(reading(each.name()).count()).isEqualTo(own ? latencies.length : 0);
    }
    assertThat(reading(operation.label()).count()).isEqualTo(latencies.length);
  }

  @ParameterizedTest
  @CsvSource({
    "298, 0, INSUFFICIENT",
    "299, 0, MET",
    "990, 10, MET",
    "989, 11, BREACHED",
    "0, 299, BREACHED"
  })
  void shouldJudgeByExactCounts(final int good, final int bad, final ObjectiveState state) {
    for (int i = 0; i < good; i++) {
      telemetry.shard(i & 1).acknowledged(Operation.START, 0, MS);
    }
    for (int i = 0; i < bad; i++) {
      telemetry.shard(i & 1).acknowledged(Operation.START, 0, MS + 1);
    }

    final ObjectiveReading w1 = reading("W1");

    assertThat(w1.good()).isEqualTo(good);
    assertThat(w1.count()).isEqualTo(good + bad);
    assertThat(status(w1).state()).isEqualTo(state);
  }

  @Test
  void shouldSumOverShardsAndAnswerQuantiles() {
    for (int i = 1; i <= 1000; i++) {
      telemetry.shard(i & 1).acknowledged(Operation.SEND_MESSAGE, 0, i * 1_000L);
    }

    final ObjectiveReading messages = reading("send message");

    assertThat(messages.count()).isEqualTo(1000);
    assertThat(messages.status()).isNull();
    assertThat(messages.p50()).isCloseTo(500e3, within(5e3));
    assertThat(messages.p99()).isCloseTo(990e3, within(9.9e3));
    assertThat(messages.p999()).isCloseTo(999e3, within(9.99e3));
    assertThat(messages.max()).isCloseTo(1000e3, within(10e3));
  }

  @Test
  void shouldMeasureWorkflowsAndTasks() {
    final ShardScript one = new ShardScript(telemetry, 0).deployed(0, PLAIN).deployed(1, PROMISED);
    final ShardScript other =
        new ShardScript(telemetry, 1).deployed(0, PLAIN).deployed(1, PROMISED);
    assertThat(readings())
        .extracting(ObjectiveReading::name)
        .containsExactly("R1", "W1", "C1", "promised v1");
    assertThat(status(reading("promised v1")).state()).isEqualTo(ObjectiveState.NO_DATA);

    one.runInlineCase(1, 0, 5 * MS);
    other.runInlineCase(1, 0, 5 * MS + 1);
    other.runInlineCase(0, 0, 7 * MS);
    other.completeTask(0, 100, 200);

    final ObjectiveReading promised = reading("promised v1");
    assertThat(promised.count()).isEqualTo(2);
    assertThat(promised.good()).isEqualTo(1);
    assertThat(status(promised).state()).isEqualTo(ObjectiveState.INSUFFICIENT);
    assertThat(reading("plain v1").count()).isEqualTo(1);
    assertThat(reading("plain v1").status()).isNull();
    assertThat(reading("plain v1 / step").count()).isEqualTo(2);
    assertThat(reading("plain v1 / step (wait)").p50()).isEqualTo(100);
    assertThat(reading("promised v1 / step").count()).isEqualTo(2);
  }

  @Test
  void shouldAddTheLastCommandsTimeToWhatTheCalendarSays() {
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, PROMISED);
    script.shard.commandStarted(Operation.COMPLETE_TASK, script.caller, 0, 1_000);
    script.shard.caseEnded(0, ShardScript.COMPLETED, 4 * MS);
    script.shard.commandEnded(1_000 + MS);
    script.shard.commandStarted(Operation.COMPLETE_TASK, script.caller, 0, 2_000);
    script.shard.commandEnded(2_000);
    script.pause(2_000);

    assertThat(reading("promised v1").count()).isEqualTo(1);
    assertThat(reading("promised v1").good()).isEqualTo(1);
    assertThat(reading("promised v1").max()).isCloseTo(5e6, within(5e4));
  }

  @Test
  void shouldGoOnWithTheSameCountsWhenAWorkflowIsDeployedAgain() {
    final ShardScript shard = new ShardScript(telemetry, 0).deployed(0, PROMISED);
    shard.runInlineCase(0, 0, MS);
    shard.deployed(1, PROMISED);
    shard.runInlineCase(1, 0, MS);

    assertThat(readings().stream().filter(reading -> reading.name().equals("promised v1")))
        .hasSize(1);
    assertThat(reading("promised v1").count()).isEqualTo(2);
  }

  @Test
  void shouldKeepOtherVersionsApart() {
    final Workflow next =
        Workflow.define("plain").version(2).inlineTask("step", work -> {}).build();
    final ShardScript shard = new ShardScript(telemetry, 0).deployed(0, PLAIN).deployed(1, next);
    shard.runInlineCase(0, 0, MS);
    shard.runInlineCase(1, 0, MS);
    shard.runInlineCase(1, 0, MS);

    assertThat(reading("plain v1").count()).isEqualTo(1);
    assertThat(reading("plain v2").count()).isEqualTo(2);
  }

  @Test
  void shouldCountADeploymentOnceAndAsAWhole() {
    telemetry.shard(0).acknowledged(Operation.DEPLOY, 0, MS);
    telemetry.shard(1).acknowledged(Operation.DEPLOY, 0, MS);
    telemetry.operationEnded(Operation.DEPLOY, 0, 3 * MS);

    assertThat(reading("deploy").count()).isEqualTo(1);
    assertThat(reading("C1").count()).isEqualTo(1);
  }

  @Test
  void shouldHoldClassesToObjectivesOfTheUsersOwn() {
    final Objective strict = Objective.p999(Duration.ofNanos(10));
    final Telemetry own =
        new PenstockTelemetry(options.objective(OperationClass.W1, strict))
            .create(new HandClock(), 1);
    own.shard(0).acknowledged(Operation.START, 0, 10);
    own.shard(0).acknowledged(Operation.START, 0, 11);

    final ObjectiveReading w1 = own.readings(reads -> {}).get(1);

    assertThat(status(w1).objective()).isEqualTo(strict);
    assertThat(w1.good()).isEqualTo(1);
  }

  @Test
  void shouldMeasureHotReadsInBatches() {
    final AtomicLong reads = new AtomicLong();
    final ObjectiveReading r1 =
        telemetry
            .readings(
                count -> {
                  assertThat(count).isEqualTo(1024);
                  reads.addAndGet(count);
                })
            .get(0);

    assertThat(r1.count()).isGreaterThanOrEqualTo(459).isEqualTo(HotReadProbe.BATCHES);
    assertThat(r1.note()).isEqualTo("batches of 1024 reads");
    assertThat(reads.get())
        .as("those that are not timed come before")
        .isGreaterThanOrEqualTo(
            1024L
                * (HotReadProbe.WARM_UP_BATCHES
                    + HotReadProbe.HEAT_UP_BATCHES
                    + HotReadProbe.BATCHES));
    assertThat(r1.p50()).isPositive().isLessThanOrEqualTo(r1.p99());
    assertThat(r1.p99()).isLessThanOrEqualTo(r1.max());
  }

  @Test
  void shouldHideNoSlowBatch() {
    final EpochTime time = new EpochTime(new HandClock());
    final EventCounts counts =
        new EventCounts(Objective.p99(Duration.ofNanos(2)), time.openedMonotonicNs());
    final HotReadProbe probe = new HotReadProbe(time, counts);
    final long[] batchNs = new long[1000];
    Arrays.fill(batchNs, 2048);
    for (int i = 0; i < 11; i++) {
      batchNs[i * 7] = 2049;
    }
    batchNs[3] = 102_400_000;

    Arrays.stream(batchNs).forEach(probe::count);

    assertThat(counts.good()).isEqualTo(988);
    assertThat(counts.bad()).isEqualTo(12);
    assertThat(ObjectiveStatus.of(counts.objective(), List.of(counts), time.monotonicNs()).state())
        .isEqualTo(ObjectiveState.BREACHED);
  }

  @Test
  void shouldTellHowLongACommandTookTheShardAndItsCallerApart() {
    final HandClock clock = new HandClock();
    final Telemetry telemetry = new PenstockTelemetry(options).create(clock, 1);
    final ShardScript script = new ShardScript(telemetry, 0);
    script.shard.commandStarted(Operation.CANCEL, script.caller, 0, 1_000);
    script.shard.commandEnded(1_600);
    script.pause(1_600);
    script.shard.acknowledged(Operation.CANCEL, 200, 2_000);
    clock.advance(3_000);
    telemetry.callerAnswered(Operation.CANCEL, HandClock.ORIGIN_NS + 100);

    final Map<String, Double> medians =
        telemetry.readings(reads -> {}).stream()
            .filter(each -> each.name().startsWith("cancel"))
            .collect(Collectors.toMap(ObjectiveReading::name, ObjectiveReading::p50));
    assertThat(medians.get("cancel")).as("since it was sent").isCloseTo(1_800, within(1.0));
    assertThat(medians.get("cancel (service)")).isEqualTo(600);
    assertThat(medians.get("cancel (caller)")).as("until it went on").isCloseTo(2_900, within(2.0));
  }

  @Test
  void shouldServeAnEngineFromTheClassPath() {
    assertThat(ServiceLoader.load(TelemetryProvider.class).findFirst())
        .containsInstanceOf(PenstockTelemetry.class);
    try (Engine engine = Engine.inMemory(EngineOptions.defaults().shards(1))) {
      engine.deploy(PROMISED);
      for (int i = 0; i < 10; i++) {
        engine.start(PROMISED, in -> {}).join();
      }

      assertThat(engine.objectives().readings())
          .extracting(ObjectiveReading::name)
          .filteredOn(
              name -> !name.startsWith("query")) // how a shard is asked is its engine's affair
          .containsExactly(
              "R1",
              "W1",
              "C1",
              "start",
              "start (service)",
              "start (caller)",
              "open",
              "deploy",
              "promised v1",
              "promised v1 / step");
      assertThat(engine.objectives().report())
          .contains("promised v1 / step", "batches of 1024 reads");
      assertThat(engine.objectives().readings())
          .filteredOn(each -> each.name().equals("promised v1"))
          .singleElement()
          .matches(each -> each.count() == 10 && each.p50() > 0);
    }
    assertThat(GlobalOpenTelemetry.isSet()).isFalse();
  }

  @Test
  void shouldRefuseToSampleOneInLessThanNone() {
    assertThatThrownBy(() -> options.sampleCases(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("oneIn=-1");
  }
}
