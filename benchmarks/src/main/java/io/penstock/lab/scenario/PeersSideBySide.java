package io.penstock.lab.scenario;

import io.penstock.lab.peer.Peer;
import io.penstock.lab.peer.PeerFigures;
import io.penstock.lab.peer.Peers;
import io.penstock.lab.result.Goal;
import io.penstock.lab.result.Series;
import io.penstock.spi.Durability;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The withdrawal by every engine on the class path, one after the other, each in a process of its
 * own; ratios are to Penstock at the same durability.
 */
final class PeersSideBySide implements Scenario {
  private static final double SECONDS = 3;
  private static final double DURABLE_TIMES = 1_000;
  private static final double MEMORY_TIMES = 5;

  @Override
  public String name() {
    return "peers";
  }

  @Override
  public String meaning() {
    return "What does the same case cost other engines, at the same durability?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    trial.durability("as named");
    trial.configure("case", "five tasks, a choice, two variables");
    trial.configure("processor time", "of the whole process, collector and compiler included");
    final Map<Peer, PeerFigures> measured = new LinkedHashMap<>();
    final List<String> failed = new ArrayList<>();
    for (final Peer peer : Peers.all()) {
      try {
        final PeerFigures figures = Peers.measure(peer, trial.settings().seconds(SECONDS));
        measured.put(peer, figures);
        report(trial, peer, figures);
      } catch (final IOException e) {
        failed.add(String.valueOf(e.getMessage())); // the others are worth having
      }
    }
    trial.configure("engines", measured.size());
    for (final Durability durability : Durability.values()) {
      compare(trial, durability, measured);
    }
    trial.check(failed.isEmpty(), String.join("; ", failed));
  }

  private static void report(final Trial trial, final Peer peer, final PeerFigures figures) {
    final String name = peer.name() + ": ";
    trial.figure(name + "one at a time", figures.rate(), "1/s");
    trial.figure(name + "median", figures.p50Ns() / 1e3, "µs");
    trial.figure(name + "99th percentile", figures.p99Ns() / 1e3, "µs");
    trial.figure(name + "hiccups, 99th percentile", figures.hiccupP99Ns() / 1e3, "µs");
    trial.figure(name + "processor time a case", figures.cpuNs() / 1e3, "µs");
    trial.figure(name + "many at once", figures.manyRate(), "1/s");
    trial.figure(name + "processor time a case of many", figures.manyCpuNs() / 1e3, "µs");
    bar(trial, "processor time a case, best way", peer.name(), "µs", best(figures) / 1e3);
    bar(trial, "median of a case, one at a time", peer.name(), "µs", figures.p50Ns() / 1e3);
  }

  private static double best(final PeerFigures figures) {
    return Math.min(figures.cpuNs(), figures.manyCpuNs());
  }

  private static void bar(
      final Trial trial,
      final String plot,
      final String name,
      final String unit,
      final double value) {
    trial.plot(new Series(plot, name, "", unit, List.of(new Series.Point(0, value))));
  }

  private static void compare(
      final Trial trial, final Durability durability, final Map<Peer, PeerFigures> measured) {
    final List<Double> others = new ArrayList<>();
    double ours = Double.NaN;
    for (final Map.Entry<Peer, PeerFigures> each : measured.entrySet()) {
      if (each.getKey().durability() == durability) {
        if (each.getKey().name().startsWith("Penstock")) {
          ours = best(each.getValue());
        } else {
          others.add(best(each.getValue()));
        }
      }
    }
    if (!others.isEmpty()) {
      final double best = others.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
      trial.figure(
          "best peer's processor time to Penstock's, " + durability,
          best / ours,
          "",
          Goal.atLeast(durability == Durability.MEMORY ? MEMORY_TIMES : DURABLE_TIMES, "peers"));
    }
  }
}
