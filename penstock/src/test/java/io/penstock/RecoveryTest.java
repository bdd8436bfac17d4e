package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.Engines.Trace;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.spi.VirtualClock;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is still there after an engine was closed and its directory opened again; on either view of
 * the state.
 */
@Timeout(60)
class RecoveryTest {
  private static final Variable<String> TEXT = Variable.ofString("text");
  private static final Variable<String> ITEM = Variable.ofString("item");
  private static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");
  private static final Variable<BigDecimal> TOTAL = Variable.ofDecimal("total");

  @TempDir private Path directory;

  private final VirtualClock clock = Engines.clock();
  private final Trace trace = new Trace();

  private Engine open(final StorageOptions.View view) {
    return Engine.open(directory, options(view));
  }

  private EngineOptions options(final StorageOptions.View view) {
    return Engines.options()
        .clock(clock)
        .store(new StorageProvider(StorageOptions.defaults().withView(view)));
  }

  private Workflow workflow() {
    return Workflow.define("order")
        .variables(TEXT, AMOUNT)
        .task("prepare", trace::note)
        .awaitMessage("payment")
        .deadline(Duration.ofDays(3))
        .onTimeout(late -> late.inlineTask("remind", trace::note).manual("decide"))
        .inlineTask("ship", trace::note)
        .build();
  }

  @ParameterizedTest
  @EnumSource
  void shouldGoOnWhereACaseWasWhenTheEngineIsOpenedAgain(final StorageOptions.View view) {
    final long caseId;
    try (Engine engine = open(view).deploy(workflow())) {
      final CaseHandle order =
          engine.start(
              workflow(engine),
              "order-1",
              in -> in.set(TEXT, "books").set(AMOUNT, new BigDecimal("12.50")));
      caseId = order.caseId();
      awaitPreparation();
    }

    final Workflow again = workflow();
    try (Engine engine = open(view).deploy(again)) {
      final CaseHandle order = engine.find(again, "order-1").orElseThrow();
      assertThat(order.caseId()).isEqualTo(caseId);
      assertThat(order.status()).isEqualTo(CaseStatus.RUNNING);
      assertThat(order.get(TEXT)).isEqualTo("books");
      assertThat(order.get(AMOUNT)).isEqualTo(new BigDecimal("12.50"));
      assertThat(order.key()).contains("order-1");
      order.send("payment", in -> {});
      assertThat(order.join()).isEqualTo(Outcome.COMPLETED);
    }
    assertThat(trace.tasks()).containsExactly("prepare", "ship");
  }

  private Workflow workflow(final Engine engine) {
    final Workflow workflow = workflow();
    engine.deploy(workflow);
    return workflow;
  }

  private void awaitPreparation() {
    while (trace.tasks().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepDeadlinesOverARestart(final StorageOptions.View view) {
    try (Engine engine = open(view)) {
      engine.start(workflow(engine), "order-2", in -> {});
      awaitPreparation();
    }
    clock.advance(Duration.ofDays(4));

    try (Engine engine = open(view)) {
      final Workflow workflow = workflow(engine);
      final CaseHandle order = engine.find(workflow, "order-2").orElseThrow();
      while (order.workItems().isEmpty()) {
        Thread.onSpinWait(); // the deadline passed while nobody looked
      }
      order.complete("decide", in -> {});
      assertThat(order.join()).isEqualTo(Outcome.COMPLETED);
    }
    assertThat(trace.tasks()).containsExactly("prepare", "remind", "ship");
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepEndedCasesAndRefuseASecondStart(final StorageOptions.View view) {
    final Workflow short1 =
        Workflow.define("short").variables(TEXT).inlineTask("only", trace::note).build();
    try (Engine engine = open(view).deploy(short1)) {
      assertThat(engine.start(short1, "k", in -> in.set(TEXT, "first")).join())
          .isEqualTo(Outcome.COMPLETED);
    }

    try (Engine engine = open(view).deploy(short1)) {
      final CaseHandle second = engine.start(short1, "k", in -> in.set(TEXT, "second"));
      assertThat(second.status()).isEqualTo(CaseStatus.COMPLETED);
      assertThat(second.get(TEXT)).isEqualTo("first");
    }
    assertThat(trace.tasks()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void shouldGoOnInsideAForEach(final StorageOptions.View view) {
    final Workflow workflow =
        Workflow.define("payroll")
            .variables(AMOUNT, TOTAL)
            .forEach(
                "pay",
                ITEM,
                work -> List.of("1.00", "2.00"),
                each ->
                    each.manual("sign")
                        .inlineTask(
                            "price", work -> work.set(AMOUNT, new BigDecimal(work.get(ITEM)))))
            .reduce(AMOUNT, TOTAL, BigDecimal::add)
            .build();
    try (Engine engine = open(view).deploy(workflow)) {
      final CaseHandle payroll = engine.start(workflow, "may", in -> {});
      while (payroll.workItems().size() < 2) {
        Thread.onSpinWait();
      }
      payroll.complete(payroll.workItems().get(0), "alice", in -> {});
    }

    try (Engine engine = open(view).deploy(workflow)) {
      final CaseHandle payroll = engine.find(workflow, "may").orElseThrow();
      assertThat(payroll.workItems()).hasSize(1);
      payroll.complete(payroll.workItems().get(0), "alice", in -> {});
      assertThat(payroll.join()).isEqualTo(Outcome.COMPLETED);
      assertThat(payroll.get(TOTAL)).isEqualTo(new BigDecimal("3.00"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldNotGiveTheSameCaseIdTwiceOverRestarts(final StorageOptions.View view) {
    final Workflow workflow = Workflow.define("ids").inlineTask("only", trace::note).build();
    final long first;
    try (Engine engine =
        Engine.open(directory, options(view).endedCasesKept(0).startKeysKept(0)).deploy(workflow)) {
      first = engine.start(workflow, "a", in -> {}).caseId();
    }

    try (Engine engine =
        Engine.open(directory, options(view).endedCasesKept(0).startKeysKept(0)).deploy(workflow)) {
      assertThat(engine.start(workflow, "a", in -> {}).caseId()).isNotEqualTo(first);
      assertThat(engine.handle(first).status()).isEqualTo(CaseStatus.UNKNOWN);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldSayThatTheWorkflowIsMissingBeforeItIsDeployedAgain(final StorageOptions.View view) {
    final long caseId;
    try (Engine engine = open(view)) {
      caseId = engine.start(workflow(engine), "order-3", in -> {}).caseId();
    }

    try (Engine engine = open(view)) {
      final CaseHandle order = engine.handle(caseId);
      assertThat(order.status()).isEqualTo(CaseStatus.RUNNING);
      assertThatThrownBy(order::cancel)
          .isInstanceOfSatisfying(
              CommandRejectedException.class,
              refused -> assertThat(refused.rejection()).isEqualTo(Rejection.WORKFLOW_NOT_DEPLOYED))
          .hasMessageContaining("workflow=order");
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseAChangedStructureWhileCasesRunOnTheOldOne(final StorageOptions.View view) {
    try (Engine engine = open(view)) {
      engine.start(workflow(engine), "order-4", in -> {});
    }

    final Workflow changed =
        Workflow.define("order").variables(TEXT, AMOUNT).manual("other").build();
    final Workflow raised =
        Workflow.define("order").version(2).variables(TEXT, AMOUNT).manual("other").build();
    try (Engine engine = open(view)) {
      assertThatThrownBy(() -> engine.deploy(changed))
          .isInstanceOfSatisfying(
              CommandRejectedException.class,
              refused -> assertThat(refused.rejection()).isEqualTo(Rejection.WORKFLOW_CHANGED));
      engine.deploy(raised);
      engine.deploy(workflow());
      assertThat(engine.start(raised, "order-5", in -> {}).workItems()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldDeployNowhereWhenOneShardRefuses(final StorageOptions.View view) {
    final Workflow changed =
        Workflow.define("order").variables(TEXT, AMOUNT).manual("other").build();
    try (Engine engine = open(view)) {
      engine.start(workflow(engine), "order-6", in -> {}); // lives on one of two shards
      assertThatThrownBy(() -> engine.deploy(changed)).isInstanceOf(CommandRejectedException.class);

      for (int i = 0; i < 20; i++) {
        final String key = "key-" + i;
        assertThatThrownBy(() -> engine.start(changed, key, in -> {}))
            .isInstanceOfSatisfying(
                CommandRejectedException.class,
                refused ->
                    assertThat(refused.rejection()).isEqualTo(Rejection.WORKFLOW_NOT_DEPLOYED));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldLetEndedCasesGoThoughTheirWorkflowIsNotDeployedAgain(final StorageOptions.View view) {
    final Workflow gone = Workflow.define("gone").inlineTask("a", trace::note).build();
    final Workflow stays = Workflow.define("stays").inlineTask("b", trace::note).build();
    final EngineOptions few = options(view).shards(1).endedCasesKept(3).startKeysKept(0);
    final long oldest;
    try (Engine engine = Engine.open(directory, few).deploy(gone)) {
      oldest = engine.start(gone, "g-0", in -> {}).caseId();
      engine.start(gone, "g-1", in -> {});
    }

    try (Engine engine = Engine.open(directory, few).deploy(stays)) {
      for (int i = 0; i < 5; i++) {
        assertThat(engine.start(stays, "s-" + i, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
      }
      assertThat(engine.handle(oldest).status()).isEqualTo(CaseStatus.UNKNOWN);
      engine.deploy(gone);
      assertThat(engine.find(gone, "g-0")).isEmpty();
      assertThat(engine.find(stays, "s-0")).isEmpty();
      assertThat(engine.find(stays, "s-4")).isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldLetEndedCasesGoWhenTheyAreOlderThanTheyAreKept(final StorageOptions.View view) {
    final Workflow workflow = Workflow.define("short").inlineTask("a", trace::note).build();
    final EngineOptions aDay =
        options(view).shards(1).endedCasesKeptFor(Duration.ofDays(1)).startKeysKept(0);
    final CaseHandle morning;
    try (Engine engine = Engine.open(directory, aDay).deploy(workflow)) {
      morning = engine.start(workflow, "morning", in -> {});
      clock.advance(Duration.ofHours(12));
      engine.start(workflow, "evening", in -> {});
      clock.advance(Duration.ofHours(12).minusNanos(1));
      assertThat(morning.status()).isEqualTo(CaseStatus.COMPLETED);
      clock.advance(Duration.ofNanos(1));
      assertThat(engine.handle(morning.caseId()).status()).isEqualTo(CaseStatus.UNKNOWN);
      assertThat(morning.status()).as("who held it").isEqualTo(CaseStatus.COMPLETED);
      assertThat(engine.find(workflow, "morning")).isEmpty();
      assertThat(engine.find(workflow, "evening")).isPresent();
    }

    try (Engine engine = Engine.open(directory, aDay).deploy(workflow)) {
      assertThat(engine.find(workflow, "evening")).isPresent();
      clock.advance(Duration.ofHours(12));
      assertThat(engine.find(workflow, "evening")).isEmpty();
      for (int i = 0; i < 1_000; i++) {
        engine.start(workflow, "many-" + i, in -> {});
      }
      clock.advance(Duration.ofDays(1));
      assertThat(engine.find(workflow, "many-0")).isEmpty();
      assertThat(engine.find(workflow, "many-999")).isEmpty();
    }
  }
}
