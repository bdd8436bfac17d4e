package io.penstock.patterns;

import static io.penstock.engine.Outcome.COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** WCP-23 and WCP-24. */
class TriggersTest {
  private static final Variable<String> SENDER = Variable.ofString("sender");

  /** A message from outside is kept until a task takes it. */
  @Nested
  @DisplayName("WCP-24 Persistent Trigger")
  class PersistentTrigger extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("persistent-trigger")
          .variables(SENDER)
          .manual("prepare")
          .awaitMessage("paid")
          .inlineTask("ship", desk::note)
          .build();
    }

    @EachEngine
    void shouldKeepAMessageThatCameBeforeAnybodyWaited(final Stage stage) {
      final EngineRun run = beginInEngine(stage);
      run.handle().send("paid", in -> in.set(SENDER, "early"));
      assertThat(run.handle().find(SENDER)).as("counts when it is taken").isEmpty();
      run.ran().offered("prepare").complete("prepare").ran("ship");
      assertThat(run.handle().get(SENDER)).isEqualTo("early");
      run.ends(COMPLETED);
    }

    @EachEngine
    void shouldWaitForAMessageThatHasNotCome(final Stage stage) {
      final EngineRun run = beginInEngine(stage);
      run.complete("prepare").ran().goesOn();
      run.handle().send("paid", in -> {});
      run.ran("ship").ends(COMPLETED);
    }

    @EachEngine
    void shouldTakeEachMessageOnceAndOneOfTheSameKeyNotAtAll(final Stage stage) {
      final EngineRun run =
          beginInEngine(
              stage,
              Workflow.define("three-payments")
                  .variables(SENDER)
                  .manual("prepare")
                  .awaitMessage("paid")
                  .repeatUntil(
                      SENDER.is("last"),
                      again -> again.awaitMessage("rest").inlineTask("note", desk::note))
                  .build());
      run.handle().send("rest", "rest-1", in -> in.set(SENDER, "first"));
      run.handle().send("rest", "rest-1", in -> in.set(SENDER, "last"));
      run.handle().send("paid", in -> {});
      run.complete("prepare").ran("note").goesOn();
      run.handle().send("rest", "rest-1", in -> in.set(SENDER, "last"));
      run.ran().goesOn();
      run.handle().send("rest", "rest-2", in -> in.set(SENDER, "last"));
      run.ran("note").ends(COMPLETED);
    }
  }
}
