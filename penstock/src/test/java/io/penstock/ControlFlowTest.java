package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.Engines.Trace;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.Outcome;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each verb of the DSL does, through a whole engine. */
@Timeout(60)
class ControlFlowTest {
  private static final Variable<Long> COUNT = Variable.ofLong("count");
  private static final Variable<Long> LIMIT = Variable.ofLong("limit");
  private static final Variable<Boolean> LEFT = Variable.ofBoolean("left");
  private static final Variable<Boolean> RIGHT = Variable.ofBoolean("right");
  private static final Variable<String> ITEM = Variable.ofString("item");
  private static final Variable<BigDecimal> AMOUNT = Variable.ofDecimal("amount");
  private static final Variable<BigDecimal> TOTAL = Variable.ofDecimal("total");

  private final Trace trace = new Trace();
  private final Engine engine = Engines.inMemory();

  @AfterEach
  void close() {
    engine.close();
  }

  private CaseHandle run(final Workflow workflow) {
    engine.deploy(workflow);
    return engine.start(workflow, in -> {});
  }

  @Test
  void shouldRunTasksInOrderWhenTheyAreInSequence() {
    final CaseHandle handle =
        run(
            Workflow.define("sequence")
                .task("a", trace::note)
                .inlineTask("b", trace::note)
                .task("c", trace::note)
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("a", "b", "c");
    assertThat(handle.status()).isEqualTo(CaseStatus.COMPLETED);
  }

  @Test
  void shouldRunBranchesAtTheSameTimeWhenParallel() {
    final CountDownLatch bothThere = new CountDownLatch(2);
    final CaseHandle handle =
        run(
            Workflow.define("parallel")
                .parallel(
                    fork ->
                        fork.branch(left -> left.task("left", work -> meet(bothThere)))
                            .branch(right -> right.task("right", work -> meet(bothThere))))
                .inlineTask("after", trace::note)
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("after");
  }

  private static void meet(final CountDownLatch latch) throws InterruptedException {
    latch.countDown();
    if (!latch.await(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the other branch never came");
    }
  }

  @Test
  void shouldTakeTheFirstBranchWhoseGuardHolds() {
    final Workflow workflow =
        Workflow.define("choice")
            .variables(COUNT)
            .choice(
                choice ->
                    choice
                        .when(COUNT.isGreaterThan(10L), big -> big.inlineTask("big", trace::note))
                        .when(
                            COUNT.isGreaterThan(5L),
                            middle -> middle.inlineTask("middle", trace::note))
                        .otherwise(small -> small.inlineTask("small", trace::note)))
            .inlineTask("after", trace::note)
            .build();
    engine.deploy(workflow);

    for (final long count : new long[] {11, 6, 5}) {
      assertThat(engine.start(workflow, in -> in.set(COUNT, count)).join())
          .isEqualTo(Outcome.COMPLETED);
    }
    assertThat(trace.tasks()).containsExactly("big", "after", "middle", "after", "small", "after");
  }

  @Test
  void shouldWaitForExactlyTheChosenBranchesWhenInclusive() {
    final Workflow workflow =
        Workflow.define("inclusive")
            .inclusiveChoice(
                choice ->
                    choice
                        .when(
                            LEFT.isTrue(),
                            left -> left.task("left", trace::note).inlineTask("left2", trace::note))
                        .when(RIGHT.isTrue(), right -> right.inlineTask("right", trace::note))
                        .otherwise(neither -> neither.inlineTask("neither", trace::note)))
            .inlineTask("after", trace::note)
            .build();
    engine.deploy(workflow);

    assertThat(engine.start(workflow, in -> in.set(LEFT, true).set(RIGHT, true)).join())
        .isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks())
        .containsExactlyInAnyOrder("left", "left2", "right", "after")
        .endsWith("after");
    trace.tasks().clear();
    assertThat(engine.start(workflow, in -> in.set(LEFT, true).set(RIGHT, false)).join())
        .isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("left", "left2", "after");
    trace.tasks().clear();
    assertThat(engine.start(workflow, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("neither", "after");
  }

  @Test
  void shouldRepeatWhileTheGuardHolds() {
    final Workflow workflow =
        Workflow.define("while")
            .variables(COUNT, LIMIT)
            .whileTrue(
                io.penstock.workflow.Guard.named(
                    "count<limit",
                    java.util.Set.of(COUNT, LIMIT),
                    values -> values.get(COUNT) < values.get(LIMIT)),
                body -> body.inlineTask("step", work -> work.set(COUNT, work.get(COUNT) + 1)))
            .build();
    engine.deploy(workflow);

    final CaseHandle three = engine.start(workflow, in -> in.set(COUNT, 0L).set(LIMIT, 3L));
    final CaseHandle none = engine.start(workflow, in -> in.set(COUNT, 7L).set(LIMIT, 3L));

    assertThat(three.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(three.get(COUNT)).isEqualTo(3);
    assertThat(none.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(none.get(COUNT)).isEqualTo(7);
  }

  @Test
  void shouldRepeatAtLeastOnceUntilTheGuardHolds() {
    final Workflow workflow =
        Workflow.define("repeat")
            .repeatUntil(
                COUNT.isAtLeast(3L),
                body -> body.task("step", work -> work.set(COUNT, work.find(COUNT).orElse(0L) + 1)))
            .build();
    engine.deploy(workflow);

    final CaseHandle handle = engine.start(workflow, in -> {});
    final CaseHandle past = engine.start(workflow, in -> in.set(COUNT, 9L));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(COUNT)).isEqualTo(3);
    assertThat(past.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(past.get(COUNT)).isEqualTo(10);
  }

  @Test
  void shouldRunTheBlockOnceForEachItemAndReduce() {
    final CaseHandle handle =
        run(
            Workflow.define("for-each")
                .variables(AMOUNT, TOTAL)
                .forEach(
                    "pay",
                    ITEM,
                    work -> List.of("1.10", "2.20", "3.30"),
                    each ->
                        each.task("price", work -> work.set(AMOUNT, new BigDecimal(work.get(ITEM))))
                            .inlineTask(
                                "note",
                                work -> trace.tasks().add(work.get(ITEM) + "#" + work.instance())))
                .reduce(AMOUNT, TOTAL, BigDecimal::add)
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(TOTAL)).isEqualTo(new BigDecimal("6.60"));
    assertThat(trace.tasks()).containsExactlyInAnyOrder("1.10#0", "2.20#1", "3.30#2");
    assertThat(handle.find(AMOUNT)).as("instances write to variables of their own").isEmpty();
  }

  @Test
  void shouldPassOverAForEachWhenThereIsNoItem() {
    final CaseHandle handle =
        run(
            Workflow.define("for-none")
                .forEach("pay", ITEM, work -> List.of(), each -> each.inlineTask("x", trace::note))
                .inlineTask("after", trace::note)
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("after");
  }

  @Test
  void shouldCancelTheOtherInstancesWhenOneFails() {
    final CaseHandle handle =
        run(
            Workflow.define("for-each-fails")
                .forEach(
                    "pay",
                    ITEM,
                    work -> List.of("good", "bad", "good"),
                    each ->
                        each.choice(
                            choice ->
                                choice
                                    .when(
                                        ITEM.is("bad"),
                                        bad -> bad.task("fail", work -> fail("no funds")))
                                    .otherwise(good -> good.manual("approve"))))
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.FAILED);
    assertThat(handle.failure())
        .hasValueSatisfying(text -> assertThat(text).contains("pay", "instance 1", "no funds"));
  }

  @Test
  void shouldTryAgainUntilTheHandlerReturns() {
    final CaseHandle handle =
        run(
            Workflow.define("retry")
                .variables(COUNT)
                .task(
                    "flaky",
                    work -> {
                      trace.note(work);
                      if (work.attempt() < 3) {
                        fail("not yet");
                      }
                      work.set(COUNT, (long) work.attempt());
                    })
                .retry(Retry.fixed(5, Duration.ZERO))
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(COUNT)).isEqualTo(3);
    assertThat(trace.tasks()).hasSize(3);
  }

  @Test
  void shouldFailTheCaseWhenTriesAreUsedUp() {
    final CaseHandle handle =
        run(
            Workflow.define("fails")
                .inlineTask(
                    "broken",
                    work -> {
                      trace.note(work);
                      fail("always");
                    })
                .retry(Retry.fixed(2, Duration.ZERO))
                .inlineTask("never", trace::note)
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.FAILED);
    assertThat(handle.failure())
        .hasValueSatisfying(text -> assertThat(text).contains("broken", "always"));
    assertThat(trace.tasks()).containsExactly("broken", "broken");
  }

  @Test
  void shouldNotTryAgainWhenTheFailureIsExcluded() {
    final CaseHandle handle =
        run(
            Workflow.define("excluded")
                .task(
                    "broken",
                    work -> {
                      trace.note(work);
                      throw new IllegalArgumentException("bad account");
                    })
                .retry(Retry.fixed(5, Duration.ZERO).notOn(IllegalArgumentException.class))
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.FAILED);
    assertThat(trace.tasks()).hasSize(1);
  }

  @Test
  void shouldCompensateAndCancelWhenATaskFails() {
    final CaseHandle handle =
        run(
            Workflow.define("compensate")
                .task("dispense", work -> fail("jammed"))
                .onFailure(failure -> failure.inlineTask("release-hold", trace::note).cancel())
                .inlineTask("never", trace::note)
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.CANCELLED);
    assertThat(trace.tasks()).containsExactly("release-hold");
  }

  @Test
  void shouldGoOnAfterATaskWhoseFailureWasHandled() {
    final CaseHandle handle =
        run(
            Workflow.define("handled")
                .task("broken", work -> fail("no"))
                .onFailure(failure -> failure.inlineTask("repair", trace::note))
                .inlineTask("after", trace::note)
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("repair", "after");
  }

  @Test
  void shouldKeepNothingOfAHandlerThatThrows() {
    final CaseHandle handle =
        run(
            Workflow.define("all-or-nothing")
                .variables(COUNT)
                .inlineTask(
                    "broken",
                    work -> {
                      work.set(COUNT, 1L);
                      assertThat(work.get(COUNT)).isEqualTo(1);
                      fail("after all");
                    })
                .onFailure(failure -> failure.inlineTask("repair", trace::note))
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.find(COUNT)).isEmpty();
  }

  @Test
  void shouldFailWhenAGuardThrows() {
    final CaseHandle handle =
        run(
            Workflow.define("guard-throws")
                .choice(
                    choice ->
                        choice
                            .when(
                                values -> {
                                  throw new IllegalStateException("broken guard");
                                },
                                then -> then.inlineTask("x", trace::note))
                            .otherwise(skip -> {}))
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.FAILED);
    assertThat(handle.failure())
        .hasValueSatisfying(text -> assertThat(text).contains("broken guard"));
  }

  @Test
  void shouldEndAsDeadlockedWhenTokensAreLeftThatNothingCanMove() {
    final CaseHandle handle =
        run(
            Workflow.graph("deadlock")
                .allowUnsound("the deadlock is what is tested")
                .inlineTask("a", trace::note)
                .xorSplit()
                .inlineTask("b", trace::note)
                .inlineTask("c", trace::note)
                .inlineTask("join", trace::note)
                .andJoin()
                .flow("input", "a")
                .flow("a", "b", LEFT.isTrue())
                .defaultFlow("a", "c")
                .flow("b", "join")
                .flow("c", "join")
                .flow("join", "output")
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.DEADLOCKED);
    assertThat(trace.tasks()).containsExactly("a", "c");
    assertThat(handle.failure())
        .hasValueSatisfying(text -> assertThat(text).contains("c{c_join}=1"));
  }

  @Test
  void shouldKeepSurplusTokensWhenTheNetIsNotSafe() {
    final CaseHandle handle =
        run(
            Workflow.graph("counters")
                .inlineTask("three", trace::note)
                .inlineTask("each", trace::note)
                .inlineTask("all", trace::note)
                .condition("queue")
                .condition("done")
                .flow("input", "three")
                .flow("three", "queue", 3)
                .flow("queue", "each")
                .flow("each", "done")
                .flow("done", "all", 3)
                .flow("all", "output")
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("three", "each", "each", "each", "all");
  }

  @Test
  void shouldCancelARegionBeforeTokensAreProduced() {
    final CaseHandle handle =
        run(
            Workflow.graph("region")
                .allowUnsound("the branches are a race, whose loser may come too")
                .route("fork")
                .manual("wait")
                .inlineTask("stop", trace::note)
                .cancels("wait", "c{fork_wait}")
                .inlineTask("after-wait", trace::note)
                .flow("input", "fork")
                .flow("fork", "wait")
                .flow("fork", "stop")
                .flow("wait", "after-wait")
                .flow("after-wait", "output")
                .flow("stop", "output")
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("stop");
  }

  private static void fail(final String reason) {
    throw new IllegalStateException(reason);
  }
}
