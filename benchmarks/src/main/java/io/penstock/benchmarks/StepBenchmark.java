package io.penstock.benchmarks;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A work item completed through an engine in memory, by the size of the workflow: the way to the
 * shard's thread and back, a look at the record, a firing and the new image. The start of the next
 * case, once all tasks are done, is in it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx2g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class StepBenchmark {
  /** How the tasks lie. */
  @Param({"SEQUENCE", "PARALLEL"})
  public NetSizeBenchmark.Shape shape;

  /** Manual tasks of the workflow. */
  @Param({"10", "100", "1000"})
  public int tasks;

  private Workflow workflow;
  private Engine engine;
  private String[] names;
  private CaseHandle handle;
  private int next;

  /** Opens an engine and starts the first case. */
  @Setup(Level.Trial)
  public void open() {
    names = new String[tasks];
    for (int i = 0; i < tasks; i++) {
      names[i] = "task " + i;
    }
    final WorkflowBuilder builder = Workflow.define("steps");
    if (shape == NetSizeBenchmark.Shape.SEQUENCE) {
      for (final String name : names) {
        builder.manual(name);
      }
    } else {
      builder.parallel(
          fork -> {
            for (final String name : names) {
              fork.branch(branch -> branch.manual(name));
            }
          });
    }
    workflow = builder.build();
    engine =
        Engine.inMemory(EngineOptions.defaults().shards(1).endedCasesKept(100)).deploy(workflow);
    handle = engine.start(workflow, in -> {});
    next = 0;
  }

  /** Closes the engine. */
  @TearDown(Level.Trial)
  public void close() {
    engine.close();
  }

  /** Completes a work item. */
  @Benchmark
  public void complete() {
    if (next == tasks) {
      handle = engine.start(workflow, in -> {});
      next = 0;
    }
    handle.complete(names[next++], in -> {});
  }
}
