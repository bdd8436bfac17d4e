package io.penstock.benchmarks;

import io.penstock.benchmarks.HeldShard.Cost;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Windows of commands on a {@link HeldShard}, and the median of what a command costs in them. */
final class HeldWindows implements AutoCloseable {
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

  private final Engine engine;
  private final HeldShard shard;
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
            .deploy(workflow);
    shard = new HeldShard(engine);
    this.starts = starts;
    this.units = units;
    this.start = start;
  }

  /** Runs one window. */
  void run(final boolean isCounted) {
    final Cost cost = shard.run(starts, none -> start.send(engine, number++));
    if (isCounted) {
      costs.add(cost);
    }
  }

  /** What a unit costs, so far. */
  Cost cost() {
    return new Cost(median(Cost::wallNs), median(Cost::cpuNs), median(Cost::bytes));
  }

  private double median(final ToDoubleFunction<Cost> figure) {
    return costs.stream().mapToDouble(figure).sorted().toArray()[costs.size() / 2] / units;
  }

  @Override
  public void close() {
    engine.close();
  }
}
