package io.penstock.lab.scenario;

import io.penstock.benchmarks.InlineAtm;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.lab.load.Load;
import io.penstock.lab.load.Profile;
import java.util.function.Function;

/**
 * Withdrawals that arrive by a profile, in an open loop.
 *
 * @param name of the scenario
 * @param meaning what it asks
 * @param rates what is told of the profile
 * @param profile how many arrive when, by the settings
 */
record AtmLoad(String name, String meaning, String rates, Function<Settings, Profile> profile)
    implements Scenario {
  static final double WARM_UP_RATE = 20_000;
  static final double WARM_UP_S = 3;
  static final double W1_US = 1_000;

  static AtmLoad steady() {
    return new AtmLoad(
        "steady",
        "How long does a case take when cases come at a steady rate?",
        "10,000/s for 8 s",
        settings -> Profile.steady(10_000, settings.seconds(8)));
  }

  static AtmLoad ramp() {
    return new AtmLoad(
        "ramp",
        "Does latency stay the same while the rate grows a hundredfold?",
        "10/s to 1,000/s in 10 s",
        settings -> Profile.empty().then(10, 1_000, settings.seconds(10)));
  }

  static AtmLoad burst() {
    return new AtmLoad(
        "burst",
        "What do short bursts cost those that come in them?",
        "five times 0.2 s at 20,000/s and 0.8 s at 100/s",
        settings ->
            Profile.steady(20_000, settings.seconds(0.2))
                .then(100, settings.seconds(0.8))
                .times(5));
  }

  static AtmLoad spike() {
    return new AtmLoad(
        "spike",
        "What does a rate that is suddenly five times as high do to latency?",
        "2,000/s for 3 s, 10,000/s for 2 s, 2,000/s for 3 s",
        settings ->
            Profile.steady(2_000, settings.seconds(3))
                .then(10_000, settings.seconds(2))
                .then(2_000, settings.seconds(3)));
  }

  @Override
  public void run(final Trial trial) throws Exception {
    trial.configure("workload", "ATM, inline tasks, one shard");
    trial.configure("arrivals", rates + ", at random times");
    try (Engine engine = open(trial)) {
      final Load load =
          trial.drive(profile.apply(trial.settings()), new AtmCalls(engine, name + "-"));
      trial.load(load, W1_US, "W1");
      trial.check(
          load.succeeded() + load.failures().values().stream().mapToLong(Long::longValue).sum()
              == load.begun(),
          "every call must be answered: begun="
              + load.begun()
              + ", succeeded="
              + load.succeeded()
              + ", failures="
              + load.failures());
    }
  }

  /** An engine that has done enough cases for its code to be compiled. */
  static Engine open(final Trial trial) throws Exception {
    final Engine engine = trial.engine(EngineOptions.defaults().shards(1));
    engine.deploy(InlineAtm.WORKFLOW);
    final Load unused =
        trial.drive(
            Profile.steady(WARM_UP_RATE, trial.settings().seconds(WARM_UP_S)),
            new AtmCalls(engine, "warm-up-"));
    return engine;
  }
}
