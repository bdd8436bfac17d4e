package io.penstock.benchmarks;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Threads that each store, wait for the acknowledgement and store again. A closed loop: while the
 * machine or the store stands still no command is begun, so that a stall counts once for each
 * caller and not for all that would have come. Used once.
 */
final class Callers {
  private final AcknowledgedStore store;
  private final int callers;
  private final Histogram waits = Latencies.histogram();
  private final LongAdder acknowledged = new LongAdder();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private volatile Phase phase = Phase.WARM_UP;

  /** What a command counts for when it ends. */
  private enum Phase {
    WARM_UP,
    MEASURED,
    OVER
  }

  /**
   * What was measured.
   *
   * @param acknowledged commands whose acknowledgement came in that time
   * @param durationNs the time
   * @param waits for an acknowledgement, in nanoseconds; of all callers
   * @param hiccups of the machine meanwhile
   */
  record Result(long acknowledged, long durationNs, Histogram waits, Histogram hiccups) {}

  Callers(final AcknowledgedStore store, final int callers) {
    this.store = store;
    this.callers = callers;
  }

  /**
   * Measures, after a warm-up of half that time.
   *
   * @param measuredMs how long
   * @return what was measured
   * @throws Exception what a caller got in place of an acknowledgement
   */
  Result measure(final long measuredMs) throws Exception {
    final List<Thread> threads =
        IntStream.range(0, callers)
            .mapToObj(caller -> new Thread(() -> run(caller), "caller-" + caller))
            .toList();
    threads.forEach(Thread::start);
    Thread.sleep(measuredMs / 2);
    try (HiccupMeter meter = HiccupMeter.start()) {
      final long beginNs = System.nanoTime();
      phase = Phase.MEASURED;
      Thread.sleep(measuredMs);
      phase = Phase.OVER;
      final long durationNs = System.nanoTime() - beginNs;
      final Histogram hiccups = meter.stop();
      for (final Thread thread : threads) {
        thread.join();
      }
      final Exception failed = failure.get();
      if (failed != null) {
        throw failed;
      }
      return new Result(acknowledged.sum(), durationNs, waits, hiccups);
    }
  }

  private void run(final int caller) {
    try {
      call(caller);
    } catch (final Exception e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Waits that end after the measured time count too, as the longest are among them. */
  private void call(final int caller) throws Exception {
    final Histogram own = Latencies.histogram();
    while (phase != Phase.OVER) {
      final long startNs = System.nanoTime();
      store.put(caller);
      final long waitNs = System.nanoTime() - startNs;
      final Phase ended = phase;
      if (ended != Phase.WARM_UP) {
        own.recordValue(waitNs);
      }
      if (ended == Phase.MEASURED) {
        acknowledged.increment();
      }
    }
    synchronized (waits) {
      waits.add(own);
    }
  }
}
