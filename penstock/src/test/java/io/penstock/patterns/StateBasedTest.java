package io.penstock.patterns;

import static io.penstock.engine.Outcome.COMPLETED;
import static io.penstock.engine.Outcome.DEADLOCKED;

import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** WCP-16 to WCP-18, WCP-39 and WCP-40. */
class StateBasedTest {
  private static final Variable<Boolean> WAIVED = Variable.ofBoolean("waived");

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

    @EachEngine
    void shouldWithdrawTheTimerWhenTheMessageComesFirst(final Stage stage) {
      final EngineRun run = beginInEngine(stage);
      run.offered("pay", "waive");
      run.handle().send("withdrawn", in -> {});
      run.ran("file").refuses("pay").ends(COMPLETED);
      run.pass(Duration.ofDays(31)).ran().ends(COMPLETED);
    }

    @EachEngine
    void shouldWithdrawTheMessageWhenTheTimeComesFirst(final Stage stage) {
      final EngineRun run = beginInEngine(stage);
      run.pass(Duration.ofDays(30).minusNanos(1)).offered("pay", "waive").ran();
      run.pass(Duration.ofNanos(1)).ran("remind").refuses("pay").ends(COMPLETED);
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
}
