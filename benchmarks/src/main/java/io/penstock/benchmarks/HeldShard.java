package io.penstock.benchmarks;

import com.sun.management.ThreadMXBean;
import io.penstock.engine.Engine;
import io.penstock.workflow.Workflow;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;

/**
 * The only shard of an engine, held up while a window of commands gathers in its inbox: what they
 * then cost is that of the shard's thread alone, which reads its own meters when it is let go and
 * behind the last of them. The caller has no part in it.
 */
public final class HeldShard {
  /**
   * What commands cost the shard's thread.
   *
   * @param wallNs time that passed, ns
   * @param cpuNs processor time, ns
   * @param bytes allocated
   */
  public record Cost(double wallNs, double cpuNs, double bytes) {}

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

  private final Engine engine;
  private final AtomicBoolean released = new AtomicBoolean();
  private final Meters begin = new Meters();
  private final Meters end = new Meters();
  private final Workflow hold;
  private final Workflow last;
  private long windows;

  /**
   * Deploys what holds the shard.
   *
   * @param engine with one shard and an inbox that takes a window
   */
  public HeldShard(final Engine engine) {
    this.engine = engine;
    hold =
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
    last = Workflow.define("last").inlineTask("last", work -> end.read()).build();
    engine.deploy(hold).deploy(last);
  }

  /**
   * Runs a window.
   *
   * @param commands how many, at most 8,000
   * @param command sends one, by its index
   * @return the cost of all of them
   */
  public Cost run(final int commands, final IntFunction<CompletableFuture<?>> command) {
    released.set(false);
    final long window = windows++;
    final CompletableFuture<?>[] sent = new CompletableFuture<?>[commands + 2];
    sent[commands] = engine.startAsync(hold, "hold " + window, in -> {});
    for (int i = 0; i < commands; i++) {
      sent[i] = command.apply(i);
    }
    sent[commands + 1] = engine.startAsync(last, "last " + window, in -> {});
    released.set(true);
    CompletableFuture.allOf(sent).join();
    return new Cost(
        (double) end.wallNs - begin.wallNs,
        (double) end.cpuNs - begin.cpuNs,
        (double) end.bytes - begin.bytes);
  }
}
