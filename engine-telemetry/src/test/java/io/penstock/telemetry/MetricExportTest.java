package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.Operation;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricExportTest {
  private static final long MS = 1_000_000;
  private static final Attributes WORKFLOW = Attributes.of(Keys.WORKFLOW_NAME, Atm.NAME);
  private static final Workflow INLINE =
      Workflow.define(Atm.NAME)
          .inlineTask("verify-pin", work -> {})
          .objective(Objective.p99(Duration.ofMillis(5)))
          .build();

  private final Sdk sdk = new Sdk();

  @AfterEach
  void closeSdk() {
    sdk.close();
  }

  private static Attributes task(final String name) {
    return WORKFLOW.toBuilder().put(Keys.TASK_NAME, name).build();
  }

  private static Attributes operation(final Operation operation) {
    return Attributes.of(
        Keys.OPERATION_CLASS,
        operation.operationClass().name(),
        Keys.OPERATION_NAME,
        operation.label());
  }

  private static Attributes slo(final String name, final String outcome) {
    return Attributes.of(Keys.SLO_NAME, name, Keys.SLO_OUTCOME, outcome);
  }

  private static Attributes completed() {
    return WORKFLOW.toBuilder().put(Keys.CASE_OUTCOME, "completed").build();
  }

  @Test
  void shouldTellOneCaseExactly() {
    final Workflow atm = Atm.workflow(work -> {});
    try (Engine engine =
        Engine.inMemory(EngineOptions.defaults().shards(1).telemetry(sdk.telemetry()))) {
      engine.deploy(atm);
      assertThat(engine.start(atm, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
    }

    final Map<String, MetricData> metrics = sdk.metrics();

    final Map<String, String> units =
        metrics.values().stream()
            .collect(
                Collectors.toMap(
                    MetricData::getName, MetricData::getUnit, (a, b) -> a, TreeMap::new));
    assertThat(units)
        .isEqualTo(
            Map.ofEntries(
                Map.entry("penstock.case.duration", "s"),
                Map.entry("penstock.case.started", "{case}"),
                Map.entry("penstock.case.active", "{case}"),
                Map.entry("penstock.task.duration", "s"),
                Map.entry("penstock.task.wait.duration", "s"),
                Map.entry("penstock.operation.duration", "s"),
                Map.entry("penstock.operation.service.duration", "s"),
                Map.entry("penstock.operation.caller.duration", "s"),
                Map.entry("penstock.or_join.undecided", "{decision}"),
                Map.entry("penstock.command.rejected", "{command}"),
                Map.entry("penstock.command.queue.depth", "By"),
                Map.entry("penstock.start.keys.remembered", "{key}"),
                Map.entry("penstock.storage.size", "By"),
                Map.entry("penstock.storage.write.stalls", "{stall}"),
                Map.entry("penstock.slo.events", "{event}"),
                Map.entry("penstock.telemetry.dropped", "{span}")));
    assertThat(Sdk.counts(metrics.get("penstock.case.duration")))
        .isEqualTo(Map.of(completed(), 1L));
    assertThat(Sdk.values(metrics.get("penstock.case.started"))).isEqualTo(Map.of(WORKFLOW, 1L));
    assertThat(Sdk.values(metrics.get("penstock.case.active"))).isEqualTo(Map.of(WORKFLOW, 0L));
    assertThat(Sdk.counts(metrics.get("penstock.task.duration")))
        .isEqualTo(
            Map.of(
                task("verify-pin"), 1L,
                task("check-balance"), 1L,
                task("dispense-cash"), 1L,
                task("update-balance"), 1L,
                task("print-receipt"), 1L));
    assertThat(Sdk.counts(metrics.get("penstock.task.wait.duration")))
        .isEqualTo(
            Map.of(
                task("check-balance"), 1L, task("dispense-cash"), 1L, task("print-receipt"), 1L));
    final Map<Attributes, Long> operations = Sdk.counts(metrics.get("penstock.operation.duration"));
    operations.remove(operation(Operation.QUERY)); // how a shard is asked is its engine's affair
    assertThat(operations)
        .isEqualTo(
            Map.of(
                operation(Operation.OPEN), 1L,
                operation(Operation.DEPLOY), 1L,
                operation(Operation.START), 1L,
                operation(Operation.COMPLETE_TASK), 3L));
    final Map<Attributes, Long> events = Sdk.values(metrics.get("penstock.slo.events"));
    assertThat(events).as("R1, W1, C1, the workflow").hasSize(8);
    assertThat(events.get(slo("W1", "good")) + events.get(slo("W1", "bad"))).isEqualTo(4);
    assertThat(events.get(slo("C1", "good")) + events.get(slo("C1", "bad")))
        .isGreaterThanOrEqualTo(2);
    assertThat(events)
        .containsEntry(slo(Atm.NAME + " v1", "good"), 1L)
        .containsEntry(slo(Atm.NAME + " v1", "bad"), 0L);
    assertThat(metrics.values()).noneMatch(MetricExportTest::namesACase);
  }

  private static boolean namesACase(final MetricData metric) {
    return metric.getData().getPoints().stream()
        .map(PointData::getAttributes)
        .anyMatch(attributes -> attributes.get(Keys.CASE_ID) != null);
  }

  @Test
  void shouldTellInTheSameCollectionAndEachEventOnce() {
    final Telemetry telemetry = sdk.telemetry().create(new HandClock(), 2);
    final ShardScript shard = new ShardScript(telemetry, 0).deployed(0, INLINE);
    shard.runInlineCase(0, 0, 5 * MS);
    shard.runInlineCase(0, 0, 6 * MS);

    final Map<String, MetricData> first = sdk.metrics();
    final Map<String, MetricData> again = sdk.metrics();
    new ShardScript(telemetry, 1).deployed(0, INLINE).runInlineCase(0, 0, 7 * MS);
    final Map<String, MetricData> third = sdk.metrics();

    for (final Map<String, MetricData> metrics : List.of(first, again)) {
      assertThat(Sdk.counts(metrics.get("penstock.case.duration")))
          .isEqualTo(Map.of(completed(), 2L));
      assertThat(Sdk.values(metrics.get("penstock.slo.events")))
          .containsEntry(slo(Atm.NAME + " v1", "good"), 1L)
          .containsEntry(slo(Atm.NAME + " v1", "bad"), 1L)
          .containsEntry(slo("W1", "bad"), 2L);
    }
    assertThat(Sdk.counts(third.get("penstock.case.duration"))).isEqualTo(Map.of(completed(), 3L));
    assertThat(Sdk.sums(third.get("penstock.case.duration")).get(completed()))
        .isCloseTo(0.018, within(0.018 / 200));
    assertThat(Sdk.values(third.get("penstock.case.started"))).isEqualTo(Map.of(WORKFLOW, 3L));
    assertThat(third.get("penstock.case.started").getLongSumData().isMonotonic()).isTrue();
    assertThat(third.get("penstock.case.active").getLongSumData().isMonotonic()).isFalse();
    assertThat(third.get("penstock.slo.objective").getType())
        .isEqualTo(MetricDataType.DOUBLE_GAUGE);
    assertThat(third.get("penstock.slo.objective").getDoubleGaugeData().getPoints())
        .extracting(DoublePointData::getValue)
        .containsOnly(0.99)
        .hasSize(4);
  }

  @Test
  void shouldHaveTheThresholdsOfTheClassesAmongTheBounds() {
    final Telemetry telemetry = sdk.telemetry().create(new HandClock(), 1);
    telemetry.operationEnded(Operation.OPEN, 0, MS);

    final MetricData operations = sdk.metrics().get("penstock.operation.duration");

    assertThat(operations.getHistogramData().getPoints().iterator().next().getBoundaries())
        .contains(0.001, 0.5);
  }

  @Test
  void shouldTellFailuresApart() {
    final Telemetry telemetry = sdk.telemetry().create(new HandClock(), 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, INLINE);
    script.shard.inlineTaskEnded(0, 0, 0, 10, true);
    script.pause(10);

    assertThat(Sdk.counts(sdk.metrics().get("penstock.task.duration")))
        .isEqualTo(
            Map.of(task("verify-pin").toBuilder().put(Keys.ERROR_TYPE, "_OTHER").build(), 1L));
  }

  @Test
  void shouldAddUpEnginesThatShareAnOpenTelemetry() {
    final Telemetry one = sdk.telemetry().create(new HandClock(), 1);
    final Telemetry other = sdk.telemetry().create(new HandClock(), 1);
    start(new ShardScript(one, 0).deployed(0, INLINE), 2);
    start(new ShardScript(other, 0).deployed(0, INLINE), 3);

    assertThat(Sdk.values(sdk.metrics().get("penstock.case.started")))
        .isEqualTo(Map.of(WORKFLOW, 5L));
    assertThat(Sdk.values(sdk.metrics().get("penstock.case.active")))
        .isEqualTo(Map.of(WORKFLOW, 5L));

    start(new ShardScript(one, 0).deployed(0, INLINE), 1);
    one.close();
    one.close();

    assertThat(Sdk.values(sdk.metrics().get("penstock.case.started")))
        .isEqualTo(Map.of(WORKFLOW, 6L));
    assertThat(Sdk.values(sdk.metrics().get("penstock.case.active")))
        .isEqualTo(Map.of(WORKFLOW, 3L));
  }

  private static void start(final ShardScript script, final int cases) {
    for (int i = 0; i < cases; i++) {
      script.shard.caseTaken(0, i + 1, true, script.trace, 0);
    }
  }

  @Test
  void shouldNotCountTheEndOfACaseWhoseStartItDidNotSee() {
    final HandClock clock = new HandClock();
    final Telemetry telemetry = sdk.telemetry().create(clock, 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, INLINE);
    start(script, 1);
    clock.advance(1_000);
    script.shard.commandStarted(Operation.COMPLETE_TASK, script.caller, 0, clock.monotonicNs());
    script.shard.caseEnded(0, ShardScript.COMPLETED, 1_001); // began before the engine opened
    script.shard.commandEnded(clock.monotonicNs());
    script.pause(clock.monotonicNs());

    assertThat(Sdk.values(sdk.metrics().get("penstock.case.active")))
        .isEqualTo(Map.of(WORKFLOW, 1L));

    script.shard.caseEnded(0, ShardScript.COMPLETED, 1_000);
    script.shard.commandEnded(clock.monotonicNs());
    script.pause(clock.monotonicNs());

    assertThat(Sdk.values(sdk.metrics().get("penstock.case.active")))
        .isEqualTo(Map.of(WORKFLOW, 0L));
  }

  @Test
  void shouldReplayNoMoreThanTheLimitAtACollectionAndLoseNothing() {
    final ObjectiveCounts counts = new ObjectiveCounts(new EpochTime(new HandClock()));
    final OperationRecorder outside =
        new OperationRecorder(TelemetryOptions.defaults().objectives(), counts);
    final MetricExport export =
        new MetricExport(
            sdk.sdk.getMeter("test"),
            new EngineMetrics(
                outside, counts, List.of(), new Rejections(), () -> 0, new StatusGauges(Map::of)),
            10);
    for (int i = 0; i < 12; i++) {
      outside.recordShared(Operation.OPEN, 1_000L * i, 1);
      outside.recordShared(Operation.QUERY, 5_000, 1);
    }

    assertThat(told()).isEqualTo(10);
    assertThat(Sdk.values(sdk.metrics().get("penstock.slo.events")))
        .containsEntry(slo("C1", "good"), 24L);
    assertThat(told()).isEqualTo(24);
    assertThat(Sdk.counts(sdk.metrics().get("penstock.operation.duration")))
        .isEqualTo(Map.of(operation(Operation.OPEN), 12L, operation(Operation.QUERY), 12L));
    export.close();
  }

  private long told() {
    return Sdk.counts(sdk.metrics().get("penstock.operation.duration")).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}
