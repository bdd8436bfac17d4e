package io.penstock.benchmarks;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
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

/** The hot read (R1): the status of a case through its handle, beside a loop that reads nothing. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StatusReadBenchmark {
  private Engine engine;
  private CaseHandle handle;

  /** Starts a case to be read. */
  @Setup(Level.Trial)
  public void open() {
    engine = Engine.inMemory().deploy(InlineAtm.WORKFLOW);
    handle = InlineAtm.start(engine);
  }

  /** Closes the engine. */
  @TearDown(Level.Trial)
  public void close() {
    engine.close();
  }

  /** The floor: what the harness itself costs. */
  @Benchmark
  public CaseHandle nothing() {
    return handle;
  }

  /** Reads the status. */
  @Benchmark
  public CaseStatus status() {
    return handle.status();
  }
}
