package io.penstock.benchmarks;

import io.penstock.net.Net;
import io.penstock.net.Verification;
import io.penstock.net.Verifier;
import io.penstock.workflow.Block;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.util.concurrent.TimeUnit;
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
 * Verification of a workflow made of sequences, choices, loops and parallels of 10 branches, alone
 * and as a part of building it; each task has a variable of its own and retries.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class VerifierBenchmark {
  private static final Variable<Boolean> YES = Variable.ofBoolean("yes");
  private static final int BRANCHES = 10;
  private static final int ROUND = 20;

  /** Tasks that do something; those that only route come on top. */
  @Param({"5", "20", "50", "100", "500"})
  public int tasks;

  private final Verifier verifier = new Verifier();
  private Net net;
  private int named;

  /** Makes the net. */
  @Setup
  public void write() {
    net = workflow().nets().get(0);
  }

  private Workflow workflow() {
    named = 0;
    final WorkflowBuilder workflow = Workflow.define("benchmark");
    while (named < tasks) {
      final int left = tasks - named;
      if (left < ROUND) {
        task(workflow);
      } else {
        round(workflow);
      }
    }
    for (int i = 1; i <= named; i++) {
      workflow.variables(variable(i));
    }
    return workflow.build();
  }

  private static Variable<Long> variable(final int number) {
    return Variable.ofLong("result " + number);
  }

  /** A parallel with a loop in its first branch, a choice and tasks: 20 tasks. */
  private void round(final WorkflowBuilder workflow) {
    workflow.parallel(
        parallel -> {
          parallel.branch(branch -> branch.whileTrue(YES.isTrue(), this::twoTasks));
          for (int i = 1; i < BRANCHES - 1; i++) {
            parallel.branch(this::task);
          }
          parallel.branch(this::twoTasks);
        });
    workflow.choice(choice -> choice.when(YES.isTrue(), this::task).otherwise(this::task));
    for (int i = 0; i < 6; i++) {
      task(workflow);
    }
  }

  private void twoTasks(final Block<?> block) {
    task(block);
    task(block);
  }

  private void task(final Block<?> block) {
    final Variable<Long> result = variable(++named);
    block.task("task " + named, work -> work.set(result, 1L)).retry(Retry.exponential(3));
  }

  /** Verifies the workflow's net. */
  @Benchmark
  public Verification verify() {
    return verifier.verify(net);
  }

  /** Writes and builds the workflow: checks of structure, compilation, verification. */
  @Benchmark
  public Workflow build() {
    return workflow();
  }
}
