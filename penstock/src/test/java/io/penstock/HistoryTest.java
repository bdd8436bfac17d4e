package io.penstock;

import static io.penstock.engine.HistoryEvent.Type.CASE_ENDED;
import static io.penstock.engine.HistoryEvent.Type.CASE_STARTED;
import static io.penstock.engine.HistoryEvent.Type.INSTANCE_ADDED;
import static io.penstock.engine.HistoryEvent.Type.MESSAGE_RECEIVED;
import static io.penstock.engine.HistoryEvent.Type.WORK_ITEM_CANCELLED;
import static io.penstock.engine.HistoryEvent.Type.WORK_ITEM_COMPLETED;
import static io.penstock.engine.HistoryEvent.Type.WORK_ITEM_ENABLED;
import static io.penstock.engine.HistoryEvent.Type.WORK_ITEM_FAILED;
import static io.penstock.engine.HistoryEvent.Type.WORK_ITEM_STARTED;
import static io.penstock.engine.HistoryEvent.Type.WORK_ITEM_TIMED_OUT;
import static io.penstock.engine.HistoryEvent.Type.WORK_ITEM_WITHDRAWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.History;
import io.penstock.engine.HistoryEvent;
import io.penstock.engine.Outcome;
import io.penstock.engine.WorkItem;
import io.penstock.spi.StoreException;
import io.penstock.spi.VirtualClock;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who did what and when, read back while the engine runs and after it was opened again. */
@Timeout(60)
class HistoryTest {
  @TempDir private Path directory;
  private final VirtualClock clock = Engines.clock();
  private final Instant begun = Instant.ofEpochSecond(0, clock.epochNs());

  private EngineOptions options(final History history) {
    return Engines.options().clock(clock).history(history);
  }

  private static CaseHandle start(final Engine engine, final Workflow workflow) {
    engine.deploy(workflow);
    return engine.start(workflow, "key-1", in -> {});
  }

  private static String text(final HistoryEvent event) {
    return event.type()
        + event.task().map(task -> " " + task).orElse("")
        + event.who().map(who -> " by " + who).orElse("")
        + event.detail().map(detail -> ": " + detail).orElse("");
  }

  @Test
  void shouldTellWhoDidWhatAndWhenAlsoAfterTheEngineWasOpenedAgain() {
    final Workflow workflow =
        Workflow.define("application")
            .inlineTask("register", work -> {})
            .awaitFirst(
                first ->
                    first.manual("approve", then -> {}).message("withdraw", then -> then.cancel()))
            .build();
    final long caseId;
    try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS))) {
      final CaseHandle handle = start(engine, workflow);
      caseId = handle.caseId();
      clock.advance(Duration.ofHours(1));
      handle.claim("approve", "ann");
      clock.advance(Duration.ofHours(1));
      assertThat(handle.history()).hasSize(6);
    }
    try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS))) {
      engine.deploy(workflow);
      final CaseHandle handle = engine.handle(caseId);
      handle.complete("approve", "ann", in -> {});
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);

      final List<HistoryEvent> history = handle.history();

      assertThat(history)
          .map(HistoryTest::text)
          .containsExactly(
              "CASE_STARTED: key-1",
              "WORK_ITEM_STARTED register",
              "WORK_ITEM_COMPLETED register",
              "WORK_ITEM_ENABLED approve",
              "WORK_ITEM_ENABLED withdraw",
              "WORK_ITEM_CLAIMED approve by ann",
              "WORK_ITEM_COMPLETED approve by ann",
              "WORK_ITEM_WITHDRAWN withdraw",
              "CASE_ENDED: COMPLETED");
      assertThat(history)
          .extracting(event -> Duration.between(begun, event.time()).toHours())
          .containsExactly(0L, 0L, 0L, 0L, 0L, 1L, 2L, 2L, 2L);
      assertThat(history).allMatch(event -> event.caseId() == caseId && event.instance() == -1);
    }
  }

  @Test
  void shouldTellOfFailuresTimeOutsMessagesAndCancellations() {
    final int[] tries = {0};
    final Workflow workflow =
        Workflow.define("troubled")
            .inlineTask(
                "try",
                work -> {
                  if (tries[0]++ == 0) {
                    throw new IllegalStateException("no luck");
                  }
                })
            .retry(Retry.exponential(2))
            .manual("slow")
            .deadline(Duration.ofHours(1))
            .onTimeout(then -> {})
            .awaitMessage("news")
            .manual("last")
            .build();
    try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS))) {
      final CaseHandle handle = start(engine, workflow);
      clock.advance(Duration.ofMinutes(1));
      clock.advance(Duration.ofHours(1));
      handle.send("news", in -> {});
      handle.cancel();

      assertThat(handle.history())
          .extracting(HistoryEvent::type, event -> event.task().orElse(""))
          .containsExactly(
              tuple(CASE_STARTED, ""),
              tuple(WORK_ITEM_STARTED, "try"),
              tuple(WORK_ITEM_FAILED, "try"),
              tuple(WORK_ITEM_COMPLETED, "try"),
              tuple(WORK_ITEM_ENABLED, "slow"),
              tuple(WORK_ITEM_TIMED_OUT, "slow"),
              tuple(WORK_ITEM_ENABLED, "news"),
              tuple(MESSAGE_RECEIVED, ""),
              tuple(WORK_ITEM_COMPLETED, "news"),
              tuple(WORK_ITEM_ENABLED, "last"),
              tuple(WORK_ITEM_WITHDRAWN, "last"),
              tuple(CASE_ENDED, ""));
      assertThat(handle.history().get(2).detail())
          .hasValueSatisfying(reason -> assertThat(reason).contains("no luck"));
    }
  }

  @Test
  void shouldTellOfTheCasesInsideACase() {
    final Workflow workflow =
        Workflow.define("jury")
            .instances("vote", 2, each -> each.manual("cast"))
            .addable(3)
            .build();
    try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS))) {
      final CaseHandle handle = start(engine, workflow);
      handle.addInstance("vote", in -> {});
      final WorkItem last = handle.workItems().get(2);
      handle.complete(last, "third juror", in -> {});
      final CaseHandle juror = engine.handle(handle.workItems().get(0).caseId());
      juror.start("cast", "first juror");
      handle.cancel();

      final List<HistoryEvent> history = handle.history();

      assertThat(history)
          .filteredOn(event -> event.instance() == 2)
          .map(HistoryTest::text)
          .containsExactly(
              "CASE_STARTED",
              "WORK_ITEM_ENABLED cast",
              "WORK_ITEM_COMPLETED cast by third juror",
              "CASE_ENDED: COMPLETED");
      assertThat(history)
          .filteredOn(event -> event.caseId() == juror.caseId())
          .extracting(HistoryEvent::type)
          .containsExactly(
              CASE_STARTED, WORK_ITEM_ENABLED, WORK_ITEM_STARTED, WORK_ITEM_CANCELLED, CASE_ENDED);
      assertThat(history)
          .filteredOn(event -> event.instance() == -1)
          .extracting(HistoryEvent::type)
          .containsExactly(
              CASE_STARTED, WORK_ITEM_STARTED, INSTANCE_ADDED, WORK_ITEM_CANCELLED, CASE_ENDED);
    }
  }

  @Test
  void shouldTellOfCasesOnlyWhenNoMoreIsWrittenDown() {
    final Workflow workflow = Workflow.define("short").inlineTask("task", work -> {}).build();
    try (Engine engine = Engine.open(directory, options(History.CASES))) {
      final CaseHandle handle = start(engine, workflow);

      assertThat(handle.history())
          .extracting(HistoryEvent::type)
          .containsExactly(CASE_STARTED, CASE_ENDED);
    }
  }

  @Test
  void shouldSayWhyThereIsNoHistory() {
    final Workflow workflow = Workflow.define("short").inlineTask("task", work -> {}).build();
    try (Engine engine = Engine.open(directory, options(History.NONE))) {
      final CaseHandle handle = start(engine, workflow);
      assertThatThrownBy(handle::history)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("EngineOptions.history");
    }
    try (Engine engine = Engine.inMemory(options(History.CASES))) {
      final CaseHandle handle = start(engine, workflow);
      assertThatThrownBy(handle::history)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("open the engine on a directory");
    }
  }

  @Test
  void shouldKeepTheHistoryOfACaseWhoseSegmentsTheJournalNoLongerNeeds() throws IOException {
    final Workflow longOne = Workflow.define("long").manual("first").manual("second").build();
    final Workflow many = Workflow.define("many").inlineTask("task", work -> {}).build();
    final StorageOptions small = StorageOptions.defaults().withSegmentLengths(4096, 16 * 1024);
    final EngineOptions options =
        options(History.WORK_ITEMS).shards(1).endedCasesKept(10).store(new StorageProvider(small));
    try (Engine engine = Engine.open(directory, options)) {
      engine.deploy(many);
      final CaseHandle handle = start(engine, longOne);
      handle.complete("first", "ann", in -> {});
      for (int i = 0; i < 2_000; i++) {
        engine.start(many, in -> {});
      }
      handle.complete("second", "bob", in -> {});

      assertThat(handle.history())
          .map(HistoryTest::text)
          .containsExactly(
              "CASE_STARTED: key-1",
              "WORK_ITEM_ENABLED first",
              "WORK_ITEM_COMPLETED first by ann",
              "WORK_ITEM_ENABLED second",
              "WORK_ITEM_COMPLETED second by bob",
              "CASE_ENDED: COMPLETED");
    }
    assertThat(directory.resolve("shard-0").resolve("history")).isNotEmptyDirectory();
    try (var segments = Files.list(directory.resolve("shard-0"))) {
      assertThat(segments.count()).isLessThan(12);
    }
  }
}
