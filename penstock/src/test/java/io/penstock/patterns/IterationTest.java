package io.penstock.patterns;

import static io.penstock.engine.Outcome.CANCELLED;
import static io.penstock.engine.Outcome.COMPLETED;
import static io.penstock.engine.Outcome.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** WCP-10, WCP-21 and WCP-22. */
class IterationTest {
  private static final Variable<Boolean> COMPLETE = Variable.ofBoolean("complete");
  private static final Variable<Boolean> CORRECT = Variable.ofBoolean("correct");
  private static final Variable<Boolean> BOX_INSIDE = Variable.ofBoolean("box-inside");
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

  /** A task runs a net of which it is itself a part. */
  @Nested
  @DisplayName("WCP-22 Recursion")
  class Recursion extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("recursion")
          .call("parcel", "unpack")
          .subworkflow(
              "unpack",
              box ->
                  box.manual("open")
                      .choice(
                          inside ->
                              inside
                                  .when(BOX_INSIDE.isTrue(), more -> more.call("box", "unpack"))
                                  .otherwise(nothing -> {}))
                      .inlineTask("fold", desk::note))
          .build();
    }

    @EachEngine
    void shouldGoAsDeepAsTheDataSayAndComeBack(final Stage stage) {
      beginInEngine(stage)
          .offered("open")
          .complete("open", in -> in.set(BOX_INSIDE, true))
          .offered("open")
          .ran()
          .complete("open", in -> in.set(BOX_INSIDE, true))
          .offered("open")
          .complete("open", in -> in.set(BOX_INSIDE, false))
          .ran("fold", "fold", "fold")
          .has(BOX_INSIDE, false)
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldCancelAtEveryDepth(final Stage stage) {
      beginInEngine(stage)
          .complete("open", in -> in.set(BOX_INSIDE, true))
          .complete("open")
          .offered("open")
          .tell(known -> known.cancel())
          .ran()
          .offered()
          .ends(CANCELLED);
    }

    @EachEngine
    void shouldFailWhereItGoesTooDeep(final Stage stage) {
      Run<?> run = beginInEngine(stage).complete("open", in -> in.set(BOX_INSIDE, true));
      for (int depth = 2; depth <= 100; depth++) {
        run = run.complete("open");
      }
      run.ran().ends(FAILED);
    }

    @EachEngine
    void shouldHaveSeveralOfItselfAtTheSameTime(final Stage stage) {
      beginInEngine(
              stage,
              Workflow.graph("tree")
                  .composite("root", "grow")
                  .flow("input", "root")
                  .flow("root", "output")
                  .subworkflow(
                      "grow",
                      branch ->
                          branch
                              .manual("look")
                              .whileTrue(
                                  BOX_INSIDE.isTrue(),
                                  fork ->
                                      fork.parallel(
                                              two ->
                                                  two.branch(left -> left.call("left", "grow"))
                                                      .branch(right -> right.call("right", "grow")))
                                          .inlineTask("done", work -> work.set(BOX_INSIDE, false)))
                              .inlineTask("leaf", desk::note))
                  .build())
          .complete("look", in -> in.set(BOX_INSIDE, true))
          .offered("look", "look")
          .complete("look")
          .offered("look", "look", "look")
          .complete("look", in -> in.set(BOX_INSIDE, false))
          .ran("leaf")
          .offered("look", "look")
          .complete("look", in -> in.set(BOX_INSIDE, false))
          .offered("look")
          .complete("look", in -> in.set(BOX_INSIDE, false))
          .ran("leaf", "leaf", "leaf", "leaf")
          .ends(COMPLETED);
    }

    @Test
    void shouldWarnOfARecursionWithoutAnEnd() {
      assertThat(
              Workflow.define("endless")
                  .call("first", "again")
                  .subworkflow("again", body -> body.manual("look").call("next", "again"))
                  .build()
                  .verify())
          .anySatisfy(
              verification ->
                  assertThat(verification.warnings())
                      .anySatisfy(
                          warning ->
                              assertThat(warning).contains("recursion must have a base path")));
      assertThat(workflow().verify())
          .allSatisfy(verification -> assertThat(verification.warnings()).isEmpty());
    }
  }
}
