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
import io.penstock.workflow.Retry;
import io.penstock.workflow.Sequence;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Composites: cases inside cases, what they bring back, recursion and its limit. */
@Timeout(60)
class SubworkflowsTest {
  private static final Variable<Long> N = Variable.ofLong("n");
  private static final Variable<Long> PRODUCT = Variable.ofLong("product");
  private static final Variable<String> LEFT = Variable.ofString("left");
  private static final Variable<String> RIGHT = Variable.ofString("right");

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

  @Test
  void shouldBringBackExactlyWhatItWrote() {
    final Workflow workflow =
        Workflow.define("both")
            .variables(LEFT, RIGHT)
            .parallel(
                fork ->
                    fork.branch(one -> one.call("write left", "left"))
                        .branch(two -> two.call("write right", "right")))
            .subworkflow(
                "left",
                body -> body.manual("l").inlineTask("sl", work -> work.set(LEFT, "new left")))
            .subworkflow(
                "right",
                body -> body.manual("r").inlineTask("sr", work -> work.set(RIGHT, "new right")))
            .build();
    engine.deploy(workflow);
    final CaseHandle handle =
        engine.start(workflow, in -> in.set(LEFT, "old left").set(RIGHT, "old right"));
    final CaseHandle left = engine.handle(handle.workItems().get(0).caseId());
    assertThat(left.get(RIGHT)).as("it begins with a copy").isEqualTo("old right");

    handle.complete("l", in -> {});
    assertThat(handle.get(LEFT)).isEqualTo("new left");
    handle.complete("r", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(LEFT)).as("not overwritten by the copy").isEqualTo("new left");
    assertThat(handle.get(RIGHT)).isEqualTo("new right");
  }

  @Test
  void shouldBringBackWhatACompositeInsideACompositeWrote() {
    final CaseHandle handle =
        run(
            Workflow.define("outer")
                .variables(LEFT)
                .subworkflow("inner", body -> body.inlineTask("set", work -> work.set(LEFT, "in")))
                .subworkflow("middle", body -> body.call("run inner", "inner"))
                .call("run middle", "middle")
                .build());

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(LEFT)).isEqualTo("in");
  }

  private static void multiply(final Work work) {
    work.set(PRODUCT, work.find(PRODUCT).orElse(1L) * work.get(N));
    work.set(N, work.get(N) - 1);
  }

  private static Workflow factorial() {
    return Workflow.define("factorial")
        .variables(N, PRODUCT)
        .choice(
            choice ->
                choice
                    .when(
                        N.isGreaterThan(1L),
                        more ->
                            more.inlineTask("multiply", SubworkflowsTest::multiply)
                                .call("rest", "factorial"))
                    .otherwise(skip -> {}))
        .build();
  }

  @Test
  @DisplayName("WCP-22: a workflow that runs itself, as deep as its data say")
  void shouldRunItself() {
    final Workflow workflow = factorial();
    engine.deploy(workflow);

    final CaseHandle handle = engine.start(workflow, in -> in.set(N, 20L));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(handle.get(PRODUCT)).isEqualTo(2_432_902_008_176_640_000L);
  }

  @Test
  void shouldFailTheTaskThatWouldGoTooDeep() {
    final Workflow workflow = factorial();
    try (Engine shallow = Engine.inMemory(Engines.options().depthMax(5))) {
      shallow.deploy(workflow);

      final CaseHandle fits = shallow.start(workflow, in -> in.set(N, 6L));
      final CaseHandle deep = shallow.start(workflow, in -> in.set(N, 7L));

      assertThat(fits.join()).isEqualTo(Outcome.COMPLETED);
      assertThat(deep.join()).isEqualTo(Outcome.FAILED);
      assertThat(deep.failure())
          .hasValueSatisfying(text -> assertThat(text).contains("depthMax=5", "rest"));
    }
    assertThatThrownBy(() -> Engines.options().depthMax(256))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("depthMax=256");
  }

  @Test
  void shouldWarnOfARecursionThatHasNoBasePath() {
    final Workflow endless =
        Workflow.define("endless")
            .call("down", "even")
            .subworkflow("even", body -> body.manual("m").call("odd one", "odd"))
            .subworkflow(
                "odd",
                body ->
                    body.parallel(
                        fork ->
                            fork.branch(one -> one.manual("n"))
                                .branch(two -> two.call("even one", "even"))))
            .build();

    assertThat(endless.verify()).allSatisfy(found -> assertThat(found.warnings()).hasSize(1));
    assertThat(endless.verify().get(0).warnings().get(0))
        .contains("recursion must have a base path", "net=endless");
    assertThat(factorial().verify()).allSatisfy(found -> assertThat(found.warnings()).isEmpty());
  }

  @Test
  void shouldNameUnknownAndDoubleNamesWhenItIsBuilt() {
    assertThatThrownBy(
            () ->
                Workflow.define("w")
                    .call("a", "nowhere")
                    .subworkflow("twice", body -> body.manual("m"))
                    .subworkflow("twice", body -> body.manual("m"))
                    .subworkflow("empty", body -> {})
                    .build())
        .isInstanceOf(InvalidNetException.class)
        .hasMessageContainingAll("subworkflow=nowhere", "declared=[empty, twice, w]")
        .hasMessageContainingAll("name must be unique", "at least one step");
  }

  private int structures;

  private CaseHandle runFailing(final Consumer<Sequence> body, final Retry retry) {
    return run(
        Workflow.define("handles " + ++structures) // each is another structure
            .variables(N, LEFT)
            .call("part", "part")
            .retry(retry)
            .onFailure(failed -> failed.inlineTask("repair", trace::note))
            .inlineTask("after", trace::note)
            .subworkflow("part", body)
            .build());
  }

  @Test
  void shouldFailTheTaskWhenTheCaseInsideDoesNotComplete() {
    final CaseHandle failed =
        runFailing(body -> body.inlineTask("broken", SubworkflowsTest::fail), Retry.never());
    assertThat(failed.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("repair", "after");
    assertThat(failed.failure())
        .hasValueSatisfying(
            text -> assertThat(text).contains("part", "FAILED", "broken", "no luck"));
    assertThat(failed.find(LEFT)).as("nothing of it comes back").isEmpty();
    trace.tasks().clear();

    final CaseHandle late =
        runFailing(body -> body.manual("sign").deadline(Duration.ofHours(1)), Retry.never());
    clock.advance(Duration.ofHours(1));
    assertThat(late.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(late.failure())
        .hasValueSatisfying(text -> assertThat(text).contains("TIMED_OUT", "sign"));
    assertThat(trace.tasks()).containsExactly("repair", "after");
  }

  private static void fail(final Work work) {
    work.set(LEFT, "lost");
    throw new IllegalStateException("no luck");
  }

  @Test
  void shouldTryTheWholeCaseInsideAgain() {
    final CaseHandle handle =
        runFailing(
            body ->
                body.inlineTask("count", work -> trace.note(work))
                    .inlineTask(
                        "lucky",
                        work -> {
                          if (trace.tasks().size() < 3) {
                            fail(work);
                          }
                          work.set(LEFT, "found");
                        }),
            Retry.fixed(3, Duration.ZERO));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("count", "count", "count", "after");
    assertThat(handle.get(LEFT)).isEqualTo("found");
  }

  private static Workflow nested(final Consumer<Sequence> innermost) {
    return Workflow.define("nested")
        .variables(LEFT)
        .call("a", "a")
        .subworkflow("a", body -> body.instances("many", 2, each -> each.call("b", "b")))
        .subworkflow("b", innermost)
        .build();
  }

  @Test
  void shouldCancelDownToTheDeepestHandler() throws InterruptedException {
    final CountDownLatch running = new CountDownLatch(2);
    final CountDownLatch told = new CountDownLatch(2);
    final CaseHandle handle =
        run(
            nested(
                body ->
                    body.task(
                        "spin",
                        work -> {
                          running.countDown();
                          while (!work.isCancelled()) {
                            Thread.onSpinWait();
                          }
                          told.countDown();
                        })));
    running.await();

    handle.cancel();

    told.await();
    assertThat(handle.join()).isEqualTo(Outcome.CANCELLED);
  }

  @Test
  void shouldCancelTheCaseInsideWhenTheDeadlineOfItsTaskPasses() {
    final CaseHandle handle =
        run(
            Workflow.define("deadline")
                .call("part", "part")
                .deadline(Duration.ofHours(1))
                .onTimeout(late -> late.inlineTask("late", trace::note))
                .subworkflow("part", body -> body.manual("sign"))
                .build());
    final WorkItem item = handle.workItems().get(0);

    clock.advance(Duration.ofHours(1));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("late");
    assertThat(engine.handle(item.caseId()).status()).isEqualTo(CaseStatus.UNKNOWN);
  }

  @Test
  void shouldFindWorkMessagesAndSignalsAtAnyDepth() {
    final CaseHandle handle =
        run(nested(body -> body.awaitMessage("mail").awaitSignal("go").manual("sign")));

    assertThat(handle.signal("go", in -> {})).isZero();
    handle.send("mail", in -> in.set(LEFT, "1"));
    assertThat(handle.signal("go", in -> {})).isEqualTo(1);
    assertThat(handle.workItems()).extracting(WorkItem::instance).containsExactly(0);
    handle.complete("sign", in -> {});
    assertRejected(Rejection.WORK_ITEM_NOT_OPEN, () -> handle.complete("sign", in -> {}));
    assertRejected(Rejection.UNKNOWN_TASK, () -> handle.complete("nothing", in -> {}));
    handle.send("mail", in -> in.set(LEFT, "2"));
    assertThat(handle.signalOne("go", in -> {})).isEqualTo(1);
    handle.claim("sign", "alice");
    handle.complete("sign", "alice", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  private static void assertRejected(final Rejection rejection, final Runnable command) {
    assertThatThrownBy(command::run)
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(rejection));
  }

  @Test
  void shouldGoOnAtEveryDepthAfterARestart(@TempDir final Path directory) {
    final Workflow workflow =
        Workflow.define("deep")
            .variables(N, LEFT, RIGHT)
            .inlineTask("down", work -> work.set(N, work.find(N).orElse(5L) - 1))
            .choice(
                choice ->
                    choice
                        .when(N.isGreaterThan(0L), more -> more.call("deeper", "deep"))
                        .otherwise(end -> end.manual("bottom")))
            .inlineTask("up", work -> work.set(LEFT, work.find(LEFT).orElse("") + "u"))
            .build();
    try (Engine first = Engine.open(directory, Engines.options())) {
      first.deploy(workflow);
      assertThat(first.start(workflow, "k", in -> in.set(RIGHT, "r")).workItems()).hasSize(1);
    }
    try (Engine second = Engine.open(directory, Engines.options().depthMax(2))) {
      second.deploy(workflow);
      final CaseHandle handle = second.find(workflow, "k").orElseThrow();
      handle.complete(handle.workItems().get(0), "alice", in -> in.set(RIGHT, "from the bottom"));
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
      assertThat(handle.get(LEFT)).isEqualTo("uuuuu");
      assertThat(handle.get(RIGHT)).isEqualTo("from the bottom");
    }
  }

  @Test
  void shouldJoinTheHandleOfACaseInside() throws InterruptedException {
    final CaseHandle handle = run(nested(body -> body.manual("sign")));
    final CaseHandle inside = engine.handle(handle.workItems().get(0).caseId());
    final CountDownLatch waiting = new CountDownLatch(1);
    final Outcome[] outcome = new Outcome[1];
    final Thread waiter =
        new Thread(
            () -> {
              waiting.countDown();
              outcome[0] = inside.join();
            });
    waiter.start();
    waiting.await();
    while (waiter.getState() == Thread.State.RUNNABLE) {
      Thread.onSpinWait(); // it has sent its command and waits for the answer
    }

    handle.cancel();

    waiter.join();
    assertThat(outcome[0]).isEqualTo(Outcome.CANCELLED);
  }
}
