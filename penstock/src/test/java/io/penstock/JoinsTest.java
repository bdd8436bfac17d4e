package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineException;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Waiting takes nothing from commands, and whoever starts a case learns how it ended. */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored") // some answers nobody waits for
class JoinsTest {
  private final Workflow signed = Workflow.define("signed").manual("sign").build();
  private final Workflow inline = Workflow.define("inline").inlineTask("a", work -> {}).build();

  private static EngineOptions options() {
    return EngineOptions.defaults().shards(1).workerThreads(4);
  }

  @Test
  void shouldLeaveNothingBehindWhenWaitsAreAbandoned() {
    try (Engine engine = Engine.inMemory(options()).deploy(signed)) {
      final CaseHandle handle = engine.start(signed, in -> {});
      for (int i = 0; i < 10_000; i++) { // more than there are places for answers
        Thread.currentThread().interrupt();
        assertThatThrownBy(handle::join).isInstanceOf(EngineException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(handle.join(Duration.ofNanos(1))).isEmpty();
      }
      handle.complete("sign", in -> {});
      assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
    }
  }

  @Test
  void shouldTakeCommandsWhileThousandsWait() throws Exception {
    final int waiting = 3_000;
    try (Engine engine = Engine.inMemory(options()).deploy(signed)) {
      final CaseHandle handle = engine.start(signed, in -> {});
      final CountDownLatch done = new CountDownLatch(waiting);
      for (int i = 0; i < waiting; i++) {
        final Thread waits =
            new Thread(
                null,
                () -> {
                  handle.join();
                  done.countDown();
                },
                "waits",
                64 * 1024);
        waits.setDaemon(true);
        waits.start();
      }
      for (int i = 0; i < 100; i++) {
        engine.start(signed, in -> {}).complete("sign", in -> {});
      }
      handle.complete("sign", in -> {});
      assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Each on a thread of its own: 100,000 that start a case and wait for its end. */
  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void shouldCompleteTheCasesOfAHundredThousandWaiters() throws Exception {
    final int waiters = 100_000;
    final Class<?> executors = Executors.class;
    try (Engine engine =
        Engine.inMemory(options().inboxWait(Duration.ofSeconds(60))).deploy(signed)) {
      final ExecutorService threads =
          (ExecutorService) executors.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      final AtomicInteger started = new AtomicInteger();
      final List<Future<Outcome>> ends = new ArrayList<>();
      for (int i = 0; i < waiters; i++) {
        final String key = "k" + i;
        ends.add(
            threads.submit(
                () -> {
                  final CaseHandle handle = engine.start(signed, key, in -> {});
                  started.incrementAndGet();
                  return handle.join();
                }));
      }
      while (started.get() < waiters) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < waiters; i++) {
        engine.find(signed, "k" + i).orElseThrow().complete("sign", in -> {});
      }
      for (final Future<Outcome> end : ends) {
        assertThat(end.get()).isEqualTo(Outcome.COMPLETED);
      }
      threads.shutdownNow();
    }
  }

  @Test
  void shouldShowHowACaseEndedHoweverLateItsStarterLooks() {
    try (Engine engine =
        Engine.inMemory(options().endedCasesKept(0).startKeysKept(0))
            .deploy(signed)
            .deploy(inline)) {
      final List<CaseHandle> handles = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        handles.add(engine.start(i % 2 == 0 ? inline : signed, "k" + i, in -> {}));
      }
      for (int i = 1; i < 200; i += 2) {
        handles.get(i).complete("sign", in -> {});
      }
      for (int i = 0; i < 30_000; i++) {
        engine.start(inline, in -> {});
      }
      for (final CaseHandle handle : handles) {
        assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
      }
      final CaseHandle byId = engine.handle(handles.get(0).caseId());
      assertThat(byId.status()).isEqualTo(CaseStatus.UNKNOWN);
      assertThatThrownBy(byId::join)
          .isInstanceOfSatisfying(
              CommandRejectedException.class,
              refused -> assertThat(refused.rejection()).isEqualTo(Rejection.UNKNOWN_CASE));
    }
  }

  @Test
  void shouldNotLetOneAnswerWaitForAnother() throws Exception {
    final AtomicReference<CountDownLatch> go = new AtomicReference<>();
    final Workflow holds =
        Workflow.define("holds").inlineTask("a", work -> go.get().await()).build();
    try (Engine engine = Engine.inMemory(options().workerThreads(1)).deploy(signed).deploy(holds)) {
      for (int round = 0; round < 50; round++) {
        go.set(new CountDownLatch(1)); // holds the shard until all have asked
        engine.startAsync(holds, "holds " + round, in -> {});
        final int count = 20;
        final CountDownLatch all = new CountDownLatch(count);
        final List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          done.add(
              engine
                  .startAsync(signed, round + "-" + i, in -> {})
                  .thenAccept(
                      handle -> {
                        all.countDown();
                        awaitQuietly(all); // for every other answer
                      }));
        }
        go.get().countDown();
        CompletableFuture.allOf(done.toArray(new CompletableFuture<?>[0]))
            .get(30, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void shouldAnswerHandlersThatWaitForAnswersOnEveryWorker() {
    final int workers = 4;
    try (Engine engine = Engine.inMemory(options().workerThreads(workers)).deploy(signed)) {
      final CountDownLatch all = new CountDownLatch(workers);
      final Workflow outer =
          Workflow.define("outer")
              .task(
                  "starts another",
                  work -> {
                    all.countDown();
                    all.await();
                    engine.startAsync(signed, "of " + work.caseId(), in -> {}).join();
                  })
              .build();
      engine.deploy(outer);
      final List<CaseHandle> handles = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        handles.add(engine.start(outer, in -> {}));
      }
      for (final CaseHandle handle : handles) {
        assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
      }
    }
  }

  @Test
  void shouldRunAsManyHandlersAsThereAreWorkersWhenAllWaitForEachOther() {
    final int workers = 64;
    final CyclicBarrier all = new CyclicBarrier(workers);
    final Workflow meets = Workflow.define("meets").task("meet", work -> all.await()).build();
    try (Engine engine =
        Engine.inMemory(options().workerThreads(workers).clock(Engines.clock())).deploy(meets)) {
      for (int round = 0; round < 5; round++) {
        final List<CaseHandle> handles = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
          handles.add(engine.start(meets, in -> {}));
        }
        for (final CaseHandle handle : handles) {
          assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
        }
      }
    }
  }

  @Test
  void shouldRefuseATimeoutThatIsNone() {
    try (Engine engine = Engine.inMemory(options()).deploy(signed)) {
      final CaseHandle handle = engine.start(signed, in -> {});
      assertThatThrownBy(() -> handle.join(ChronoUnit.FOREVER.getDuration()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("call join()");
      assertThat(handle.join(Duration.ofSeconds(-5))).isEmpty();
      assertThat(handle.join(Duration.ZERO)).isEmpty();
    }
  }

  private static void awaitQuietly(final CountDownLatch latch) {
    try {
      latch.await();
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
