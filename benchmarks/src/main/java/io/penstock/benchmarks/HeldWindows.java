package io.penstock.benchmarks;

import com.sun.management.ThreadMXBean;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Workflow;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What commands cost a shard's thread, and nobody else: a window of them is put into the inbox
 * while the shard is held up, and the thread itself reads its meters when it is let go and behind
 * the last of them. The caller has no part in it, and a stall of the machine spoils a window, not
 * the median.
 */
final class HeldWindows implements AutoCloseable {
  /**
   * What one command costs: the median of the windows.
   *
   * @param wallNs time that passed, ns
   * @param cpuNs processor time of the shard's thread, ns
   * @param bytes allocated by the shard's thread
   */
  record Cost(double wallNs, double cpuNs, double bytes) {}

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
  private final Engine engine;
  private final int starts;
  private final int units;
  private final Start start;
  private final List<Cost> costs = new ArrayList<>();
  private long number;

  /**
   * Opens an engine of one shard, with room in its inbox for a window.
   *
   * @param options of the engine
   * @param opener opens it
   * @param workflow what the commands start
   * @param starts commands in a window, at most 8,000
   * @param units what to divide a window's cost by
   * @param start sends a command
   */
  HeldWindows(
      final EngineOptions options,
      final Function<EngineOptions, Engine> opener,
      final Workflow workflow,
      final int starts,
      final int units,
      final Start start) {
    engine =
        opener
            .apply(options.shards(1).inboxLength(1 << 21).endedCasesKept(2 * starts))
            .deploy(hold)
            .deploy(last)
            .deploy(workflow);
    this.starts = starts;
    this.units = units;
    this.start = start;
  }

  /** Runs one window. */
  void run(final boolean isCounted) {
    released.set(false);
    final CompletableFuture<?>[] sent = new CompletableFuture<?>[starts + 2];
    sent[starts] = engine.startAsync(hold, "hold " + number, in -> {});
    for (int i = 0; i < starts; i++) {
      sent[i] = start.send(engine, number++);
    }
    sent[starts + 1] = engine.startAsync(last, "last " + number, in -> {});
    released.set(true);
    CompletableFuture.allOf(sent).join();
    if (isCounted) {
      costs.add(
          new Cost(
              (double) (end.wallNs - begin.wallNs) / units,
              (double) (end.cpuNs - begin.cpuNs) / units,
              (double) (end.bytes - begin.bytes) / units));
    }
  }

  /** The cost so far. */
  Cost cost() {
    return new Cost(median(Cost::wallNs), median(Cost::cpuNs), median(Cost::bytes));
  }

  private double median(final ToDoubleFunction<Cost> figure) {
    return costs.stream().mapToDouble(figure).sorted().toArray()[costs.size() / 2];
  }

  @Override
  public void close() {
    engine.close();
  }
}
