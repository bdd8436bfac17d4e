package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.Engines.Trace;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineClosedException;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** A full disk: changes are refused, everything else goes on, and so do changes later. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class FullStoreTest {
  private static final Variable<Long> COUNT = Variable.ofLong("count");

  @TempDir private Path directory;

  private final AtomicBoolean full = new AtomicBoolean();
  private final VirtualClock clock = Engines.clock();
  private final Trace trace = new Trace();
  private final CountDownLatch underWay = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private Engine open() {
    return Engine.open(directory, options());
  }

  private EngineOptions options() {
    return Engines.options().shards(1).clock(clock).store(new FullStore(full::get));
  }

  private static void assertFull(final Runnable command) {
    assertThatThrownBy(command::run)
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            refused -> assertThat(refused.rejection()).isEqualTo(Rejection.STORE_FULL))
        .hasMessageContaining("no room, says the test");
  }

  /** Waits on a thread of its own, and has told the engine so when this returns. */
  private static CompletableFuture<Outcome> awaitEnd(final CaseHandle handle) {
    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    final Thread waiting =
        new Thread(
            () -> {
              try {
                outcome.complete(handle.join());
              } catch (final RuntimeException e) {
                outcome.completeExceptionally(e);
              }
            });
    waiting.setDaemon(true);
    waiting.start();
    while (waiting.getState() != Thread.State.WAITING && !outcome.isDone()) {
      Thread.onSpinWait();
    }
    return outcome;
  }

  @Test
  void shouldRefuseChangesAndAnswerQuestionsWhileThereIsNoRoomAndGoOnAfterwards() {
    final Workflow signed = Workflow.define("signed").variables(COUNT).manual("sign").build();
    final Workflow other = Workflow.define("other").inlineTask("a", trace::note).build();
    try (Engine engine = open().deploy(signed)) {
      final CaseHandle before = engine.start(signed, "before", in -> in.set(COUNT, 1L));
      final CompletableFuture<Outcome> waiting = awaitEnd(before);
      full.set(true);

      assertFull(() -> engine.start(signed, "refused", in -> {}));
      assertFull(() -> before.complete("sign", in -> in.set(COUNT, 2L)));
      assertFull(before::cancel);
      assertFull(() -> engine.deploy(other));
      assertThat(engine.find(signed, "refused")).isEmpty();
      assertThat(engine.find(signed, "before")).isPresent();
      assertThat(before.status()).isEqualTo(CaseStatus.RUNNING);
      assertThat(before.get(COUNT)).isEqualTo(1L);
      assertThat(before.workItems()).hasSize(1);
      assertThat(waiting).isNotDone();

      full.set(false);
      before.complete("sign", in -> in.set(COUNT, 3L));
      assertThat(waiting.join()).isEqualTo(Outcome.COMPLETED);
      assertThat(before.get(COUNT)).isEqualTo(3L);
      engine.deploy(other);
      assertThat(engine.start(other, "a", in -> {}).join()).isEqualTo(Outcome.COMPLETED);
      assertThat(engine.start(signed, "refused", in -> {}).status()).isEqualTo(CaseStatus.RUNNING);
    }
    try (Engine engine = open().deploy(signed)) {
      assertThat(engine.find(signed, "before").map(CaseHandle::status))
          .hasValue(CaseStatus.COMPLETED);
      assertThat(engine.find(signed, "refused").map(CaseHandle::status))
          .hasValue(CaseStatus.RUNNING);
    }
  }

  @Test
  void shouldKeepTheResultOfAHandlerUntilThereIsRoom() throws InterruptedException {
    final Workflow paid =
        Workflow.define("paid")
            .variables(COUNT)
            .task(
                "pay",
                work -> {
                  trace.note(work);
                  underWay.countDown();
                  goOn.await();
                  work.set(COUNT, 7L);
                })
            .build();
    try (Engine engine = open().deploy(paid)) {
      final CaseHandle first = engine.start(paid, in -> {});
      underWay.await();
      full.set(true);
      assertFull(() -> engine.start(paid, in -> {})); // the shard begins anew
      goOn.countDown();
      assertFull(() -> engine.start(paid, in -> {}));
      assertThat(first.status()).isEqualTo(CaseStatus.RUNNING);

      full.set(false);
      assertThat(first.join()).isEqualTo(Outcome.COMPLETED);
      assertThat(first.get(COUNT)).isEqualTo(7L);
    }
    assertThat(trace.tasks()).containsExactly("pay");
  }

  @Test
  void shouldNotRunAHandlerAgainThatIsUnderWayWhenThereIsNoRoom() throws InterruptedException {
    final Workflow paid =
        Workflow.define("paid")
            .task(
                "pay",
                work -> {
                  trace.note(work);
                  underWay.countDown();
                  goOn.await();
                })
            .build();
    final Workflow other = Workflow.define("other").task("a", trace::note).build();
    try (Engine engine = open().deploy(paid).deploy(other)) {
      final CaseHandle first = engine.start(paid, in -> {});
      underWay.await();
      full.set(true);
      assertFull(() -> engine.start(paid, in -> {}));
      full.set(false);
      // Its handler is handed out after all that was to be handed out before.
      assertThat(engine.start(other, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
      goOn.countDown();

      assertThat(first.join()).isEqualTo(Outcome.COMPLETED);
    }
    assertThat(trace.tasks()).containsExactly("pay", "a");
  }

  @Test
  void shouldTellNobodyOfAnEndThatFoundNoRoom() {
    final Workflow reminded =
        Workflow.define("reminded")
            .manual("sign")
            .deadline(Duration.ofDays(1))
            .onTimeout(late -> late.inlineTask("remind", trace::note))
            .build();
    final CompletableFuture<Outcome> waiting;
    try (Engine engine = open().deploy(reminded)) {
      waiting = awaitEnd(engine.start(reminded, in -> {}));
      full.set(true);
      clock.advance(Duration.ofDays(1));
    }
    assertThatThrownBy(waiting::join).hasCauseInstanceOf(EngineClosedException.class);
  }

  @Test
  void shouldStoreAWorkflowAgainThatFoundNoRoom() {
    final Workflow signed = Workflow.define("signed").manual("sign").build();
    try (Engine engine = open()) {
      full.set(true);
      assertFull(() -> engine.deploy(signed));
      full.set(false);
      engine.deploy(signed);
      engine.start(signed, "a", in -> {});
    }
    try (Engine engine = open().deploy(signed)) {
      assertThat(engine.find(signed, "a").map(CaseHandle::status)).hasValue(CaseStatus.RUNNING);
    }
  }

  @Test
  void shouldDoLaterWhatWasDueWhileThereWasNoRoom() {
    final Workflow reminded =
        Workflow.define("reminded")
            .manual("sign")
            .deadline(Duration.ofDays(1))
            .onTimeout(late -> late.inlineTask("remind", trace::note))
            .build();
    try (Engine engine = open().deploy(reminded)) {
      final CaseHandle handle = engine.start(reminded, in -> {});
      full.set(true);
      clock.advance(Duration.ofDays(1));
      assertThat(handle.status()).isEqualTo(CaseStatus.RUNNING);

      full.set(false);
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    }
    assertThat(trace.tasks()).contains("remind");
  }

  @Test
  void shouldMakeTheRestOfTheInstancesWhenThereIsRoom() {
    final AtomicBoolean fullSoon = new AtomicBoolean();
    final Workflow votes =
        Workflow.define("votes")
            .instances(
                "vote",
                2_000,
                each ->
                    each.inlineTask("note", work -> full.set(full.get() || fullSoon.get()))
                        .manual("sign"))
            .build();
    try (Engine engine = open().deploy(votes)) {
      fullSoon.set(true);
      final CaseHandle handle;
      try {
        handle = engine.start(votes, "a", in -> {});
      } catch (final CommandRejectedException e) {
        assertThat(e.rejection()).isEqualTo(Rejection.STORE_FULL);
        fullSoon.set(false);
        full.set(false);
        final CaseHandle again = engine.start(votes, "a", in -> {});
        awaitInstances(again);
        return;
      }
      fullSoon.set(false);
      full.set(false);
      awaitInstances(handle);
    }
  }

  private static void awaitInstances(final CaseHandle handle) {
    while (handle.workItems().size() < 2_000) {
      Thread.onSpinWait();
    }
    assertThat(handle.workItems()).hasSize(2_000);
  }
}
