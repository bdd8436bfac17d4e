package io.penstock.lab.scenario;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.lab.result.Goal;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Workflows are built by ten threads at once, deployed by ten, and cases of them started and waited
 * for by twenty, while the others deploy the next. Deploying is a complex operation (C1).
 */
final class DeployAndExecute implements Scenario {
  private static final int BUILDERS = 10;
  private static final int DEPLOYERS = 10;
  private static final int STARTERS = 20;
  private static final int ROUNDS = 20;
  private static final int CASES_EACH = 20;
  private static final double C1_US = 500_000;

  @Override
  public String name() {
    return "deploy-execute";
  }

  @Override
  public String meaning() {
    return "How do building, deploying and running fare when many do them at once?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    final int rounds = trial.settings().count(ROUNDS);
    trial.configure("threads", "10 build, 10 deploy, 20 run cases; " + rounds + " rounds");
    final Histogram build = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 2);
    final Histogram deploy = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 2);
    final Histogram execute = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 2);
    final ExecutorService threads = Executors.newFixedThreadPool(BUILDERS + DEPLOYERS + STARTERS);
    try (Engine engine = trial.engine(EngineOptions.defaults().shards(1))) {
      final Workflow first = workflow(0, 0);
      engine.deploy(first);
      List<Workflow> deployed = List.of(first);
      long completed = 0;
      for (int round = 1; round <= rounds; round++) {
        final List<Future<Workflow>> built = new ArrayList<>();
        final List<Future<Long>> ran = new ArrayList<>();
        for (int i = 0; i < STARTERS; i++) {
          final Workflow workflow = deployed.get(i % deployed.size());
          ran.add(threads.submit(() -> execute(engine, workflow, execute)));
        }
        for (int i = 0; i < BUILDERS; i++) {
          final int number = i;
          final int version = round;
          built.add(threads.submit(() -> timed(build, () -> workflow(number, version))));
        }
        final List<Future<Workflow>> deploying = new ArrayList<>();
        for (final Future<Workflow> each : built) {
          final Workflow workflow = each.get();
          deploying.add(
              threads.submit(
                  () ->
                      timed(
                          deploy,
                          () -> {
                            engine.deploy(workflow);
                            return workflow;
                          })));
        }
        deployed = new ArrayList<>();
        for (final Future<Workflow> each : deploying) {
          deployed.add(each.get());
        }
        for (final Future<Long> each : ran) {
          completed += each.get();
        }
      }
      trial.latency("build", build);
      trial.latency("deploy", deploy, C1_US, "C1");
      trial.latency("case", execute);
      trial.figure("cases completed", (double) completed, "");
      trial.figure(
          "cases not completed",
          (double) rounds * STARTERS * CASES_EACH - completed,
          "",
          Goal.atMost(0, "five systems"));
      trial.check(
          completed == (long) rounds * STARTERS * CASES_EACH,
          "every case must complete: completed=" + completed);
    } finally {
      threads.shutdown();
    }
  }

  private static Workflow workflow(final int number, final int version) {
    return Chains.build("process " + number, 10).version(version + 1).build();
  }

  private static long execute(
      final Engine engine, final Workflow workflow, final Histogram histogram) throws Exception {
    long completed = 0;
    for (int i = 0; i < CASES_EACH; i++) {
      final CaseHandle done =
          timed(
              histogram,
              () -> {
                final CaseHandle started = engine.start(workflow, in -> {});
                started.join();
                return started;
              });
      completed += done.status() == CaseStatus.COMPLETED ? 1 : 0;
    }
    return completed;
  }

  private static <T> T timed(final Histogram histogram, final Callable<T> call) throws Exception {
    final long startNs = System.nanoTime();
    final T value = call.call();
    histogram.recordValue(System.nanoTime() - startNs);
    return value;
  }
}
