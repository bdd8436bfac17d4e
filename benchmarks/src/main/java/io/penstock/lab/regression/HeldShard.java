package io.penstock.lab.regression;

import io.penstock.engine.Engine;
import io.penstock.workflow.Workflow;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * The only shard of an engine, held up while commands gather in its inbox: what is then measured is
 * the shard's thread alone, which never waits for the caller.
 */
final class HeldShard {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Engine engine;
  private final AtomicBoolean released = new AtomicBoolean();
  private final AtomicLong releasedCpuNs = new AtomicLong();
  private final AtomicLong endedCpuNs = new AtomicLong();
  private final Workflow hold;
  private final Workflow mark;
  private long windows;

  /**
   * Deploys what holds the shard.
   *
   * @param engine with one shard and an inbox that takes a window
   */
  HeldShard(final Engine engine) {
    this.engine = engine;
    hold =
        Workflow.define("hold")
            .inlineTask(
                "hold",
                work -> {
                  while (!released.get()) {
                    Thread.onSpinWait();
                  }
                  releasedCpuNs.set(THREADS.getCurrentThreadCpuTime());
                })
            .build();
    mark =
        Workflow.define("mark")
            .inlineTask("mark", work -> endedCpuNs.set(THREADS.getCurrentThreadCpuTime()))
            .build();
    engine.deploy(hold).deploy(mark);
  }

  /**
   * Runs a window.
   *
   * @param commands how many
   * @param command sends one, by its index
   * @return nanoseconds of the shard's processor time for all of them
   */
  long cpuNs(final int commands, final IntFunction<CompletableFuture<?>> command) {
    released.set(false);
    final long window = windows++;
    final CompletableFuture<?>[] sent = new CompletableFuture<?>[commands + 2];
    sent[commands] = engine.startAsync(hold, "hold " + window, in -> {});
    for (int i = 0; i < commands; i++) {
      sent[i] = command.apply(i);
    }
    sent[commands + 1] = engine.startAsync(mark, "mark " + window, in -> {});
    released.set(true);
    CompletableFuture.allOf(sent).join();
    return endedCpuNs.get() - releasedCpuNs.get();
  }
}
