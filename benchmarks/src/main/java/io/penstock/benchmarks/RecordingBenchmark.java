package io.penstock.benchmarks;

import io.penstock.spi.EngineClock;
import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.telemetry.PenstockTelemetry;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the shard's thread pays to be measured: one recorded latency, beside the clock reading that
 * it needs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RecordingBenchmark {
  private static final int VALUES = 1024;
  private static final long STEP_NS = 1_000;

  private final EngineClock clock = EngineClock.system();
  private final long[] latencies = new long[VALUES];
  private Telemetry telemetry;
  private ShardObserver observer;
  private int next;
  private long nowNs;

  /** Makes telemetry and values of many sizes. */
  @Setup(Level.Trial)
  public void open() {
    telemetry = new PenstockTelemetry().create(clock, 1);
    observer = telemetry.shard(0);
    observer.deployed(0, InlineAtm.WORKFLOW);
    for (int i = 0; i < VALUES; i++) {
      latencies[i] = (long) Math.exp(i * 17.0 / VALUES);
    }
  }

  /** Closes the telemetry. */
  @TearDown(Level.Trial)
  public void close() {
    telemetry.close();
  }

  /** One reading of the monotonic clock. */
  @Benchmark
  public long clockReading() {
    return clock.monotonicNs();
  }

  /** A command's latency, counted against W1. */
  @Benchmark
  public void acknowledged() {
    nowNs += STEP_NS;
    observer.acknowledged(Operation.START, nowNs - latencies[next++ & VALUES - 1], nowNs);
  }

  /** An inline task's service time. */
  @Benchmark
  public void inlineTaskEnded() {
    nowNs += STEP_NS;
    observer.inlineTaskEnded(0, 0, nowNs - latencies[next++ & VALUES - 1], nowNs, false);
  }
}
