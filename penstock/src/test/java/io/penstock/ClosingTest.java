package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineClosedException;
import io.penstock.engine.EngineException;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.StoreProvider;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Closing waits for the engine's threads before anything that they use goes. */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored") // some answers nobody waits for
class ClosingTest {
  private static final Variable<String> TEXT = Variable.ofString("text");

  @TempDir Path directory;

  private static EngineOptions options() {
    return EngineOptions.defaults().shards(1).workerThreads(4).closeWait(Duration.ofSeconds(2));
  }

  @Test
  void shouldWaitForTheShardWhenTheCallerIsInterrupted() throws Exception {
    final CountDownLatch inside = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    final AtomicBoolean ran = new AtomicBoolean();
    final Workflow workflow =
        Workflow.define("w")
            .inlineTask(
                "a",
                work -> {
                  inside.countDown();
                  go.await();
                  ran.set(true);
                })
            .build();
    final Engine engine = Engine.open(directory, options()).deploy(workflow);
    final CompletableFuture<CaseHandle> started = engine.startAsync(workflow, "k", in -> {});
    inside.await();
    CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS).execute(go::countDown);

    Thread.currentThread().interrupt();
    engine.close();

    assertThat(Thread.interrupted()).as("the flag stays").isTrue();
    assertThat(ran).as("the inline task has ended").isTrue();
    assertThat(started).isNotNull();
    try (Engine again = Engine.open(directory, options()).deploy(workflow)) {
      assertThat(again.find(workflow, "k").orElseThrow().join()).isEqualTo(Outcome.COMPLETED);
    }
  }

  @Test
  void shouldCloseUnderLoadByAnInterruptedThread() throws Exception {
    final Workflow workflow =
        Workflow.define("w").variables(TEXT).inlineTask("a", work -> {}).task("b", w -> {}).build();
    for (int round = 0; round < 10; round++) {
      final Path own = directory.resolve("round-" + round);
      final Engine engine = Engine.open(own, options()).deploy(workflow);
      final AtomicBoolean stop = new AtomicBoolean();
      final CountDownLatch loaded = new CountDownLatch(500);
      final List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        final Thread caller = new Thread(() -> load(engine, workflow, stop, loaded));
        callers.add(caller);
        caller.start();
      }
      loaded.await();
      Thread.currentThread().interrupt();
      engine.close();
      assertThat(Thread.interrupted()).isTrue();
      stop.set(true);
      for (final Thread caller : callers) {
        caller.join();
      }
      Engine.open(own, options()).close();
    }
  }

  private static void load(
      final Engine engine,
      final Workflow workflow,
      final AtomicBoolean stop,
      final CountDownLatch loaded) {
    while (!stop.get()) {
      try {
        final CaseHandle handle =
            engine.start(
                workflow, UUID.randomUUID().toString(), in -> in.set(TEXT, "x".repeat(5_000)));
        handle.find(TEXT); // reads the store on this thread
        loaded.countDown();
      } catch (final CommandRejectedException refused) {
        Thread.onSpinWait();
      } catch (final EngineException closed) {
        return;
      }
    }
  }

  @Test
  void shouldCloseFromAnInlineTask() throws Exception {
    assertClosesItself(true);
  }

  @Test
  void shouldCloseFromAHandler() throws Exception {
    assertClosesItself(false);
  }

  private void assertClosesItself(final boolean inline) {
    final AtomicReference<Engine> engine = new AtomicReference<>();
    final Workflow workflow =
        inline
            ? Workflow.define("w").inlineTask("a", work -> engine.get().close()).build()
            : Workflow.define("w").task("a", work -> engine.get().close()).build();
    engine.set(Engine.open(directory, options()).deploy(workflow));
    final CaseHandle handle = engine.get().start(workflow, "k", in -> {});
    try {
      handle.join();
    } catch (final EngineClosedException e) {
      // the answer to the wait came late
    }
    engine.get().close();
    try (Engine again = Engine.open(directory, options()).deploy(workflow)) {
      assertThat(again.find(workflow, "k").orElseThrow().status()).isEqualTo(CaseStatus.COMPLETED);
    }
  }

  @Test
  void shouldInterruptHandlersThatDoNotEndAndRunThemAgain() throws Exception {
    final CountDownLatch inside = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);
    final AtomicBoolean blocks = new AtomicBoolean(true);
    final Workflow workflow =
        Workflow.define("w")
            .task(
                "a",
                work -> {
                  inside.countDown();
                  try {
                    while (blocks.get()) {
                      Thread.sleep(60_000);
                    }
                  } catch (final InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                  }
                })
            .build();
    final Engine engine =
        Engine.open(directory, options().closeWait(Duration.ZERO)).deploy(workflow);
    engine.start(workflow, "k", in -> {});
    inside.await();

    engine.close();

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    blocks.set(false);
    try (Engine again = Engine.open(directory, options()).deploy(workflow)) {
      final CaseHandle handle = again.find(workflow, "k").orElseThrow();
      assertThat(handle.join()).as("%s", handle.failure()).isEqualTo(Outcome.COMPLETED);
    }
  }

  @Test
  void shouldComeBackThoughAHandlerNeverEndsAndFreeTheDirectoryWhenItDoes() throws Exception {
    final CountDownLatch inside = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    final Workflow workflow =
        Workflow.define("w")
            .task(
                "a",
                work -> {
                  inside.countDown();
                  while (go.getCount() > 0) {
                    Thread.onSpinWait(); // deaf
                  }
                })
            .build();
    final Engine engine =
        Engine.open(directory, options().closeWait(Duration.ZERO)).deploy(workflow);
    engine.start(workflow, "k", in -> {});
    inside.await();

    engine.close();

    assertThatThrownBy(() -> Engine.open(directory, options()))
        .as("the store may still be used")
        .isInstanceOf(RuntimeException.class);
    go.countDown();
    engine.close(); // waits for the first
    Engine.open(directory, options()).close();
  }

  @Test
  void shouldCloseTheStoreOnlyWhenNoCallerReadsIt() throws Exception {
    final CountDownLatch inside = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    final AtomicReference<Thread> reader = new AtomicReference<>();
    final AtomicBoolean isReading = new AtomicBoolean();
    final AtomicBoolean closedWhileReading = new AtomicBoolean();
    final StoreProvider real = new StorageProvider();
    final StoreProvider slow =
        (path, durability, shards) ->
            new ForwardingStore(
                real.open(path, durability, shards),
                shard ->
                    new ForwardingStore.Shard(shard) {
                      @Override
                      public int read(
                          final long id, final MutableDirectBuffer target, final int offset) {
                        if (Thread.currentThread().equals(reader.get())) {
                          isReading.set(true);
                          inside.countDown();
                          awaitUninterruptibly(go);
                          isReading.set(false);
                        }
                        return super.read(id, target, offset);
                      }
                    }) {
              @Override
              public void close() {
                closedWhileReading.set(isReading.get());
                super.close();
              }
            };
    final Workflow workflow = Workflow.define("w").variables(TEXT).manual("m").build();
    final Engine engine = Engine.open(directory, options().store(slow)).deploy(workflow);
    final CaseHandle handle = engine.start(workflow, "k", in -> in.set(TEXT, "kept"));
    final CompletableFuture<String> read = new CompletableFuture<>();
    reader.set(new Thread(() -> read.complete(handle.get(TEXT))));
    reader.get().start();
    inside.await();
    final Thread closer = new Thread(engine::close);
    closer.start();
    CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS).execute(go::countDown);
    closer.join();

    assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo("kept");
    assertThat(closedWhileReading).isFalse();
    assertThatThrownBy(() -> handle.get(TEXT)).isInstanceOf(EngineClosedException.class);
  }

  private static void awaitUninterruptibly(final CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (final InterruptedException e) {
        // once more
      }
    }
  }

  @Test
  void shouldLetAsyncAnswersComeWhenItCloses() throws Exception {
    final Workflow workflow = Workflow.define("w").manual("m").build();
    final List<CompletableFuture<CaseHandle>> started = new ArrayList<>();
    final Engine engine = Engine.open(directory, options()).deploy(workflow);
    for (int i = 0; i < 2_000; i++) {
      started.add(engine.startAsync(workflow, "k" + i, in -> {}));
    }
    engine.close();
    for (final CompletableFuture<CaseHandle> each : started) {
      each.handle((handle, failure) -> handle).get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void shouldReleaseAllThatAFailedOpeningTook() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(
              () ->
                  Engine.open(
                      directory,
                      options()
                          .telemetry(
                              (clock, shards) -> {
                                throw new NoSuchMethodError("of an older library");
                              })))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("NoSuchMethodError");
    }
    Engine.open(directory, options()).close();
  }

  @Test
  void shouldLetGoOfClosedEnginesThoughTheirClockLives() {
    final io.penstock.spi.VirtualClock clock = Engines.clock();
    final List<WeakReference<Engine>> engines = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      final Engine engine = Engine.inMemory(options().clock(clock));
      engine.close();
      engines.add(new WeakReference<>(engine));
    }
    while (engines.stream().filter(each -> each.get() != null).count() > 1) {
      System.gc();
      assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
    }
    clock.advance(Duration.ofHours(1));
  }

  @Test
  void shouldMoveAClockWithoutAnEngineThatFailedToOpen() {
    final io.penstock.spi.VirtualClock clock = Engines.clock();
    final StoreProvider real = new StorageProvider();
    final AtomicInteger shards = new AtomicInteger();
    final EngineOptions options =
        options()
            .shards(2)
            .clock(clock)
            .store(
                (path, durability, count) ->
                    new ForwardingStore(
                        real.open(path, durability, count),
                        shard -> {
                          if (shards.getAndIncrement() == 1) {
                            throw new NoClassDefFoundError("of the second shard");
                          }
                          return shard;
                        }));
    assertThatThrownBy(() -> Engine.open(directory, options)).isInstanceOf(EngineException.class);

    assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> clock.advance(Duration.ofSeconds(1)), "nobody follows");
  }
}
