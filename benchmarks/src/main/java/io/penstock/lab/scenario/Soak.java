package io.penstock.lab.scenario;

import io.penstock.engine.Engine;
import io.penstock.lab.load.Load;
import io.penstock.lab.load.Profile;
import io.penstock.lab.result.Goal;

/** The same load for as long as one likes: does the last quarter fare as the first did? */
final class Soak implements Scenario {
  private static final double RATE = 2_000;
  private static final double DRIFT_MAX = 1.5;

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String meaning() {
    return "Does latency drift under a load that goes on and on?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    final double seconds = trial.settings().seconds(trial.settings().soakS());
    trial.configure("workload", "ATM, inline tasks, one shard");
    trial.configure("arrivals", "2,000/s for " + seconds + " s, at random times");
    try (Engine engine = AtmLoad.open(trial)) {
      final Load load = trial.drive(Profile.steady(RATE, seconds), new AtmCalls(engine, "soak-"));
      trial.load(load, AtmLoad.W1_US, "W1");
      final double first = load.latency(0, seconds / 4).getValueAtPercentile(50);
      final double last = load.latency(seconds * 3 / 4, seconds).getValueAtPercentile(50);
      trial.figure(
          "median of the last quarter to that of the first",
          last / first,
          "",
          Goal.atMost(DRIFT_MAX, "lab"));
      trial.check(
          load.succeeded() == load.begun(),
          "every case must complete: begun=" + load.begun() + ", failures=" + load.failures());
    }
  }
}
