package io.penstock.patterns;

import static io.penstock.engine.Outcome.COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Rejection;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** WCP-23 and WCP-24. */
class TriggersTest {
  private static final Variable<String> SENDER = Variable.ofString("sender");

  /** A signal from outside releases what waits for it now; when nothing waits it is lost. */
  @Nested
  @DisplayName("WCP-23 Transient Trigger")
  class TransientTrigger extends Pattern {
    @Override
    Workflow workflow() {
      return Workflow.define("transient-trigger")
          .variables(SENDER)
          .manual("man-pumps")
          .awaitSignal("alarm")
          .inlineTask("pump", desk::note)
          .build();
    }

    private void soundTheAlarm(final CaseHandle watch) {
      watch.signal("alarm", in -> in.set(SENDER, "tower"));
    }

    @EachEngine
    void shouldLoseASignalThatComesBeforeAnybodyWaits(final Stage stage) {
      beginInEngine(stage)
          .tell(known -> assertThat(known.signal("alarm", in -> in.set(SENDER, "early"))).isZero())
          .complete("man-pumps")
          .ran()
          .goesOn()
          .lacks(SENDER)
          .tell(this::soundTheAlarm)
          .ran("pump")
          .has(SENDER, "tower")
          .ends(COMPLETED);
    }

    private Workflow threeWait() {
      return Workflow.define("three-wait")
          .parallel(
              fork ->
                  fork.branch(
                          one ->
                              one.manual("first")
                                  .instances(
                                      "pumps",
                                      2,
                                      each ->
                                          each.awaitSignal("alarm").inlineTask("pump", desk::note)))
                      .branch(
                          other ->
                              other
                                  .manual("second")
                                  .awaitSignal("alarm ashore")
                                  .inlineTask("drill", desk::note)))
          .build();
    }

    @EachEngine
    void shouldReleaseAllThatWaitForIt(final Stage stage) {
      beginInEngine(stage, threeWait())
          .complete("first")
          .complete("second")
          .tell(known -> assertThat(known.signal("alarm", in -> {})).isEqualTo(2))
          .ran("pump#0", "pump#1")
          .tell(known -> assertThat(known.signal("alarm", in -> {})).isZero())
          .ran()
          .tell(known -> assertThat(known.signal("alarm ashore", in -> {})).isOne())
          .ran("drill")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldReleaseOnlyTheOneThatWaitsLongestWhenToldSo(final Stage stage) {
      beginInEngine(stage, threeWait())
          .complete("first")
          .complete("second")
          .tell(known -> assertThat(known.signalOne("alarm", in -> {})).isOne())
          .ran("pump#0")
          .tell(known -> assertThat(known.signalOne("alarm", in -> {})).isOne())
          .ran("pump#1")
          .tell(known -> assertThat(known.signalOne("alarm", in -> {})).isZero())
          .tell(known -> known.signal("alarm ashore", in -> {}))
          .ran("drill")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldReleaseNobodyWhenTheSameSignalIsSentTwice(final Stage stage) {
      beginInEngine(
              stage,
              Workflow.define("twice")
                  .repeatUntil(
                      SENDER.is("last"),
                      again -> again.awaitSignal("alarm").inlineTask("pump", desk::note))
                  .build())
          .tell(known -> assertThat(known.signal("alarm", "a-1", in -> {})).isOne())
          .ran("pump")
          .tell(
              known ->
                  assertThat(known.signal("alarm", "a-1", in -> in.set(SENDER, "last"))).isZero())
          .ran()
          .goesOn()
          .tell(
              known ->
                  assertThat(known.signal("alarm", "a-2", in -> in.set(SENDER, "last"))).isOne())
          .ran("pump")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldRefuseASignalThatTheWorkflowDoesNotKnow(final Stage stage) {
      beginInEngine(stage)
          .rejects(Rejection.UNKNOWN_SIGNAL, known -> known.signal("all-clear", in -> {}))
          .offered("man-pumps");
    }
  }

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

    private void pay(final CaseHandle order) {
      order.send("paid", "payment-17", in -> in.set(SENDER, "bank"));
    }

    @EachEngine
    void shouldKeepAMessageThatCameBeforeAnybodyWaited(final Stage stage) {
      beginInEngine(stage)
          .tell(this::pay)
          .lacks(SENDER)
          .ran()
          .offered("prepare")
          .complete("prepare")
          .ran("ship")
          .has(SENDER, "bank")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldWaitForAMessageThatHasNotCome(final Stage stage) {
      beginInEngine(stage)
          .complete("prepare")
          .ran()
          .goesOn()
          .tell(known -> known.send("paid", in -> {}))
          .ran("ship")
          .ends(COMPLETED);
    }

    @EachEngine
    void shouldTakeEachMessageOnceAndOneOfTheSameKeyNotAtAll(final Stage stage) {
      beginInEngine(
              stage,
              Workflow.define("payments")
                  .manual("prepare")
                  .repeatUntil(
                      SENDER.is("last"),
                      again -> again.awaitMessage("paid").inlineTask("book", desk::note))
                  .build())
          .tell(known -> known.send("paid", "p-1", in -> in.set(SENDER, "first")))
          .tell(known -> known.send("paid", "p-1", in -> in.set(SENDER, "last")))
          .tell(known -> known.send("paid", "p-2", in -> in.set(SENDER, "second")))
          .complete("prepare")
          .ran("book", "book")
          .has(SENDER, "second")
          .tell(known -> known.send("paid", "p-1", in -> in.set(SENDER, "last")))
          .ran()
          .goesOn()
          .tell(known -> known.send("paid", "p-3", in -> in.set(SENDER, "last")))
          .ran("book")
          .ends(COMPLETED);
    }
  }
}
