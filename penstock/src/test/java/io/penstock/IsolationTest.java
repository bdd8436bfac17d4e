package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many engines in one process, which share nothing. */
@Timeout(120)
class IsolationTest {
  private static final int ENGINES = 50;
  private static final int CASES = 20;
  private static final int MANY_ENGINES = 1_000;
  private static final int CASES_OF_MANY = 5;
  private static final int CALLERS = 16;
  private static final int HUNDRED = 100;
  private static final Workflow SIGNED = Workflow.define("signed").manual("sign").build();

  @Test
  void shouldRunFiftyEnginesOpenedAtTheSameTime(@TempDir final Path directory) throws Exception {
    final ExecutorService callers = Executors.newFixedThreadPool(ENGINES);
    final CyclicBarrier together = new CyclicBarrier(ENGINES);
    try {
      final List<Callable<List<Outcome>>> runs = new ArrayList<>();
      for (int i = 0; i < ENGINES; i++) {
        final Path own = directory.resolve("engine-" + i);
        runs.add(
            () -> {
              together.await();
              return runAtm(own);
            });
      }
      for (final Future<List<Outcome>> run : callers.invokeAll(runs)) {
        assertThat(run.get()).hasSize(CASES).containsOnly(Outcome.COMPLETED);
      }
    } finally {
      callers.shutdownNow();
    }
  }

  private static List<Outcome> runAtm(final Path directory) {
    final Atm atm = new Atm();
    try (Engine engine =
        Engine.open(directory, EngineOptions.defaults().shards(1).workerThreads(2))) {
      engine.deploy(atm.workflow());
      final List<CaseHandle> cases = new ArrayList<>();
      for (int i = 0; i < CASES; i++) {
        cases.add(atm.start(engine, "txn-" + i));
      }
      final List<Outcome> outcomes = cases.stream().map(CaseHandle::join).toList();
      assertThat(atm.dispensed()).isEqualTo(CASES);
      return outcomes;
    }
  }

  /** A thousand are open and at work at the same time; afterwards nothing is left of them. */
  @Test
  void shouldLeaveNothingBehindWhenAThousandEnginesRanAtTheSameTime(@TempDir final Path directory)
      throws Exception {
    runTogether(directory.resolve("first"), 1, 1); // what the JVM loads once
    final ProcessResources before = ProcessResources.now(directory);

    runTogether(directory, MANY_ENGINES, CASES_OF_MANY);

    awaitThreads(directory, before);
    assertThat(ProcessResources.now(directory)).isEqualTo(before);
  }

  private static void awaitThreads(final Path directory, final ProcessResources before)
      throws IOException {
    while (ProcessResources.now(directory).threads() > before.threads()) {
      Thread.onSpinWait(); // they have been told to end, and do
    }
  }

  private static void runTogether(final Path directory, final int engines, final int cases)
      throws Exception {
    final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    try {
      final List<Engine> open =
          inParallel(
              callers,
              engines,
              i -> Engine.open(directory.resolve("engine-" + i), small()).deploy(SIGNED));
      if (engines > 1) {
        assertThat(ProcessResources.now(directory).threads()).isGreaterThan(engines);
      }
      inParallel(
          callers,
          engines,
          i -> {
            for (int number = 0; number < cases; number++) {
              final CaseHandle handle = open.get(i).start(SIGNED, "case-" + number, in -> {});
              handle.complete("sign", in -> {});
              assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
            }
            return i;
          });
      inParallel(
          callers,
          engines,
          i -> {
            open.get(i).close();
            return i;
          });
    } finally {
      callers.shutdown();
      assertThat(callers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  private static <T> List<T> inParallel(
      final ExecutorService callers, final int count, final IntFunction<T> action)
      throws Exception {
    final List<Callable<T>> actions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      final int number = i;
      actions.add(() -> action.apply(number));
    }
    final List<T> results = new ArrayList<>();
    for (final Future<T> result : callers.invokeAll(actions)) {
      results.add(result.get());
    }
    return results;
  }

  private static EngineOptions small() {
    return EngineOptions.defaults().shards(1).workerThreads(1).inboxLength(16 * 1024);
  }

  @Test
  void shouldCreateAndDestroyAHundredEnginesWhileOthersRun(@TempDir final Path directory)
      throws Exception {
    final AtomicBoolean running = new AtomicBoolean(true);
    final CountDownLatch atWork = new CountDownLatch(2);
    final ExecutorService others = Executors.newFixedThreadPool(2);
    try {
      final List<Future<Integer>> loads = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        final Path own = directory.resolve("other-" + i);
        loads.add(others.submit(() -> runWhile(own, running, atWork)));
      }
      atWork.await(); // with all their threads
      final Path again = directory.resolve("again");
      createAndDestroy(again, 0);
      final ProcessResources before = ProcessResources.now(again);
      for (int i = 1; i <= HUNDRED; i++) {
        createAndDestroy(again, i);
      }
      awaitThreads(again, before);
      assertThat(ProcessResources.now(again)).isEqualTo(before);
      running.set(false);
      for (final Future<Integer> load : loads) {
        assertThat(load.get()).isPositive();
      }
    } finally {
      others.shutdownNow();
    }
  }

  private static void createAndDestroy(final Path directory, final int number) {
    try (Engine engine = Engine.open(directory, small()).deploy(SIGNED)) {
      final String key = "case-" + number;
      assertThat(engine.find(SIGNED, "case-" + (number - 1)).isPresent()).isEqualTo(number > 0);
      engine.start(SIGNED, key, in -> {}).complete("sign", in -> {});
    }
  }

  private static int runWhile(
      final Path directory, final AtomicBoolean running, final CountDownLatch atWork) {
    int done = 0;
    try (Engine engine = Engine.open(directory, small()).deploy(SIGNED)) {
      while (running.get()) {
        final CaseHandle handle = engine.start(SIGNED, in -> {});
        handle.complete("sign", in -> {});
        assertThat(handle.join()).isEqualTo(Outcome.COMPLETED);
        if (++done == 100) {
          atWork.countDown();
        }
      }
    }
    return done;
  }
}
