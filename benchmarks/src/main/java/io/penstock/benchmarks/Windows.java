package io.penstock.benchmarks;

import io.penstock.benchmarks.HeldShard.Cost;
import io.penstock.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;

/** An engine that gets commands in windows, and the median of what a unit of them costs. */
abstract class Windows implements AutoCloseable {
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
  private final Start start;
  private final int units;
  private final List<Cost> costs = new ArrayList<>();
  private long number;

  /**
   * Takes over an engine.
   *
   * @param engine closed with this
   * @param units what to divide a window's cost by
   * @param start sends a command
   */
  Windows(final Engine engine, final int units, final Start start) {
    this.engine = engine;
    this.units = units;
    this.start = start;
  }

  /** The cost of one window. */
  abstract Cost window();

  /** Sends the next command. */
  final CompletableFuture<?> send() {
    return start.send(engine, number++);
  }

  /** Runs one window. */
  final void run(final boolean isCounted) {
    final Cost cost = window();
    if (isCounted) {
      costs.add(cost);
    }
  }

  /** What a unit costs, so far. */
  final Cost cost() {
    return new Cost(median(Cost::wallNs), median(Cost::cpuNs), median(Cost::bytes));
  }

  private double median(final ToDoubleFunction<Cost> figure) {
    return costs.stream().mapToDouble(figure).sorted().toArray()[costs.size() / 2] / units;
  }

  @Override
  public final void close() {
    engine.close();
  }
}
