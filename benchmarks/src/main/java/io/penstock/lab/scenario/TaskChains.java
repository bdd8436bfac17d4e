package io.penstock.lab.scenario;

import io.penstock.engine.Engine;
import io.penstock.lab.result.Series;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/** Cases of 5, 20, 50 and 100 tasks: what a case costs, and what each further task adds. */
final class TaskChains implements Scenario {
  private static final int[] TASKS = {5, 20, 50, 100};
  private static final int TASKS_IN_ALL = 2_000_000;

  @Override
  public String name() {
    return "task-chains";
  }

  @Override
  public String meaning() {
    return "What does a case of 5, 20, 50 or 100 tasks cost?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    trial.configure("tasks", "inline, one after the other; one shard, 500 cases under way");
    final List<Series.Point> perTask = new ArrayList<>();
    try (Engine engine = trial.engine(Settings.patient(1))) {
      for (final int tasks : TASKS) {
        final Workflow workflow = Chains.build("chain of " + tasks, tasks).build();
        engine.deploy(workflow);
        final int cases = trial.settings().count(TASKS_IN_ALL / tasks / (tasks < 20 ? 4 : 1));
        check(trial, Chains.run(engine, workflow, "warm-up-", cases), cases);
        final double cpuNs =
            trial.cost(
                "case of " + tasks + " tasks",
                cases,
                () -> check(trial, Chains.run(engine, workflow, "", cases), cases));
        perTask.add(new Series.Point(tasks, cpuNs / tasks));
      }
    }
    trial.plot(new Series("cost of a task", "processor time", "tasks a case", "ns", perTask));
  }

  private static void check(final Trial trial, final long completed, final int cases) {
    trial.check(
        completed == cases,
        "every case must complete: cases=" + cases + ", completed=" + completed);
  }
}
