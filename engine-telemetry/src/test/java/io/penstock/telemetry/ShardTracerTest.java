package io.penstock.telemetry;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.penstock.spi.Operation;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Workflow;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardTracerTest {
  private static final long ORIGIN = HandClock.ORIGIN_NS;
  private static final long EPOCH = HandClock.EPOCH_NS;
  private static final long DAY_NS = 86_400_000_000_000L;
  private static final int ROUNDS = 5_000;
  private static final Workflow WORKFLOW =
      Workflow.define("order").inlineTask("price", work -> {}).build();

  private static final SpanContext CALLER =
      SpanContext.create(
          TraceId.fromLongs(1, 2),
          SpanId.fromLong(3),
          TraceFlags.getSampled(),
          TraceState.getDefault());

  private final Sdk sdk = new Sdk();
  private final HandClock clock = new HandClock();

  @AfterEach
  void closeSdk() {
    sdk.close();
  }

  @Test
  void shouldTakeItsTimesFromTheEnginesClock() throws Exception {
    final Telemetry telemetry = sdk.telemetry().create(clock, 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, WORKFLOW);
    script.shard.commandStarted(Operation.START, script.caller, 0, ORIGIN + 100);
    script.shard.caseTaken(0, 1, true, script.trace, 0);
    script.shard.inlineTaskEnded(0, 0, ORIGIN + 110, ORIGIN + 150, false);
    final Object parent = script.shard.traceParent();
    script.shard.commandEnded(ORIGIN + 200);
    clock.advance(300);
    final Telemetry.HandlerScope scope = telemetry.handlerStarts("order", "pack", 1, 1, parent);
    clock.advance(400);
    scope.close();

    final List<SpanData> spans = sdk.spans(3);

    assertThat(spans.get(0)).hasName("run order").startsAt(EPOCH + 100).endsAt(EPOCH + 200);
    assertThat(spans.get(1)).hasName("price").startsAt(EPOCH + 110).endsAt(EPOCH + 150);
    assertThat(spans.get(2)).hasName("pack").startsAt(EPOCH + 300).endsAt(EPOCH + 700);
    assertThat(script.shard.traceParent()).isNull();
  }

  @Test
  void shouldShowTheSpansOfASampledCaseAsExemplarsOfWhatItsDurationsWere() throws Exception {
    final PenstockMetrics metrics = new PenstockMetrics();
    final Telemetry telemetry =
        new PenstockTelemetry(sdk.options().metrics(metrics)).create(clock, 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, WORKFLOW);
    script.shard.commandStarted(Operation.FIRE_TIMER, script.caller, 0, ORIGIN); // of nobody
    script.shard.commandEnded(ORIGIN);
    script.shard.commandStarted(Operation.QUERY, script.caller, 0, ORIGIN); // of no case
    script.shard.commandEnded(ORIGIN);
    script.shard.commandStarted(Operation.START, script.caller, 0, ORIGIN + 100);
    script.shard.caseTaken(0, 1, true, script.trace, 0);
    script.shard.inlineTaskEnded(0, 0, ORIGIN + 110, ORIGIN + 150, false);
    script.shard.caseEnded(0, ShardScript.COMPLETED, 0);
    script.shard.commandEnded(ORIGIN + 200);
    script.shard.acknowledged(Operation.QUERY, 0, 9_000);
    script.shard.acknowledged(Operation.START, 0, 5_000);

    final List<SpanData> spans = sdk.spans(2);

    final SpanContext run = spans.get(0).getSpanContext();
    final SpanContext price = spans.get(1).getSpanContext();
    assertThat(exemplars(metrics, Metric.CASE_DURATION))
        .containsExactly(new Exemplar(100, EPOCH + 200, run));
    assertThat(exemplars(metrics, Metric.TASK_DURATION))
        .containsExactly(new Exemplar(40, EPOCH + 150, price));
    assertThat(exemplars(metrics, Metric.OPERATION_DURATION))
        .containsExactly(new Exemplar(5_000, EPOCH + 200, run));
  }

  /** Who reads while the command is under way sees no exemplar of something uncounted. */
  @Test
  void shouldCountADurationBeforeItsExemplarIsShown() {
    final PenstockMetrics metrics = new PenstockMetrics();
    final Telemetry telemetry =
        new PenstockTelemetry(sdk.options().metrics(metrics)).create(clock, 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, WORKFLOW);
    script.shard.commandStarted(Operation.START, script.caller, 0, ORIGIN);
    script.shard.caseTaken(0, 1, true, script.trace, 0);
    script.shard.inlineTaskEnded(0, 0, ORIGIN, ORIGIN + 40, false);

    assertThat(exemplars(metrics, Metric.TASK_DURATION)).hasSize(1);
    assertThat(metrics.snapshot().histograms(Metric.TASK_DURATION).values())
        .allSatisfy(sum -> assertThat(sum.total()).isEqualTo(1));
    script.shard.caseEnded(0, ShardScript.COMPLETED, 0);
    script.shard.commandEnded(ORIGIN + 50);

    assertThat(exemplars(metrics, Metric.CASE_DURATION)).hasSize(1);
    assertThat(metrics.snapshot().histograms(Metric.CASE_DURATION).values())
        .allSatisfy(sum -> assertThat(sum.total()).isEqualTo(1));
  }

  @Test
  void shouldTakeNothingOverFromACommandOfASampledCase() throws Exception {
    final Telemetry telemetry =
        new PenstockTelemetry(sdk.options().timing(Timing.AMORTISED)).create(clock, 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, WORKFLOW);
    TraceContext.write(CALLER, script.caller, 0);
    script.shard.commandStarted(Operation.START, script.caller, 0, ORIGIN);
    script.shard.caseTaken(0, 1, true, script.trace, 0);
    assertThat(script.shard.tallyInlineTask(0, 0, false)).isFalse();
    script.shard.commandEnded(ORIGIN + 50);
    script.caller.setMemory(0, script.caller.capacity(), (byte) 0);
    script.shard.commandStarted(Operation.START, script.caller, 0, ORIGIN + 100);
    script.shard.caseTaken(0, 2, true, script.trace, 0);
    script.shard.commandEnded(ORIGIN + 150);
    script.shard.commandStarted(Operation.QUERY, script.caller, 0, ORIGIN + 160); // of no case
    assertThat(script.shard.tallyCommand()).isTrue();
    script.trace.setMemory(0, script.trace.capacity(), (byte) 0); // of a case that is not sampled
    script.shard.commandStarted(Operation.CANCEL, script.caller, 0, ORIGIN + 200);
    script.shard.caseTaken(0, 3, false, script.trace, 0);
    assertThat(script.shard.tallyInlineTask(0, 0, false)).isTrue();

    final List<SpanData> spans = sdk.spans(2);
    assertThat(spans.get(0)).hasParentSpanId(CALLER.getSpanId());
    assertThat(spans.get(1)).hasNoParent();
  }

  @Test
  void shouldKeepTheLastExemplarOfEachOctave() throws Exception {
    final Exemplars exemplars = new Exemplars();
    final SpanContext span = SpanContext.getInvalid();
    exemplars.put(new Exemplar(1_000_000, 1, span));
    exemplars.put(new Exemplar(1_000_100, 2, span));
    exemplars.put(new Exemplar(3_000, 3, span));
    exemplars.keep(new Exemplar(3_010, 1, span)); // an older one from elsewhere

    assertThat(exemplars.all())
        .containsExactly(new Exemplar(3_000, 3, span), new Exemplar(1_000_100, 2, span));
  }

  @Test
  void shouldKeepNoExemplarOfACaseThatIsNotSampled() {
    final PenstockMetrics metrics = new PenstockMetrics();
    final Telemetry telemetry =
        new PenstockTelemetry(sdk.options().metrics(metrics).sampleCases(0)).create(clock, 1);
    new ShardScript(telemetry, 0).deployed(0, WORKFLOW).runInlineCase(0, 0, 10);

    for (final Metric metric : Metric.values()) {
      assertThat(exemplars(metrics, metric)).isEmpty();
    }
    assertThat(metrics.snapshot().histograms(Metric.CASE_DURATION)).hasSize(1);
  }

  private static List<Exemplar> exemplars(final PenstockMetrics metrics, final Metric metric) {
    return metrics.snapshot().histograms(metric).values().stream()
        .flatMap(sum -> sum.exemplars().stream())
        .toList();
  }

  @Test
  void shouldFollowTheCalendarWhenItIsSet() throws Exception {
    final Telemetry telemetry = sdk.telemetry().create(clock, 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, WORKFLOW);
    script.shard.commandStarted(Operation.START, script.caller, 0, ORIGIN);
    script.shard.caseTaken(0, 1, true, script.trace, 0);
    final Object parent = script.shard.traceParent();
    script.shard.commandEnded(ORIGIN);

    clock.moveCalendar(EpochTime.DRIFT_MAX_NS);
    telemetry.handlerStarts("order", "pack", 1, 1, parent).close();
    clock.moveCalendar(DAY_NS);
    telemetry.handlerStarts("order", "pack", 1, 1, parent).close();

    final List<SpanData> spans = sdk.spans(3);
    assertThat(spans.get(1)).startsAt(EPOCH);
    assertThat(spans.get(2)).startsAt(EPOCH + EpochTime.DRIFT_MAX_NS + DAY_NS);
  }

  @Test
  void shouldPickAboutOneCaseInSoMany() {
    final Telemetry telemetry =
        new PenstockTelemetry(sdk.options().sampleCases(10)).create(clock, 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, WORKFLOW);
    int sampled = 0;
    for (int i = 0; i < ROUNDS; i++) {
      script.runInlineCase(0, 0, 10);
      sampled += TraceContext.isSampled(script.trace, 0) ? 1 : 0;
    }

    assertThat(sampled).isBetween(ROUNDS / 20, ROUNDS / 5);
    assertThat(sdk.startedSpans).hasValue(2 * sampled);
  }

  @Test
  void shouldWriteNothingIntoACaseThatIsNotSampled() {
    final Telemetry telemetry =
        new PenstockTelemetry(sdk.options().sampleCases(0)).create(clock, 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, WORKFLOW);
    script.runInlineCase(0, 0, 10);

    assertThat(script.trace.byteArray()).containsOnly(0);
  }

  @Test
  void shouldAllocateNothingForCasesThatAreNotSampled() {
    assertThat(allocatedBy(new PenstockTelemetry(sdk.options().sampleCases(0)))).isZero();
    assertThat(sdk.startedSpans).hasValue(0);
  }

  @Test
  void shouldDoNothingForAnOpenTelemetryThatDoesNothing() {
    final PenstockTelemetry quiet =
        new PenstockTelemetry(TelemetryOptions.defaults().openTelemetry(OpenTelemetry.noop()));

    assertThat(quiet.create(clock, 1).shard(0)).isInstanceOf(ShardRecorder.class);
    assertThat(allocatedBy(quiet)).isZero();
  }

  private long allocatedBy(final PenstockTelemetry provider) {
    final Telemetry telemetry = provider.create(clock, 1);
    final ShardScript script = new ShardScript(telemetry, 0).deployed(0, WORKFLOW);
    return Allocation.leastOf(
        () -> {
          for (int i = 0; i < ROUNDS; i++) {
            script.runInlineCase(0, 0, 1_000 + i);
            script.completeTask(0, 10 + i, 2_000 + i);
            telemetry.operationEnded(Operation.OPEN, 0, i);
          }
        });
  }
}
