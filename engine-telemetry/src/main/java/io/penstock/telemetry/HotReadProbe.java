package io.penstock.telemetry;

import io.penstock.spi.ObjectiveReading;
import io.penstock.workflow.Objective;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Measures hot reads. One read takes less time than reading a clock, so that only batches can be
 * timed: the time of a batch, divided by its reads, is one event. Reading the clock adds about 20
 * ns to a batch, 0.02 ns to a read. A batch in which the machine stood still counts like any other.
 */
final class HotReadProbe {
  static final int READS_A_BATCH = 1024;

  /** More than the 459 that a target of 99 % takes for 99 % confidence. */
  static final int BATCHES = 1000;

  private static final int WARM_UP_BATCHES = 5_000;
  private static final long WARM_UP_NS = 50_000_000;

  private final Objective objective;
  private volatile boolean isWarm;

  HotReadProbe(final Objective objective) {
    this.objective = objective;
  }

  ObjectiveReading measure(final String name, final IntConsumer hotReads) {
    warmUp(hotReads);
    final long[] batchNs = new long[BATCHES];
    for (int i = 0; i < BATCHES; i++) {
      final long startNs = System.nanoTime();
      hotReads.accept(READS_A_BATCH);
      batchNs[i] = System.nanoTime() - startNs;
    }
    return reading(name, batchNs);
  }

  /**
   * Lets the reads be compiled: once long enough for that, and each time briefly for the caches.
   */
  private void warmUp(final IntConsumer hotReads) {
    final long startNs = System.nanoTime();
    final int batches = isWarm ? BATCHES : WARM_UP_BATCHES;
    final long durationNs = isWarm ? 0 : WARM_UP_NS;
    for (int i = 0; i < batches || System.nanoTime() - startNs < durationNs; i++) {
      hotReads.accept(READS_A_BATCH);
    }
    isWarm = true;
  }

  /** What batches of these durations say. */
  ObjectiveReading reading(final String name, final long[] batchNs) {
    final long[] sorted = batchNs.clone();
    Arrays.sort(sorted);
    final long goodMaxNs = objective.threshold().toNanos() * READS_A_BATCH;
    return new ObjectiveReading(
        name,
        sorted.length,
        Arrays.stream(sorted).filter(ns -> ns <= goodMaxNs).count(),
        quantile(sorted, 0.5),
        quantile(sorted, 0.99),
        quantile(sorted, 0.999),
        quantile(sorted, 1),
        objective,
        "batches of " + READS_A_BATCH + " reads");
  }

  private static double quantile(final long[] sorted, final double quantile) {
    final int rank = (int) Math.ceil(quantile * sorted.length);
    return (double) sorted[rank - 1] / READS_A_BATCH;
  }
}
