package io.penstock.benchmarks;

import io.penstock.net.Exit;
import io.penstock.net.Join;
import io.penstock.net.Machine;
import io.penstock.net.MachineSink;
import io.penstock.net.Net;
import io.penstock.net.NetBuilder;
import io.penstock.net.Split;
import io.penstock.net.StartMode;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Fires a task of a small net: completes one and starts the next, both halves and the look at what
 * they feed.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FiringBenchmark implements MachineSink {
  private static final int TASKS = 5;

  /**
   * Whether the net is known to be 1-safe, so that its marking is one word, or is kept as counters.
   */
  @Param({"true", "false"})
  public boolean safe;

  private Machine machine;
  private int busy;

  /** Makes a ring of five tasks with a token in it. */
  @Setup
  public void begin() {
    final NetBuilder builder = new NetBuilder("ring");
    if (safe) {
      builder.safeByConstruction();
    }
    builder.input(builder.condition("in"));
    builder.output(builder.condition("out"));
    final int[] ring = new int[TASKS];
    for (int i = 0; i < TASKS; i++) {
      ring[i] = builder.condition("c" + i);
    }
    for (int i = 0; i < TASKS; i++) {
      builder.task("t" + i, StartMode.AUTOMATIC, Join.XOR, Split.AND);
      builder.flowIn(ring[i], i, 1);
      builder.flowOut(i, ring[(i + 1) % TASKS], 1, Net.NONE);
    }
    final int enter = builder.task("enter", StartMode.ROUTING, Join.XOR, Split.AND);
    builder.flowIn(0, enter, 1);
    builder.flowOut(enter, ring[0], 1, Net.NONE);
    final int leave = builder.task("leave", StartMode.OFFERED, Join.AND, Split.AND);
    builder.flowIn(ring[0], leave, 1);
    builder.flowIn(ring[1], leave, 1);
    builder.flowOut(leave, 1, 1, Net.NONE);
    final Net net = builder.build();
    machine = new Machine(this);
    machine.wrap(net, new UnsafeBuffer(new byte[net.stateLength()]), 0);
    machine.begin();
  }

  /** Completes the busy task, which starts the next. */
  @Benchmark
  public boolean fire() {
    return machine.complete(busy, Exit.NORMAL);
  }

  @Override
  public boolean guard(final int guard) {
    return true;
  }

  @Override
  public void started(final int task) {
    busy = task;
  }

  @Override
  public void offered(final int task) {}

  @Override
  public void withdrawn(final int task) {}

  @Override
  public void cancelled(final int task) {}

  @Override
  public void routed(final int task) {}

  @Override
  public void noBranch(final int task) {}
}
