package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.engine.WorkItem;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Manual work items that somebody starts, and completes later. */
@Timeout(60)
class StartedWorkItemsTest {
  private static final Workflow CHOICE =
      Workflow.define("choice")
          .awaitFirst(
              first ->
                  first.manual("pay", then -> {}).manual("object", then -> then.manual("answer")))
          .build();

  private static final Workflow EXAMINATION =
      Workflow.define("examination")
          .interleaved(
              order ->
                  order
                      .branch(blood -> blood.manual("take-blood"))
                      .branch(scan -> scan.manual("scan").manual("explain-scan")))
          .build();

  private static CaseHandle start(final Engine engine, final Workflow workflow) {
    engine.deploy(workflow);
    return engine.start(workflow, in -> {});
  }

  private static void assertRejected(final Rejection rejection, final ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            rejected -> assertThat(rejected.rejection()).isEqualTo(rejection));
  }

  @Test
  @DisplayName("WCP-16: who starts one alternative withdraws the others")
  void shouldWithdrawTheAlternativesWhenOneIsStarted() {
    try (Engine engine = Engines.inMemory()) {
      final CaseHandle handle = start(engine, CHOICE);

      handle.start("object", "ann");

      assertThat(handle.workItems())
          .singleElement()
          .satisfies(
              item -> {
                assertThat(item.task()).isEqualTo("object");
                assertThat(item.started()).isTrue();
                assertThat(item.claimed()).isTrue();
              });
      assertRejected(Rejection.WORK_ITEM_NOT_OPEN, () -> handle.complete("pay", in -> {}));
      assertRejected(Rejection.WORK_ITEM_CLAIMED, () -> handle.start("object", "bob"));
      assertRejected(Rejection.WORK_ITEM_CLAIMED, () -> handle.complete("object", in -> {}));
      handle.start("object", "ann");
      handle.complete("object", "ann", in -> {});
      handle.complete("answer", in -> {});
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    }
  }

  @Test
  @DisplayName("WCP-17, WCP-40: nothing else is offered while one is started, also after a restart")
  void shouldOfferNothingElseWhileOneIsStarted(@TempDir final Path directory) {
    final long caseId;
    try (Engine engine = Engine.open(directory, Engines.options())) {
      final CaseHandle handle = start(engine, EXAMINATION);
      caseId = handle.caseId();
      assertThat(handle.workItems())
          .extracting(WorkItem::task)
          .containsExactlyInAnyOrder("take-blood", "scan");
      handle.start("scan", "alice"); // a hash that looked like a count of children
    }
    try (Engine engine = Engine.open(directory, Engines.options())) {
      engine.deploy(EXAMINATION);
      final CaseHandle handle = engine.handle(caseId);
      assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("scan");

      handle.complete("scan", "alice", in -> {});
      assertThat(handle.workItems())
          .extracting(WorkItem::task)
          .containsExactlyInAnyOrder("take-blood", "explain-scan");
      handle.start("take-blood", "bob");
      assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("take-blood");
      handle.complete("take-blood", "bob", in -> {});
      handle.complete("explain-scan", in -> {});
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    }
  }

  @Test
  void shouldGiveBackWhatWasClaimedButNotWhatWasStarted() {
    try (Engine engine = Engines.inMemory()) {
      final CaseHandle handle = start(engine, CHOICE);

      handle.claim("pay", "ann");
      assertRejected(Rejection.WORK_ITEM_CLAIMED, () -> handle.release("pay", "bob"));
      handle.release("pay", "ann");
      handle.claim("pay", "bob");
      handle.start("pay", "bob");

      assertRejected(Rejection.WORK_ITEM_NOT_OPEN, () -> handle.release("pay", "bob"));
      handle.complete("pay", "bob", in -> {});
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    }
  }

  @Test
  void shouldTimeOutAWorkItemThatSomebodyHasStarted() {
    final var clock = Engines.clock();
    final Workflow workflow =
        Workflow.define("late")
            .manual("answer")
            .deadline(Duration.ofHours(1))
            .onTimeout(then -> then.manual("remind"))
            .build();
    try (Engine engine = Engine.inMemory(Engines.options().clock(clock))) {
      final CaseHandle handle = start(engine, workflow);

      handle.start("answer", "ann");
      clock.advance(Duration.ofHours(1));

      assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("remind");
      assertRejected(
          Rejection.WORK_ITEM_NOT_OPEN, () -> handle.complete("answer", "ann", in -> {}));
    }
  }

  @Test
  void shouldListNoWorkItemsOfACaseThatHasEnded() {
    try (Engine engine = Engines.inMemory()) {
      final CaseHandle handle = start(engine, CHOICE);
      assertThat(handle.workItems()).hasSize(2);

      handle.cancel();

      assertThat(handle.workItems()).isEmpty();
      assertRejected(Rejection.UNKNOWN_CASE, () -> engine.handle(handle.caseId() + 1).workItems());
    }
  }
}
