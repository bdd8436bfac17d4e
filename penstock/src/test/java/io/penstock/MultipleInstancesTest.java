package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.Engines.Trace;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.engine.WorkItem;
import io.penstock.net.InvalidNetException;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Steps that run several times at once: how many, when they have enough, what the rest does. */
@Timeout(60)
class MultipleInstancesTest {
  private static final Variable<Long> COUNT = Variable.ofLong("count");
  private static final Variable<Long> VOTE = Variable.ofLong("vote");
  private static final Variable<Long> VOTES = Variable.ofLong("votes");
  private static final Variable<String> ITEM = Variable.ofString("item");

  private final Trace trace = new Trace();
  private final VirtualClock clock = Engines.clock();
  private final Engine engine = Engine.inMemory(Engines.options().clock(clock));

  @AfterEach
  void close() {
    engine.close();
  }

  private CaseHandle run(final Workflow workflow) {
    engine.deploy(workflow);
    return engine.start(workflow, in -> {});
  }

  private CaseHandle run(final WorkflowBuilder workflow) {
    return run(workflow.inlineTask("after", trace::note).build());
  }

  /** A step of some manual instances; each leaves a vote. */
  private static WorkflowBuilder votes(final int count) {
    return Workflow.define("votes")
        .variables(VOTE, VOTES)
        .instances("vote", count, each -> each.manual("sign"))
        .reduce(VOTE, VOTES, Long::sum);
  }

  private static void sign(final CaseHandle handle, final int instance) {
    final WorkItem item =
        handle.workItems().stream()
            .filter(found -> found.instance() == instance)
            .findFirst()
            .orElseThrow();
    handle.complete(item, "alice", in -> in.set(VOTE, 1L));
  }

  private static List<Integer> open(final CaseHandle handle) {
    return handle.workItems().stream().map(WorkItem::instance).toList();
  }

  private static void assertRejected(final Rejection rejection, final ThrowingCallable command) {
    assertThatThrownBy(command)
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(rejection));
  }

  @Test
  @DisplayName("WCP-13: as many as the workflow says, and on when all are done")
  void shouldWaitForAllOfAConstantNumber() {
    final CaseHandle handle = run(votes(3));
    assertThat(open(handle)).containsExactly(0, 1, 2);

    sign(handle, 1);
    sign(handle, 0);
    assertThat(trace.tasks()).isEmpty();
    sign(handle, 2);

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(VOTES)).isEqualTo(3);
    assertThat(trace.tasks()).containsExactly("after");
  }

  @Test
  @DisplayName("WCP-14: as many as a variable says when the step starts")
  void shouldTakeTheNumberFromAVariableWhenTheStepStarts() {
    final Workflow workflow =
        Workflow.define("computed")
            .inlineTask("count", work -> work.set(COUNT, work.get(COUNT) - 1))
            .instances("vote", COUNT, each -> each.manual("sign"))
            .inlineTask("after", trace::note)
            .build();
    engine.deploy(workflow);

    final CaseHandle two = engine.start(workflow, in -> in.set(COUNT, 3L));
    assertThat(open(two)).containsExactly(0, 1);
    final CaseHandle none = engine.start(workflow, in -> in.set(COUNT, 1L));
    assertThat(none.join()).as("0 is passed over").isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldFailWhenTheNumberIsAbsentOrOutOfRange() {
    final Workflow workflow =
        Workflow.define("bad-count")
            .instances("vote", COUNT, each -> each.manual("sign"))
            .onFailure(failed -> failed.inlineTask("handle", trace::note))
            .build();
    engine.deploy(workflow);

    for (final CaseHandle handle :
        List.of(
            engine.start(workflow, in -> {}),
            engine.start(workflow, in -> in.set(COUNT, -1L)),
            engine.start(workflow, in -> in.set(COUNT, Long.MAX_VALUE)),
            engine.start(workflow, in -> in.set(COUNT, Long.MIN_VALUE)))) {
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
      assertThat(handle.failure())
          .hasValueSatisfying(
              text -> assertThat(text).contains("number of instances", "variable=count"));
    }
    assertThat(trace.tasks()).hasSize(4);
  }

  @Test
  @DisplayName("WCP-34: the rest runs on and changes nothing")
  void shouldLetTheRestRunOnWhenThereAreEnough() {
    final CaseHandle handle = run(votes(3).until(2, Rest.RUN_ON));

    sign(handle, 0);
    assertThat(trace.tasks()).isEmpty();
    sign(handle, 1);
    assertThat(trace.tasks()).containsExactly("after");
    assertThat(handle.status()).as("the case waits for the rest").isEqualTo(CaseStatus.RUNNING);
    assertThat(open(handle)).containsExactly(2);
    sign(handle, 2);

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(VOTES)).isEqualTo(2);
    assertThat(trace.tasks()).as("no second time").containsExactly("after");
  }

  @Test
  void shouldNotCareWhenTheRestThatRunsOnFails() {
    final CaseHandle handle =
        run(
            Workflow.define("late-failure")
                .instances(
                    "vote",
                    2,
                    each ->
                        each.manual("sign")
                            .inlineTask(
                                "fail",
                                work -> {
                                  if (work.instance() == 1) {
                                    throw new IllegalStateException("too late to matter");
                                  }
                                }))
                .until(1, Rest.RUN_ON));

    sign0(handle, 0);
    sign0(handle, 1);

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.failure()).isEmpty();
  }

  private static void sign0(final CaseHandle handle, final int instance) {
    handle.complete(
        handle.workItems().stream()
            .filter(found -> found.instance() == instance)
            .findFirst()
            .orElseThrow(),
        "bob",
        in -> {});
  }

  @Test
  @DisplayName("WCP-35: the rest is cancelled")
  void shouldCancelTheRestWhenThereAreEnough() {
    final CaseHandle handle = run(votes(3).until(2, Rest.CANCEL).manual("archive"));
    final WorkItem late = handle.workItems().get(1);

    sign(handle, 0);
    sign(handle, 2);

    assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("archive");
    assertThatThrownBy(() -> handle.complete(late, "alice", in -> {}))
        .isInstanceOf(CommandRejectedException.class);
    assertThat(handle.get(VOTES)).isEqualTo(2);
  }

  @Test
  void shouldStartNothingNewAndWaitWhenThereAreEnough() {
    final CaseHandle handle = run(votes(3).until(1, Rest.WAIT).addable(9));

    sign(handle, 0);
    assertRejected(Rejection.INSTANCES_CLOSED, () -> handle.addInstance("vote", in -> {}));
    sign(handle, 1);
    assertThat(trace.tasks()).isEmpty();
    sign(handle, 2);

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(VOTES)).isEqualTo(3);
  }

  @Test
  @DisplayName("WCP-36: enough by a guard on what the instances left")
  void shouldJudgeTheGuardAfterEachReduction() {
    final Guard enough = VOTES.isAtLeast(5L);
    final CaseHandle handle = run(votes(3).until(enough, Rest.CANCEL));

    handle.complete(handle.workItems().get(0), "alice", in -> in.set(VOTE, 2L));
    assertThat(trace.tasks()).isEmpty();
    handle.complete(handle.workItems().get(0), "alice", in -> in.set(VOTE, 3L));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(VOTES)).isEqualTo(5);
  }

  @Test
  void shouldFailTheStepWhenItsGuardThrows() {
    final CaseHandle handle =
        run(
            votes(2)
                .until(
                    values -> {
                      throw new IllegalStateException("broken guard");
                    },
                    Rest.WAIT));

    sign(handle, 0);

    assertThat(handle.join()).isEqualTo(Outcome.FAILED);
    assertThat(handle.failure()).hasValueSatisfying(text -> assertThat(text).contains("broken"));
  }

  @Test
  @DisplayName("WCP-15: instances are added while the step is busy")
  void shouldWaitForTheInstancesThatWereAdded() {
    final Workflow workflow =
        Workflow.define("addable")
            .variables(VOTE, VOTES, ITEM)
            .manual("begin")
            .instances("vote", 1, each -> each.manual("sign"))
            .reduce(VOTE, VOTES, Long::sum)
            .addable(3)
            .manual("archive")
            .build();
    final CaseHandle handle = run(workflow);
    assertRejected(Rejection.STEP_NOT_RUNNING, () -> handle.addInstance("vote", in -> {}));
    handle.complete("begin", in -> {});

    assertThat(handle.addInstance("vote", in -> in.set(ITEM, "late"))).isEqualTo(1);
    assertThat(handle.addInstance("vote", in -> {})).isEqualTo(2);
    assertRejected(Rejection.INSTANCES_MAXIMUM_REACHED, () -> handle.addInstance("vote", in -> {}));
    assertRejected(Rejection.UNKNOWN_TASK, () -> handle.addInstance("archive", in -> {}));
    assertThat(engine.handle(handle.workItems().get(1).caseId()).get(ITEM)).isEqualTo("late");
    sign(handle, 0);
    sign(handle, 2);
    assertThat(open(handle)).containsExactly(1);
    sign(handle, 1);

    assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("archive");
    assertThat(handle.get(VOTES)).isEqualTo(3);
    assertRejected(Rejection.STEP_NOT_RUNNING, () -> handle.addInstance("vote", in -> {}));
  }

  @Test
  void shouldRefuseToAddToAStepThatIsNotAddable() {
    final CaseHandle handle = run(votes(2));

    assertRejected(Rejection.INSTANCES_NOT_ADDABLE, () -> handle.addInstance("vote", in -> {}));
    assertRejected(Rejection.INSTANCES_NOT_ADDABLE, () -> handle.closeInstances("vote"));
    assertRejected(Rejection.UNKNOWN_TASK, () -> handle.completeInstances("after"));
  }

  @Test
  void shouldWaitUntilItIsClosedWhenItIsKeptOpen() {
    final CaseHandle handle = run(votes(1).addable(5).keptOpen());

    sign(handle, 0);
    assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
    handle.addInstance("vote", in -> {});
    handle.closeInstances("vote");
    assertRejected(Rejection.INSTANCES_CLOSED, () -> handle.addInstance("vote", in -> {}));
    handle.closeInstances("vote");
    sign(handle, 1);

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldGoOnAtOnceWhenItIsClosedAfterTheLastCompletion() {
    final CaseHandle handle = run(votes(1).addable(5).keptOpen());
    sign(handle, 0);

    handle.closeInstances("vote");

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  @DisplayName("WCP-12: the step completes at once, its instances run on")
  void shouldGoOnAtOnceWhenDetached() {
    final CaseHandle handle =
        run(
            Workflow.define("detached")
                .instances("vote", 2, each -> each.manual("sign"))
                .detached());

    assertThat(trace.tasks()).containsExactly("after");
    assertThat(open(handle)).containsExactly(0, 1);
    sign0(handle, 0);
    assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
    sign0(handle, 1);

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("after");
  }

  @Test
  @DisplayName("WCP-27: completed by force, what was produced stays")
  void shouldCompleteByForce() {
    final CaseHandle handle = run(votes(3).manual("archive"));
    sign(handle, 1);

    handle.completeInstances("vote");

    assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("archive");
    assertThat(handle.get(VOTES)).isEqualTo(1);
    assertRejected(Rejection.STEP_NOT_RUNNING, () -> handle.completeInstances("vote"));
  }

  @Test
  void shouldTellHandlersInCancelledInstances() throws InterruptedException {
    final CountDownLatch running = new CountDownLatch(2);
    final CountDownLatch told = new CountDownLatch(2);
    final CaseHandle handle =
        run(
            Workflow.define("told")
                .instances(
                    "wait",
                    2,
                    each ->
                        each.task(
                            "spin",
                            work -> {
                              running.countDown();
                              while (!work.isCancelled()) {
                                Thread.onSpinWait();
                              }
                              told.countDown();
                            })));
    running.await();

    handle.completeInstances("wait");

    told.await();
    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldCancelEverythingBelowWhenTheCaseEnds() {
    final CaseHandle handle =
        run(
            Workflow.define("nested")
                .instances(
                    "outer",
                    2,
                    outer ->
                        outer
                            .instances("inner", 2, inner -> inner.manual("sign"))
                            .detached()
                            .awaitMessage("never")
                            .deadline(Duration.ofDays(1))));
    final List<WorkItem> items = handle.workItems();
    assertThat(items).hasSize(4);

    handle.cancel();

    assertThat(handle.join()).isEqualTo(Outcome.CANCELLED);
    for (final WorkItem item : items) {
      assertThat(engine.handle(item.caseId()).status()).isEqualTo(CaseStatus.UNKNOWN);
    }
    clock.advance(Duration.ofDays(2)); // no timer of them is left to go off
    assertThat(handle.status()).isEqualTo(CaseStatus.CANCELLED);
  }

  @Test
  void shouldCancelWhatRunsOnWhenTheCaseFailsLater() {
    final CaseHandle handle =
        run(
            Workflow.define("fails-later")
                .instances("vote", 2, each -> each.manual("sign"))
                .detached()
                .manual("go")
                .inlineTask(
                    "fail",
                    work -> {
                      throw new IllegalStateException("no");
                    }));
    final WorkItem late = handle.workItems().get(1);

    handle.complete("go", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.FAILED);
    assertThat(engine.handle(late.caseId()).status()).isEqualTo(CaseStatus.UNKNOWN);
  }

  @Test
  @DisplayName("WCP-26: the step is cancelled when its deadline passes, with all its instances")
  void shouldCancelTheInstancesWhenTheDeadlineOfTheStepPasses() {
    final CaseHandle handle =
        run(
            votes(3)
                .deadline(Duration.ofDays(1))
                .onTimeout(late -> late.inlineTask("late", trace::note)));
    sign(handle, 0);

    clock.advance(Duration.ofDays(1));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("late", "after");
    assertThat(handle.get(VOTES)).isEqualTo(1);
  }

  @Test
  void shouldTellTheRoundsOfALoopApartWhenInstancesRunOn() {
    final CaseHandle handle =
        run(
            Workflow.define("rounds")
                .variables(VOTE, VOTES)
                .repeatUntil(
                    VOTES.isAtLeast(2L),
                    body ->
                        body.instances("vote", 2, each -> each.manual("sign"))
                            .reduce(VOTE, VOTES, Long::sum)
                            .until(1, Rest.RUN_ON)));
    final WorkItem firstRound = handle.workItems().get(1);
    sign(handle, 0);
    assertThat(open(handle)).as("one of the first round, two of the second").hasSize(3);

    handle.complete(firstRound, "alice", in -> in.set(VOTE, 1L));
    assertThat(handle.get(VOTES)).as("of no consequence").isEqualTo(1);
    assertThat(trace.tasks()).isEmpty();
    sign(handle, 0);
    assertThat(trace.tasks()).containsExactly("after");
    sign(handle, 1);

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(VOTES)).isEqualTo(2);
  }

  @Test
  void shouldRunTenThousandInstances() {
    final CaseHandle handle =
        run(
            Workflow.define("many")
                .variables(VOTE, VOTES)
                .instances("each", 10_000, each -> each.inlineTask("one", this::voteOne))
                .reduce(VOTE, VOTES, Long::sum));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(VOTES)).isEqualTo(10_000);
  }

  private void voteOne(final io.penstock.workflow.Work work) {
    work.set(VOTE, 1L);
  }

  @Test
  void shouldMakeAForEachStepAddableToo() {
    final Workflow workflow =
        Workflow.define("for-each")
            .variables(VOTE, VOTES)
            .forEach("pay", ITEM, work -> List.of("a", "b"), each -> each.manual("sign"))
            .reduce(VOTE, VOTES, Long::sum)
            .until(3, Rest.CANCEL)
            .addable(4)
            .build();
    final CaseHandle handle = run(workflow);
    while (handle.workItems().size() < 2) {
      Thread.onSpinWait(); // the list is made on a worker thread
    }

    assertThat(handle.addInstance("pay", in -> in.set(ITEM, "c"))).isEqualTo(2);
    assertThat(handle.addInstance("pay", in -> in.set(ITEM, "d"))).isEqualTo(3);
    sign(handle, 3);
    sign(handle, 0);
    sign(handle, 2);

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(VOTES)).isEqualTo(3);
  }

  @Test
  void shouldCompleteByNameTheWorkItemThatOnlyOneInstanceHasOpen() {
    final CaseHandle handle = run(votes(2));
    assertRejected(Rejection.WORK_ITEM_AMBIGUOUS, () -> handle.complete("sign", in -> {}));
    sign(handle, 0);

    handle.complete("sign", in -> in.set(VOTE, 1L));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(VOTES)).isEqualTo(2);
  }

  @Test
  void shouldNameEveryContradictionWhenItIsBuilt() {
    assertFault(votes(3).until(4, Rest.WAIT), "threshold");
    assertFault(votes(3).until(0, Rest.WAIT), "threshold");
    assertFault(votes(3).until(1, Rest.WAIT).until(2, Rest.WAIT), "until must be said once");
    assertFault(votes(3).addable(2), "maximum");
    assertFault(votes(3).keptOpen(), "kept open");
    assertFault(votes(0), "from 1 to");
    assertFault(votes(1).detached(), "reduce");
    final WorkflowBuilder detached =
        Workflow.define("d").instances("x", 2, each -> each.manual("m")).detached();
    assertFault(detached.until(1, Rest.CANCEL).deadline(Duration.ofDays(1)), "until", "deadline");
    assertThatThrownBy(() -> Workflow.define("m").manual("x").addable(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("addable must follow");
  }

  private static void assertFault(final WorkflowBuilder builder, final String... texts) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(InvalidNetException.class)
        .hasMessageContainingAll(texts);
  }

  @Test
  void shouldKeepEveryStateOverARestart(@TempDir final Path directory) {
    final Workflow workflow =
        Workflow.define("restart")
            .variables(VOTE, VOTES)
            .instances("detached", 1, each -> each.manual("note"))
            .detached()
            .instances("vote", 2, each -> each.manual("sign"))
            .reduce(VOTE, VOTES, Long::sum)
            .until(VOTES.isAtLeast(3L), Rest.RUN_ON)
            .addable(4)
            .keptOpen()
            .manual("archive")
            .build();
    try (Engine first = Engine.open(directory, Engines.options().clock(clock))) {
      first.deploy(workflow);
      final CaseHandle handle = first.start(workflow, "k", in -> {});
      handle.addInstance("vote", in -> {});
      sign(handle, 2);
    }
    try (Engine second = Engine.open(directory, Engines.options().clock(clock))) {
      second.deploy(workflow);
      final CaseHandle handle = second.find(workflow, "k").orElseThrow();
      assertThat(handle.addInstance("vote", in -> {})).isEqualTo(3);
      assertRejected(
          Rejection.INSTANCES_MAXIMUM_REACHED, () -> handle.addInstance("vote", in -> {}));
      handle.closeInstances("vote");
      sign(handle, 3);
    }
    try (Engine third = Engine.open(directory, Engines.options().clock(clock))) {
      third.deploy(workflow);
      final CaseHandle handle = third.find(workflow, "k").orElseThrow();
      assertRejected(Rejection.INSTANCES_CLOSED, () -> handle.addInstance("vote", in -> {}));
      sign(handle, 1);
      handle.complete("archive", in -> {});
      assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
    }
    try (Engine fourth = Engine.open(directory, Engines.options().clock(clock))) {
      fourth.deploy(workflow);
      final CaseHandle handle = fourth.find(workflow, "k").orElseThrow();
      assertThat(handle.workItems()).hasSize(2);
      handle.complete("note", in -> {});
      assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
      handle.complete("sign", in -> in.set(VOTE, 1L));
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
      assertThat(handle.get(VOTES)).isEqualTo(3);
    }
  }

  @Test
  void shouldMakeEachInstanceOnceWhenTheEngineIsClosedMeanwhile(@TempDir final Path directory) {
    final int count = 3_000;
    final Workflow workflow =
        Workflow.define("portions").instances("vote", count, each -> each.manual("sign")).build();
    try (Engine first = Engine.open(directory, Engines.options())) {
      first.deploy(workflow);
      first.start(workflow, "k", in -> {}); // returns after the first portion
    }
    try (Engine second = Engine.open(directory, Engines.options())) {
      second.deploy(workflow);
      final CaseHandle handle = second.find(workflow, "k").orElseThrow();
      while (handle.workItems().size() < count) {
        Thread.onSpinWait();
      }
      assertThat(open(handle)).hasSize(count).doesNotHaveDuplicates();
      handle.completeInstances("vote");
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    }
  }
}
