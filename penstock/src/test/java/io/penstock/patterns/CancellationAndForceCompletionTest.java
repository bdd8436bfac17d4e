package io.penstock.patterns;

import static io.penstock.engine.Outcome.CANCELLED;
import static io.penstock.engine.Outcome.COMPLETED;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Rejection;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** WCP-19, WCP-20 and WCP-25 to WCP-27. */
class CancellationAndForceCompletionTest {
  private static final Variable<String> ITEM = Variable.ofString("item");
  private static final Variable<Long> PRICE = Variable.ofLong("price");
  private static final Variable<Long> TOTAL = Variable.ofLong("total");
  private static final Variable<Boolean> GRANTED = Variable.ofBoolean("granted");

  /** One task is withdrawn, or stopped if it is under way; nothing comes out of it. */
  @Nested
  @DisplayName("WCP-19 Cancel Task")
  class CancelTask extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("cancel-task")
          .variables(GRANTED)
          .route("fork")
          .task("search-archive", desk::hold)
          .cancels("ask-customer", "c{fork_ask-customer}")
          .manual("ask-customer")
          .cancels("search-archive", "c{fork_search-archive}")
          .inlineTask("use-answer", desk::note)
          .manual("other-work")
          .route("close")
          .andJoin()
          .condition("found")
          .flow("input", "fork")
          .flow("fork", "search-archive")
          .flow("fork", "ask-customer")
          .flow("fork", "other-work")
          .flow("search-archive", "found")
          .flow("ask-customer", "found")
          .flow("found", "use-answer")
          .flow("use-answer", "close")
          .flow("other-work", "close")
          .flow("close", "output")
          .build();
    }

    @EachStage
    void shouldStopTheTaskAndLeaveTheOthersAlone(final Stage stage) {
      begin(stage)
          .busy("search-archive")
          .offered("ask-customer", "other-work")
          .complete("ask-customer")
          .ran("use-answer")
          .told("search-archive")
          .busy()
          .offered("other-work")
          .refuses("search-archive")
          .ran()
          .complete("other-work")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldWithdrawTheTaskWhenNobodyHasStartedIt(final Stage stage) {
      begin(stage)
          .busy("search-archive")
          .complete("search-archive")
          .ran("use-answer")
          .refuses("ask-customer")
          .offered("other-work")
          .complete("other-work")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldIgnoreWhatALateHandlerHasWritten(final Stage stage) {
      beginInEngine(stage)
          .busy("search-archive")
          .complete("ask-customer")
          .told("search-archive")
          .completeLate("search-archive", in -> in.set(GRANTED, true))
          .lacks(GRANTED)
          .ran("use-answer")
          .complete("other-work")
          .ends(COMPLETED);
    }
  }

  /** The whole case is given up, with everything in it; that is another outcome than completion. */
  @Nested
  @DisplayName("WCP-20 Cancel Case")
  class CancelCase extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("cancel-case")
          .parallel(
              fork ->
                  fork.branch(work -> work.task("search", desk::hold))
                      .branch(
                          many ->
                              many.forEach(
                                  "each",
                                  ITEM,
                                  work -> List.of("a", "b"),
                                  each -> each.task("check", desk::hold)))
                      .branch(hand -> hand.manual("sign").deadline(Duration.ofDays(1)))
                      .branch(
                          end ->
                              end.awaitFirst(
                                  first ->
                                      first
                                          .message("withdraw", gone -> gone.cancel())
                                          .message("confirm", go -> {}))))
          .build();
    }

    private void cancel(final CaseHandle search) {
      search.cancel();
    }

    private Workflow byHand() {
      return Workflow.define("cancel-case-by-hand")
          .parallel(
              fork ->
                  fork.branch(work -> work.task("search", desk::hold))
                      .branch(hand -> hand.manual("sign"))
                      .branch(
                          end ->
                              end.awaitFirst(
                                  first ->
                                      first
                                          .manual("withdraw", gone -> gone.cancel())
                                          .manual("confirm", go -> {}))))
          .inlineTask("close", desk::note)
          .build();
    }

    @EachStage
    void shouldCancelEverythingWhenAStepSaysSo(final Stage stage) {
      begin(stage, byHand())
          .busy("search")
          .offered("confirm", "sign", "withdraw")
          .complete("withdraw")
          .told("search")
          .refuses("search")
          .refuses("sign")
          .ran()
          .ends(CANCELLED);
    }

    @EachEngine
    void shouldCancelHandlersInstancesAndTimersWhenSomebodySaysSo(final Stage stage) {
      final EngineRun run = beginInEngine(stage);
      run.busy("check#0", "check#1", "search")
          .offered("sign")
          .tell(this::cancel)
          .told("check#0", "check#1", "search")
          .refuses("sign")
          .refuses("search")
          .refuses("check#1")
          .ends(CANCELLED);
      run.pass(Duration.ofDays(2)).ends(CANCELLED);
    }

    @EachEngine
    void shouldCancelHandlersInstancesAndTimersWhenAStepSaysSo(final Stage stage) {
      beginInEngine(stage)
          .busy("check#0", "check#1", "search")
          .tell(known -> known.send("withdraw", in -> {}))
          .told("check#0", "check#1", "search")
          .refuses("sign")
          .refuses("check#0")
          .ends(CANCELLED);
    }
  }

  /**
   * A task that completes empties a set of conditions and cancels a set of tasks, anywhere in the
   * net, before it puts its own tokens.
   */
  @Nested
  @DisplayName("WCP-25 Cancel Region")
  class CancelRegion extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("cancel-region")
          .route("fork")
          .task("prosecute", desk::hold)
          .manual("interview")
          .condition("evidence")
          .manual("archive")
          .manual("drop-charges")
          .cancels("prosecute", "interview", "c{fork_interview}", "evidence", "result")
          .manual("press-release")
          .condition("result")
          .route("publish")
          .andJoin()
          .flow("input", "fork")
          .flow("fork", "prosecute")
          .flow("fork", "interview")
          .flow("fork", "drop-charges")
          .flow("fork", "press-release")
          .flow("prosecute", "evidence")
          .flow("interview", "evidence")
          .flow("evidence", "archive")
          .flow("archive", "result")
          .flow("drop-charges", "result")
          .flow("result", "publish")
          .flow("press-release", "publish")
          .flow("publish", "output")
          .allowUnsound("charges may be dropped when it is too late")
          .build();
    }

    @EachStage
    void shouldEmptyTheRegionAndThenProduce(final Stage stage) {
      begin(stage)
          .busy("prosecute")
          .offered("drop-charges", "interview", "press-release")
          .complete("interview")
          .tokens("evidence", 1)
          .complete("archive")
          .tokens("result", 1)
          .complete("drop-charges")
          .tokens("evidence", 0)
          .tokens("result", 1)
          .told("prosecute")
          .refuses("prosecute")
          .refuses("interview")
          .refuses("archive")
          .offered("press-release")
          .complete("press-release")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldCancelAWorkItemThatSomebodyHasStarted(final Stage stage) {
      begin(stage)
          .start("interview")
          .busy("interview", "prosecute")
          .complete("drop-charges")
          .told("prosecute")
          .busy()
          .refuses("interview")
          .tokens("evidence", 0)
          .complete("press-release")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldTakeTokensThatTheTasksOfTheRegionHaveNotTakenYet(final Stage stage) {
      begin(stage)
          .busy("prosecute")
          .complete("drop-charges")
          .told("prosecute")
          .tokens("c{fork_interview}", 0)
          .refuses("interview")
          .offered("press-release")
          .complete("press-release")
          .ends(COMPLETED);
    }
  }

  /** A task of several instances is withdrawn, with those that run; nothing comes out of it. */
  @Nested
  @DisplayName("WCP-26 Cancel Multiple Instance Task")
  class CancelMultipleInstanceTask extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("cancel-multiple-instance-task")
          .allowUnsound("the quotations may all be there when it is called off")
          .variables(PRICE, TOTAL)
          .route("fork")
          .instances("quotations", 3, each -> each.task("quote", desk::hold))
          .reduce(PRICE, TOTAL, Long::sum)
          .manual("order")
          .manual("call-off")
          .cancels("quotations", "c{fork_quotations}")
          .manual("explain")
          .flow("input", "fork")
          .flow("fork", "quotations")
          .flow("quotations", "order")
          .flow("order", "output")
          .flow("fork", "call-off")
          .flow("call-off", "explain")
          .flow("explain", "output")
          .build();
    }

    @EachEngine
    void shouldWithdrawAllOfItAndProduceNothing(final Stage stage) {
      beginInEngine(stage)
          .busy("quote#0", "quote#1", "quote#2")
          .offered("call-off")
          .complete("quote#1", in -> in.set(PRICE, 10L))
          .complete("call-off")
          .told("quote#0", "quote#2")
          .offered("explain")
          .completeLate("quote#0", in -> in.set(PRICE, 100L))
          .has(TOTAL, 10L)
          .rejects(Rejection.STEP_NOT_RUNNING, known -> known.completeInstances("quotations"))
          .offered("explain")
          .complete("explain")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldNotDisturbATaskThatHasCompleted(final Stage stage) {
      beginInEngine(stage)
          .busy("quote#0", "quote#1", "quote#2")
          .complete("quote#0")
          .complete("quote#1")
          .complete("quote#2")
          .offered("call-off", "order")
          .complete("call-off")
          .offered("explain", "order")
          .complete("order")
          .complete("explain")
          .ends(COMPLETED);
    }
  }

  /**
   * A task of several instances is made to complete: those that still run are withdrawn, and it
   * goes on as if they had been enough.
   */
  @Nested
  @DisplayName("WCP-27 Complete Multiple Instance Task")
  class CompleteMultipleInstanceTask extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("complete-multiple-instance-task")
          .variables(PRICE, TOTAL)
          .instances("quotations", 3, each -> each.task("quote", desk::hold))
          .reduce(PRICE, TOTAL, Long::sum)
          .manual("order")
          .build();
    }

    private void useWhatThereIs(final CaseHandle asking) {
      asking.completeInstances("quotations");
    }

    @EachEngine
    void shouldWithdrawTheRestAndGoOn(final Stage stage) {
      beginInEngine(stage)
          .busy("quote#0", "quote#1", "quote#2")
          .complete("quote#1", in -> in.set(PRICE, 10L))
          .tell(this::useWhatThereIs)
          .told("quote#0", "quote#2")
          .offered("order")
          .completeLate("quote#0", in -> in.set(PRICE, 100L))
          .has(TOTAL, 10L)
          .rejects(Rejection.STEP_NOT_RUNNING, this::useWhatThereIs)
          .complete("order")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldGoOnWhenNoneHasCompleted(final Stage stage) {
      beginInEngine(stage)
          .busy("quote#0", "quote#1", "quote#2")
          .tell(this::useWhatThereIs)
          .told("quote#0", "quote#1", "quote#2")
          .offered("order")
          .lacks(TOTAL)
          .complete("order")
          .ends(COMPLETED);
    }
  }
}
