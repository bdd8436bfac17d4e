package io.penstock.patterns;

import static io.penstock.engine.Outcome.CANCELLED;
import static io.penstock.engine.Outcome.COMPLETED;
import static io.penstock.engine.Outcome.FAILED;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Rejection;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** WCP-12 to WCP-15 and WCP-34 to WCP-36. */
class MultipleInstancesTest {
  private static final Variable<Long> COUNT = Variable.ofLong("count");
  private static final Variable<String> LINES = Variable.ofString("lines");
  private static final Variable<String> LINE = Variable.ofString("line");
  private static final Variable<Long> PRICE = Variable.ofLong("price");
  private static final Variable<Long> TOTAL = Variable.ofLong("total");
  private static final Variable<Boolean> AGAIN = Variable.ofBoolean("again");

  /** Several instances are started and nobody waits for them. */
  @Nested
  @DisplayName("WCP-12 Multiple Instances without Synchronization")
  class WithoutSynchronization extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("without-synchronization")
          .instances("send-fines", 3, each -> each.task("send-fine", desk::hold))
          .detached()
          .inlineTask("close-file", desk::note)
          .build();
    }

    @EachEngine
    void shouldGoOnAtOnceAndEndWhenTheInstancesHaveEnded(final Stage stage) {
      begin(stage)
          .busy("send-fine#0", "send-fine#1", "send-fine#2")
          .ran("close-file")
          .complete("send-fine#1")
          .busy("send-fine#0", "send-fine#2")
          .goesOn()
          .complete("send-fine#0")
          .complete("send-fine#2")
          .ran()
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldNotMindAnInstanceThatFails(final Stage stage) {
      begin(stage)
          .busy("send-fine#0", "send-fine#1", "send-fine#2")
          .ran("close-file")
          .fail("send-fine#0")
          .busy("send-fine#1", "send-fine#2")
          .complete("send-fine#1")
          .complete("send-fine#2")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldCancelTheInstancesAtAnExplicitEnd(final Stage stage) {
      begin(
              stage,
              Workflow.graph("explicit-end")
                  .instances("send-fines", 2, each -> each.task("send-fine", desk::hold))
                  .detached()
                  .manual("close-file")
                  .flow("input", "send-fines")
                  .flow("send-fines", "close-file")
                  .flow("close-file", "output")
                  .explicitTermination()
                  .build())
          .busy("send-fine#0", "send-fine#1")
          .offered("close-file")
          .complete("close-file")
          .told("send-fine#0", "send-fine#1")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldCancelTheInstancesWithTheirCase(final Stage stage) {
      beginInEngine(stage)
          .busy("send-fine#0", "send-fine#1", "send-fine#2")
          .ran("close-file")
          .complete("send-fine#2")
          .tell(known -> known.cancel())
          .told("send-fine#0", "send-fine#1")
          .refuses("send-fine#0")
          .ends(CANCELLED);
    }
  }

  /** The workflow says how many instances there are; it waits for all of them. */
  @Nested
  @DisplayName("WCP-13 Multiple Instances with a Priori Design-Time Knowledge")
  class WithDesignTimeKnowledge extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("design-time-knowledge")
          .instances("sign-report", 3, each -> each.manual("director-signs"))
          .inlineTask("publish", desk::note)
          .build();
    }

    @EachEngine
    void shouldWaitForAllOfThem(final Stage stage) {
      begin(stage)
          .offered("director-signs#0", "director-signs#1", "director-signs#2")
          .ran()
          .complete("director-signs#2")
          .complete("director-signs#0")
          .offered("director-signs#1")
          .ran()
          .refuses("director-signs#2")
          .complete("director-signs#1")
          .ran("publish")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldRefuseMoreThanTheWorkflowSays(final Stage stage) {
      beginInEngine(stage)
          .offered("director-signs#0", "director-signs#1", "director-signs#2")
          .rejects(
              Rejection.INSTANCES_NOT_ADDABLE,
              known -> known.addInstance("sign-report", nothing -> {}))
          .offered("director-signs#0", "director-signs#1", "director-signs#2");
    }
  }

  /** The number of instances is known when the task is enabled; it waits for all of them. */
  @Nested
  @DisplayName("WCP-14 Multiple Instances with a Priori Run-Time Knowledge")
  class WithRunTimeKnowledge extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("run-time-knowledge")
          .manual("order")
          .instances("inspect", COUNT, each -> each.manual("inspect-unit"))
          .forEach(
              "check",
              LINE,
              order -> List.of(order.get(LINES).split(",")),
              each -> each.task("check-line", desk::hold))
          .inlineTask("confirm", desk::note)
          .variables(LINES)
          .build();
    }

    @EachEngine
    void shouldWaitForAsManyAsThereAreWhenItIsEnabled(final Stage stage) {
      begin(stage, in -> in.set(COUNT, 5L).set(LINES, "pen,ink,paper"))
          .offered("order")
          .complete("order", in -> in.set(COUNT, 2L))
          .offered("inspect-unit#0", "inspect-unit#1")
          .complete("inspect-unit#1", in -> in.set(COUNT, 3L))
          .offered("inspect-unit#0")
          .complete("inspect-unit#0")
          .busy("check-line#0", "check-line#1", "check-line#2")
          .complete("check-line#1")
          .complete("check-line#2")
          .ran()
          .busy("check-line#0")
          .complete("check-line#0")
          .ran("confirm")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldPassOverNone(final Stage stage) {
      begin(stage, in -> in.set(COUNT, 0L).set(LINES, "pen"))
          .complete("order")
          .busy("check-line#0")
          .offered()
          .complete("check-line#0")
          .ran("confirm")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldFailWhenTheNumberIsNotOne(final Stage stage) {
      begin(stage).complete("order", in -> in.set(COUNT, -1L)).ends(FAILED);
      begin(stage).complete("order").ends(FAILED);
    }

    @EachEngine
    void shouldRefuseMoreThanWereKnownWhenItWasEnabled(final Stage stage) {
      beginInEngine(stage, in -> in.set(COUNT, 1L))
          .complete("order")
          .rejects(Rejection.INSTANCES_NOT_ADDABLE, known -> known.addInstance("inspect", in -> {}))
          .offered("inspect-unit#0");
    }
  }

  /** Instances may be added while others run; it goes on when all that were created are done. */
  @Nested
  @DisplayName("WCP-15 Multiple Instances without a Priori Run-Time Knowledge")
  class WithoutRunTimeKnowledge extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("without-run-time-knowledge")
          .manual("call-police")
          .instances("witnesses", 1, each -> each.manual("question-witness"))
          .addable(3)
          .inlineTask("report", desk::note)
          .build();
    }

    private void addWitness(final CaseHandle questioning) {
      questioning.addInstance("witnesses", in -> {});
    }

    @EachEngine
    void shouldWaitForThoseThatWereAddedToo(final Stage stage) {
      beginInEngine(stage)
          .complete("call-police")
          .offered("question-witness#0")
          .tell(this::addWitness)
          .offered("question-witness#0", "question-witness#1")
          .complete("question-witness#0")
          .ran()
          .tell(this::addWitness)
          .offered("question-witness#1", "question-witness#2")
          .complete("question-witness#1")
          .ran()
          .goesOn()
          .complete("question-witness#2")
          .ran("report")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldAddOnlyWhileItIsBusyAndUpToTheMaximum(final Stage stage) {
      beginInEngine(stage)
          .rejects(Rejection.STEP_NOT_RUNNING, this::addWitness)
          .complete("call-police")
          .tell(this::addWitness)
          .complete("question-witness#0")
          .complete("question-witness#1")
          .ran("report")
          .rejects(Rejection.CASE_ENDED, this::addWitness)
          .ends(COMPLETED);
      beginInEngine(stage)
          .complete("call-police")
          .tell(this::addWitness)
          .tell(this::addWitness)
          .rejects(Rejection.INSTANCES_MAXIMUM_REACHED, this::addWitness)
          .offered("question-witness#0", "question-witness#1", "question-witness#2");
    }

    private Workflow keptOpen() {
      return Workflow.define("kept-open")
          .variables(LINE)
          .instances("witnesses", COUNT, each -> each.manual("question-witness"))
          .addable(9)
          .keptOpen()
          .manual("sign")
          .build();
    }

    @EachEngine
    void shouldWaitUntilItIsClosedWhenItIsKeptOpen(final Stage stage) {
      ((EngineRun) begin(stage, keptOpen(), in -> in.set(COUNT, 1L)))
          .complete("question-witness#0")
          .offered()
          .goesOn()
          .tell(this::addWitness)
          .offered("question-witness#1")
          .tell(known -> known.closeInstances("witnesses"))
          .rejects(Rejection.INSTANCES_CLOSED, this::addWitness)
          .offered("question-witness#1")
          .complete("question-witness#1")
          .offered("sign")
          .rejects(Rejection.STEP_NOT_RUNNING, this::addWitness)
          .complete("sign")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldBeginWithNoneWhenItIsKeptOpen(final Stage stage) {
      ((EngineRun) begin(stage, keptOpen(), in -> in.set(COUNT, 0L)))
          .offered()
          .goesOn()
          .tell(this::addWitness)
          .offered("question-witness#0")
          .complete("question-witness#0")
          .offered()
          .tell(known -> known.closeInstances("witnesses"))
          .offered("sign")
          .complete("sign")
          .ends(COMPLETED);
    }
  }

  /**
   * Goes on when k of n instances have completed; the rest runs on and changes nothing any more.
   */
  @Nested
  @DisplayName("WCP-34 Static Partial Join for Multiple Instances")
  class StaticPartialJoin extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("static-partial-join")
          .variables(PRICE, TOTAL)
          .instances("quotations", 3, each -> each.manual("quote"))
          .reduce(PRICE, TOTAL, Long::sum)
          .until(2, Rest.RUN_ON)
          .manual("order")
          .build();
    }

    @EachEngine
    void shouldGoOnAtTheThresholdAndLetTheRestChangeNothing(final Stage stage) {
      beginInEngine(stage)
          .offered("quote#0", "quote#1", "quote#2")
          .complete("quote#2", in -> in.set(PRICE, 10L))
          .offered("quote#0", "quote#1")
          .complete("quote#0", in -> in.set(PRICE, 5L))
          .offered("order", "quote#1")
          .has(TOTAL, 15L)
          .complete("quote#1", in -> in.set(PRICE, 100L))
          .offered("order")
          .has(TOTAL, 15L)
          .goesOn()
          .complete("order")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldLetTheCaseWaitForTheRest(final Stage stage) {
      beginInEngine(stage)
          .complete("quote#0")
          .complete("quote#1")
          .complete("order")
          .offered("quote#2")
          .goesOn()
          .complete("quote#2")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldBeginAnewInEachRoundOfALoop(final Stage stage) {
      beginInEngine(
              stage,
              Workflow.define("rounds")
                  .repeatUntil(
                      AGAIN.isFalse(),
                      round ->
                          round
                              .instances("quotations", 2, each -> each.manual("quote"))
                              .until(1, Rest.CANCEL)
                              .manual("order"))
                  .build())
          .offered("quote#0", "quote#1")
          .complete("quote#1")
          .refuses("quote#0")
          .offered("order")
          .complete("order", in -> in.set(AGAIN, true))
          .offered("quote#0", "quote#1")
          .complete("quote#0")
          .offered("order")
          .complete("order", in -> in.set(AGAIN, false))
          .ends(COMPLETED);
    }
  }

  /** Goes on when k of n instances have completed; the rest is cancelled. */
  @Nested
  @DisplayName("WCP-35 Cancelling Partial Join for Multiple Instances")
  class CancellingPartialJoin extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("cancelling-partial-join-mi")
          .variables(PRICE, TOTAL)
          .instances("measurements", 3, each -> each.task("measure", desk::hold))
          .reduce(PRICE, TOTAL, Long::sum)
          .until(2, Rest.CANCEL)
          .manual("use")
          .build();
    }

    @EachEngine
    void shouldGoOnAtTheThresholdAndCancelTheRest(final Stage stage) {
      final EngineRun run =
          beginInEngine(stage)
              .busy("measure#0", "measure#1", "measure#2")
              .complete("measure#2", in -> in.set(PRICE, 10L))
              .busy("measure#0", "measure#1")
              .told()
              .offered()
              .complete("measure#0", in -> in.set(PRICE, 5L))
              .told("measure#1")
              .offered("use")
              .has(TOTAL, 15L);
      run.completeLate("measure#1", in -> in.set(PRICE, 100L))
          .has(TOTAL, 15L)
          .complete("use")
          .ends(COMPLETED);
    }
  }

  /**
   * Goes on when what the completed instances have left is enough; instances may be added until
   * then, and the rest runs on and changes nothing any more.
   */
  @Nested
  @DisplayName("WCP-36 Dynamic Partial Join for Multiple Instances")
  class DynamicPartialJoin extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("dynamic-partial-join")
          .variables(PRICE, TOTAL)
          .instances("donors", 2, each -> each.manual("donate"))
          .reduce(PRICE, TOTAL, Long::sum)
          .until(TOTAL.isAtLeast(100L), Rest.RUN_ON)
          .addable(9)
          .manual("build")
          .build();
    }

    @EachEngine
    void shouldGoOnWhenTheConditionHoldsHoweverManyItTook(final Stage stage) {
      beginInEngine(stage)
          .offered("donate#0", "donate#1")
          .complete("donate#0", in -> in.set(PRICE, 30L))
          .tell(known -> known.addInstance("donors", in -> {}))
          .tell(known -> known.addInstance("donors", in -> {}))
          .offered("donate#1", "donate#2", "donate#3")
          .complete("donate#3", in -> in.set(PRICE, 50L))
          .offered("donate#1", "donate#2")
          .complete("donate#1", in -> in.set(PRICE, 20L))
          .offered("build", "donate#2")
          .rejects(Rejection.STEP_NOT_RUNNING, known -> known.addInstance("donors", in -> {}))
          .complete("donate#2", in -> in.set(PRICE, 1_000L))
          .has(TOTAL, 100L)
          .offered("build")
          .complete("build")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldGoOnWithAllOfThemWhenTheConditionNeverHolds(final Stage stage) {
      beginInEngine(stage)
          .complete("donate#0", in -> in.set(PRICE, 1L))
          .offered("donate#1")
          .complete("donate#1", in -> in.set(PRICE, 1L))
          .offered("build")
          .has(TOTAL, 2L)
          .complete("build")
          .ends(COMPLETED);
    }
  }
}
