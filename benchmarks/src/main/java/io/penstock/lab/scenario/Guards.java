package io.penstock.lab.scenario;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.lab.result.Series;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Choices whose guards are like a policy's, from one comparison to a hundred that all must hold,
 * over eight variables.
 */
final class Guards implements Scenario {
  private static final int[] COMPARISONS = {1, 5, 20, 100};
  private static final int VARIABLES = 8;
  private static final int CASES = 60_000;
  private static final int WINDOW = 500;
  private static final Variable<Boolean> ALLOWED = Variable.ofBoolean("allowed");

  @Override
  public String name() {
    return "guards";
  }

  @Override
  public String meaning() {
    return "What do guards of 1 to 100 comparisons cost a case?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    final int cases = Math.max(WINDOW, trial.settings().count(CASES));
    trial.configure("cases", cases + ", half of them allowed; one shard, 500 under way");
    final List<Variable<Long>> variables = new ArrayList<>();
    for (int i = 0; i < VARIABLES; i++) {
      variables.add(Variable.ofLong("attribute " + i));
    }
    final List<Series.Point> points = new ArrayList<>();
    try (Engine engine = trial.engine(Settings.patient(1))) {
      for (final int comparisons : COMPARISONS) {
        final Workflow workflow = policy(comparisons, variables);
        engine.deploy(workflow);
        run(trial, engine, workflow, variables, "warm-up-", cases);
        final double cpuNs =
            trial.cost(
                "case with a guard of " + comparisons,
                cases,
                () -> run(trial, engine, workflow, variables, "", cases));
        points.add(new Series.Point(comparisons, cpuNs / 1e3));
      }
    }
    trial.plot(new Series("cost of a case", "processor time", "comparisons", "µs", points));
  }

  private static Workflow policy(final int comparisons, final List<Variable<Long>> variables) {
    Guard guard = variables.get(0).isAtLeast(0L);
    for (int i = 1; i < comparisons; i++) {
      guard = guard.and(variables.get(i % VARIABLES).isAtLeast(-(long) i));
    }
    final Guard policy = guard;
    return Workflow.define("policy of " + comparisons)
        .variables(variables.toArray(new Variable<?>[0]))
        .variables(ALLOWED)
        .choice(
            choice ->
                choice
                    .when(policy, then -> then.inlineTask("allow", work -> work.set(ALLOWED, true)))
                    .otherwise(other -> other.inlineTask("deny", work -> work.set(ALLOWED, false))))
        .build();
  }

  private static void run(
      final Trial trial,
      final Engine engine,
      final Workflow workflow,
      final List<Variable<Long>> variables,
      final String prefix,
      final int cases) {
    long allowed = 0;
    for (int done = 0; done < cases; done += WINDOW) {
      final List<CompletableFuture<CaseHandle>> started = new ArrayList<>();
      for (int i = done; i < done + WINDOW; i++) {
        final long last = i % 2 == 0 ? 1 : Long.MIN_VALUE; // the first attribute decides
        started.add(
            engine.startAsync(
                workflow,
                prefix + i,
                in -> {
                  for (int j = 0; j < VARIABLES; j++) {
                    in.set(variables.get(j), j == 0 ? last : 1L);
                  }
                }));
      }
      for (final CompletableFuture<CaseHandle> each : started) {
        allowed += each.join().find(ALLOWED).orElseThrow() ? 1 : 0;
      }
    }
    final int expected = (cases + WINDOW - 1) / WINDOW * WINDOW / 2;
    trial.check(allowed == expected, "half must be allowed: allowed=" + allowed);
  }
}
