package io.penstock.benchmarks;

import com.sun.management.ThreadMXBean;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Workflow;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * What commands cost a shard's thread, and nobody else: a window of them is put into the inbox
 * while the shard is held up, and the thread itself reads its meters when it is let go and behind
 * the last of them. The caller has no part in it, and a stall of the machine spoils a window, not
 * the median.
 */
final class HeldWindows {
  private static final int WINDOWS_BEFORE = Integer.getInteger("windows.before", 2_000);
  private static final int WINDOWS = 500;

  /**
   * What one command costs: the median of the windows.
   *
   * @param wallNs time that passed, ns
   * @param cpuNs processor time of the shard's thread, ns
   * @param bytes allocated by the shard's thread
   */
  record Cost(double wallNs, double cpuNs, double bytes) {}

  /** The meters of a shard's thread, read on it. */
  private static final class Meters {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long wallNs;
    private long cpuNs;
    private long bytes;

    void read() {
      bytes = THREADS.getCurrentThreadAllocatedBytes();
      cpuNs = THREADS.getCurrentThreadCpuTime();
      wallNs = System.nanoTime();
    }
  }

  private final AtomicBoolean released = new AtomicBoolean();
  private final Meters begin = new Meters();
  private final Meters end = new Meters();
  private final Workflow hold =
      Workflow.define("hold")
          .inlineTask(
              "hold",
              work -> {
                while (!released.get()) {
                  Thread.onSpinWait();
                }
                begin.read();
              })
          .build();
  private final Workflow last =
      Workflow.define("last").inlineTask("last", work -> end.read()).build();

  /**
   * Measures.
   *
   * @param options of the engine; one shard and room in the inbox are seen to here
   * @param opener opens it
   * @param workflow what the commands start
   * @param starts commands in a window, at most 8,000
   * @param units what to divide a window's cost by
   * @param start sends one of them, with a number of its own
   */
  Cost measure(
      final EngineOptions options,
      final Function<EngineOptions, Engine> opener,
      final Workflow workflow,
      final int starts,
      final int units,
      final Start start) {
    final double[] wallNs = new double[WINDOWS];
    final double[] cpuNs = new double[WINDOWS];
    final double[] bytes = new double[WINDOWS];
    try (Engine engine =
        opener
            .apply(options.shards(1).inboxLength(1 << 21).endedCasesKept(2 * starts))
            .deploy(hold)
            .deploy(last)
            .deploy(workflow)) {
      long number = 0;
      for (int window = -WINDOWS_BEFORE; window < WINDOWS; window++) {
        released.set(false);
        final CompletableFuture<?>[] sent = new CompletableFuture<?>[starts + 2];
        sent[starts] = engine.startAsync(hold, "hold " + number, in -> {});
        for (int i = 0; i < starts; i++) {
          sent[i] = start.send(engine, number++);
        }
        sent[starts + 1] = engine.startAsync(last, "last " + number, in -> {});
        released.set(true);
        CompletableFuture.allOf(sent).join();
        if (window >= 0) {
          wallNs[window] = (double) (end.wallNs - begin.wallNs) / units;
          cpuNs[window] = (double) (end.cpuNs - begin.cpuNs) / units;
          bytes[window] = (double) (end.bytes - begin.bytes) / units;
        }
      }
    }
    return new Cost(median(wallNs), median(cpuNs), median(bytes));
  }

  /** Sends one command. */
  @FunctionalInterface
  interface Start {
    /**
     * Sends it.
     *
     * @param engine where to
     * @param number a number that no other command has
     * @return its answer
     */
    CompletableFuture<?> send(Engine engine, long number);
  }

  private static double median(final double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
