package io.penstock.patterns;

import static io.penstock.engine.Outcome.COMPLETED;
import static io.penstock.engine.Outcome.DEADLOCKED;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** WCP-16 to WCP-18, WCP-39 and WCP-40. */
class StateBasedTest {
  private static final Variable<Boolean> WAIVED = Variable.ofBoolean("waived");

  /** Completes three tasks of which never two are busy, and says in which order they came. */
  private static List<String> runOneAtATime(final Run<?> begun) {
    final List<String> order = new ArrayList<>();
    Run<?> run = begun;
    while (order.size() < 3) {
      order.add(run.oneBusy());
      run = run.complete(order.get(order.size() - 1));
    }
    run.ends(COMPLETED);
    return order;
  }

  /**
   * Several things are offered at the same time; the environment decides by doing one of them, and
   * the others are withdrawn.
   */
  @Nested
  @DisplayName("WCP-16 Deferred Choice")
  class DeferredChoice extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("deferred-choice")
          .awaitFirst(
              first ->
                  first
                      .manual("pay", paid -> paid.inlineTask("ship", desk::note))
                      .manual("waive", waived -> waived.inlineTask("ship-free", desk::note))
                      .message("withdrawn", gone -> gone.inlineTask("file", desk::note))
                      .after(
                          "overdue",
                          Duration.ofDays(30),
                          late -> late.inlineTask("remind", desk::note)))
          .build();
    }

    private Workflow byHand() {
      return Workflow.define("deferred-choice-by-hand")
          .variables(WAIVED)
          .awaitFirst(
              first ->
                  first
                      .manual("pay", paid -> paid.manual("ship"))
                      .manual("waive", waived -> waived.manual("ship-free")))
          .build();
    }

    @EachStage
    void shouldLetTheEnvironmentDecideAndNotTheData(final Stage stage) {
      begin(stage, byHand(), in -> in.set(WAIVED, true))
          .offered("pay", "waive")
          .complete("pay")
          .offered("ship")
          .refuses("waive")
          .complete("ship")
          .ends(COMPLETED);
      begin(stage, byHand(), in -> in.set(WAIVED, true))
          .complete("waive")
          .offered("ship-free")
          .refuses("pay")
          .refuses("ship")
          .complete("ship-free")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldDecideWhenTheFirstIsStartedAndNotWhenItIsDone(final Stage stage) {
      begin(stage, byHand())
          .offered("pay", "waive")
          .start("pay")
          .busy("pay")
          .offered()
          .refuses("waive")
          .complete("pay")
          .offered("ship")
          .complete("ship")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldWithdrawTheTimerWhenTheMessageComesFirst(final Stage stage) {
      beginInEngine(stage)
          .offered("pay", "waive")
          .tell(known -> known.send("withdrawn", in -> {}))
          .ran("file")
          .refuses("pay")
          .pass(Duration.ofDays(31))
          .ran()
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldWithdrawTheMessageWhenTheTimeComesFirst(final Stage stage) {
      beginInEngine(stage)
          .pass(Duration.ofDays(30).minusNanos(1))
          .offered("pay", "waive")
          .ran()
          .pass(Duration.ofNanos(1))
          .ran("remind")
          .refuses("pay")
          .ends(COMPLETED);
    }
  }

  /** Each task runs once and never two at a time; the order among some of them is kept. */
  @Nested
  @DisplayName("WCP-17 Interleaved Parallel Routing")
  class InterleavedParallelRouting extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("interleaved-parallel-routing")
          .interleaved(
              patient ->
                  patient
                      .branch(blood -> blood.manual("take-blood").manual("discuss-blood"))
                      .branch(image -> image.manual("x-ray")))
          .build();
    }

    @EachStage
    void shouldRunOneTaskAtATime(final Stage stage) {
      final List<String> order =
          runOneAtATime(
              begin(
                  stage,
                  Workflow.define("interleaved-handlers")
                      .interleaved(
                          patient ->
                              patient
                                  .branch(
                                      blood ->
                                          blood
                                              .task("take-blood", desk::hold)
                                              .task("discuss-blood", desk::hold))
                                  .branch(image -> image.task("x-ray", desk::hold)))
                      .build()));

      assertThat(order)
          .containsExactlyInAnyOrder("take-blood", "discuss-blood", "x-ray")
          .containsSubsequence("take-blood", "discuss-blood");
    }

    @EachStage
    void shouldOfferNoOtherWhileOneIsBusy(final Stage stage) {
      begin(stage)
          .offered("take-blood", "x-ray")
          .start("x-ray")
          .busy("x-ray")
          .offered()
          .refuses("take-blood")
          .complete("x-ray")
          .busy()
          .offered("take-blood")
          .start("take-blood")
          .offered()
          .complete("take-blood")
          .offered("discuss-blood")
          .complete("discuss-blood")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldKeepThePartialOrderAndNoOther(final Stage stage) {
      begin(stage)
          .offered("take-blood", "x-ray")
          .refuses("discuss-blood")
          .complete("x-ray")
          .offered("take-blood")
          .complete("take-blood")
          .offered("discuss-blood")
          .complete("discuss-blood")
          .ends(COMPLETED);
      begin(stage)
          .complete("take-blood")
          .offered("discuss-blood", "x-ray")
          .complete("discuss-blood")
          .offered("x-ray")
          .complete("x-ray")
          .ends(COMPLETED);
    }
  }

  /**
   * A task can be started only while a condition holds, the milestone, which it does not use up.
   */
  @Nested
  @DisplayName("WCP-18 Milestone")
  class Milestone extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("milestone")
          .allowUnsound("nobody may bid in time")
          .route("fork")
          .manual("open-auction")
          .condition("open")
          .manual("close-auction")
          .manual("bid")
          .enabledWhile("open")
          .route("settle")
          .andJoin()
          .flow("input", "fork")
          .flow("fork", "open-auction")
          .flow("fork", "bid")
          .flow("open-auction", "open")
          .flow("open", "close-auction")
          .flow("close-auction", "settle")
          .flow("bid", "settle")
          .flow("settle", "output")
          .build();
    }

    @EachStage
    void shouldOfferTheTaskOnlyWhileTheConditionHoldsAndLeaveItsToken(final Stage stage) {
      begin(stage)
          .offered("open-auction")
          .refuses("bid")
          .complete("open-auction")
          .offered("bid", "close-auction")
          .complete("bid")
          .tokens("open", 1)
          .offered("close-auction")
          .complete("close-auction")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldWithdrawTheTaskWhenTheConditionNoLongerHolds(final Stage stage) {
      begin(stage)
          .complete("open-auction")
          .offered("bid", "close-auction")
          .complete("close-auction")
          .refuses("bid")
          .offered()
          .ends(DEADLOCKED);
    }

    @EachStage
    void shouldLetWhoStartedInTimeComplete(final Stage stage) {
      begin(stage)
          .complete("open-auction")
          .start("bid")
          .busy("bid")
          .complete("close-auction")
          .tokens("open", 0)
          .busy("bid")
          .complete("bid")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldNotDisturbATaskThatWasStartedInTime(final Stage stage) {
      begin(
              stage,
              Workflow.graph("started-in-time")
                  .route("fork")
                  .condition("open")
                  .manual("close-auction")
                  .task("bid", desk::hold)
                  .enabledWhile("open")
                  .route("settle")
                  .andJoin()
                  .flow("input", "fork")
                  .flow("fork", "open")
                  .flow("fork", "bid")
                  .flow("open", "close-auction")
                  .flow("close-auction", "settle")
                  .flow("bid", "settle")
                  .flow("settle", "output")
                  .build())
          .busy("bid")
          .complete("close-auction")
          .busy("bid")
          .told()
          .complete("bid")
          .ends(COMPLETED);
    }
  }

  /** Of several parts of a case, each of several tasks, only one may be under way at a time. */
  @Nested
  @DisplayName("WCP-39 Critical Section")
  class CriticalSection extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("critical-section")
          .parallel(
              fork ->
                  fork.branch(
                          pay ->
                              pay.critical(
                                  "terminal",
                                  card -> card.manual("insert-card").manual("enter-pin")))
                      .branch(
                          enter ->
                              enter.critical(
                                  "terminal", badge -> badge.manual("swipe-badge").manual("sign"))))
          .build();
    }

    private Workflow graph() {
      return Workflow.graph("critical-section-graph")
          .route("fork")
          .manual("insert-card")
          .manual("enter-pin")
          .manual("swipe-badge")
          .manual("sign")
          .mutex("terminal", "insert-card", "enter-pin")
          .mutex("terminal", "swipe-badge", "sign")
          .route("close")
          .andJoin()
          .flow("input", "fork")
          .flow("fork", "insert-card")
          .flow("insert-card", "enter-pin")
          .flow("enter-pin", "close")
          .flow("fork", "swipe-badge")
          .flow("swipe-badge", "sign")
          .flow("sign", "close")
          .flow("close", "output")
          .build();
    }

    @EachStage
    void shouldRunOneSectionAfterTheOther(final Stage stage) {
      begin(stage)
          .offered("insert-card")
          .complete("insert-card")
          .offered("enter-pin")
          .refuses("swipe-badge")
          .complete("enter-pin")
          .offered("swipe-badge")
          .complete("swipe-badge")
          .offered("sign")
          .complete("sign")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldKeepTheOtherSectionOutFromTheFirstTaskToTheLast(final Stage stage) {
      begin(stage, graph())
          .offered("insert-card", "swipe-badge")
          .complete("insert-card")
          .offered("enter-pin")
          .refuses("swipe-badge")
          .complete("enter-pin")
          .offered("swipe-badge")
          .complete("swipe-badge")
          .offered("sign")
          .complete("sign")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldLetEitherSectionBeFirst(final Stage stage) {
      begin(stage, graph())
          .complete("swipe-badge")
          .offered("sign")
          .refuses("insert-card")
          .complete("sign")
          .offered("insert-card")
          .complete("insert-card")
          .complete("enter-pin")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldBeFreeAgainWhenTheSectionIsCancelledWhereverItIs(final Stage stage) {
      final Workflow workflow =
          Workflow.graph("critical-section-cancelled")
              .allowUnsound("what is called off does not come to the end")
              .route("fork")
              .manual("insert-card")
              .task("read-card", desk::hold)
              .manual("enter-pin")
              .manual("swipe-badge")
              .mutex("terminal", "insert-card", "read-card", "enter-pin")
              .mutex("terminal", "swipe-badge")
              .manual("call-off")
              .cancels(
                  "insert-card",
                  "read-card",
                  "enter-pin",
                  "c{fork_insert-card}",
                  "c{insert-card_read-card}",
                  "c{read-card_enter-pin}")
              .flow("input", "fork")
              .flow("fork", "insert-card")
              .flow("insert-card", "read-card")
              .flow("read-card", "enter-pin")
              .flow("enter-pin", "output")
              .flow("fork", "swipe-badge")
              .flow("swipe-badge", "output")
              .flow("fork", "call-off")
              .flow("call-off", "output")
              .build();
      begin(stage, workflow)
          .complete("insert-card")
          .busy("read-card")
          .offered("call-off")
          .complete("call-off")
          .told("read-card")
          .offered("swipe-badge")
          .refuses("read-card")
          .complete("swipe-badge")
          .ends(COMPLETED);
      begin(stage, workflow)
          .complete("insert-card")
          .busy("read-card")
          .complete("read-card")
          .offered("call-off", "enter-pin")
          .complete("call-off")
          .offered("swipe-badge")
          .complete("swipe-badge")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldBeFreeAgainWhenTheSectionIsLeftByAFailure(final Stage stage) {
      begin(
              stage,
              Workflow.graph("critical-section-failed")
                  .route("fork")
                  .manual("insert-card")
                  .task("read-card", desk::hold)
                  .manual("enter-pin")
                  .manual("swipe-badge")
                  .mutex("terminal", "insert-card", "read-card", "enter-pin")
                  .mutex("terminal", "swipe-badge")
                  .manual("call-support")
                  .condition("paid-or-not")
                  .route("close")
                  .andJoin()
                  .flow("input", "fork")
                  .flow("fork", "insert-card")
                  .flow("insert-card", "read-card")
                  .failureFlow("read-card", "call-support")
                  .flow("read-card", "enter-pin")
                  .flow("enter-pin", "paid-or-not")
                  .flow("call-support", "paid-or-not")
                  .flow("fork", "swipe-badge")
                  .flow("swipe-badge", "close")
                  .flow("paid-or-not", "close")
                  .flow("close", "output")
                  .build())
          .complete("insert-card")
          .busy("read-card")
          .offered()
          .fail("read-card")
          .offered("call-support", "swipe-badge")
          .complete("swipe-badge")
          .complete("call-support")
          .ends(COMPLETED);
    }
  }

  /** Each task runs once, in any order, and never two at a time. */
  @Nested
  @DisplayName("WCP-40 Interleaved Routing")
  class InterleavedRouting extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("interleaved-routing")
          .interleaved(
              machine ->
                  machine
                      .branch(oil -> oil.task("check-oil", desk::hold))
                      .branch(feeder -> feeder.task("test-feeder", desk::hold))
                      .branch(unit -> unit.task("examine-main-unit", desk::hold)))
          .build();
    }

    @EachStage
    void shouldRunOneTaskAtATime(final Stage stage) {
      assertThat(runOneAtATime(begin(stage)))
          .containsExactlyInAnyOrder("check-oil", "test-feeder", "examine-main-unit");
    }

    @EachStage
    void shouldAllowEveryOrder(final Stage stage) {
      for (final String order : List.of("abc", "acb", "bac", "bca", "cab", "cba")) {
        Run<?> run =
            begin(
                stage,
                Workflow.graph("interleaved-" + order)
                    .route("open")
                    .manual("a")
                    .manual("b")
                    .manual("c")
                    .mutex("machine", "a")
                    .mutex("machine", "b")
                    .mutex("machine", "c")
                    .route("close")
                    .andJoin()
                    .flow("input", "open")
                    .flow("open", "a")
                    .flow("open", "b")
                    .flow("open", "c")
                    .flow("a", "close")
                    .flow("b", "close")
                    .flow("c", "close")
                    .flow("close", "output")
                    .build());
        for (int done = 0; done < 3; done++) {
          run =
              run.offered(order.substring(done).split(""))
                  .complete(order.substring(done, done + 1));
        }
        run.ends(COMPLETED);
      }
    }
  }
}
