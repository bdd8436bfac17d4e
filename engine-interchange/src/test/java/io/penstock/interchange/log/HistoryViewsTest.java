package io.penstock.interchange.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.History;
import io.penstock.engine.HistoryEvent;
import io.penstock.engine.Outcome;
import io.penstock.interchange.export.WorkflowDrawing;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an engine has written down of its cases, as an event log and on a picture. */
@Timeout(60)
class HistoryViewsTest {
  private static final Workflow CLAIM =
      Workflow.define("claim")
          .inlineTask("register", work -> {})
          .parallel(
              both ->
                  both.branch(one -> one.manual("assess"))
                      .branch(
                          other -> other.instances("ask", 2, each -> each.manual("answer & sign"))))
          .inlineTask(
              "pay",
              work -> {
                throw new IllegalStateException("<bank> is \"closed\"\u0000");
              })
          .retry(Retry.never())
          .build();

  @TempDir private Path directory;
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-11-21T08:00:00Z"));

  private Engine open() {
    final Engine engine =
        Engine.open(
            directory, EngineOptions.defaults().shards(1).clock(clock).history(History.WORK_ITEMS));
    return engine.deploy(CLAIM);
  }

  private static XesRules log(final Map<Long, List<HistoryEvent>> cases)
      throws IOException, XMLStreamException {
    final StringWriter text = new StringWriter();
    try (XesWriter xes = new XesWriter(text, "a \"log\"")) {
      for (final Map.Entry<Long, List<HistoryEvent>> each : cases.entrySet()) {
        xes.trace(each.getKey(), Map.of("workflow", "claim"), each.getValue());
      }
    }
    return XesRules.read(text.toString());
  }

  @Test
  void shouldKeepToTheRulesOfXes() throws IOException, XMLStreamException {
    try (Engine engine = open()) {
      final CaseHandle done = engine.start(CLAIM, "c-1 <&>", none -> {});
      done.complete("assess", "ann \u263a", none -> {});
      final List<Long> inside =
          done.history().stream()
              .filter(event -> event.type() == HistoryEvent.Type.CASE_STARTED)
              .map(HistoryEvent::caseId)
              .filter(id -> id != done.caseId())
              .toList();
      inside.forEach(id -> engine.handle(id).complete("answer & sign", "bob", none -> {}));
      assertThat(done.join()).isEqualTo(Outcome.FAILED);
      final CaseHandle under = engine.start(CLAIM, none -> {});
      under.claim("assess", "eve");

      final XesRules log =
          log(Map.of(done.caseId(), done.history(), under.caseId(), under.history()));

      assertThat(log.traces).hasSize(2);
      final int first = log.traces.get(0).containsKey("key") ? 0 : 1;
      assertThat(log.traces.get(first))
          .containsEntry("concept:name", "c-1 <&>")
          .containsEntry("outcome", "FAILED")
          .containsEntry("workflow", "claim");
      assertThat(log.traces.get(1 - first))
          .containsEntry("concept:name", Long.toString(under.caseId()))
          .doesNotContainKey("outcome");
      assertThat(log.events.get(first))
          .anySatisfy(
              event ->
                  assertThat(event)
                      .containsEntry("concept:name", "assess")
                      .containsEntry("lifecycle:transition", "complete")
                      .containsEntry("org:resource", "ann \u263a")
                      .containsEntry("time:timestamp", "2026-11-21T08:00:00Z"))
          .anySatisfy(
              event ->
                  assertThat(event)
                      .containsEntry("concept:name", "answer & sign")
                      .containsEntry("concept:instance", Long.toString(inside.get(1))))
          .anySatisfy(
              event ->
                  assertThat(event)
                      .containsEntry("concept:name", "pay")
                      .containsEntry("lifecycle:transition", "ate_abort")
                      .hasEntrySatisfying(
                          "detail", why -> assertThat(why).contains("<bank> is \"closed\"\ufffd")));
      assertThat(log.events.get(1 - first))
          .anyMatch(event -> event.get("lifecycle:transition").equals("assign"));
    }
  }

  @Test
  void shouldShowWhatIsOpenWhatWasDoneAndWhatHasFailed() {
    try (Engine engine = open()) {
      final CaseHandle handle = engine.start(CLAIM, none -> {});
      clock.advance(Duration.ofHours(3));
      handle.complete("assess", none -> {});

      final CaseProgress under =
          CaseProgress.of(handle.history()).with(engine.explainSlow(handle.caseId()));
      assertThat(under.open()).isEqualTo(Map.of("ask", 1, "answer & sign", 2));
      assertThat(under.completed()).isEqualTo(Map.of("register", 1, "assess", 1));
      assertThat(under.failed()).isEmpty();
      assertThat(under.notes()).containsEntry("assess", "done\nwaited 3.0 h");

      handle.history().stream()
          .filter(event -> event.type() == HistoryEvent.Type.CASE_STARTED)
          .map(HistoryEvent::caseId)
          .filter(id -> id != handle.caseId())
          .forEach(id -> engine.handle(id).complete("answer & sign", none -> {}));
      handle.join();
      final CaseProgress ended = CaseProgress.of(handle.history());
      assertThat(ended.open()).isEmpty();
      assertThat(ended.failed()).isEqualTo(Set.of("pay"));
      assertThat(ended.notes())
          .containsEntry("answer & sign", "done 2\u00d7")
          .containsEntry("pay", "failed");
    }
  }

  private static HistoryEvent event(final HistoryEvent.Type type, final String task) {
    return new HistoryEvent(
        Instant.EPOCH, 1, -1, type, Optional.of(task), Optional.empty(), Optional.empty());
  }

  @Test
  void shouldForgiveAFailureThatALaterTryMadeGood() {
    final CaseProgress progress =
        CaseProgress.of(
            List.of(
                event(HistoryEvent.Type.WORK_ITEM_STARTED, "pay"),
                event(HistoryEvent.Type.WORK_ITEM_FAILED, "pay"),
                event(HistoryEvent.Type.WORK_ITEM_FAILED, "pay"),
                event(HistoryEvent.Type.WORK_ITEM_COMPLETED, "pay")));
    assertThat(progress.failed()).isEmpty();
    assertThat(progress.notes()).isEqualTo(Map.of("pay", "done, 2 failed"));
  }

  @Test
  void shouldNotCallOpenWhatWasTakenBack() {
    for (final HistoryEvent.Type end :
        List.of(
            HistoryEvent.Type.WORK_ITEM_WITHDRAWN,
            HistoryEvent.Type.WORK_ITEM_CANCELLED,
            HistoryEvent.Type.CASE_ENDED)) {
      assertThat(
              CaseProgress.of(
                      List.of(event(HistoryEvent.Type.WORK_ITEM_ENABLED, "a"), event(end, "a")))
                  .open())
          .isEmpty();
    }
  }

  @Test
  void shouldColourAPictureByProgress() {
    final CaseProgress progress =
        new CaseProgress(
            Map.of("assess", 1), Map.of("register", 2), Map.of("pay", 1), Set.of("pay"), Map.of());
    final WorkflowDrawing drawing = WorkflowDrawing.of(CLAIM).progress(progress);
    assertThat(drawing.svg())
        .contains("class=\"b m\"", "class=\"b c\"", "class=\"b f\"", ">done 2\u00d7</text>");
    assertThat(drawing.mermaid())
        .contains(":::marked", ":::done", ":::failed", "classDef failed fill:#fecaca");
    assertThat(drawing.dot()).contains("fillcolor=\"#fecaca\"", "pay, failed");
  }

  @Test
  void shouldWriteDurationsInFewDigits() {
    assertThat(CaseProgress.text(Duration.ofNanos(1_500))).isEqualTo("1.5 \u00b5s");
    assertThat(CaseProgress.text(Duration.ofMillis(40))).isEqualTo("40 ms");
    assertThat(CaseProgress.text(Duration.ofSeconds(90))).isEqualTo("90 s");
    assertThat(CaseProgress.text(Duration.ofMinutes(90))).isEqualTo("90 min");
    assertThat(CaseProgress.text(Duration.ofHours(30))).isEqualTo("30 h");
    assertThat(CaseProgress.text(Duration.ofDays(3))).isEqualTo("3.0 d");
  }
}
