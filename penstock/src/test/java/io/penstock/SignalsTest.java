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
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Signals, which count for those who wait now; and messages to cases inside cases. */
@Timeout(60)
class SignalsTest {
  private static final Variable<String> TEXT = Variable.ofString("text");

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

  private static Workflow bell() {
    return Workflow.define("bell")
        .variables(TEXT)
        .manual("sit")
        .awaitSignal("bell")
        .manual("leave")
        .build();
  }

  @Test
  @DisplayName("WCP-23: a signal that nobody waits for is lost")
  void shouldLoseASignalThatNobodyWaitsFor() {
    final CaseHandle handle = run(bell());

    assertThat(handle.signal("bell", in -> in.set(TEXT, "early"))).isZero();
    handle.complete("sit", in -> {});
    assertThat(handle.workItems()).isEmpty();
    assertThat(handle.find(TEXT)).isEmpty();

    assertThat(handle.signal("bell", in -> in.set(TEXT, "now"))).isEqualTo(1);
    assertThat(handle.workItems()).extracting(WorkItem::task).containsExactly("leave");
    assertThat(handle.get(TEXT)).isEqualTo("now");
    assertThat(handle.signal("bell", in -> {})).isZero();
  }

  @Test
  void shouldRefuseASignalThatTheWorkflowDoesNotKnow() {
    final CaseHandle handle = run(bell());

    assertThatThrownBy(() -> handle.signal("gong", in -> {}))
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(Rejection.UNKNOWN_SIGNAL))
        .hasMessageContaining("known=[bell]");
    assertThatThrownBy(() -> handle.send("bell", in -> {}))
        .as("a signal is no message")
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(Rejection.UNKNOWN_MESSAGE));
  }

  private static Workflow rounds() {
    return Workflow.define("rounds")
        .variables(TEXT)
        .repeatUntil(TEXT.is("enough"), body -> body.awaitSignal("bell"))
        .build();
  }

  @Test
  void shouldReleaseNobodyWhenAKeyComesAgain() {
    final CaseHandle handle = run(rounds());

    assertThat(handle.signal("bell", "s-1", in -> {})).isEqualTo(1);
    assertThat(handle.signal("bell", "s-1", in -> in.set(TEXT, "enough"))).isZero();
    assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
    assertThat(handle.signal("bell", "s-2", in -> in.set(TEXT, "enough"))).isEqualTo(1);

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldRememberTheKeyOfASignalThatWasLost() {
    final CaseHandle handle = run(bell());

    assertThat(handle.signal("bell", "s-1", in -> {})).isZero();
    handle.complete("sit", in -> {});

    assertThat(handle.signal("bell", "s-1", in -> {})).isZero();
    assertThat(handle.signal("bell", "s-2", in -> {})).isEqualTo(1);
  }

  @Test
  void shouldKeepKeysAndWaitingTasksOverARestart(@TempDir final Path directory) {
    final Workflow workflow = rounds();
    try (Engine first = Engine.open(directory, Engines.options())) {
      first.deploy(workflow);
      assertThat(first.start(workflow, "k", in -> {}).signal("bell", "s-1", in -> {})).isEqualTo(1);
    }
    try (Engine second = Engine.open(directory, Engines.options())) {
      second.deploy(workflow);
      final CaseHandle handle = second.find(workflow, "k").orElseThrow();
      assertThat(handle.signal("bell", "s-1", in -> in.set(TEXT, "enough"))).isZero();
      assertThat(handle.signalOne("bell", "s-2", in -> in.set(TEXT, "enough"))).isEqualTo(1);
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    }
  }

  private Workflow waiters() {
    return Workflow.define("waiters")
        .parallel(
            fork ->
                fork.branch(one -> one.awaitSignal("go").inlineTask("one", trace::note))
                    .branch(
                        late ->
                            late.delay("wait", Duration.ofHours(1))
                                .instances(
                                    "many",
                                    3,
                                    each -> each.awaitSignal("go").inlineTask("in", trace::note))
                                .detached()
                                .manual("look")))
        .build();
  }

  @Test
  void shouldReleaseAllThatWaitInTheCaseAndBelow() {
    final CaseHandle handle = run(waiters());
    clock.advance(Duration.ofHours(1));
    awaitChildren(handle);

    assertThat(handle.signal("go", in -> {})).isEqualTo(4);
    handle.complete("look", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactlyInAnyOrder("one", "in", "in", "in");
  }

  @Test
  void shouldReleaseTheOneThatWaitsLongest() {
    final CaseHandle handle = run(waiters());
    clock.advance(Duration.ofHours(1));
    awaitChildren(handle);

    assertThat(handle.signalOne("go", in -> {})).isEqualTo(1);
    assertThat(trace.tasks()).containsExactly("one");
    assertThat(handle.signalOne("go", in -> {})).isEqualTo(1);
    assertThat(trace.tasks()).containsExactly("one", "in");
    assertThat(handle.signal("go", in -> {})).isEqualTo(2);
    handle.complete("look", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldReleaseTheOneBelowWhenThatHasWaitedLonger() {
    final CaseHandle handle =
        run(
            Workflow.define("below-first")
                .parallel(
                    fork ->
                        fork.branch(
                                one ->
                                    one.delay("wait", Duration.ofHours(1))
                                        .parallel(
                                            late ->
                                                late.branch(a -> a.awaitSignal("go"))
                                                    .branch(b -> b.manual("look")))
                                        .inlineTask("case", trace::note))
                            .branch(
                                two ->
                                    two.instances(
                                        "in",
                                        1,
                                        each ->
                                            each.awaitSignal("go")
                                                .inlineTask("instance", trace::note))))
                .build());
    clock.advance(Duration.ofHours(1));
    awaitChildren(handle);

    assertThat(handle.signalOne("go", in -> {})).isEqualTo(1);
    assertThat(trace.tasks()).containsExactly("instance");
    assertThat(handle.signalOne("go", in -> {})).isEqualTo(1);
    handle.complete("look", in -> {});

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  /** The shard's thread sees the time that has come. */
  private static void awaitChildren(final CaseHandle handle) {
    while (handle.workItems().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void shouldReleaseOnlyOneOfTwoAlternativesOfOneToken() {
    final CaseHandle handle =
        run(
            Workflow.graph("one-token")
                .awaitSignal("left", "go")
                .awaitSignal("right", "go")
                .flow("input", "left")
                .flow("input", "right")
                .flow("left", "output")
                .flow("right", "output")
                .build());

    assertThat(handle.signal("go", in -> {})).isEqualTo(1);

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void shouldTakeASignalAsOneOfSeveralAlternatives() {
    final CaseHandle handle =
        run(
            Workflow.define("first")
                .awaitFirst(
                    first ->
                        first
                            .signal("go", go -> go.inlineTask("gone", trace::note))
                            .message("stay", stay -> stay.inlineTask("stayed", trace::note)))
                .manual("after")
                .build());

    assertThat(handle.signal("go", in -> {})).isEqualTo(1);
    handle.send("stay", in -> {});

    assertThat(trace.tasks()).containsExactly("gone");
  }

  @Test
  void shouldTimeOutWhileItWaitsForASignal() {
    final CaseHandle handle =
        run(
            Workflow.define("late")
                .awaitSignal("go")
                .deadline(Duration.ofHours(1))
                .onTimeout(late -> late.inlineTask("late", trace::note))
                .build());

    clock.advance(Duration.ofHours(1));

    assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    assertThat(trace.tasks()).containsExactly("late");
  }

  private static Workflow inbox() {
    return Workflow.define("inbox")
        .variables(TEXT)
        .manual("open")
        .instances("reader", 2, each -> each.awaitMessage("mail").manual("answer"))
        .build();
  }

  @Test
  void shouldGiveAMessageToTheFirstCaseBelowThatWaitsForIt() {
    final CaseHandle handle = run(inbox());
    handle.send("mail", "m-1", in -> in.set(TEXT, "kept"));
    handle.complete("open", in -> {});
    assertThat(handle.workItems()).extracting(WorkItem::instance).containsExactly(0);
    final CaseHandle first = engine.handle(handle.workItems().get(0).caseId());
    assertThat(first.get(TEXT)).isEqualTo("kept");
    assertThat(handle.find(TEXT)).as("it was for the instance").isEmpty();

    handle.send("mail", "m-1", in -> in.set(TEXT, "again"));
    assertThat(handle.workItems()).hasSize(1);
    handle.send("mail", "m-2", in -> in.set(TEXT, "other"));

    assertThat(handle.workItems()).extracting(WorkItem::instance).containsExactly(0, 1);
  }

  @Test
  void shouldLeaveAMessageForWhoeverWaitsNextWhenNobodyDoes() {
    final CaseHandle handle = run(inbox());
    handle.complete("open", in -> {});

    for (int i = 0; i < 3; i++) {
      handle.send("mail", in -> {});
    }

    assertThat(handle.workItems()).hasSize(2);
    assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);
  }
}
