package io.penstock.benchmarks;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.WorkItem;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.List;
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
 * An instance of a multiple-instance step completed through an engine in memory and counted into
 * its case, by the number of instances: it must not grow with that. The creation of the instance
 * and its part of the list of work items are in it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx2g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class InstancesBenchmark {
  private static final Variable<Long> VOTE = Variable.ofLong("vote");
  private static final Variable<Long> VOTES = Variable.ofLong("votes");

  /** Instances of the step. */
  @Param({"10", "100", "1000", "10000"})
  public int instances;

  private Workflow workflow;
  private Engine engine;
  private CaseHandle handle;
  private List<WorkItem> items;
  private int next;

  /** Opens an engine. */
  @Setup(Level.Trial)
  public void open() {
    workflow =
        Workflow.define("votes")
            .instances("vote", instances, each -> each.manual("sign"))
            .reduce(VOTE, VOTES, Long::sum)
            .build();
    engine =
        Engine.inMemory(EngineOptions.defaults().shards(1).endedCasesKept(100)).deploy(workflow);
    handle = engine.start(workflow, in -> {});
    items = List.of();
    next = 0;
  }

  /** Closes the engine. */
  @TearDown(Level.Trial)
  public void close() {
    engine.close();
  }

  /** Completes an instance. */
  @Benchmark
  public void complete() {
    while (next == items.size()) {
      moreItems();
    }
    handle.complete(items.get(next++), "", in -> in.set(VOTE, 1L));
  }

  /** Those that were created meanwhile, or those of the next case. */
  private void moreItems() {
    if (handle.status().outcome().isPresent()) {
      handle = engine.start(workflow, in -> {});
    }
    items = handle.workItems();
    next = 0;
  }
}
