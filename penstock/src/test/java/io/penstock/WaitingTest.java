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
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages, manual work and time, on a virtual clock. */
@Timeout(60)
class WaitingTest {
  private static final Variable<String> TEXT = Variable.ofString("text");
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

  private static Workflow awaiting() {
    return Workflow.define("awaiting").variables(TEXT).awaitMessage("approval").build();
  }

  @Test
  void shouldGoOnWhenTheMessageComes() {
    final CaseHandle handle = run(awaiting());
    assertThat(handle.join(Duration.ZERO)).isEmpty();

    handle.send("approval", in -> in.set(TEXT, "yes"));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(TEXT)).isEqualTo("yes");
  }

  @Test
  void shouldKeepAMessageThatCameBeforeAnybodyWaited() {
    final CaseHandle handle =
        run(
            Workflow.define("early")
                .variables(TEXT)
                .manual("sign")
                .awaitMessage("approval")
                .build());

    handle.send("approval", in -> in.set(TEXT, "early"));
    assertThat(handle.find(TEXT)).as("a message counts when it is taken").isEmpty();
    handle.complete("sign", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(TEXT)).isEqualTo("early");
  }

  @Test
  void shouldCountAMessageOnceWhenItsKeyIsSentTwice() {
    final CaseHandle handle =
        run(
            Workflow.define("twice")
                .variables(TEXT)
                .awaitMessage("first")
                .inlineTask("between", trace::note)
                .whileTrue(TEXT.is("again"), body -> body.awaitMessage("second"))
                .build());

    handle.send("first", "m-1", in -> in.set(TEXT, "again"));
    handle.send("first", "m-1", in -> in.set(TEXT, "ignored"));
    handle.send("second", "m-2", in -> in.set(TEXT, "again"));
    handle.send("second", "m-2", in -> in.set(TEXT, "ignored"));
    assertThat(handle.get(TEXT)).isEqualTo("again");
    assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
    handle.send("second", "m-3", in -> in.set(TEXT, "enough"));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(TEXT)).isEqualTo("enough");
  }

  @Test
  void shouldTakeTheTimeOutBranchWhenNoMessageComesInTime() {
    final CaseHandle handle =
        run(
            Workflow.define("deadline")
                .awaitMessage("approval")
                .deadline(Duration.ofDays(2))
                .onTimeout(late -> late.inlineTask("remind", trace::note))
                .inlineTask("after", trace::note)
                .build());

    clock.advance(Duration.ofDays(2).minusNanos(1));
    assertThat(handle.join(Duration.ZERO)).isEmpty();
    clock.advance(Duration.ofNanos(1));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("remind", "after");
  }

  @Test
  void shouldTimeOutWhenNothingWasSaidToHappenThen() {
    final CaseHandle handle =
        run(Workflow.define("times-out").manual("sign").deadline(Duration.ofHours(1)).build());

    clock.advance(Duration.ofHours(1));

    assertThat(handle.join()).isEqualTo(Outcome.TIMED_OUT);
    assertThat(handle.failure()).hasValueSatisfying(text -> assertThat(text).contains("sign"));
  }

  @Test
  void shouldTimeOutTheWholeCase() {
    final CaseHandle handle =
        run(
            Workflow.define("case-deadline")
                .caseDeadline(Duration.ofDays(30))
                .manual("sign")
                .build());

    clock.advance(Duration.ofDays(30));

    assertThat(handle.join()).isEqualTo(Outcome.TIMED_OUT);
  }

  @Test
  void shouldRefuseTheResultOfAHandlerThatTookTooLong() throws InterruptedException {
    final CountDownLatch running = new CountDownLatch(1);
    final CountDownLatch cancelled = new CountDownLatch(1);
    final CaseHandle handle =
        run(
            Workflow.define("slow")
                .variables(TEXT)
                .task(
                    "slow",
                    work -> {
                      running.countDown();
                      while (!work.isCancelled()) {
                        Thread.onSpinWait();
                      }
                      work.set(TEXT, "too late");
                      cancelled.countDown();
                    })
                .deadline(Duration.ofMinutes(1))
                .onTimeout(late -> late.inlineTask("give-up", trace::note))
                .manual("look")
                .build());

    running.await();
    clock.advance(Duration.ofMinutes(1));
    cancelled.await();
    handle.complete("look", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.find(TEXT)).isEmpty();
    assertThat(trace.tasks()).containsExactly("give-up");
  }

  @Test
  void shouldRestBetweenTries() {
    final CaseHandle handle =
        run(
            Workflow.define("rests")
                .inlineTask(
                    "flaky",
                    work -> {
                      trace.note(work);
                      if (work.attempt() < 3) {
                        throw new IllegalStateException("not yet");
                      }
                    })
                .retry(Retry.exponential(3).startingAt(Duration.ofSeconds(10)))
                .build());

    assertThat(trace.tasks()).hasSize(1);
    clock.advance(Duration.ofSeconds(10));
    while (trace.tasks().size() < 2) {
      Thread.onSpinWait(); // the shard's thread sees the time that has come
    }
    clock.advance(Duration.ofSeconds(20));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldWaitForADelay() {
    final CaseHandle handle =
        run(
            Workflow.define("delay")
                .delay("cool-off", Duration.ofDays(365))
                .inlineTask("after", trace::note)
                .build());

    assertThat(handle.join(Duration.ZERO)).isEmpty();
    clock.advance(Duration.ofDays(365));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  private Workflow race() {
    return Workflow.define("race")
        .variables(TEXT)
        .awaitFirst(
            first ->
                first
                    .message("paid", paid -> paid.inlineTask("ship", trace::note))
                    .manual("waive", waived -> waived.inlineTask("ship-free", trace::note))
                    .after(
                        "overdue",
                        Duration.ofDays(30),
                        late -> late.inlineTask("remind", trace::note)))
        .inlineTask("after", trace::note)
        .build();
  }

  @Test
  void shouldTakeWhatHappensFirstAndWithdrawTheOthers() {
    final CaseHandle paid = run(race());
    paid.send("paid", in -> {});
    assertThat(paid.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("ship", "after");
    trace.tasks().clear();

    final CaseHandle waived = run(race());
    waived.complete("waive", in -> {});
    assertThat(waived.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("ship-free", "after");
    trace.tasks().clear();

    final CaseHandle overdue = run(race());
    clock.advance(Duration.ofDays(30));
    assertThat(overdue.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("remind", "after");
    clock.advance(Duration.ofDays(30)); // the timers of the others were withdrawn
    assertThat(trace.tasks()).hasSize(2);
  }

  @Test
  void shouldRefuseTheAlternativesThatWereWithdrawn() {
    final CaseHandle handle =
        run(
            Workflow.define("withdrawn")
                .awaitFirst(first -> first.manual("yes", yes -> {}).manual("no", no -> {}))
                .manual("file")
                .build());
    assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("yes", "no");

    handle.complete("no", in -> {});

    assertThatThrownBy(() -> handle.complete("yes", in -> {}))
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(Rejection.WORK_ITEM_NOT_OPEN));
    assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("file");
  }

  @Test
  void shouldOfferManualWorkAndRefuseASecondCompletion() {
    final CaseHandle handle =
        run(Workflow.define("manual").variables(TEXT).manual("approve").manual("archive").build());

    assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("approve");
    handle.complete("approve", in -> in.set(TEXT, "ok"));

    assertThatThrownBy(() -> handle.complete("approve", in -> in.set(TEXT, "again")))
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(Rejection.WORK_ITEM_NOT_OPEN));
    assertThat(handle.get(TEXT)).isEqualTo("ok");
    assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("archive");
  }

  @Test
  void shouldLetOnlyTheClaimerCompleteAClaimedWorkItem() {
    final CaseHandle handle = run(Workflow.define("claimed").manual("approve").build());
    handle.claim("approve", "alice");

    assertThatThrownBy(() -> handle.claim("approve", "bob"))
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(Rejection.WORK_ITEM_CLAIMED));
    assertThatThrownBy(() -> handle.complete("approve", in -> {}))
        .isInstanceOf(CommandRejectedException.class);
    handle.claim("approve", "alice");
    handle.complete("approve", "alice", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldListAndCompleteTheManualWorkOfInstances() {
    final CaseHandle handle =
        run(
            Workflow.define("reviews")
                .forEach(
                    "review",
                    ITEM,
                    work -> java.util.List.of("a", "b"),
                    each -> each.manual("sign"))
                .build());
    while (handle.workItems().size() < 2) {
      Thread.onSpinWait(); // the list of items is made on a worker thread
    }

    for (final WorkItem item : handle.workItems()) {
      handle.complete(item, "alice", in -> {});
    }

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldCancelEverythingInACase() {
    final CaseHandle handle =
        run(
            Workflow.define("cancelled")
                .parallel(
                    fork ->
                        fork.branch(one -> one.manual("sign"))
                            .branch(
                                two -> two.awaitMessage("approval").deadline(Duration.ofDays(1)))
                            .branch(
                                three ->
                                    three.forEach(
                                        "each",
                                        ITEM,
                                        work -> java.util.List.of("a", "b"),
                                        each -> each.manual("look"))))
                .build());
    while (handle.workItems().size() < 3) {
      Thread.onSpinWait();
    }

    handle.cancel();

    assertThat(handle.join()).isEqualTo(Outcome.CANCELLED);
    assertThat(handle.workItems()).isEmpty();
    clock.advance(Duration.ofDays(2)); // no timer of it is left to go off
    assertThat(handle.status()).isEqualTo(CaseStatus.CANCELLED);
  }

  @Test
  void shouldHaveDoneWhatIsDueBeforeACommandThatIsSentAfterTheTimeHasPassed() {
    final Workflow workflow =
        Workflow.define("one-after-the-other")
            .delay("first", Duration.ofHours(1))
            .manual("look")
            .delay("second", Duration.ofHours(1))
            .manual("look-again")
            .build();
    engine.deploy(workflow);

    for (int i = 0; i < 200; i++) {
      final CaseHandle handle = engine.start(workflow, in -> {});
      clock.advance(Duration.ofHours(1));
      handle.complete("look", in -> {});
      clock.advance(Duration.ofHours(1));
      assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("look-again");
    }
  }
}
