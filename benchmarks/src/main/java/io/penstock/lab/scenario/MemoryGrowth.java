package io.penstock.lab.scenario;

import io.penstock.benchmarks.InlineAtm;
import io.penstock.benchmarks.Memory;
import io.penstock.engine.Engine;
import io.penstock.lab.result.Goal;
import io.penstock.lab.result.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What is left on the heap after a collection, as cases come and go. An hour is not waited for:
 * cases run as fast as they can, and growth is told for each case and for an hour at 1,000 cases a
 * second.
 */
final class MemoryGrowth implements Scenario {
  private static final int WINDOW = 1_000;
  private static final int WARM_UP = 100_000;
  private static final int SAMPLES = 15;
  private static final int CASES_A_SAMPLE = 40_000;
  private static final int KEPT = 5_000;
  private static final double CASES_AN_HOUR = 3_600_000;
  private static final double MIB = 1 << 20;
  private static final double GROWTH_MAX = 10;

  @Override
  public String name() {
    return "memory-growth";
  }

  @Override
  public String meaning() {
    return "Does the heap's live set grow while cases come and go?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    final int casesASample = trial.settings().count(CASES_A_SAMPLE);
    trial.configure("cases", WARM_UP + " to warm up, " + SAMPLES + " times " + casesASample);
    final List<Series.Point> heap = new ArrayList<>();
    try (Engine engine = trial.engine(Settings.patient(1).endedCasesKept(KEPT))) {
      engine.deploy(InlineAtm.WORKFLOW);
      run(engine, "warm-up-", trial.settings().count(WARM_UP));
      for (int sample = 0; sample < SAMPLES; sample++) {
        run(engine, sample + "-", casesASample);
        heap.add(new Series.Point((sample + 1.0) * casesASample, Memory.liveHeap() / MIB));
      }
    }
    final double slope = slope(heap);
    trial.plot(new Series("live heap", "after a collection", "cases", "MiB", heap));
    trial.figure("live heap", heap.get(heap.size() - 1).y(), "MiB");
    trial.figure("growth", slope * MIB, "bytes a case");
    trial.figure(
        "growth at 1,000 cases a second",
        slope * CASES_AN_HOUR,
        "MiB/h",
        Goal.atMost(GROWTH_MAX, "five systems"));
  }

  private static void run(final Engine engine, final String prefix, final int cases) {
    for (int done = 0; done < cases; done += WINDOW) {
      final CompletableFuture<?>[] started = new CompletableFuture<?>[WINDOW];
      for (int i = 0; i < WINDOW; i++) {
        started[i] = InlineAtm.startAsync(engine, prefix + (done + i));
      }
      CompletableFuture.allOf(started).join();
    }
  }

  /** By least squares. */
  private static double slope(final List<Series.Point> points) {
    final double xMean = points.stream().mapToDouble(Series.Point::x).average().orElseThrow();
    final double yMean = points.stream().mapToDouble(Series.Point::y).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    for (final Series.Point point : points) {
      xy += (point.x() - xMean) * (point.y() - yMean);
      xx += (point.x() - xMean) * (point.x() - xMean);
    }
    return xy / xx;
  }
}
