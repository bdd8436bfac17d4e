package io.penstock.patterns;

import static io.penstock.engine.Outcome.COMPLETED;

import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** WCP-10, WCP-21 and WCP-22. */
class IterationTest {
  private static final Variable<Boolean> COMPLETE = Variable.ofBoolean("complete");
  private static final Variable<Boolean> CORRECT = Variable.ofBoolean("correct");
  private static final Variable<Long> LEFT = Variable.ofLong("left");

  /** A cycle that can be entered and left at more than one place. */
  @Nested
  @DisplayName("WCP-10 Arbitrary Cycles")
  class ArbitraryCycles extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("arbitrary-cycles")
          .route("triage")
          .xorSplit()
          .manual("collect")
          .xorSplit()
          .manual("examine")
          .xorSplit()
          .inlineTask("reject", desk::note)
          .inlineTask("accept", desk::note)
          .flow("input", "triage")
          .flow("triage", "examine", COMPLETE.isTrue())
          .defaultFlow("triage", "collect")
          .flow("collect", "examine", COMPLETE.isTrue())
          .defaultFlow("collect", "reject")
          .flow("examine", "accept", CORRECT.isTrue())
          .defaultFlow("examine", "collect")
          .flow("accept", "output")
          .flow("reject", "output")
          .build();
    }

    @EachStage
    void shouldEnterTheCycleAtItsFirstTaskAndLeaveItAtTheSecond(final Stage stage) {
      begin(stage)
          .offered("collect")
          .complete("collect", in -> in.set(COMPLETE, true))
          .offered("examine")
          .complete("examine")
          .offered("collect")
          .complete("collect")
          .offered("examine")
          .complete("examine", in -> in.set(CORRECT, true))
          .ran("accept")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldEnterTheCycleAtItsSecondTaskAndLeaveItAtTheFirst(final Stage stage) {
      begin(stage, in -> in.set(COMPLETE, true))
          .offered("examine")
          .complete("examine")
          .offered("collect")
          .complete("collect", in -> in.set(COMPLETE, false))
          .ran("reject")
          .ends(COMPLETED);
    }
  }

  /** A block with one way in and one way out, repeated while or until something holds. */
  @Nested
  @DisplayName("WCP-21 Structured Loop")
  class StructuredLoop extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("structured-loop")
          .whileTrue(LEFT.isAtLeast(1L), round -> round.manual("unload"))
          .repeatUntil(CORRECT.isTrue(), round -> round.manual("count"))
          .build();
    }

    @EachStage
    void shouldTestBeforeEachRoundOfAWhileAndAfterEachRoundOfARepeat(final Stage stage) {
      begin(stage, in -> in.set(LEFT, 2L))
          .offered("unload")
          .complete("unload", in -> in.set(LEFT, 1L))
          .offered("unload")
          .complete("unload", in -> in.set(LEFT, 0L))
          .offered("count")
          .complete("count")
          .offered("count")
          .complete("count", in -> in.set(CORRECT, true))
          .ends(COMPLETED);
    }

    @EachStage
    void shouldPassOverAWhileAndRunARepeatOnceWhenTheyAreOverAtTheStart(final Stage stage) {
      begin(stage, in -> in.set(LEFT, 0L).set(CORRECT, true))
          .refuses("unload")
          .offered("count")
          .complete("count")
          .ends(COMPLETED);
    }
  }
}
