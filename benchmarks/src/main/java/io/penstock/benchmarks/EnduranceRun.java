package io.penstock.benchmarks;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Many ATM cases from end to end through one engine at PROCESS_CRASH, and what it holds meanwhile.
 * Arguments: number of cases, file for the samples (CSV).
 */
public final class EnduranceRun {
  private static final int WINDOW = 1_000;
  private static final int SAMPLES = 200;

  private EnduranceRun() {}

  /**
   * Runs.
   *
   * @param args number of cases, file for the samples
   * @throws IOException when a file cannot be written
   */
  public static void main(final String[] args) throws IOException {
    final int cases = Integer.parseInt(args[0]);
    final Path directory = Files.createTempDirectory("penstock-endurance");
    try (PrintWriter samples = new PrintWriter(Files.newBufferedWriter(Path.of(args[1])));
        Engine engine =
            Engine.open(directory, EngineOptions.defaults().shards(1).endedCasesKept(10_000))
                .deploy(InlineAtm.WORKFLOW)) {
      samples.println("cases,seconds,diskMiB,heapMiB,directMiB,residentMiB,threads");
      final long startNs = System.nanoTime();
      for (int done = 0; done < cases; done += WINDOW) {
        final CompletableFuture<?>[] started = new CompletableFuture<?>[WINDOW];
        for (int i = 0; i < WINDOW; i++) {
          started[i] = InlineAtm.startAsync(engine, "txn-" + (done + i));
        }
        CompletableFuture.allOf(started).join();
        if (done % (cases / SAMPLES) < WINDOW) {
          samples.println(sample(done + WINDOW, System.nanoTime() - startNs, directory));
        }
      }
      System.out.printf(
          Locale.ROOT,
          "%d cases in %.1f s%n%s",
          cases,
          (System.nanoTime() - startNs) / 1e9,
          engine.objectives().report());
    }
    Directories.delete(directory);
  }

  private static String sample(final int done, final long elapsedNs, final Path directory)
      throws IOException {
    final double mib = 1024 * 1024;
    return String.format(
        Locale.ROOT,
        "%d,%.1f,%.1f,%.1f,%.1f,%.1f,%d",
        done,
        elapsedNs / 1e9,
        Directories.length(directory) / mib,
        Memory.liveHeap() / mib,
        Memory.direct() / mib,
        Memory.resident() / mib,
        ManagementFactory.getThreadMXBean().getThreadCount());
  }
}
