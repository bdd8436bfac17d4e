package io.penstock.benchmarks;

import com.sun.management.ThreadMXBean;
import io.penstock.benchmarks.HeldShard.Cost;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Workflow;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Windows of cases whose tasks run on workers: what they cost all threads but the caller's. The
 * compiler and the collector have no part in it; other engines of the process must stand still.
 */
final class ThreadWindows extends Windows {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final int starts;

  private ThreadWindows(final Engine engine, final int starts, final int units, final Start start) {
    super(engine, units, start);
    this.starts = starts;
  }

  /**
   * Opens an engine of one shard.
   *
   * @param options of the engine
   * @param opener opens it
   * @param workflow what the commands start
   * @param starts cases in a window, all under way at once
   * @param units what to divide a window's cost by
   * @param start starts a case
   * @return the engine in windows
   */
  static ThreadWindows open(
      final EngineOptions options,
      final Function<EngineOptions, Engine> opener,
      final Workflow workflow,
      final int starts,
      final int units,
      final Start start) {
    return new ThreadWindows(
        opener.apply(options.shards(1).endedCasesKept(2 * starts)).deploy(workflow),
        starts,
        units,
        start);
  }

  @Override
  Cost window() {
    final double cpuNs = cpuNs();
    final double bytes = bytes();
    final long wallNs = System.nanoTime();
    final List<CompletableFuture<?>> sent = new ArrayList<>();
    for (int i = 0; i < starts; i++) {
      sent.add(send());
    }
    for (final CompletableFuture<?> each : sent) {
      ((CaseHandle) each.join()).join();
    }
    return new Cost(System.nanoTime() - wallNs, cpuNs() - cpuNs, bytes() - bytes);
  }

  private static double cpuNs() {
    double sum = 0;
    for (final long id : THREADS.getAllThreadIds()) {
      sum += id == Thread.currentThread().getId() ? 0 : Math.max(0, THREADS.getThreadCpuTime(id));
    }
    return sum;
  }

  private static double bytes() {
    double sum = 0;
    for (final long id : THREADS.getAllThreadIds()) {
      sum +=
          id == Thread.currentThread().getId()
              ? 0
              : Math.max(0, THREADS.getThreadAllocatedBytes(id));
    }
    return sum;
  }
}
