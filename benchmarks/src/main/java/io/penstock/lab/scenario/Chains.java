package io.penstock.lab.scenario;

import io.penstock.engine.CaseStatus;
import io.penstock.engine.Engine;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Workflows of so many inline tasks, one after the other, that do nothing. */
final class Chains {
  private static final int WINDOW = 500;

  private Chains() {}

  static WorkflowBuilder build(final String name, final int tasks) {
    final WorkflowBuilder builder = Workflow.define(name);
    for (int i = 0; i < tasks; i++) {
      builder.inlineTask("task " + i, work -> {});
    }
    return builder;
  }

  /**
   * Starts cases in windows and waits for all of them.
   *
   * @return how many completed
   */
  static long run(
      final Engine engine, final Workflow workflow, final String prefix, final int cases) {
    long completed = 0;
    for (int done = 0; done < cases; done += WINDOW) {
      final List<CompletableFuture<CaseStatus>> started = new ArrayList<>();
      for (int i = done; i < Math.min(cases, done + WINDOW); i++) {
        started.add(
            engine.startAsync(workflow, prefix + i, in -> {}).thenApply(each -> each.status()));
      }
      for (final CompletableFuture<CaseStatus> each : started) {
        completed += each.join() == CaseStatus.COMPLETED ? 1 : 0;
      }
    }
    return completed;
  }
}
