package io.penstock.lab.regression;

import io.penstock.benchmarks.Directories;
import io.penstock.benchmarks.HeldShard;
import io.penstock.benchmarks.InlineAtm;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.spi.Durability;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What is watched: each gauge is the processor time of a case, a step or a read, in units of {@link
 * Calibration}'s loop, as the median of many short runs with the loop before each.
 */
final class Gauges {
  private static final int CASES = 1_000;
  private static final int STEPS = 100;
  private static final int STEP_CASES = 20;
  private static final int READS = 1_000_000;
  private static final int CALIBRATION = 20_000;
  private static final int RUNS = 150;
  private static final int RUNS_QUICK = 10;
  private static final int READ_RUNS = 60;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Calibration calibration = new Calibration();
  private final Map<String, Double> ratios = new LinkedHashMap<>();
  private final int runs;
  private long keys;

  private Gauges(final boolean quick) {
    runs = quick ? RUNS_QUICK : RUNS;
  }

  /**
   * Measures all of them, in this process.
   *
   * @param quick a few runs only
   * @return the ratios, by name
   * @throws IOException when a directory cannot be made or removed
   */
  static Map<String, Double> measure(final boolean quick) throws IOException {
    final Gauges gauges = new Gauges(quick);
    gauges.atm(Durability.MEMORY);
    gauges.atm(Durability.PROCESS_CRASH);
    gauges.steps();
    gauges.reads();
    return gauges.ratios;
  }

  /** One run, in nanoseconds of processor time for one unit. */
  @FunctionalInterface
  private interface Run {
    double ns();
  }

  private void gauge(final String name, final int measured, final Run run) {
    final double[] values = new double[measured];
    for (int i = -measured; i < measured; i++) {
      final double loopNs = calibration.nsPerRecord(CALIBRATION);
      final double ns = run.ns();
      if (i >= 0) {
        values[i] = ns / loopNs;
      }
    }
    ratios.put(name, Comparison.median(values));
  }

  private static EngineOptions options() {
    return EngineOptions.defaults().shards(1).inboxLength(1 << 21).endedCasesKept(2 * CASES);
  }

  private void atm(final Durability durability) throws IOException {
    final Path directory = Files.createTempDirectory("penstock-regression");
    try (Engine engine =
        durability == Durability.MEMORY
            ? Engine.inMemory(options())
            : Engine.open(directory.resolve("engine"), options().durability(durability))) {
      engine.deploy(InlineAtm.WORKFLOW);
      final HeldShard shard = new HeldShard(engine);
      gauge(
          "ATM case, " + durability,
          runs,
          () ->
              shard.run(CASES, i -> InlineAtm.startAsync(engine, Long.toString(keys++))).cpuNs()
                  / CASES);
    } finally {
      Directories.delete(directory);
    }
  }

  private void steps() {
    final WorkflowBuilder builder = Workflow.define("steps");
    for (int i = 0; i < STEPS; i++) {
      builder.inlineTask("step " + i, work -> {});
    }
    final Workflow workflow = builder.build();
    try (Engine engine = Engine.inMemory(options()).deploy(workflow)) {
      final HeldShard shard = new HeldShard(engine);
      gauge(
          "inline step, MEMORY",
          runs,
          () -> shard.run(STEP_CASES, i -> start(engine, workflow)).cpuNs() / (STEP_CASES * STEPS));
    }
  }

  private CompletableFuture<?> start(final Engine engine, final Workflow workflow) {
    return engine.startAsync(workflow, Long.toString(keys++), in -> {});
  }

  private void reads() {
    final Workflow parked = Workflow.define("parked").manual("sign").build();
    try (Engine engine = Engine.inMemory(options()).deploy(parked)) {
      final CaseHandle handle = engine.start(parked, in -> {});
      gauge(
          "status of a case",
          Math.min(runs, READ_RUNS),
          () -> {
            final long startNs = THREADS.getCurrentThreadCpuTime();
            int running = 0;
            for (int i = 0; i < READS; i++) {
              running += handle.status() == CaseStatus.RUNNING ? 1 : 0;
            }
            if (running != READS) {
              throw new IllegalStateException("case must be running: found=" + running);
            }
            return (double) (THREADS.getCurrentThreadCpuTime() - startNs) / READS;
          });
    }
  }
}
