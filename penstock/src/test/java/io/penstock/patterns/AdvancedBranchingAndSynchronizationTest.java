package io.penstock.patterns;

import static io.penstock.engine.Outcome.COMPLETED;
import static io.penstock.engine.Outcome.DEADLOCKED;

import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** WCP-06 to WCP-09, WCP-28 to WCP-33, WCP-37, WCP-38, WCP-41 and WCP-42. */
class AdvancedBranchingAndSynchronizationTest {
  private static final Variable<Boolean> FIRE = Variable.ofBoolean("fire");
  private static final Variable<Boolean> INJURED = Variable.ofBoolean("injured");
  private static final Variable<Boolean> FLIGHT = Variable.ofBoolean("flight");
  private static final Variable<Boolean> ROOM = Variable.ofBoolean("room");
  private static final Variable<Boolean> HOTEL = Variable.ofBoolean("hotel");
  private static final Variable<Boolean> HOSTEL = Variable.ofBoolean("hostel");
  private static final Variable<Boolean> LEGAL = Variable.ofBoolean("legal");
  private static final Variable<Boolean> REVIEW = Variable.ofBoolean("review");
  private static final Variable<Boolean> AGAIN = Variable.ofBoolean("again");

  /** The data decide which of several branches are taken: every one whose guard holds. */
  @Nested
  @DisplayName("WCP-06 Multi-Choice")
  class MultiChoice extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("multi-choice")
          .inclusiveChoice(
              choice ->
                  choice
                      .when(FIRE.isTrue(), fire -> fire.task("fire-brigade", desk::hold))
                      .when(INJURED.isTrue(), hurt -> hurt.task("ambulance", desk::hold))
                      .otherwise(calm -> calm.task("patrol", desk::hold)))
          .build();
    }

    @EachStage
    void shouldTakeEveryBranchWhoseGuardHolds(final Stage stage) {
      begin(stage, in -> in.set(FIRE, true).set(INJURED, true))
          .busy("ambulance", "fire-brigade")
          .complete("ambulance")
          .busy("fire-brigade")
          .complete("fire-brigade")
          .ends(COMPLETED);
      begin(stage, in -> in.set(FIRE, false).set(INJURED, true))
          .busy("ambulance")
          .complete("ambulance")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldTakeTheDefaultOnlyWhenNoGuardHolds(final Stage stage) {
      begin(stage).busy("patrol").complete("patrol").ends(COMPLETED);
    }
  }

  /** Waits for exactly the branches that the split before it has chosen. */
  @Nested
  @DisplayName("WCP-07 Structured Synchronizing Merge")
  class StructuredSynchronizingMerge extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("structured-synchronizing-merge")
          .inclusiveChoice(
              choice ->
                  choice
                      .when(FIRE.isTrue(), fire -> fire.manual("fire-report"))
                      .when(INJURED.isTrue(), hurt -> hurt.manual("injury-report"))
                      .otherwise(calm -> calm.manual("note")))
          .inlineTask("close-file", desk::note)
          .build();
    }

    @EachStage
    void shouldWaitForTheTwoThatWereChosenOfThree(final Stage stage) {
      begin(stage, in -> in.set(FIRE, true).set(INJURED, true))
          .offered("fire-report", "injury-report")
          .complete("injury-report")
          .ran()
          .offered("fire-report")
          .complete("fire-report")
          .ran("close-file")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldNotWaitForABranchThatWasNotChosen(final Stage stage) {
      begin(stage, in -> in.set(FIRE, true).set(INJURED, false))
          .offered("fire-report")
          .complete("fire-report")
          .ran("close-file")
          .ends(COMPLETED);
    }
  }

  /** Every branch that arrives goes on by itself; what comes after runs once for each. */
  @Nested
  @DisplayName("WCP-08 Multi-Merge")
  class MultiMerge extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("multi-merge")
          .route("fork")
          .manual("lay-foundation")
          .manual("order-material")
          .manual("inspect")
          .task("file", desk::hold)
          .flow("input", "fork")
          .flow("fork", "lay-foundation")
          .flow("fork", "order-material")
          .flow("lay-foundation", "inspect")
          .flow("order-material", "inspect")
          .flow("inspect", "file")
          .condition("filed")
          .flow("file", "filed")
          .route("close")
          .flow("filed", "close", 2)
          .flow("close", "output")
          .build();
    }

    @EachStage
    void shouldRunWhatComesAfterOnceForEachBranch(final Stage stage) {
      begin(stage)
          .offered("lay-foundation", "order-material")
          .complete("lay-foundation")
          .offered("inspect", "order-material")
          .complete("inspect")
          .busy("file")
          .complete("file")
          .offered("order-material")
          .complete("order-material")
          .offered("inspect")
          .complete("inspect")
          .busy("file")
          .complete("file")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldKeepASecondTokenWhileTheFirstIsFurtherOn(final Stage stage) {
      begin(stage)
          .complete("lay-foundation")
          .complete("order-material")
          .tokens("c{order-material_inspect}", 1)
          .offered("inspect")
          .complete("inspect")
          .busy("file")
          .offered("inspect")
          .complete("inspect")
          .tokens("c{inspect_file}", 1)
          .busy("file")
          .complete("file")
          .busy("file")
          .goesOn()
          .complete("file")
          .ends(COMPLETED);
    }
  }

  /** Three reviews at the same time and a decision that joins them, in the join's own way. */
  private static GraphBuilder reviews(final String name, final Desk desk) {
    return Workflow.graph(name)
        .route("fork")
        .manual("legal")
        .manual("technical")
        .manual("financial")
        .flow("input", "fork")
        .flow("fork", "legal")
        .flow("fork", "technical")
        .flow("fork", "financial")
        .flow("legal", "decide")
        .flow("technical", "decide")
        .flow("financial", "decide")
        .flow("decide", "output")
        .inlineTask("decide", desk::note);
  }

  /**
   * The reviews in a loop: after a decision somebody says whether all are asked again, and nobody
   * waits for the reviews of the round before.
   */
  private static GraphBuilder rounds(final String name, final Desk desk) {
    return Workflow.graph(name)
        .allowUnsound("a round may begin before the one before it is over: that is what is tested")
        .route("fork")
        .manual("legal")
        .manual("technical")
        .manual("financial")
        .manual("go-on")
        .xorSplit()
        .flow("input", "fork")
        .flow("fork", "legal")
        .flow("fork", "technical")
        .flow("fork", "financial")
        .flow("legal", "decide")
        .flow("technical", "decide")
        .flow("financial", "decide")
        .flow("decide", "go-on")
        .flow("go-on", "fork", AGAIN.isTrue())
        .defaultFlow("go-on", "output")
        .inlineTask("decide", desk::note);
  }

  /** The same loop in blocks. */
  private static Workflow roundsOfBlocks(
      final String name, final int enough, final Rest rest, final Desk desk) {
    return Workflow.define(name)
        .allowUnsound("a round may begin before the one before it is over: that is what is tested")
        .repeatUntil(
            AGAIN.isFalse(),
            round ->
                round
                    .parallel(
                        review ->
                            review
                                .branch(law -> law.manual("legal"))
                                .branch(craft -> craft.manual("technical"))
                                .branch(money -> money.manual("financial"))
                                .waitFor(enough, rest))
                    .inlineTask("decide", desk::note)
                    .manual("go-on"))
        .build();
  }

  /**
   * What a cancelling join takes away: the branches, also where they have not begun or are done.
   */
  private static final String[] BRANCHES = {
    "legal",
    "technical",
    "financial",
    "c{fork_legal}",
    "c{fork_technical}",
    "c{fork_financial}",
    "c{legal_decide}",
    "c{technical_decide}",
    "c{financial_decide}"
  };

  /**
   * Goes on with the first branch that arrives; the others are swallowed, and when all have arrived
   * it is ready for the next round.
   */
  @Nested
  @DisplayName("WCP-09 Structured Discriminator")
  class StructuredDiscriminator extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("structured-discriminator")
          .parallel(
              review ->
                  review
                      .branch(law -> law.manual("legal"))
                      .branch(craft -> craft.manual("technical"))
                      .branch(money -> money.manual("financial"))
                      .waitFor(1, Rest.RUN_ON))
          .inlineTask("decide", desk::note)
          .build();
    }

    @EachStage
    void shouldGoOnWithTheFirstAndSwallowTheOthers(final Stage stage) {
      begin(stage)
          .offered("financial", "legal", "technical")
          .complete("technical")
          .ran("decide")
          .offered("financial", "legal")
          .complete("financial")
          .ran()
          .goesOn()
          .complete("legal")
          .ran()
          .ends(COMPLETED);
    }

    @EachStage
    void shouldGoOnWithTheFirstAndSwallowTheOthersInAGraph(final Stage stage) {
      begin(stage, reviews("structured-graph", desk).partialJoin(1).build())
          .complete("financial")
          .ran("decide")
          .complete("legal")
          .complete("technical")
          .ran()
          .ends(COMPLETED);
    }

    @EachStage
    void shouldHoldTheNextRoundOfALoopOfBlocksUntilThisOneIsOver(final Stage stage) {
      begin(stage, roundsOfBlocks("structured-blocks", 1, Rest.RUN_ON, desk))
          .complete("legal")
          .ran("decide")
          .complete("go-on", in -> in.set(AGAIN, true))
          .offered("financial", "legal", "technical")
          .complete("legal")
          .ran()
          .complete("technical")
          .ran()
          .complete("financial")
          .ran("decide")
          .offered("financial", "go-on", "technical")
          .complete("go-on", in -> in.set(AGAIN, false))
          .goesOn()
          .complete("financial")
          .complete("technical")
          .ran()
          .ends(COMPLETED);
    }

    @EachStage
    void shouldDecideAgainInEachRound(final Stage stage) {
      final Workflow rounds = rounds("structured-rounds", desk).partialJoin(1).build();
      Run<?> run = begin(stage, rounds);
      for (final String first : new String[] {"legal", "financial", "technical"}) {
        run = run.complete(first).ran("decide");
        for (final String other : new String[] {"financial", "technical", "legal"}) {
          run = other.equals(first) ? run : run.complete(other).ran();
        }
        run.offered("go-on").complete("go-on", in -> in.set(AGAIN, !first.equals("technical")));
      }
      run.ends(COMPLETED);
    }

    @EachStage
    void shouldCountASecondTokenOfABranchOnlyOnceBeforeTheReset(final Stage stage) {
      begin(stage, rounds("structured-overtaking", desk).partialJoin(1).build())
          .complete("legal")
          .ran("decide")
          .complete("go-on", in -> in.set(AGAIN, true))
          .offered("financial", "legal", "technical")
          .complete("legal")
          .ran()
          .tokens("c{legal_decide}", 0)
          .complete("technical")
          .ran()
          .complete("financial")
          .ran()
          .offered("financial", "technical")
          .complete("technical")
          .ran("decide")
          .complete("financial")
          .ran()
          .complete("go-on", in -> in.set(AGAIN, false))
          .ends(COMPLETED);
    }
  }

  /**
   * Goes on with the first branch that arrives; a branch that comes a second time is held until all
   * have arrived once, and then counts for the next round.
   */
  @Nested
  @DisplayName("WCP-28 Blocking Discriminator")
  class BlockingDiscriminator extends Pattern {
    @Override
    Workflow workflow() {
      return reviews("blocking-discriminator", desk).blockingPartialJoin(1).build();
    }

    @EachStage
    void shouldGoOnWithTheFirstAndSwallowTheOthers(final Stage stage) {
      begin(stage)
          .complete("technical")
          .ran("decide")
          .complete("financial")
          .ran()
          .goesOn()
          .complete("legal")
          .ran()
          .ends(COMPLETED);
    }

    @EachStage
    void shouldHoldASecondTokenOfABranchUntilTheReset(final Stage stage) {
      begin(stage, rounds("blocking-overtaking", desk).blockingPartialJoin(1).build())
          .complete("legal")
          .ran("decide")
          .complete("go-on", in -> in.set(AGAIN, true))
          .complete("legal")
          .ran()
          .tokens("c{legal_decide}", 1)
          .complete("technical")
          .ran()
          .complete("financial")
          .ran("decide")
          .tokens("c{legal_decide}", 0)
          .offered("financial", "go-on", "technical")
          .complete("financial")
          .ran()
          .complete("technical")
          .ran()
          .complete("go-on", in -> in.set(AGAIN, false))
          .ends(COMPLETED);
    }
  }

  /** Goes on with the first branch that arrives and cancels the others. */
  @Nested
  @DisplayName("WCP-29 Cancelling Discriminator")
  class CancellingDiscriminator extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("cancelling-discriminator")
          .parallel(
              review ->
                  review
                      .branch(law -> law.manual("legal"))
                      .branch(craft -> craft.manual("technical"))
                      .branch(money -> money.manual("financial"))
                      .waitFor(1, Rest.CANCEL))
          .inlineTask("decide", desk::note)
          .build();
    }

    @EachStage
    void shouldGoOnWithTheFirstAndCancelTheOthers(final Stage stage) {
      begin(stage)
          .complete("technical")
          .ran("decide")
          .refuses("legal")
          .refuses("financial")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldBeReadyForTheNextRoundOfALoopOfBlocksAtOnce(final Stage stage) {
      begin(stage, roundsOfBlocks("cancelling-blocks", 1, Rest.CANCEL, desk))
          .complete("legal")
          .ran("decide")
          .offered("go-on")
          .complete("go-on", in -> in.set(AGAIN, true))
          .offered("financial", "legal", "technical")
          .complete("legal")
          .ran("decide")
          .refuses("technical")
          .complete("go-on", in -> in.set(AGAIN, false))
          .ends(COMPLETED);
    }

    @EachStage
    void shouldBeReadyForTheNextRoundAtOnce(final Stage stage) {
      begin(
              stage,
              rounds("cancelling-rounds", desk).cancellingPartialJoin(1).cancels(BRANCHES).build())
          .complete("legal")
          .ran("decide")
          .offered("go-on")
          .complete("go-on", in -> in.set(AGAIN, true))
          .offered("financial", "legal", "technical")
          .complete("legal")
          .ran("decide")
          .offered("go-on")
          .complete("go-on", in -> in.set(AGAIN, true))
          .complete("financial")
          .ran("decide")
          .refuses("legal")
          .complete("go-on", in -> in.set(AGAIN, false))
          .ends(COMPLETED);
    }
  }

  /** Goes on after k of n branches; the others are swallowed, and then the next round begins. */
  @Nested
  @DisplayName("WCP-30 Structured Partial Join")
  class StructuredPartialJoin extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("structured-partial-join")
          .parallel(
              review ->
                  review
                      .branch(law -> law.manual("legal"))
                      .branch(craft -> craft.manual("technical"))
                      .branch(money -> money.manual("financial"))
                      .waitFor(2, Rest.RUN_ON))
          .inlineTask("decide", desk::note)
          .build();
    }

    @EachStage
    void shouldGoOnAfterTwoOfThreeAndSwallowTheThird(final Stage stage) {
      begin(stage)
          .complete("technical")
          .ran()
          .complete("financial")
          .ran("decide")
          .offered("legal")
          .goesOn()
          .complete("legal")
          .ran()
          .ends(COMPLETED);
    }

    @EachStage
    void shouldCountASecondTokenOfABranchOnlyOnceBeforeTheReset(final Stage stage) {
      begin(stage, rounds("structured-2-of-3", desk).partialJoin(2).build())
          .complete("legal")
          .ran()
          .complete("technical")
          .ran("decide")
          .complete("go-on", in -> in.set(AGAIN, true))
          .complete("legal")
          .ran()
          .complete("technical")
          .ran()
          .tokens("c{legal_decide}", 0)
          .complete("financial")
          .ran()
          .offered("financial")
          .complete("financial")
          .ran()
          .ends(DEADLOCKED);
    }
  }

  /** As a structured partial join, but a branch's second token is held for the next round. */
  @Nested
  @DisplayName("WCP-31 Blocking Partial Join")
  class BlockingPartialJoin extends Pattern {
    @Override
    Workflow workflow() {
      return reviews("blocking-partial-join", desk).blockingPartialJoin(2).build();
    }

    @EachStage
    void shouldGoOnAfterTwoOfThreeAndSwallowTheThird(final Stage stage) {
      begin(stage)
          .complete("technical")
          .ran()
          .complete("financial")
          .ran("decide")
          .complete("legal")
          .ran()
          .ends(COMPLETED);
    }

    @EachStage
    void shouldHoldSecondTokensUntilTheReset(final Stage stage) {
      begin(stage, rounds("blocking-2-of-3", desk).blockingPartialJoin(2).build())
          .complete("legal")
          .ran()
          .complete("technical")
          .ran("decide")
          .complete("go-on", in -> in.set(AGAIN, true))
          .complete("legal")
          .ran()
          .complete("technical")
          .ran()
          .tokens("c{legal_decide}", 1)
          .tokens("c{technical_decide}", 1)
          .complete("financial")
          .ran("decide")
          .offered("financial", "go-on")
          .complete("financial")
          .ran()
          .complete("go-on", in -> in.set(AGAIN, false))
          .ends(COMPLETED);
    }
  }

  /** Goes on after k of n branches and cancels the others. */
  @Nested
  @DisplayName("WCP-32 Cancelling Partial Join")
  class CancellingPartialJoin extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("cancelling-partial-join")
          .parallel(
              review ->
                  review
                      .branch(law -> law.manual("legal"))
                      .branch(craft -> craft.manual("technical"))
                      .branch(money -> money.manual("financial"))
                      .waitFor(2, Rest.CANCEL))
          .inlineTask("decide", desk::note)
          .build();
    }

    @EachStage
    void shouldGoOnAfterTwoOfThreeAndCancelTheThird(final Stage stage) {
      begin(stage)
          .complete("technical")
          .ran()
          .offered("financial", "legal")
          .complete("financial")
          .ran("decide")
          .refuses("legal")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldBeReadyForTheNextRoundAtOnce(final Stage stage) {
      begin(
              stage,
              rounds("cancelling-2-of-3", desk).cancellingPartialJoin(2).cancels(BRANCHES).build())
          .complete("legal")
          .complete("technical")
          .ran("decide")
          .offered("go-on")
          .complete("go-on", in -> in.set(AGAIN, true))
          .offered("financial", "legal", "technical")
          .complete("technical")
          .ran()
          .complete("legal")
          .ran("decide")
          .offered("go-on")
          .complete("go-on", in -> in.set(AGAIN, false))
          .ends(COMPLETED);
    }
  }

  /** Takes one token of every branch each time; what is more on a branch stays for a later time. */
  @Nested
  @DisplayName("WCP-33 Generalized AND-Join")
  class GeneralizedAndJoin extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("generalized-and-join")
          .route("open")
          .manual("frame")
          .manual("engine")
          .manual("assemble")
          .andJoin()
          .condition("assembled")
          .route("deliver")
          .flow("input", "open")
          .condition("frames-to-make")
          .condition("engines-to-make")
          .flow("open", "frames-to-make", 2)
          .flow("open", "engines-to-make", 2)
          .flow("frames-to-make", "frame")
          .flow("engines-to-make", "engine")
          .flow("frame", "assemble")
          .flow("engine", "assemble")
          .flow("assemble", "assembled")
          .flow("assembled", "deliver", 2)
          .flow("deliver", "output")
          .build();
    }

    @EachStage
    void shouldKeepTheSurplusOfABranchForALaterTime(final Stage stage) {
      begin(stage)
          .offered("engine", "frame")
          .complete("frame")
          .complete("frame")
          .tokens("c{frame_assemble}", 2)
          .offered("engine")
          .complete("engine")
          .offered("assemble", "engine")
          .complete("assemble")
          .tokens("c{frame_assemble}", 1)
          .tokens("c{engine_assemble}", 0)
          .offered("engine")
          .goesOn()
          .complete("engine")
          .offered("assemble")
          .complete("assemble")
          .ends(COMPLETED);
    }
  }

  /**
   * Waits for exactly the branches that were begun, wherever they were begun, as long as no loop
   * leads back into them.
   */
  @Nested
  @DisplayName("WCP-37 Local Synchronizing Merge")
  class LocalSynchronizingMerge extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("local-synchronizing-merge")
          .route("plan")
          .orSplit()
          .manual("quote-flight")
          .manual("ask-for-rooms")
          .orSplit()
          .manual("quote-hotel")
          .manual("quote-hostel")
          .inlineTask("make-offer", desk::note)
          .orJoin()
          .flow("input", "plan")
          .flow("plan", "quote-flight", FLIGHT.isTrue())
          .flow("plan", "ask-for-rooms", ROOM.isTrue())
          .defaultFlow("plan", "make-offer")
          .flow("ask-for-rooms", "quote-hotel", HOTEL.isTrue())
          .flow("ask-for-rooms", "quote-hostel", HOSTEL.isTrue())
          .defaultFlow("ask-for-rooms", "make-offer")
          .flow("quote-flight", "make-offer")
          .flow("quote-hotel", "make-offer")
          .flow("quote-hostel", "make-offer")
          .flow("make-offer", "output")
          .build();
    }

    @EachStage
    void shouldWaitForWhatIsChosenAtALaterSplit(final Stage stage) {
      begin(stage, in -> in.set(FLIGHT, true).set(ROOM, true))
          .offered("ask-for-rooms", "quote-flight")
          .complete("quote-flight")
          .ran()
          .offered("ask-for-rooms")
          .complete("ask-for-rooms", in -> in.set(HOTEL, true).set(HOSTEL, true))
          .ran()
          .offered("quote-hostel", "quote-hotel")
          .complete("quote-hotel")
          .ran()
          .complete("quote-hostel")
          .ran("make-offer")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldNotWaitForWhatIsNotChosenAtALaterSplit(final Stage stage) {
      begin(stage, in -> in.set(FLIGHT, true).set(ROOM, true))
          .complete("quote-flight")
          .ran()
          .complete("ask-for-rooms", in -> in.set(HOSTEL, true))
          .ran()
          .offered("quote-hostel")
          .complete("quote-hostel")
          .ran("make-offer")
          .ends(COMPLETED);
      begin(stage, in -> in.set(FLIGHT, true))
          .offered("quote-flight")
          .complete("quote-flight")
          .ran("make-offer")
          .ends(COMPLETED);
    }
  }

  /** Waits as long as a further branch can still come, by loops too, and no longer. */
  @Nested
  @DisplayName("WCP-38 General Synchronizing Merge")
  class GeneralSynchronizingMerge extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("general-synchronizing-merge")
          .allowUnsound("who asks the lawyers twice has two opinions")
          .route("fork")
          .manual("write")
          .route("choose")
          .orSplit()
          .manual("legal")
          .manual("review")
          .xorSplit()
          .inlineTask("decide", desk::note)
          .orJoin()
          .flow("input", "fork")
          .flow("fork", "write")
          .flow("fork", "choose")
          .flow("choose", "legal", LEGAL.isTrue())
          .flow("choose", "review", REVIEW.isTrue())
          .defaultFlow("choose", "decide")
          .flow("review", "choose", AGAIN.isTrue())
          .defaultFlow("review", "decide")
          .flow("write", "decide")
          .flow("legal", "decide")
          .flow("decide", "output")
          .build();
    }

    @EachStage
    void shouldWaitForABranchThatALoopCanStillReach(final Stage stage) {
      begin(stage, in -> in.set(REVIEW, true))
          .offered("review", "write")
          .complete("write")
          .ran()
          .complete("review", in -> in.set(AGAIN, true).set(LEGAL, true))
          .ran()
          .offered("legal", "review")
          .complete("review", in -> in.set(AGAIN, false))
          .ran()
          .offered("legal")
          .complete("legal")
          .ran("decide")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldGoOnWhenTheLoopIsLeft(final Stage stage) {
      begin(stage, in -> in.set(REVIEW, true))
          .complete("write")
          .ran()
          .complete("review", in -> in.set(AGAIN, true))
          .offered("review")
          .ran()
          .complete("review", in -> in.set(AGAIN, false))
          .ran("decide")
          .ends(COMPLETED);
    }

    @EachStage
    void shouldGoOnWhenTheTokenThatItWaitedForIsCancelled(final Stage stage) {
      begin(
              stage,
              Workflow.graph("merge-and-cancel")
                  .route("fork")
                  .manual("write")
                  .manual("review")
                  .manual("call-off")
                  .cancels("review", "c{fork_review}")
                  .inlineTask("decide", desk::note)
                  .orJoin()
                  .manual("file")
                  .andJoin()
                  .flow("input", "fork")
                  .flow("fork", "write")
                  .flow("fork", "review")
                  .flow("fork", "call-off")
                  .flow("write", "decide")
                  .flow("review", "decide")
                  .flow("decide", "file")
                  .flow("call-off", "file")
                  .flow("file", "output")
                  .build())
          .offered("call-off", "review", "write")
          .complete("write")
          .ran()
          .offered("call-off", "review")
          .complete("call-off")
          .ran("decide")
          .refuses("review")
          .offered("file")
          .complete("file")
          .ends(COMPLETED);
    }
  }

  /** A number of tokens of one branch become one. */
  @Nested
  @DisplayName("WCP-41 Thread Merge")
  class ThreadMerge extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("thread-merge")
          .route("open")
          .condition("to-register")
          .manual("register-vehicle")
          .condition("registered")
          .inlineTask("send-report", desk::note)
          .flow("input", "open")
          .flow("open", "to-register", 3)
          .flow("to-register", "register-vehicle")
          .flow("register-vehicle", "registered")
          .flow("registered", "send-report", 3)
          .flow("send-report", "output")
          .build();
    }

    @EachStage
    void shouldMakeOneOfThreeTokensOfTheSameBranch(final Stage stage) {
      begin(stage)
          .offered("register-vehicle")
          .complete("register-vehicle")
          .complete("register-vehicle")
          .tokens("registered", 2)
          .ran()
          .offered("register-vehicle")
          .complete("register-vehicle")
          .ran("send-report")
          .tokens("registered", 0)
          .ends(COMPLETED);
    }
  }

  /** A number of tokens begin in one branch, and each goes through it. */
  @Nested
  @DisplayName("WCP-42 Thread Split")
  class ThreadSplit extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.graph("thread-split")
          .manual("confirm-paper")
          .condition("to-review")
          .task("review", desk::hold)
          .condition("reviewed")
          .route("collect")
          .flow("input", "confirm-paper")
          .flow("confirm-paper", "to-review", 2)
          .flow("to-review", "review")
          .flow("review", "reviewed")
          .flow("reviewed", "collect", 2)
          .flow("collect", "output")
          .build();
    }

    @EachStage
    void shouldGoThroughTheSameBranchTwice(final Stage stage) {
      begin(stage)
          .offered("confirm-paper")
          .complete("confirm-paper")
          .busy("review")
          .tokens("to-review", 1)
          .complete("review")
          .tokens("reviewed", 1)
          .busy("review")
          .tokens("to-review", 0)
          .complete("review")
          .ends(COMPLETED);
    }
  }
}
