package io.penstock.workflow;

import io.penstock.net.InvalidNetException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Builds a workflow out of blocks. Not thread safe. */
public final class WorkflowBuilder extends Block<WorkflowBuilder> {
  WorkflowBuilder(final WorkflowParts parts) {
    super(parts, parts.net(parts.name));
    begin();
  }

  /**
   * Declares the variables that cases of this workflow have; those of guards need not be named.
   *
   * @param variables the variables
   * @return this
   */
  public WorkflowBuilder variables(final Variable<?>... variables) {
    parts.variables.addAll(List.of(variables));
    return this;
  }

  /**
   * Declares a sub-workflow, a net that composites run; it shares the variables.
   *
   * @param name unique among the sub-workflows, and not the workflow's own
   * @param body adds its steps
   * @return this
   */
  public WorkflowBuilder subworkflow(final String name, final Consumer<Sequence> body) {
    Sequence.fill(parts, parts.subworkflow(name), body);
    return this;
  }

  /**
   * Declares a sub-workflow as a graph.
   *
   * @param name unique among the sub-workflows, and not the workflow's own
   * @param graph adds its elements; it must not build it
   * @return this
   */
  public WorkflowBuilder subgraph(final String name, final Consumer<GraphBuilder> graph) {
    final GraphBuilder builder = new GraphBuilder(parts, parts.subworkflow(name));
    graph.accept(builder);
    builder.emit();
    return this;
  }

  /**
   * Numbers this version of the workflow; 1 when not called. Running cases stay on the version that
   * they were started with.
   *
   * @param version at least 1
   * @return this
   */
  public WorkflowBuilder version(final int version) {
    if (version < 1) {
      throw new IllegalArgumentException("workflow version must be at least 1: version=" + version);
    }
    parts.version = version;
    return this;
  }

  /**
   * Ends a case as timed out when it takes longer than this.
   *
   * @param deadline from the start of the case
   * @return this
   */
  public WorkflowBuilder caseDeadline(final Duration deadline) {
    parts.deadline = checkPositive("case deadline", deadline);
    return this;
  }

  /**
   * When cases are taken in, if the engine has more to start than it keeps its objectives with;
   * {@link Priority#NORMAL} by default, and {@link Inputs#priority} for a single case.
   *
   * @param priority the priority
   * @return this
   */
  public WorkflowBuilder priority(final Priority priority) {
    parts.priority = priority;
    return this;
  }

  /**
   * Declares the objective for whole cases, from start to outcome.
   *
   * @param objective the objective
   * @return this
   */
  public WorkflowBuilder objective(final Objective objective) {
    parts.objective = objective;
    return this;
  }

  /**
   * Declares the objective for the service time of a task: how long its handler runs.
   *
   * @param task name of a task with a handler
   * @param objective the objective
   * @return this
   */
  public WorkflowBuilder objective(final String task, final Objective objective) {
    parts.serviceObjectives.put(task, objective);
    return this;
  }

  /**
   * Declares the objective for the wait of a task: from the handing out of its work to the start of
   * its handler.
   *
   * @param task name of a task that runs on a worker thread
   * @param objective the objective
   * @return this
   */
  public WorkflowBuilder waitObjective(final String task, final Objective objective) {
    parts.waitObjectives.put(task, objective);
    return this;
  }

  /**
   * Lets the workflow be built although it can get stuck, end improperly or has tasks that never
   * run.
   *
   * @param reason why that is right; not blank
   * @return this
   */
  public WorkflowBuilder allowUnsound(final String reason) {
    parts.allowUnsound(reason);
    return this;
  }

  /**
   * Makes the workflow.
   *
   * @return the workflow
   * @throws InvalidNetException when rules are broken, with every fault by name
   * @throws UnsoundWorkflowException when it is proved unsound and that was not allowed
   */
  public Workflow build() {
    end();
    return parts.build();
  }

  @Override
  WorkflowBuilder self() {
    return this;
  }
}
