package io.penstock.telemetry;

import io.penstock.objective.EventCounts;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.HdrHistogram.Histogram;

/**
 * Measures hot reads. One read takes less time than reading a clock, so that only batches can be
 * timed: the time of a batch, divided by its reads, is one event. Reading the clock adds about 20
 * ns to a batch, 0.02 ns to a read. A batch in which the machine stood still counts like any other;
 * those before the reads were compiled do not count.
 *
 * <p>Safe for any thread.
 */
final class HotReadProbe {
  static final int READS_A_BATCH = 1024;

  private static final long NOT_BEGUN = 0;

  /** More than the 459 that a target of 99 % takes for 99 % confidence. */
  static final int BATCHES = 1000;

  /** The JVM compiles the reads after so many batches, and needs some time for it. */
  static final int WARM_UP_BATCHES = 5_000;

  private static final long WARM_UP_NS = 500_000_000;
  private static final int WARM_UP_STEP = WARM_UP_BATCHES / 10;

  /** Since when there have been reads; code is compiled once for all engines. */
  private static final AtomicLong WARM_FROM_NS = new AtomicLong(NOT_BEGUN);

  /**
   * Batches before those that are timed: they bring what is read into the caches, there is no hot
   * read without; and have it compiled anew should the JVM have given its code up, which batches a
   * second apart would not for minutes.
   */
  static final int HEAT_UP_BATCHES = 64;

  private final EpochTime time;
  private final EventCounts counts;
  private final long thresholdNs;
  private final LatencyHistogram batchNs = new LatencyHistogram();
  private final AtomicLong warmUps = new AtomicLong();

  HotReadProbe(final EpochTime time, final EventCounts counts) {
    this.time = time;
    this.counts = counts;
    thresholdNs = counts.objective().threshold().toNanos() * READS_A_BATCH;
  }

  /** Times one batch; while the reads are not compiled yet, runs some and times none. */
  void sample(final IntConsumer hotReads) {
    if (isWarm()) {
      measure(hotReads, 1);
    } else {
      warmUp(hotReads);
    }
  }

  /**
   * Times as many batches as a verdict takes, those that were timed before included; in a JVM that
   * has just started after half a second of warming up.
   */
  void measure(final IntConsumer hotReads) {
    while (!isWarm()) {
      warmUp(hotReads);
    }
    measure(hotReads, (int) Math.max(0, BATCHES - batchNs.total()));
  }

  private boolean isWarm() {
    return warmUps.get() >= WARM_UP_BATCHES && System.nanoTime() - WARM_FROM_NS.get() >= WARM_UP_NS;
  }

  private void warmUp(final IntConsumer hotReads) {
    WARM_FROM_NS.compareAndSet(NOT_BEGUN, System.nanoTime());
    for (int i = 0; i < WARM_UP_STEP; i++) {
      hotReads.accept(READS_A_BATCH);
    }
    warmUps.addAndGet(WARM_UP_STEP);
  }

  private void measure(final IntConsumer hotReads, final int batches) {
    for (int i = 0; i < HEAT_UP_BATCHES && batches > 0; i++) {
      hotReads.accept(READS_A_BATCH);
    }
    for (int i = 0; i < batches; i++) {
      final long startNs = System.nanoTime();
      hotReads.accept(READS_A_BATCH);
      count(System.nanoTime() - startNs);
    }
  }

  /** Counts a batch that took so long. */
  void count(final long durationNs) {
    batchNs.recordShared(durationNs);
    counts.countShared(durationNs <= thresholdNs ? 0 : Long.MAX_VALUE, time.monotonicNs());
  }

  /** Adds the batches, in nanoseconds each, to a snapshot. */
  void addTo(final Histogram snapshot) {
    batchNs.addTo(snapshot);
  }
}
