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
 * A completed task on the bare machine, by the size of the net: in a row, or as many branches at
 * the same time that are split and joined again in each round.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class NetSizeBenchmark implements MachineSink {
  /** How the tasks lie. */
  public enum Shape {
    /** One after the other, round and round. */
    SEQUENCE,
    /** All at the same time, round after round. */
    PARALLEL
  }

  /** How the tasks lie. */
  @Param({"SEQUENCE", "PARALLEL"})
  public Shape shape;

  /** Tasks that do something. */
  @Param({"10", "100", "1000"})
  public int tasks;

  private Machine machine;
  private int next;

  /** Makes the net and begins. */
  @Setup
  public void begin() {
    final NetBuilder net = new NetBuilder(shape.name());
    net.safeByConstruction();
    net.input(net.condition("in"));
    net.output(net.condition("out"));
    final int head = net.condition("head");
    for (int i = 0; i < tasks; i++) {
      net.task("t" + i, StartMode.AUTOMATIC, Join.XOR, Split.AND);
    }
    final int enter = net.task("enter", StartMode.ROUTING, Join.XOR, Split.AND);
    net.flowIn(0, enter, 1);
    net.flowOut(enter, head, 1, Net.NONE);
    if (shape == Shape.SEQUENCE) {
      sequence(net, head);
    } else {
      parallel(net, head);
    }
    final int leave = net.task("leave", StartMode.OFFERED, Join.XOR, Split.AND);
    net.flowIn(head, leave, 1);
    net.flowOut(leave, 1, 1, Net.NONE);
    final Net built = net.build();
    machine = new Machine(this);
    machine.wrap(built, new UnsafeBuffer(new byte[built.stateLength()]), 0);
    machine.begin();
    next = 0;
  }

  private void sequence(final NetBuilder net, final int head) {
    int before = head;
    for (int i = 0; i < tasks; i++) {
      final int after = i == tasks - 1 ? head : net.condition("c" + i);
      net.flowIn(before, i, 1);
      net.flowOut(i, after, 1, Net.NONE);
      before = after;
    }
  }

  private void parallel(final NetBuilder net, final int head) {
    final int split = net.task("split", StartMode.ROUTING, Join.XOR, Split.AND);
    final int join = net.task("join", StartMode.ROUTING, Join.AND, Split.AND);
    net.flowIn(head, split, 1);
    for (int i = 0; i < tasks; i++) {
      final int begin = net.condition("begin" + i);
      final int end = net.condition("end" + i);
      net.flowOut(split, begin, 1, Net.NONE);
      net.flowIn(begin, i, 1);
      net.flowOut(i, end, 1, Net.NONE);
      net.flowIn(end, join, 1);
    }
    net.flowOut(join, head, 1, Net.NONE);
  }

  /** Completes a busy task, and whatever follows from it. */
  @Benchmark
  public boolean complete() {
    final int task = next;
    next = task + 1 == tasks ? 0 : task + 1;
    return machine.complete(task, Exit.NORMAL);
  }

  @Override
  public boolean guard(final int guard) {
    return true;
  }

  @Override
  public void started(final int task) {}

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
