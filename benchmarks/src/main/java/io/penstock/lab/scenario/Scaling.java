package io.penstock.lab.scenario;

import io.penstock.benchmarks.InlineAtm;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.lab.result.Series;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What a unit of work costs, and how long one takes, as one thing grows and all else stays: flat is
 * good.
 *
 * @param name of the scenario
 * @param meaning what it asks
 * @param size what grows, as an axis names it
 * @param unit what is done again and again
 * @param sizes how far, ascending
 * @param dimension measures at one of the sizes
 */
record Scaling(
    String name, String meaning, String size, String unit, List<Integer> sizes, Dimension dimension)
    implements Scenario {
  private static final long LONGEST_NS = 100_000_000_000L;
  private static final int WINDOW = 500;
  private static final int CASES = 100_000;
  private static final int TASKS = 2_000_000;
  private static final int INSTANCES = 200_000;
  private static final int COMMANDS = 40_000;
  private static final int BYTES_ALL = 200 << 20;
  private static final int QUICK_SIZE_MAX = 10_000;
  private static final Variable<byte[]> VALUE = Variable.ofBytes("value");
  private static final Variable<Boolean> LAST = Variable.ofBoolean("last");
  private static final Workflow REGISTER =
      Workflow.define("register")
          .variables(VALUE)
          .repeatUntil(LAST.isTrue(), body -> body.awaitMessage("put"))
          .build();

  /**
   * What was measured at one size.
   *
   * @param cpuNs processor time of the whole process for a unit
   * @param rate units a second
   * @param latency of what a caller waits for, in nanoseconds
   */
  record Cost(double cpuNs, double rate, Histogram latency) {}

  /** Measures at one size, after a warm-up of its own. */
  @FunctionalInterface
  interface Dimension {
    Cost measure(Trial trial, int size) throws Exception;
  }

  @Override
  public void run(final Trial trial) throws Exception {
    final List<Series.Point> cost = new ArrayList<>();
    final List<Series.Point> median = new ArrayList<>();
    final List<Series.Point> tail = new ArrayList<>();
    final List<Series.Point> rate = new ArrayList<>();
    for (final int each : sizes) {
      if (trial.settings().quick() && each > QUICK_SIZE_MAX) {
        break;
      }
      final Cost at = dimension.measure(trial, each);
      final String label = String.format(Locale.ROOT, "%s %,d", size, each);
      trial.figure(label + ": processor time of each " + unit, at.cpuNs / 1e3, "µs");
      trial.figure(label + ": " + unit + "s a second", at.rate, "1/s");
      trial.figure(label + ": median", at.latency.getValueAtPercentile(50) / 1e3, "µs");
      trial.figure(label + ": 99th percentile", at.latency.getValueAtPercentile(99) / 1e3, "µs");
      cost.add(new Series.Point(each, at.cpuNs / 1e3));
      rate.add(new Series.Point(each, at.rate));
      median.add(new Series.Point(each, at.latency.getValueAtPercentile(50) / 1e3));
      tail.add(new Series.Point(each, at.latency.getValueAtPercentile(99) / 1e3));
    }
    trial.plot(
        new Series("time by " + size, "processor time of each " + unit + ", µs", size, "µs", cost));
    trial.plot(new Series("time by " + size, "p50, µs", size, "µs", median));
    trial.plot(new Series("time by " + size, "p99, µs", size, "µs", tail));
    trial.plot(new Series("throughput by " + size, unit + "s a second", size, "1/s", rate));
  }

  static List<Scaling> all() {
    return List.of(
        new Scaling(
            "scale-shards",
            "What do more shards bring?",
            "shards",
            "case",
            List.of(1, 2, 4),
            Scaling::shards),
        new Scaling(
            "scale-callers",
            "What do more callers that each wait for their answer cost?",
            "callers",
            "case",
            List.of(1, 2, 4, 8, 16, 32),
            Scaling::callers),
        new Scaling(
            "scale-net",
            "Does a task cost more in a larger workflow?",
            "tasks",
            "task",
            List.of(10, 30, 100, 300, 1_000),
            Scaling::net),
        new Scaling(
            "scale-instances",
            "Does an instance cost more when there are more?",
            "instances",
            "instance",
            List.of(10, 100, 1_000, 10_000),
            Scaling::instances),
        new Scaling(
            "scale-case",
            "What does a command cost when its case is larger?",
            "bytes",
            "command",
            List.of(100, 400, 1_000, 4_000, 16_000, 64_000),
            Scaling::caseSize),
        new Scaling(
            "scale-cases",
            "Does a command cost more when more cases live?",
            "live cases",
            "command",
            List.of(1_000, 10_000, 100_000, 1_000_000),
            Scaling::liveCases));
  }

  private static Cost shards(final Trial trial, final int shards) throws Exception {
    final int cases = trial.settings().count(CASES);
    try (Engine engine = trial.engine(Settings.patient(shards))) {
      engine.deploy(InlineAtm.WORKFLOW);
      final Histogram latency = histogram();
      pipeline(engine, 2, cases, "warm-up-", latency);
      latency.reset();
      return cost(cases, latency, () -> pipeline(engine, 2, cases, "", latency));
    }
  }

  /** Callers that each keep many starts under way. */
  private static void pipeline(
      final Engine engine,
      final int callers,
      final int cases,
      final String prefix,
      final Histogram latency)
      throws Exception {
    inParallel(
        callers,
        caller -> {
          for (int done = 0; done < cases / callers; done += WINDOW) {
            final CompletableFuture<?>[] started = new CompletableFuture<?>[WINDOW];
            for (int i = 0; i < WINDOW; i++) {
              final long startNs = System.nanoTime();
              started[i] =
                  InlineAtm.startAsync(engine, prefix + caller + "-" + (done + i))
                      .thenRun(() -> latency.recordValue(System.nanoTime() - startNs));
            }
            CompletableFuture.allOf(started).join();
          }
        });
  }

  private static Cost callers(final Trial trial, final int callers) throws Exception {
    final int cases = trial.settings().count(CASES) / callers * callers;
    try (Engine engine = trial.engine(Settings.patient(1))) {
      engine.deploy(InlineAtm.WORKFLOW);
      final Histogram latency = histogram();
      closed(engine, callers, cases, latency);
      latency.reset();
      return cost(cases, latency, () -> closed(engine, callers, cases, latency));
    }
  }

  private static void closed(
      final Engine engine, final int callers, final int cases, final Histogram latency)
      throws Exception {
    inParallel(
        callers,
        caller -> {
          for (int i = 0; i < cases / callers; i++) {
            final long startNs = System.nanoTime();
            InlineAtm.start(engine).join();
            latency.recordValue(System.nanoTime() - startNs);
          }
        });
  }

  private static Cost net(final Trial trial, final int tasks) throws Exception {
    final Workflow workflow = Chains.build("chain of " + tasks, tasks).build();
    final int cases = Math.max(10, trial.settings().count(TASKS) / tasks);
    try (Engine engine = trial.engine(Settings.patient(1))) {
      engine.deploy(workflow);
      final Histogram latency = histogram();
      for (int i = 0; i < cases / 2; i++) {
        engine.start(workflow, in -> {}).join();
      }
      final Cost cost =
          cost(
              (long) cases * tasks,
              latency,
              () -> {
                for (int i = 0; i < cases; i++) {
                  final long startNs = System.nanoTime();
                  final CaseHandle handle = engine.start(workflow, in -> {});
                  handle.join();
                  latency.recordValue((System.nanoTime() - startNs) / tasks);
                  check(trial, handle);
                }
              });
      return cost;
    }
  }

  private static Cost instances(final Trial trial, final int instances) throws Exception {
    final Workflow workflow =
        Workflow.define("instances")
            .instances("each", instances, each -> each.inlineTask("work", work -> {}))
            .build();
    final int cases = Math.max(2, trial.settings().count(INSTANCES) / instances);
    try (Engine engine = trial.engine(Settings.patient(1))) {
      engine.deploy(workflow);
      final Histogram latency = histogram();
      for (int i = 0; i < cases; i++) {
        engine.start(workflow, in -> {}).join();
      }
      return cost(
          (long) cases * instances,
          latency,
          () -> {
            for (int i = 0; i < cases; i++) {
              final long startNs = System.nanoTime();
              final CaseHandle handle = engine.start(workflow, in -> {});
              handle.join();
              latency.recordValue((System.nanoTime() - startNs) / instances);
              check(trial, handle);
            }
          });
    }
  }

  private static Cost caseSize(final Trial trial, final int bytes) throws Exception {
    final int commands = Math.min(trial.settings().count(COMMANDS), BYTES_ALL / bytes);
    final byte[] value = new byte[bytes];
    try (Engine engine = trial.engine(Settings.patient(1))) {
      engine.deploy(REGISTER);
      final CaseHandle register =
          engine.start(REGISTER, in -> in.set(LAST, false).set(VALUE, value));
      final Histogram latency = histogram();
      put(register, value, commands, latency);
      latency.reset();
      return cost(commands, latency, () -> put(register, value, commands, latency));
    }
  }

  private static void put(
      final CaseHandle register, final byte[] value, final int commands, final Histogram latency) {
    for (int i = 0; i < commands; i++) {
      final long startNs = System.nanoTime();
      register.send("put", in -> in.set(VALUE, value));
      latency.recordValue(System.nanoTime() - startNs);
    }
  }

  private static Cost liveCases(final Trial trial, final int live) throws Exception {
    final int commands = trial.settings().count(COMMANDS);
    final byte[] value = new byte[100];
    try (Engine engine = trial.engine(Settings.patient(1))) {
      engine.deploy(REGISTER);
      final long[] ids = new long[live];
      for (int done = 0; done < live; done += WINDOW) {
        final List<CompletableFuture<CaseHandle>> started = new ArrayList<>();
        for (int i = done; i < Math.min(live, done + WINDOW); i++) {
          started.add(
              engine.startAsync(REGISTER, "r" + i, in -> in.set(LAST, false).set(VALUE, value)));
        }
        for (int i = 0; i < started.size(); i++) {
          ids[done + i] = started.get(i).join().caseId();
        }
      }
      final Histogram latency = histogram();
      putAnywhere(engine, ids, value, commands, latency);
      latency.reset();
      return cost(commands, latency, () -> putAnywhere(engine, ids, value, commands, latency));
    }
  }

  private static void putAnywhere(
      final Engine engine,
      final long[] ids,
      final byte[] value,
      final int commands,
      final Histogram latency) {
    final SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < commands; i++) {
      final CaseHandle register = engine.handle(ids[random.nextInt(ids.length)]);
      final long startNs = System.nanoTime();
      register.send("put", in -> in.set(VALUE, value));
      latency.recordValue(System.nanoTime() - startNs);
    }
  }

  private static void check(final Trial trial, final CaseHandle handle) {
    trial.check(
        handle.status() == CaseStatus.COMPLETED, "every case must complete: case=" + handle);
  }

  private static Histogram histogram() {
    return new ConcurrentHistogram(LONGEST_NS, 3);
  }

  private static Cost cost(final long units, final Histogram latency, final Trial.Measured measured)
      throws Exception {
    final long startCpuNs = Trial.processCpuNs();
    final long startNs = System.nanoTime();
    measured.run();
    final double elapsedNs = (double) (System.nanoTime() - startNs);
    return new Cost(
        (double) (Trial.processCpuNs() - startCpuNs) / units, units / (elapsedNs / 1e9), latency);
  }

  /** What one of several callers does. */
  @FunctionalInterface
  private interface Caller {
    void call(int caller);
  }

  private static void inParallel(final int callers, final Caller each) throws Exception {
    final List<CompletableFuture<Void>> done = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      final int caller = i;
      final CompletableFuture<Void> end = new CompletableFuture<>();
      done.add(end);
      new Thread(
              () -> {
                try {
                  each.call(caller);
                  end.complete(null);
                } catch (final RuntimeException e) {
                  end.completeExceptionally(e);
                }
              },
              "caller-" + i)
          .start();
    }
    for (final CompletableFuture<Void> end : done) {
      end.get();
    }
  }
}
