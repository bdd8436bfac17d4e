package io.penstock.lab.scenario;

import io.penstock.engine.Engine;
import io.penstock.lab.load.Load;
import io.penstock.lab.load.Profile;
import io.penstock.lab.result.Goal;

/**
 * More cases than any engine takes here, for a second, and then the rate of before: how long until
 * the 99th percentile is back where it was, and is anything lost that was taken in?
 */
final class Overload implements Scenario {
  private static final double RATE = 2_000;
  private static final double TOO_MUCH = 300_000;
  private static final double BEFORE_S = 2;
  private static final double OVERLOAD_S = 1;
  private static final double AFTER_S = 6;
  private static final double BACK_FACTOR = 2;
  private static final double BACK_NS_MIN = 2e6;
  private static final double RECOVERY_S_MAX = 30;

  @Override
  public String name() {
    return "recovery";
  }

  @Override
  public String meaning() {
    return "How long after an overload is latency back where it was?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    trial.configure("workload", "ATM, inline tasks, one shard");
    trial.configure("arrivals", "2,000/s for 2 s, 300,000/s for 1 s, 2,000/s for 6 s");
    final double beforeS = trial.settings().seconds(BEFORE_S);
    final double overS = beforeS + trial.settings().seconds(OVERLOAD_S);
    try (Engine engine = AtmLoad.open(trial)) {
      final Load load =
          trial.drive(
              Profile.steady(RATE, beforeS)
                  .then(TOO_MUCH, trial.settings().seconds(OVERLOAD_S))
                  .then(RATE, trial.settings().seconds(AFTER_S)),
              new AtmCalls(engine, "recovery-"));
      trial.load(load, Double.NaN, "");
      final double beforeNs = load.latency(0, beforeS).getValueAtPercentile(99);
      final double backNs = Math.max(BACK_NS_MIN, BACK_FACTOR * beforeNs);
      trial.figure("before the overload p99", beforeNs / 1e3, "µs");
      trial.figure(
          "recovery",
          recoveryS(load, overS, backNs),
          "s",
          Goal.atMost(RECOVERY_S_MAX, "five systems"));
      trial.check(
          load.succeeded() + load.failures().values().stream().mapToLong(Long::longValue).sum()
              == load.begun(),
          "every call must be answered: begun=" + load.begun() + ", answered=" + load.succeeded());
    }
  }

  /** Until the end of the last bin whose p99 is not back; a later stall of the machine counts. */
  private static double recoveryS(final Load load, final double overS, final double backNs) {
    double backS = overS;
    for (int bin = 0; bin < load.bins(); bin++) {
      final double endS = (bin + 1) * load.binS();
      final double ns = load.percentileNs(bin, 99);
      if (endS > overS && ns > backNs) {
        backS = endS;
      } else if (endS > overS + load.binS()) {
        break;
      }
    }
    return backS - overS;
  }
}
