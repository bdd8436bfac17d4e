package io.penstock.benchmarks;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The targets of docs/performance.md that are latencies: a step, a hop to a worker and back, a
 * caller's wait, payrolls, a transfer with three checks, a cold start; and what a second shard
 * adds. {@code PROCESS_CRASH}, one shard, one caller, telemetry on, where nothing else is said; the
 * latencies beside the machine's hiccups of the same seconds.
 */
public final class TargetsRun {
  private static final Variable<Long> ROUND = Variable.ofLong("round");
  private static final long ROUNDS = 1_000;
  private static final long WARM_UP_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long MEASURED_NS = TimeUnit.SECONDS.toNanos(10);
  private static final int EMPLOYEES = 1_000;
  private static final int COLD_STARTS = 9;

  /** Durations that are taken on the shard's thread, and when the last one began. */
  private Histogram measured = Latencies.histogram();

  private long beginNs;

  private TargetsRun() {}

  /**
   * Runs.
   *
   * @param args none; in a process of its own a directory to start cold in
   * @throws Exception when a directory cannot be made
   */
  public static void main(final String[] args) throws Exception {
    if (args.length == 1) {
      startCold(Path.of(args[0]));
      return;
    }
    Latencies.printHead("what");
    new TargetsRun().run("inline step");
    new TargetsRun().run("to a worker and back");
    new TargetsRun().run("start, acknowledged (W1)");
    new TargetsRun().run("payroll of 1,000, inline");
    TransferRun.print();
    PayrollSizes.print();
    TwoShards.print();
    System.out.printf(
        Locale.ROOT,
        "%ncold JVM to the first case ended and stored, ms after the process began: %s%n",
        coldStarts());
  }

  private void run(final String what) throws Exception {
    final Workflow workflow = workflow(what);
    final Path directory = Files.createTempDirectory("penstock-targets");
    try (Engine engine =
        Engine.open(directory, EngineOptions.defaults().shards(1)).deploy(workflow)) {
      repeat(WARM_UP_NS, engine, workflow, what);
      measured = Latencies.histogram();
      final HiccupMeter meter = HiccupMeter.start();
      final long fromNs = System.nanoTime();
      repeat(MEASURED_NS, engine, workflow, what);
      final long durationNs = System.nanoTime() - fromNs;
      Latencies.print(what, measured.getTotalCount(), durationNs, measured, meter.stop());
    } finally {
      Directories.delete(directory);
    }
  }

  private Workflow workflow(final String what) {
    return switch (what) {
      case "inline step" ->
          Workflow.define("steps")
              .variables(ROUND)
              .whileTrue(
                  ROUND.isLessThan(ROUNDS),
                  round ->
                      round
                          .inlineTask("begin", work -> beginNs = System.nanoTime())
                          .inlineTask("end", work -> endOfRound(work)))
              .build();
      case "to a worker and back" ->
          Workflow.define("hops")
              .variables(ROUND)
              .whileTrue(
                  ROUND.isLessThan(ROUNDS),
                  round ->
                      round
                          .inlineTask("begin", work -> beginNs = System.nanoTime())
                          .task("work", work -> {})
                          .inlineTask("end", work -> endOfRound(work)))
              .build();
      case "start, acknowledged (W1)" -> InlineAtm.WORKFLOW;
      default ->
          Workflow.define("payroll")
              .instances("pay", EMPLOYEES, each -> each.inlineTask("transfer", work -> {}))
              .build();
    };
  }

  private void endOfRound(final Work work) {
    measured.recordValue(System.nanoTime() - beginNs);
    work.set(ROUND, work.get(ROUND) + 1);
  }

  private void repeat(
      final long durationNs, final Engine engine, final Workflow workflow, final String what) {
    final long endNs = System.nanoTime() + durationNs;
    while (System.nanoTime() < endNs) {
      final long startNs = System.nanoTime();
      if (what.startsWith("start")) {
        InlineAtm.start(engine);
        measured.recordValue(System.nanoTime() - startNs);
      } else if (what.startsWith("payroll")) {
        engine.start(workflow, in -> {}).join();
        measured.recordValue(System.nanoTime() - startNs);
      } else {
        engine.start(workflow, in -> in.set(ROUND, 0L)).join();
      }
    }
  }

  private static String coldStarts() throws Exception {
    final List<Long> tookMs = new ArrayList<>();
    for (int i = 0; i < COLD_STARTS; i++) {
      final Path directory = Files.createTempDirectory("penstock-targets");
      final Process process =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "-cp",
                  System.getProperty("java.class.path"),
                  TargetsRun.class.getName(),
                  directory.toString())
              .redirectErrorStream(true)
              .start();
      try (InputStream from = process.getInputStream()) {
        final String output = new String(from.readAllBytes(), StandardCharsets.UTF_8);
        tookMs.add(Long.parseLong(output.substring(output.indexOf("cold ") + 5).trim()));
      }
      process.waitFor();
      Directories.delete(directory);
    }
    tookMs.sort(null);
    return tookMs.get(COLD_STARTS / 2)
        + " ("
        + tookMs.get(0)
        + " to "
        + tookMs.get(COLD_STARTS - 1)
        + ")";
  }

  private static void startCold(final Path directory) {
    try (Engine engine =
        Engine.open(directory, EngineOptions.defaults()).deploy(InlineAtm.WORKFLOW)) {
      InlineAtm.start(engine).join();
      final long startedMs = ManagementFactory.getRuntimeMXBean().getStartTime();
      System.out.println("cold " + (System.currentTimeMillis() - startedMs));
    }
  }
}
