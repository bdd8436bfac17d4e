package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.BasicMDCAdapter;

class LogContextTest {
  private final Sdk sdk = new Sdk();
  private final BasicMDCAdapter mdc = new BasicMDCAdapter();
  private final Map<String, Map<String, String>> seen = new ConcurrentHashMap<>();
  private final Workflow workflow =
      Workflow.define("order").inlineTask("price", this::look).task("pack", this::look).build();

  @AfterEach
  void closeSdk() {
    sdk.close();
  }

  private void look(final Work work) {
    final Map<String, String> copy = mdc.getCopyOfContextMap();
    seen.put(work.task(), copy == null ? Map.of() : copy);
  }

  private long run(final TelemetryOptions options) {
    try (Engine engine =
        Engine.inMemory(
            EngineOptions.defaults()
                .shards(1)
                .telemetry(new PenstockTelemetry(options.mdc(mdc))))) {
      engine.deploy(workflow);
      final CaseHandle order = engine.start(workflow, in -> {});
      assertThat(order.join()).isEqualTo(Outcome.COMPLETED);
      return order.caseId();
    }
  }

  private static Map<String, String> named(final long caseId, final String task) {
    return new HashMap<>(
        Map.of(
            "penstock.case.id",
            Long.toString(caseId),
            "penstock.workflow",
            "order",
            "penstock.task",
            task));
  }

  private static Map<String, String> with(final Map<String, String> named, final SpanData span) {
    named.put("trace_id", span.getTraceId());
    named.put("span_id", span.getSpanId());
    return named;
  }

  @Test
  void shouldNameCaseTaskAndSpanInHandlersOnWorkersByDefault() throws Exception {
    final long caseId = run(sdk.options());

    final SpanData pack =
        sdk.spans(4).stream().filter(s -> s.getName().equals("pack")).findFirst().orElseThrow();
    assertThat(seen).containsEntry("pack", with(named(caseId, "pack"), pack));
    assertThat(seen).containsEntry("price", Map.of());
  }

  @Test
  void shouldNameTheCommandsSpanInInlineHandlersWhenAsked() throws Exception {
    final long caseId = run(sdk.options().logs(LogCorrelation.ALL));

    final List<SpanData> spans = sdk.spans(4);
    final SpanData start =
        spans.stream()
            .filter(s -> s.getName().equals("run order") && s.getLinks().isEmpty())
            .findFirst()
            .orElseThrow();
    assertThat(seen).containsEntry("price", with(named(caseId, "price"), start));
  }

  @Test
  void shouldNameNoSpanOfACaseThatIsNotSampled() {
    final long caseId = run(sdk.options().sampleCases(0).logs(LogCorrelation.ALL));

    assertThat(seen)
        .containsEntry("pack", named(caseId, "pack"))
        .containsEntry("price", named(caseId, "price"));
  }

  @Test
  void shouldSayNothingWhenNotAsked() {
    run(sdk.options().logs(LogCorrelation.NONE));

    assertThat(seen).containsEntry("pack", Map.of()).containsEntry("price", Map.of());
  }

  @Test
  void shouldPutBackWhatTheUserHadAndRemoveTheRest() {
    final LogContext logs = new LogContext(mdc, true);
    mdc.put("trace_id", "theirs");
    mdc.put("penstock.task", "outer");
    mdc.put("user", "ann");

    try (Telemetry.HandlerScope scope =
        logs.open("order", "pack", 7, null, Telemetry.HandlerScope.NONE)) {
      assertThat(scope).isNotNull();
      final Map<String, String> inside = named(7, "pack");
      inside.put("user", "ann");
      assertThat(mdc.getCopyOfContextMap()).isEqualTo(inside); // theirs is not this case's trace
    }

    assertThat(mdc.getCopyOfContextMap())
        .isEqualTo(Map.of("trace_id", "theirs", "penstock.task", "outer", "user", "ann"));
  }

  @Test
  void shouldRunTheHandlerAlthoughTheMdcThrows() {
    final LogContext logs =
        new LogContext(
            new BasicMDCAdapter() {
              @Override
              public void put(final String key, final String value) {
                throw new IllegalStateException("no");
              }
            },
            true);

    assertThat(logs.open("order", "pack", 7, null, Telemetry.HandlerScope.NONE))
        .isSameAs(Telemetry.HandlerScope.NONE);
  }
}
