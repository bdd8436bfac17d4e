package io.penstock.benchmarks;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * How long a directory takes to open, and what a parked case takes: cases with a key and two
 * variables that wait for somebody. Arguments: view, then numbers of cases, a line for each.
 */
public final class RecoveryRun {
  private static final int WINDOW = 1_000;
  private static final double NS_PER_S = 1e9;
  private static final Variable<Long> ACCOUNT = Variable.ofLong("account");
  private static final Variable<String> NAME = Variable.ofString("name");
  private static final Workflow PARKED =
      Workflow.define("parked").variables(ACCOUNT, NAME).manual("sign").build();

  private RecoveryRun() {}

  /**
   * Runs.
   *
   * @param args view, then numbers of cases
   * @throws IOException when a directory cannot be made or removed
   */
  public static void main(final String[] args) throws IOException {
    final StorageOptions.View view = StorageOptions.View.valueOf(args[0]);
    System.out.println(
        "cases, fill s, slowest thousand ms, open s, deploy s, disk B/case, heap B/case, resident B/case");
    for (int i = 1; i < args.length; i++) {
      run(view, Integer.parseInt(args[i]));
    }
  }

  private static void run(final StorageOptions.View view, final int cases) throws IOException {
    final Path directory = Files.createTempDirectory("penstock-recovery");
    final EngineOptions options =
        EngineOptions.defaults()
            .shards(1)
            .store(new StorageProvider(StorageOptions.defaults().withView(view)));
    long slowestNs = 0;
    final long fillNs = System.nanoTime();
    long residentEmpty = 0;
    try (Engine engine = Engine.open(directory, options).deploy(PARKED)) {
      residentEmpty = Memory.resident();
      for (int first = 0; first < cases; first += WINDOW) {
        final long startNs = System.nanoTime();
        final CompletableFuture<?>[] started = new CompletableFuture<?>[WINDOW];
        for (int j = 0; j < WINDOW; j++) {
          final long account = (long) first + j;
          started[j] =
              engine.startAsync(
                  PARKED,
                  "account-" + account,
                  in -> in.set(ACCOUNT, account).set(NAME, "Ada Lovelace"));
        }
        CompletableFuture.allOf(started).join();
        slowestNs = Math.max(slowestNs, System.nanoTime() - startNs);
      }
    }
    final long filledNs = System.nanoTime() - fillNs;
    final long disk = Directories.length(directory);
    final long heapBefore = Memory.liveHeap();
    final long openNs = System.nanoTime();
    try (Engine engine = Engine.open(directory, options)) {
      final long openedNs = System.nanoTime();
      engine.deploy(PARKED);
      final long deployedNs = System.nanoTime();
      final long heap = Memory.liveHeap() - heapBefore;
      System.out.printf(
          Locale.ROOT,
          "%d, %.1f, %.0f, %.2f, %.2f, %d, %d, %d%n",
          cases,
          filledNs / NS_PER_S,
          slowestNs / 1e6,
          (openedNs - openNs) / NS_PER_S,
          (deployedNs - openedNs) / NS_PER_S,
          disk / cases,
          heap / cases,
          (Memory.resident() - residentEmpty) / cases);
    }
    Directories.delete(directory);
  }
}
