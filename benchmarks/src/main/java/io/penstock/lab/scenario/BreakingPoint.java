package io.penstock.lab.scenario;

import io.penstock.benchmarks.HiccupMeter;
import io.penstock.engine.Engine;
import io.penstock.lab.load.Load;
import io.penstock.lab.load.Profile;
import io.penstock.lab.result.Goal;
import io.penstock.lab.result.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Offers more and more cases a second until the 99th percentile leaves its objective, then halves
 * the gap. A rate holds when its p99 is within the objective, or within the machine's own hiccups
 * of the same seconds times 1.2, and the engine answers nearly as many as come.
 */
final class BreakingPoint implements Scenario {
  private static final double FIRST_RATE = 2_000;
  private static final double LAST_RATE = 1_000_000;
  private static final int HALVINGS = 3;
  private static final int CHANCES = 2;
  private static final double OBJECTIVE_NS = 1e6;
  private static final double ANSWERED_SHARE = 0.95;

  @Override
  public String name() {
    return "breaking-point";
  }

  @Override
  public String meaning() {
    return "At what rate does the 99th percentile leave its objective of 1 ms?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    trial.configure("workload", "ATM, inline tasks, one shard; 1.5 s for each rate");
    final List<Series.Point> p99 = new ArrayList<>();
    final List<Series.Point> hiccups = new ArrayList<>();
    double holds = 0;
    double breaks = Double.NaN;
    try (Engine engine = AtmLoad.open(trial)) {
      double rate = FIRST_RATE;
      for (int halvings = 0; halvings < HALVINGS && rate <= LAST_RATE; ) {
        if (holds(trial, engine, rate, p99, hiccups)) {
          holds = rate;
        } else {
          breaks = rate;
        }
        if (Double.isNaN(breaks)) {
          rate *= 2;
        } else {
          rate = (holds + breaks) / 2;
          halvings++;
        }
      }
    }
    trial.figure("last rate that holds", holds, "1/s");
    trial.figure("first rate that breaks", breaks, "1/s");
    trial.plot(curve("engine", p99));
    trial.plot(curve("machine's hiccups", hiccups));
  }

  private static Series curve(final String name, final List<Series.Point> points) {
    points.sort(Comparator.comparingDouble(Series.Point::x));
    return new Series("p99 by offered rate", name, "offered a second", "ms", points);
  }

  /** A stall of the machine must not end the search, so a rate that breaks has a second chance. */
  private static boolean holds(
      final Trial trial,
      final Engine engine,
      final double rate,
      final List<Series.Point> p99,
      final List<Series.Point> hiccups)
      throws InterruptedException {
    boolean holds = false;
    for (int chance = 0; chance < CHANCES && !holds; chance++) {
      holds = once(trial, engine, rate, p99, hiccups);
    }
    return holds;
  }

  private static boolean once(
      final Trial trial,
      final Engine engine,
      final double rate,
      final List<Series.Point> p99,
      final List<Series.Point> hiccups)
      throws InterruptedException {
    final String prefix = rate + "-" + p99.size() + "-";
    final HiccupMeter meter = HiccupMeter.start();
    final double seconds = trial.settings().seconds(1.5);
    final Load load = trial.drive(Profile.steady(rate, seconds), new AtmCalls(engine, prefix));
    final Histogram late = meter.stop();
    final double ns = load.latency().getValueAtPercentile(99);
    final double lateNs = late.getValueAtPercentile(99);
    p99.add(new Series.Point(rate, ns / 1e6));
    hiccups.add(new Series.Point(rate, lateNs / 1e6));
    trial.histogram(String.format(Locale.ROOT, "at %,.0f/s", rate), load.latency());
    return ns <= Math.max(OBJECTIVE_NS, Goal.HICCUPS_ALLOWED * lateNs)
        && load.succeeded() >= ANSWERED_SHARE * load.begun()
        && load.succeeded() / (load.elapsedNs() / 1e9) >= ANSWERED_SHARE * load.begun() / seconds;
  }
}
