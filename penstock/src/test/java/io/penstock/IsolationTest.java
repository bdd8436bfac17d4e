package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many engines in one process, which share nothing. */
@Timeout(120)
class IsolationTest {
  private static final int ENGINES = 50;
  private static final int CASES = 20;

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
}
