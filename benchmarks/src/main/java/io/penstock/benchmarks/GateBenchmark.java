package io.penstock.benchmarks;

import io.penstock.engine.Engine;
import io.penstock.engine.Gate;
import io.penstock.objective.EventCounts;
import io.penstock.objective.GateRules;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.List;
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
 * What objectives and gates cost those who use them: one event counted, one question to a gate, one
 * look at how an objective stands.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GateBenchmark {
  private static final int KEYS = 1024;
  private static final long STEP_NS = 1_000;
  private static final Objective OBJECTIVE = Objective.p99(Duration.ofMillis(1));

  private final String[] keys = new String[KEYS];
  private final EventCounts counts = new EventCounts(OBJECTIVE, 0);
  private final EventCounts shared = new EventCounts(OBJECTIVE, 0);
  private Engine engine;
  private Gate gate;
  private int next;
  private long nowNs;

  /** Opens an engine with a gate, and makes keys. */
  @Setup(Level.Trial)
  public void open() {
    engine = Engine.inMemory();
    gate = engine.gate("feature", OBJECTIVE, GateRules.defaults());
    for (int i = 0; i < KEYS; i++) {
      keys[i] = "customer-" + i;
    }
  }

  /** Closes the engine. */
  @TearDown(Level.Trial)
  public void close() {
    engine.close();
  }

  /** An event of one thread, a microsecond after the last. */
  @Benchmark
  public void count() {
    nowNs += STEP_NS;
    counts.count(nowNs & 0xFFFFF, nowNs);
  }

  /** An event of many threads, here without a second one. */
  @Benchmark
  public void countShared() {
    nowNs += STEP_NS;
    shared.countShared(nowNs & 0xFFFFF, nowNs);
  }

  /** One question to a gate. */
  @Benchmark
  public boolean admits() {
    return gate.admits(keys[next++ & KEYS - 1]);
  }

  /** How an objective stands whose window is full of events. */
  @Benchmark
  public ObjectiveStatus status() {
    nowNs += STEP_NS;
    counts.count(nowNs & 0xFFFFF, nowNs);
    return ObjectiveStatus.of(OBJECTIVE, List.of(counts), nowNs);
  }
}
