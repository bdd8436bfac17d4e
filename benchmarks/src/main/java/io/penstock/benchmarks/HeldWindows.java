package io.penstock.benchmarks;

import io.penstock.benchmarks.HeldShard.Cost;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Workflow;
import java.util.function.Function;

/** Windows of commands on a {@link HeldShard}: what they cost its thread alone. */
final class HeldWindows extends Windows {
  private final HeldShard shard;
  private final int starts;

  private HeldWindows(final Engine engine, final int starts, final int units, final Start start) {
    super(engine, units, start);
    shard = new HeldShard(engine);
    this.starts = starts;
  }

  /**
   * Opens an engine of one shard, with room in its inbox for a window.
   *
   * @param options of the engine
   * @param opener opens it
   * @param workflow what the commands start
   * @param starts commands in a window, at most 8,000
   * @param units what to divide a window's cost by
   * @param start sends a command
   * @return the engine in windows
   */
  static HeldWindows open(
      final EngineOptions options,
      final Function<EngineOptions, Engine> opener,
      final Workflow workflow,
      final int starts,
      final int units,
      final Start start) {
    return new HeldWindows(
        opener
            .apply(options.shards(1).inboxLength(1 << 21).endedCasesKept(2 * starts))
            .deploy(workflow),
        starts,
        units,
        start);
  }

  @Override
  Cost window() {
    return shard.run(starts, none -> send());
  }
}
