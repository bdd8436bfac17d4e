package io.penstock.patterns;

import static io.penstock.engine.Outcome.COMPLETED;
import static io.penstock.engine.Outcome.DEADLOCKED;

import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** WCP-11 and WCP-43. */
class TerminationTest {
  private static final Variable<Boolean> PREPAID = Variable.ofBoolean("prepaid");

  /** A branch that reaches the end while another goes on. */
  private static GraphBuilder twoEnds(final String name, final Desk desk) {
    return Workflow.graph(name)
        .route("fork")
        .manual("publish")
        .task("translate", desk::hold)
        .manual("proof-read")
        .condition("filed")
        .route("file")
        .flow("input", "fork")
        .flow("fork", "publish")
        .flow("fork", "translate")
        .flow("translate", "proof-read")
        .flow("publish", "output")
        .flow("proof-read", "filed")
        .flow("filed", "file")
        .flow("file", "output");
  }

  /** The case ends when nothing is left to do, whichever branch is the last. */
  @Nested
  @DisplayName("WCP-11 Implicit Termination")
  class ImplicitTermination extends Pattern {
    @Override
    Workflow workflow() {
      return twoEnds("implicit-termination", desk)
          .allowUnsound("each branch marks the end by itself")
          .build();
    }

    @EachStage
    void shouldWaitForTheBranchThatIsLeftWhenTheEndIsReached(final Stage stage) {
      begin(stage)
          .busy("translate")
          .offered("publish")
          .complete("publish")
          .busy("translate")
          .told()
          .goesOn()
          .complete("translate")
          .offered("proof-read")
          .goesOn()
          .complete("proof-read")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldNotTakeADeadlockForAnEnd(final Stage stage) {
      begin(
              stage,
              Workflow.graph("deadlock")
                  .allowUnsound("the deadlock is what is tested")
                  .manual("choose")
                  .xorSplit()
                  .manual("pack")
                  .manual("charge")
                  .route("ship")
                  .andJoin()
                  .flow("input", "choose")
                  .defaultFlow("choose", "pack")
                  .flow("choose", "charge", PREPAID.isTrue())
                  .flow("pack", "ship")
                  .flow("charge", "ship")
                  .flow("ship", "output")
                  .build())
          .complete("choose")
          .offered("pack")
          .complete("pack")
          .ends(DEADLOCKED);
    }
  }

  /** The case ends when one end is reached; what is left is cancelled. */
  @Nested
  @DisplayName("WCP-43 Explicit Termination")
  class ExplicitTermination extends Pattern {
    @Override
    Workflow workflow() {
      return twoEnds("explicit-termination", desk).explicitTermination().build();
    }

    @EachStage
    void shouldCancelTheBranchThatIsLeftWhenTheEndIsReached(final Stage stage) {
      begin(stage)
          .busy("translate")
          .complete("publish")
          .told("translate")
          .refuses("translate")
          .refuses("proof-read")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldWithdrawWhatIsOfferedWhenTheEndIsReached(final Stage stage) {
      begin(stage)
          .busy("translate")
          .complete("translate")
          .offered("proof-read", "publish")
          .complete("proof-read")
          .refuses("publish")
          .ends(COMPLETED);
    }
  }
}
