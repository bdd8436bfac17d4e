package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.spi.Operation;
import io.penstock.spi.ShardLevels;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricProducerTest {
  private static final long MS = 1_000_000;
  private static final Attributes WORKFLOW = Attributes.of(Keys.WORKFLOW_NAME, Atm.NAME);
  private static final Attributes COMPLETED =
      WORKFLOW.toBuilder().put(Keys.CASE_OUTCOME, "completed").build();
  private static final Workflow INLINE =
      Workflow.define(Atm.NAME)
          .inlineTask("verify-pin", work -> {})
          .objective(Objective.p99(Duration.ofMillis(3)))
          .build();

  private final InMemoryMetricReader reader = InMemoryMetricReader.create();
  private final PenstockMetrics metrics = new PenstockMetrics();
  private final OpenTelemetrySdk sdk = sdk(HistogramForm.EXPLICIT);

  private OpenTelemetrySdk sdk(final HistogramForm form) {
    return OpenTelemetrySdk.builder()
        .setMeterProvider(
            SdkMeterProvider.builder()
                .registerMetricReader(reader)
                .registerMetricProducer(new PenstockMetricProducer(metrics, form))
                .build())
        .build();
  }

  @AfterEach
  void closeSdk() {
    sdk.close();
  }

  private PenstockTelemetry telemetry() {
    return new PenstockTelemetry(
        TelemetryOptions.defaults().openTelemetry(sdk).metrics(metrics).sampleCases(0));
  }

  private Map<String, MetricData> collect() {
    return reader.collectAllMetrics().stream()
        .collect(Collectors.toMap(MetricData::getName, Function.identity())); // each name once
  }

  @Test
  void shouldTellEachNumberOnceAlthoughTheEngineKnowsTheSameOpenTelemetry() {
    try (Engine engine =
        Engine.inMemory(EngineOptions.defaults().shards(2).telemetry(telemetry()))) {
      engine.deploy(INLINE);
      for (int i = 0; i < 7; i++) {
        engine.start(INLINE, in -> {}).join();
      }

      final Map<String, MetricData> told = collect();

      assertThat(Sdk.values(told.get("penstock.case.started"))).isEqualTo(Map.of(WORKFLOW, 7L));
      assertThat(Sdk.values(told.get("penstock.case.active"))).isEqualTo(Map.of(WORKFLOW, 0L));
      assertThat(Sdk.counts(told.get("penstock.case.duration"))).isEqualTo(Map.of(COMPLETED, 7L));
      assertThat(told.get("penstock.case.duration").getHistogramData().getAggregationTemporality())
          .isEqualTo(AggregationTemporality.CUMULATIVE);
      assertThat(told.get("penstock.case.started").getLongSumData().isMonotonic()).isTrue();
      assertThat(told.get("penstock.case.active").getLongSumData().isMonotonic()).isFalse();
      assertThat(told.get("penstock.slo.objective").getDoubleGaugeData().getPoints())
          .extracting(DoublePointData::getValue)
          .containsOnly(0.99)
          .hasSize(4);
      assertThat(told.values())
          .allSatisfy(
              each ->
                  assertThat(each.getInstrumentationScopeInfo().getName())
                      .isEqualTo("io.penstock"));
    }
  }

  @Test
  void shouldHaveTheThresholdsOfTheObjectivesAmongTheBounds() {
    final Telemetry engine = telemetry().create(new HandClock(), 1);
    final ShardScript shard = new ShardScript(engine, 0).deployed(0, INLINE);
    shard.runInlineCase(0, 0, 3 * MS - 8_192); // a bucket below the threshold
    shard.runInlineCase(0, 0, 3 * MS + 8_192); // and one above it
    engine.operationEnded(Operation.OPEN, 0, MS);

    final Map<String, MetricData> told = collect();

    final HistogramPointData cases =
        told.get("penstock.case.duration").getHistogramData().getPoints().iterator().next();
    assertThat(cases.getBoundaries()).contains(0.003).isSorted();
    assertThat(cases.getCounts().get(cases.getBoundaries().indexOf(0.003))).isEqualTo(1);
    assertThat(cases.getCounts().get(cases.getBoundaries().indexOf(0.005))).isEqualTo(1);
    assertThat(cases.getSum()).isCloseTo(0.006, within(0.006 / 250));
    assertThat(
            told.get("penstock.operation.duration").getHistogramData().getPoints().stream()
                .map(HistogramPointData::getBoundaries))
        .allSatisfy(bounds -> assertThat(bounds).contains(0.001, 0.5));
  }

  @Test
  void shouldKeepWhatAClosedEngineCountedAndDropItsLevels() {
    final HandClock clock = new HandClock();
    final long now = clock.monotonicNs();
    final Telemetry one = telemetry().create(clock, 1);
    final Telemetry other = telemetry().create(clock, 1);
    final ShardScript first = new ShardScript(one, 0).deployed(0, INLINE);
    final ShardScript second = new ShardScript(other, 0).deployed(0, INLINE);
    one.opened(List.of(new FixedLevels(10, 100)));
    other.opened(List.of(new FixedLevels(1, 50)));
    first.runInlineCase(0, now, now + MS);
    first.shard.caseTaken(0, 1, true, first.trace, 0); // and stays active
    second.runInlineCase(0, now, now + MS);
    second.runInlineCase(0, now, now + MS);

    final Map<String, MetricData> before = collect();
    one.close();
    one.close();
    final Map<String, MetricData> after = collect();

    for (final Map<String, MetricData> told : List.of(before, after)) {
      assertThat(Sdk.counts(told.get("penstock.case.duration"))).isEqualTo(Map.of(COMPLETED, 3L));
      assertThat(Sdk.values(told.get("penstock.case.started"))).isEqualTo(Map.of(WORKFLOW, 4L));
    }
    final Attributes shard = Attributes.of(Keys.SHARD_INDEX, 0L);
    assertThat(Sdk.values(before.get("penstock.case.active"))).isEqualTo(Map.of(WORKFLOW, 1L));
    assertThat(Sdk.values(after.get("penstock.case.active"))).isEqualTo(Map.of(WORKFLOW, 0L));
    assertThat(Sdk.values(before.get("penstock.command.queue.depth")))
        .isEqualTo(Map.of(shard, 11L));
    assertThat(Sdk.values(after.get("penstock.command.queue.depth"))).isEqualTo(Map.of(shard, 1L));
    assertThat(Sdk.values(after.get("penstock.storage.size"))).isEqualTo(Map.of(shard, 50L));
    assertThat(start(before)).isEqualTo(start(after));
  }

  private static long start(final Map<String, MetricData> told) {
    return told.get("penstock.case.started").getLongSumData().getPoints().stream()
        .mapToLong(PointData::getStartEpochNanos)
        .min()
        .orElseThrow();
  }

  @Test
  void shouldTellTheJournalsLengthAndWhyCommandsWereRefused(@TempDir final Path directory) {
    try (Engine engine =
        Engine.open(directory, EngineOptions.defaults().shards(1).telemetry(telemetry()))) {
      engine.deploy(INLINE);
      final var ended = engine.start(INLINE, in -> {});
      ended.join();
      Assertions.assertThatThrownBy(ended::cancel).isInstanceOf(CommandRejectedException.class);

      final Map<String, MetricData> told = collect();

      assertThat(told.get("penstock.storage.size").getLongSumData().getPoints())
          .extracting(LongPointData::getValue)
          .allSatisfy(length -> assertThat(length).isPositive());
      assertThat(Sdk.values(told.get("penstock.command.rejected")))
          .containsEntry(Attributes.of(Keys.REJECTION_REASON, "case_ended"), 1L)
          .containsEntry(Attributes.of(Keys.REJECTION_REASON, "inbox_full"), 0L);
    }
  }

  @Test
  void shouldTellHowLateTimersWere() {
    final Telemetry engine = telemetry().create(new HandClock(), 1);
    engine.shard(0).timerFired(5 * MS);

    assertThat(Sdk.counts(collect().get("penstock.timer.lag")))
        .isEqualTo(Map.of(Attributes.empty(), 1L));
  }

  @Test
  void shouldTellExponentialBucketsWhenAsked() {
    sdk.close();
    final InMemoryMetricReader other = InMemoryMetricReader.create();
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .registerMetricReader(other)
            .registerMetricProducer(new PenstockMetricProducer(metrics, HistogramForm.EXPONENTIAL))
            .build()) {
      assertThat(provider).isNotNull();
      final Telemetry engine = telemetry().create(new HandClock(), 1);
      new ShardScript(engine, 0).deployed(0, INLINE).runInlineCase(0, 0, 3 * MS);

      final MetricData cases =
          other.collectAllMetrics().stream()
              .filter(each -> each.getName().equals("penstock.case.duration"))
              .findFirst()
              .orElseThrow();

      assertThat(cases.getType()).isEqualTo(MetricDataType.EXPONENTIAL_HISTOGRAM);
      final ExponentialHistogramPointData point =
          cases.getExponentialHistogramData().getPoints().iterator().next();
      final double base = Math.pow(2, Math.pow(2, -point.getScale()));
      final int index = point.getPositiveBuckets().getOffset();
      assertThat(point.getCount()).isEqualTo(1);
      assertThat(point.getPositiveBuckets().getBucketCounts()).containsExactly(1L);
      assertThat(0.003).isBetween(Math.pow(base, index - 1), Math.pow(base, index + 2));
    }
  }

  private record FixedLevels(long inboxLength, long storeLength) implements ShardLevels {}
}
