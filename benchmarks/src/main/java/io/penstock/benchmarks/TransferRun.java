package io.penstock.benchmarks;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Sequence;
import io.penstock.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;
import org.jspecify.annotations.Nullable;

/**
 * A transfer as the MT103 example makes it: read, three checks at the same time that ask others for
 * 40, 30 and 20 ms, three legs of settlement, a confirmation. How much longer does a case take than
 * the slowest of its checks? One caller, one case after the other.
 */
final class TransferRun {
  private static final long WARM_UP_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long MEASURED_NS = TimeUnit.SECONDS.toNanos(30);

  /** How long sanctions took, the slowest; taken on the workers' threads. */
  private final Histogram slowest = new SynchronizedHistogram(TimeUnit.SECONDS.toNanos(100), 3);

  private final Histogram cases = Latencies.histogram();

  private TransferRun() {}

  static void print() throws Exception {
    new TransferRun().run();
  }

  private void run() throws Exception {
    final Workflow workflow =
        Workflow.define("transfer")
            .task("parse", work -> {})
            .parallel(
                checks ->
                    checks
                        .branch(asking("sanctions", 40, slowest))
                        .branch(asking("aml", 30, null))
                        .branch(asking("fraud", 20, null)))
            .parallel(
                legs ->
                    legs.branch(debit -> debit.task("debit", work -> {}))
                        .branch(credit -> credit.task("credit", work -> {}))
                        .branch(cover -> cover.task("mt202", work -> {})))
            .inlineTask("confirm", work -> {})
            .build();
    final Path directory = Files.createTempDirectory("penstock-targets");
    try (Engine engine =
        Engine.open(directory, EngineOptions.defaults().shards(1)).deploy(workflow)) {
      repeat(WARM_UP_NS, engine, workflow);
      slowest.reset();
      cases.reset();
      final HiccupMeter meter = HiccupMeter.start();
      final long fromNs = System.nanoTime();
      repeat(MEASURED_NS, engine, workflow);
      final long durationNs = System.nanoTime() - fromNs;
      final Histogram hiccups = meter.stop();
      Latencies.print(
          "transfer, its slowest check", cases.getTotalCount(), durationNs, slowest, hiccups);
      Latencies.print("transfer, whole case", cases.getTotalCount(), durationNs, cases, hiccups);
    } finally {
      Directories.delete(directory);
    }
  }

  private static Consumer<Sequence> asking(
      final String name, final long ms, final @Nullable Histogram durations) {
    return branch ->
        branch.task(
            name,
            work -> {
              final long startNs = System.nanoTime();
              final long untilNs = startNs + TimeUnit.MILLISECONDS.toNanos(ms);
              for (long left = untilNs - startNs; left > 0; left = untilNs - System.nanoTime()) {
                LockSupport.parkNanos(left);
              }
              if (durations != null) {
                durations.recordValue(System.nanoTime() - startNs);
              }
            });
  }

  private void repeat(final long durationNs, final Engine engine, final Workflow workflow) {
    final long endNs = System.nanoTime() + durationNs;
    while (System.nanoTime() < endNs) {
      final long startNs = System.nanoTime();
      engine.start(workflow, in -> {}).join();
      cases.recordValue(System.nanoTime() - startNs);
    }
  }
}
