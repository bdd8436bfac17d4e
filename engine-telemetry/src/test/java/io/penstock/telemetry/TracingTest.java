package io.penstock.telemetry;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.Operation;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TracingTest {
  private final Sdk sdk = new Sdk();

  @AfterEach
  void closeSdk() {
    sdk.close();
  }

  private static Engine open(final PenstockTelemetry telemetry) {
    return Engine.inMemory(EngineOptions.defaults().shards(1).telemetry(telemetry));
  }

  private CaseHandle startWithin(
      final String caller, final Engine engine, final Workflow workflow) {
    final Span span = sdk.tracer.spanBuilder(caller).startSpan();
    try (Scope scope = span.makeCurrent()) {
      assertThat(scope).isNotNull();
      return engine.start(workflow, in -> {});
    } finally {
      span.end();
    }
  }

  private static SpanData named(final List<SpanData> spans, final String name) {
    final List<SpanData> found =
        spans.stream().filter(span -> span.getName().equals(name)).toList();
    assertThat(found).as("spans named %s in %s", name, spans).hasSize(1);
    return found.get(0);
  }

  private static SpanData childOf(
      final List<SpanData> spans, final SpanData parent, final String name) {
    final List<SpanData> found =
        spans.stream()
            .filter(span -> span.getName().equals(name))
            .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
            .toList();
    assertThat(found).as("children of %s in %s", parent, spans).hasSize(1);
    return found.get(0);
  }

  private static Attributes run(final int version, final long caseId, final String operation) {
    return Attributes.builder()
        .put("penstock.workflow.name", Atm.NAME)
        .put("penstock.workflow.version", version)
        .put("penstock.case.id", caseId)
        .put("penstock.operation.name", operation)
        .build();
  }

  private static Attributes workerTask(final String task, final long caseId) {
    return inlineTask(task).toBuilder()
        .put("penstock.case.id", caseId)
        .put("penstock.attempt", 1L)
        .build();
  }

  private static Attributes inlineTask(final String task) {
    return Attributes.builder()
        .put("penstock.workflow.name", Atm.NAME)
        .put("penstock.task.name", task)
        .build();
  }

  private static Attributes completed(final Attributes attributes) {
    return attributes.toBuilder().put("penstock.case.outcome", "completed").build();
  }

  @Test
  void shouldGiveEachWorkerTaskTheSpanOfItsOwnCaseWhenManyWait() throws Exception {
    final int cases = 500; // more than the workers take at once, so that a backlog forms
    final Workflow workflow =
        Workflow.define("many").task("first", work -> {}).task("second", work -> {}).build();
    try (Engine engine =
        Engine.inMemory(
            EngineOptions.defaults().shards(1).workerThreads(2).telemetry(sdk.telemetry()))) {
      engine.deploy(workflow);
      final List<CompletableFuture<CaseHandle>> started = new ArrayList<>();
      for (int i = 0; i < cases; i++) {
        started.add(engine.startAsync(workflow, "case-" + i, in -> {}));
      }
      started.forEach(start -> assertThat(start.join().join()).isEqualTo(Outcome.COMPLETED));
    }

    final AttributeKey<Long> caseId = AttributeKey.longKey("penstock.case.id");
    final Map<String, SpanData> byId = new HashMap<>();
    final List<SpanData> spans = sdk.spans(5 * cases); // three commands and two tasks each
    spans.forEach(span -> byId.put(span.getSpanId(), span));
    final List<SpanData> tasks =
        spans.stream().filter(span -> !span.getName().startsWith("run ")).toList();
    assertThat(tasks).hasSize(2 * cases);
    for (final SpanData task : tasks) {
      final SpanData parent = byId.get(task.getParentSpanId());
      assertThat(parent).as("parent of %s", task).isNotNull();
      assertThat(parent.getAttributes().get(caseId)).isEqualTo(task.getAttributes().get(caseId));
    }
  }

  private static void assertSpan(
      final SpanData span,
      final SpanData parent,
      final List<LinkData> links,
      final Attributes attributes) {
    assertThat(span)
        .hasKind(SpanKind.INTERNAL)
        .hasTraceId(parent.getTraceId())
        .hasParentSpanId(parent.getSpanId())
        .hasLinks(links)
        .hasAttributes(attributes)
        .hasStatus(StatusData.unset())
        .hasEnded();
  }

  @Test
  void shouldTraceACaseOfFiveTasksAsOneTrace() throws Exception {
    final long caseId;
    try (Engine engine = open(sdk.telemetry())) {
      final Workflow atm = Atm.workflow(work -> {});
      engine.deploy(atm);
      final CaseHandle withdrawal = startWithin("withdraw", engine, atm);
      assertThat(withdrawal.join()).isEqualTo(Outcome.COMPLETED);
      caseId = withdrawal.caseId();
    }

    final List<SpanData> spans = sdk.spans(10);

    final String run = "run " + Atm.NAME;
    final SpanData withdraw = named(spans, "withdraw");
    final SpanData start = childOf(spans, withdraw, run);
    final SpanData checkBalance = named(spans, "check-balance");
    final SpanData second = childOf(spans, checkBalance, run);
    final SpanData dispenseCash = named(spans, "dispense-cash");
    final SpanData third = childOf(spans, dispenseCash, run);
    final SpanData printReceipt = named(spans, "print-receipt");
    final SpanData last = childOf(spans, printReceipt, run);
    final List<LinkData> toStart = List.of(LinkData.create(start.getSpanContext()));
    final Attributes complete = run(1, caseId, "complete task");

    assertSpan(start, withdraw, List.of(), run(1, caseId, "start"));
    assertSpan(named(spans, "verify-pin"), start, List.of(), inlineTask("verify-pin"));
    assertSpan(checkBalance, start, List.of(), workerTask("check-balance", caseId));
    assertSpan(second, checkBalance, toStart, complete);
    assertSpan(dispenseCash, second, List.of(), workerTask("dispense-cash", caseId));
    assertSpan(third, dispenseCash, toStart, complete);
    assertSpan(named(spans, "update-balance"), third, List.of(), inlineTask("update-balance"));
    assertSpan(printReceipt, third, List.of(), workerTask("print-receipt", caseId));
    assertSpan(last, printReceipt, toStart, completed(complete));
    assertThat(sdk.spansLeft()).isEmpty();
  }

  @Test
  void shouldLinkAMessageThatComesLaterToTheStartOfTheCase() throws Exception {
    final long caseId;
    try (Engine engine = open(sdk.telemetry())) {
      final Workflow atm = Atm.withApproval();
      engine.deploy(atm);
      final CaseHandle withdrawal = startWithin("withdraw", engine, atm);
      caseId = withdrawal.caseId();

      final Span approve = sdk.tracer.spanBuilder("approve").startSpan();
      try (Scope scope = approve.makeCurrent()) {
        assertThat(scope).isNotNull();
        withdrawal.send("approval", in -> {});
      } finally {
        approve.end();
      }
      assertThat(withdrawal.join()).isEqualTo(Outcome.COMPLETED);
    }

    final List<SpanData> spans = sdk.spans(7);

    final String run = "run " + Atm.NAME;
    final SpanData start = childOf(spans, named(spans, "withdraw"), run);
    final SpanData approve = named(spans, "approve");
    final SpanData message = childOf(spans, approve, run);
    final SpanData completion = childOf(spans, named(spans, "check-balance"), run);
    assertThat(approve.getTraceId()).isNotEqualTo(start.getTraceId());
    assertThat(message)
        .hasTraceId(approve.getTraceId())
        .hasLinks(LinkData.create(start.getSpanContext()));
    assertThat(message.getAttributes().asMap())
        .containsAllEntriesOf(run(2, caseId, "send message").asMap());
    assertThat(completion).hasTraceId(start.getTraceId());
    assertThat(List.of(message, completion))
        .extracting(SpanData::getSpanId)
        .contains(named(spans, "dispense-cash").getParentSpanId());
    assertThat(sdk.spansLeft()).isEmpty();
  }

  @Test
  void shouldMakeATimersSpanARootThatLinksToTheStart() throws Exception {
    final Workflow pause = Workflow.define("pause").delay("rest", Duration.ofMillis(1)).build();
    try (Engine engine = open(sdk.telemetry())) {
      engine.deploy(pause);
      assertThat(engine.start(pause, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
    }

    final List<SpanData> spans = sdk.spans(2);

    assertThat(spans.get(0)).hasName("run pause").hasNoParent().hasTotalRecordedLinks(0);
    assertThat(spans.get(1))
        .hasName("run pause")
        .hasNoParent()
        .hasLinks(LinkData.create(spans.get(0).getSpanContext()));
    assertThat(spans.get(1).getAttributes().get(Keys.OPERATION_NAME)).isEqualTo("fire timer");
    assertThat(spans.get(1).getTraceId()).isNotEqualTo(spans.get(0).getTraceId());
  }

  @Test
  void shouldNestAUsersSpanBelowItsTask() throws Exception {
    final Workflow atm = Atm.workflow(work -> sdk.tracer.spanBuilder("pay").startSpan().end());
    try (Engine engine = open(sdk.telemetry())) {
      engine.deploy(atm);
      engine.start(atm, in -> {}).join();
    }

    final List<SpanData> spans = sdk.spans(10);

    final SpanData task = named(spans, "dispense-cash");
    assertThat(named(spans, "pay")).hasTraceId(task.getTraceId()).hasParentSpanId(task.getSpanId());
  }

  @Test
  void shouldRecordWhatAHandlerThrew() throws Exception {
    final Workflow atm =
        Atm.workflow(
            work -> {
              throw new IllegalStateException("cassette is empty");
            });
    try (Engine engine = open(sdk.telemetry())) {
      engine.deploy(atm);
      assertThat(engine.start(atm, in -> {}).join()).isEqualTo(Outcome.FAILED);
    }

    final List<SpanData> spans = sdk.spans(6);

    final SpanData task = named(spans, "dispense-cash");
    assertThat(task)
        .hasStatus(StatusData.error())
        .hasException(new IllegalStateException("cassette is empty"));
    assertThat(task.getAttributes().get(Keys.ERROR_TYPE))
        .isEqualTo("java.lang.IllegalStateException");
    final SpanData last = childOf(spans, task, "run " + Atm.NAME);
    assertThat(last.getAttributes().get(Keys.CASE_OUTCOME)).isEqualTo("failed");
  }

  @Test
  void shouldMarkAnInlineTaskThatThrew() throws Exception {
    final Workflow broken =
        Workflow.define("broken")
            .inlineTask(
                "count",
                work -> {
                  throw new IllegalStateException("no");
                })
            .build();
    try (Engine engine = open(sdk.telemetry())) {
      engine.deploy(broken);
      assertThat(engine.start(broken, in -> {}).join()).isEqualTo(Outcome.FAILED);
    }

    final SpanData task = named(sdk.spans(2), "count");

    assertThat(task.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(task.getAttributes().get(Keys.ERROR_TYPE)).isEqualTo("_OTHER");
  }

  @Test
  void shouldStartNoSpanForCasesThatAreNotPicked() {
    final Workflow atm = Atm.workflow(work -> {});
    try (Engine engine = open(new PenstockTelemetry(sdk.options().sampleCases(0)))) {
      engine.deploy(atm);
      engine.start(atm, in -> {}).join();
    }

    assertThat(sdk.startedSpans).hasValue(0);
  }

  @Test
  void shouldAskTheSamplerOnceForACase() {
    final AtomicInteger asked = new AtomicInteger();
    final Sampler never = new CountingSampler(asked);
    final Workflow atm = Atm.workflow(work -> {});
    try (Sdk unsampled = new Sdk(never);
        Engine engine = open(unsampled.telemetry())) {
      engine.deploy(atm);
      engine.start(atm, in -> {}).join();
      assertThat(unsampled.startedSpans).hasValue(0);
    }

    assertThat(asked).hasValue(1);
  }

  @Test
  void shouldLinkTheCommandThatCompletesAJoinToTheBranchThatCameFirst() throws Exception {
    final CountDownLatch firstIsDone = new CountDownLatch(1);
    final Workflow packing =
        Workflow.define("packing")
            .parallel(
                both ->
                    both.branch(one -> one.task("pick", work -> {}))
                        .branch(other -> other.task("label", work -> firstIsDone.await())))
            .task("ship", work -> {})
            .build();
    try (Engine engine = open(sdk.telemetry())) {
      engine.deploy(packing);
      final CaseHandle order = engine.start(packing, in -> {});
      final List<SpanData> before = sdk.spans(3); // start, pick, and the command that took it in
      final SpanData picked = childOf(before, named(before, "pick"), "run packing");
      final SpanData start = without(before, picked, "run packing");
      firstIsDone.countDown();
      assertThat(order.join()).isEqualTo(Outcome.COMPLETED);

      final List<SpanData> after = sdk.spans(4);

      final SpanData join = childOf(after, named(after, "label"), "run packing");
      final SpanData end = childOf(after, named(after, "ship"), "run packing");
      assertThat(join)
          .hasLinks(
              LinkData.create(start.getSpanContext()), LinkData.create(picked.getSpanContext()));
      assertThat(end).hasLinks(LinkData.create(start.getSpanContext()));
    }
  }

  @Test
  void shouldLinkAJoinToTheBranchesThatCameBeforeARestart(@TempDir final Path directory)
      throws Exception {
    final Workflow packing =
        Workflow.define("packing")
            .parallel(
                all ->
                    all.branch(one -> one.task("pick", work -> {}))
                        .branch(other -> other.manual("label"))
                        .branch(third -> third.manual("insure")))
            .manual("ship")
            .build();
    final EngineOptions options = EngineOptions.defaults().shards(1);
    final List<SpanData> before;
    final long caseId;
    try (Engine engine = Engine.open(directory, options.telemetry(sdk.telemetry()))) {
      engine.deploy(packing);
      caseId = engine.start(packing, in -> {}).caseId();
      before = sdk.spans(3); // start, pick, and the command that took it in
    }
    final SpanData picked = childOf(before, named(before, "pick"), "run packing");
    final SpanData start = without(before, picked, "run packing");
    final SpanData labelled;
    try (Sdk later = new Sdk();
        Engine engine = Engine.open(directory, options.telemetry(later.telemetry()))) {
      engine.deploy(packing).handle(caseId).complete("label", in -> {});
      labelled = named(later.spans(1), "run packing");
    }
    assertThat(linked(labelled)).containsExactly(start.getSpanId());
    try (Sdk last = new Sdk();
        Engine engine = Engine.open(directory, options.telemetry(last.telemetry()))) {
      engine.deploy(packing).handle(caseId).complete("insure", in -> {});
      final SpanData join = named(last.spans(1), "run packing");
      engine.handle(caseId).complete("ship", in -> {});

      assertThat(linked(join))
          .containsExactly(start.getSpanId(), picked.getSpanId(), labelled.getSpanId());
      assertThat(join.getLinks())
          .allMatch(link -> link.getSpanContext().isSampled())
          .extracting(link -> link.getSpanContext().getTraceId())
          .containsExactly(start.getTraceId(), picked.getTraceId(), labelled.getTraceId());
      assertThat(linked(named(last.spans(1), "run packing"))).containsExactly(start.getSpanId());
    }
  }

  private static List<String> linked(final SpanData span) {
    return span.getLinks().stream().map(link -> link.getSpanContext().getSpanId()).toList();
  }

  private static SpanData without(
      final List<SpanData> spans, final SpanData other, final String name) {
    return named(
        spans.stream().filter(span -> !span.getSpanId().equals(other.getSpanId())).toList(), name);
  }

  @Test
  void shouldLinkAcrossARestartToTheStartOfTheCase(@TempDir final Path directory) throws Exception {
    final Workflow atm = Atm.withApproval();
    final EngineOptions options = EngineOptions.defaults().shards(1);
    try (Engine engine = Engine.open(directory, options.telemetry(sdk.telemetry()))) {
      engine.deploy(atm);
      engine.start(atm, "txn-1", in -> {});
      sdk.spans(3); // the balance is checked, the case waits for its approval
    }
    final SpanContext start = sdk.started("run " + Atm.NAME);
    try (Sdk later = new Sdk();
        Engine engine = Engine.open(directory, options.telemetry(later.telemetry()))) {
      engine.deploy(atm);
      final CaseHandle withdrawal = engine.find(atm, "txn-1").orElseThrow();
      final Span approve = later.tracer.spanBuilder("approve").startSpan();
      try (Scope scope = approve.makeCurrent()) {
        assertThat(scope).isNotNull();
        withdrawal.send("approval", in -> {});
      } finally {
        approve.end();
      }
      assertThat(withdrawal.join()).isEqualTo(Outcome.COMPLETED);

      final List<SpanData> spans = later.spans(3);

      final SpanData message = childOf(spans, named(spans, "approve"), "run " + Atm.NAME);
      assertThat(message.getLinks())
          .singleElement()
          .satisfies(
              link -> {
                assertThat(link.getSpanContext().getTraceId()).isEqualTo(start.getTraceId());
                assertThat(link.getSpanContext().getSpanId()).isEqualTo(start.getSpanId());
                assertThat(link.getSpanContext().isSampled()).isTrue();
              });
    }
  }

  @Test
  void shouldCountTheSpansThatWereNotMade() {
    final OpenTelemetrySdk broken =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder().addSpanProcessor(new BrokenProcessor()).build())
            .build();
    final PenstockMetrics metrics = new PenstockMetrics();
    final Telemetry telemetry =
        new PenstockTelemetry(TelemetryOptions.defaults().openTelemetry(broken).metrics(metrics))
            .create(new HandClock(), 1);
    final ShardScript script =
        new ShardScript(telemetry, 0).deployed(0, Workflow.define("w").task("t", w -> {}).build());
    final Attributes spans = Attributes.of(Keys.TELEMETRY_SIGNAL, "span");
    assertThat(metrics.snapshot().counts(Metric.TELEMETRY_DROPPED)).containsEntry(spans, 0L);

    script.shard.commandStarted(Operation.START, script.caller, 0, 0);
    script.shard.caseTaken(0, 77, true, script.trace, 0);
    script.shard.commandEnded(0); // the processor throws: this span, and from now on each one
    script.completeTask(0, 1, 1);

    assertThat(metrics.snapshot().counts(Metric.TELEMETRY_DROPPED)).containsEntry(spans, 2L);
    broken.close();
  }

  @Test
  void shouldGoOnWhenASpanProcessorThrows() {
    final OpenTelemetrySdk broken =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder().addSpanProcessor(new BrokenProcessor()).build())
            .build();
    final Workflow atm = Atm.workflow(work -> {});
    assertThatCode(
            () -> {
              try (Engine engine =
                  open(new PenstockTelemetry(TelemetryOptions.defaults().openTelemetry(broken)))) {
                engine.deploy(atm);
                for (int i = 0; i < 3; i++) {
                  assertThat(engine.start(atm, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
                }
              }
            })
        .doesNotThrowAnyException();
  }

  private record CountingSampler(AtomicInteger asked) implements Sampler {
    @Override
    public SamplingResult shouldSample(
        final Context parent,
        final String traceId,
        final String name,
        final SpanKind kind,
        final Attributes attributes,
        final List<LinkData> links) {
      asked.incrementAndGet();
      return SamplingResult.drop();
    }

    @Override
    public String getDescription() {
      return "never";
    }
  }

  private static final class BrokenProcessor implements SpanProcessor {
    @Override
    public void onStart(final Context parent, final ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(final ReadableSpan span) {
      throw new IllegalStateException("exporter is gone");
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }
}
