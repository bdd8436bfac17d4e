package io.penstock.patterns;

import static io.penstock.engine.Outcome.COMPLETED;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.net.InvalidNetException;
import io.penstock.workflow.UnsoundWorkflowException;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** WCP-01 to WCP-05. */
class BasicControlFlowTest {
  private static final Variable<Boolean> EXPRESS = Variable.ofBoolean("express");
  private static final Variable<Boolean> ABROAD = Variable.ofBoolean("abroad");

  /** A task starts when the one before it has completed. */
  @Nested
  @DisplayName("WCP-01 Sequence")
  class Sequence extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("sequence")
          .task("pick", desk::hold)
          .manual("check")
          .inlineTask("ship", desk::note)
          .build();
    }

    @EachStage
    void shouldStartEachTaskWhenTheOneBeforeHasCompleted(final Stage stage) {
      begin(stage)
          .busy("pick")
          .offered()
          .complete("pick")
          .busy()
          .offered("check")
          .ran()
          .complete("check")
          .ran("ship")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldRefuseATaskBeforeItsTurnAndAfterIt(final Stage stage) {
      begin(stage)
          .busy("pick")
          .refuses("check")
          .complete("pick")
          .complete("check")
          .refuses("check")
          .ran("ship")
          .ends(COMPLETED);
    }
  }

  /** One thread of control becomes several, which go on at the same time. */
  @Nested
  @DisplayName("WCP-02 Parallel Split")
  class ParallelSplit extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("parallel-split")
          .parallel(
              fork ->
                  fork.branch(goods -> goods.task("pack", desk::hold))
                      .branch(money -> money.task("charge", desk::hold))
                      .branch(paper -> paper.task("print", desk::hold)))
          .build();
    }

    @EachStage
    void shouldHaveEveryBranchUnderWayAtTheSameTime(final Stage stage) {
      begin(stage)
          .busy("pack", "charge", "print")
          .complete("print")
          .busy("pack", "charge")
          .complete("pack")
          .busy("charge")
          .goesOn()
          .complete("charge")
          .ends(COMPLETED);
    }
  }

  /** Several branches become one, which goes on when all of them have arrived. */
  @Nested
  @DisplayName("WCP-03 Synchronization")
  class Synchronization extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("synchronization")
          .route("fork")
          .manual("pack")
          .task("charge", desk::hold)
          .inlineTask("ship", desk::note)
          .andJoin()
          .flow("input", "fork")
          .flow("fork", "pack")
          .flow("fork", "charge")
          .flow("pack", "ship")
          .flow("charge", "ship")
          .flow("ship", "output")
          .build();
    }

    @EachStage
    void shouldWaitForTheLastBranch(final Stage stage) {
      begin(stage)
          .offered("pack")
          .busy("charge")
          .complete("pack")
          .ran()
          .tokens("c{pack_ship}", 1)
          .complete("charge")
          .ran("ship")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldWaitForTheLastBranchWhicheverItIs(final Stage stage) {
      begin(stage)
          .busy("charge")
          .complete("charge")
          .ran()
          .tokens("c{charge_ship}", 1)
          .complete("pack")
          .ran("ship")
          .ends(COMPLETED);
    }
  }

  /** The data decide which one of several branches is taken: the first whose guard holds. */
  @Nested
  @DisplayName("WCP-04 Exclusive Choice")
  class ExclusiveChoice extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("exclusive-choice")
          .choice(
              choice ->
                  choice
                      .when(EXPRESS.isTrue(), fast -> fast.manual("fly"))
                      .when(ABROAD.isTrue(), far -> far.manual("sail"))
                      .otherwise(slow -> slow.manual("drive")))
          .build();
    }

    @EachStage
    void shouldTakeTheFirstBranchWhoseGuardHoldsAndNoOther(final Stage stage) {
      begin(stage, in -> in.set(EXPRESS, true).set(ABROAD, true))
          .offered("fly")
          .refuses("sail")
          .complete("fly")
          .ends(COMPLETED);
      begin(stage, in -> in.set(EXPRESS, false).set(ABROAD, true))
          .offered("sail")
          .complete("sail")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldTakeTheDefaultWhenNoGuardHolds(final Stage stage) {
      begin(stage).offered("drive").complete("drive").ends(COMPLETED);
    }

    @Test
    void shouldRefuseAChoiceThatCouldLoseItsToken() {
      assertThatThrownBy(
              () ->
                  Workflow.graph("no-default")
                      .route("choose")
                      .xorSplit()
                      .manual("fly")
                      .flow("input", "choose")
                      .flow("choose", "fly", EXPRESS.isTrue())
                      .flow("fly", "output")
                      .build())
          .isInstanceOf(InvalidNetException.class)
          .hasMessageContaining("split must have a default for when no guard holds: task=choose");
    }
  }

  /** Branches of which only one was taken become one again, without waiting. */
  @Nested
  @DisplayName("WCP-05 Simple Merge")
  class SimpleMerge extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("simple-merge")
          .route("choose")
          .xorSplit()
          .manual("fly")
          .manual("drive")
          .inlineTask("hand-over", desk::note)
          .flow("input", "choose")
          .flow("choose", "fly", EXPRESS.isTrue())
          .defaultFlow("choose", "drive")
          .flow("fly", "hand-over")
          .flow("drive", "hand-over")
          .flow("hand-over", "output")
          .build();
    }

    @EachStage
    void shouldGoOnWithWhicheverBranchWasTaken(final Stage stage) {
      begin(stage).offered("drive").complete("drive").ran("hand-over").ends(COMPLETED);
      begin(stage, in -> in.set(EXPRESS, true))
          .offered("fly")
          .complete("fly")
          .ran("hand-over")
          .ends(COMPLETED);
    }

    @Test
    void shouldRefuseBranchesThatBothArrive() {
      assertThatThrownBy(
              () ->
                  Workflow.graph("both-arrive")
                      .route("fork")
                      .manual("fly")
                      .manual("drive")
                      .inlineTask("hand-over", desk::note)
                      .flow("input", "fork")
                      .flow("fork", "fly")
                      .flow("fork", "drive")
                      .flow("fly", "hand-over")
                      .flow("drive", "hand-over")
                      .flow("hand-over", "output")
                      .build())
          .isInstanceOf(UnsoundWorkflowException.class)
          .hasMessageContaining("the end is reached twice");
    }
  }
}
