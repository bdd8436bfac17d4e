package io.penstock.workflow;

import io.penstock.net.Exit;
import io.penstock.net.InvalidNetException;
import io.penstock.net.Net;
import io.penstock.net.NetBuilder;
import io.penstock.net.StartMode;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts a workflow together from nets and the definitions of their tasks, for tools that keep
 * workflows in a form of their own; people write {@link Workflow#define} or {@link Workflow#graph}.
 * What is put together as it was taken apart is the same workflow, fingerprint included. Not thread
 * safe.
 *
 * <p>The first net is the workflow's own.
 */
public final class WorkflowAssembly {
  private final WorkflowParts parts;

  WorkflowAssembly(final WorkflowParts parts) {
    this.parts = parts;
  }

  /**
   * Declares variables, in the order of their slots.
   *
   * @param variables the variables
   * @return this
   */
  public WorkflowAssembly variables(final List<Variable<?>> variables) {
    parts.variables.addAll(variables);
    return this;
  }

  /**
   * Numbers this version of the workflow; 1 when not called.
   *
   * @param version at least 1
   * @return this
   */
  public WorkflowAssembly version(final int version) {
    if (version < 1) {
      throw new IllegalArgumentException("workflow version must be at least 1: version=" + version);
    }
    parts.version = version;
    return this;
  }

  /**
   * Ends a case as timed out when it takes longer than this.
   *
   * @param deadline from the start of the case; positive
   * @return this
   */
  public WorkflowAssembly caseDeadline(final Duration deadline) {
    parts.deadline = Block.checkPositive("case deadline", deadline);
    return this;
  }

  /**
   * When cases are taken in, see {@link WorkflowBuilder#priority}.
   *
   * @param priority the priority
   * @return this
   */
  public WorkflowAssembly priority(final Priority priority) {
    parts.priority = priority;
    return this;
  }

  /**
   * Declares the objective for whole cases.
   *
   * @param objective the objective
   * @return this
   */
  public WorkflowAssembly objective(final Objective objective) {
    parts.objective = objective;
    return this;
  }

  /**
   * Declares the objective for the service time of a task.
   *
   * @param task name of a task with a handler
   * @param objective the objective
   * @return this
   */
  public WorkflowAssembly objective(final String task, final Objective objective) {
    parts.serviceObjectives.put(task, objective);
    return this;
  }

  /**
   * Declares the objective for the wait of a task.
   *
   * @param task name of a task that runs on a worker thread
   * @param objective the objective
   * @return this
   */
  public WorkflowAssembly waitObjective(final String task, final Objective objective) {
    parts.waitObjectives.put(task, objective);
    return this;
  }

  /**
   * Lets the workflow be built although it is proved unsound.
   *
   * @param reason why that is right; not blank
   * @return this
   */
  public WorkflowAssembly allowUnsound(final String reason) {
    parts.allowUnsound(reason);
    return this;
  }

  /**
   * Adds a guard.
   *
   * @param guard the guard
   * @return its index, from 0 in the order of the calls, for the flows of nets
   */
  public int guard(final Guard guard) {
    return parts.guard(guard);
  }

  /**
   * Adds a net.
   *
   * @param name name of the net; the workflow's own for the first
   * @param isSubworkflow whether composites can run it by its name
   * @param contents adds conditions and tasks, in the order of {@code tasks}; it must not build
   * @param tasks what the workflow says of each task
   * @return index of the net, from 0 in the order of the calls
   */
  public int net(
      final String name,
      final boolean isSubworkflow,
      final Consumer<NetBuilder> contents,
      final List<TaskDefinition> tasks) {
    final int index = isSubworkflow ? parts.subworkflow(name) : parts.net(Names.check("net", name));
    contents.accept(parts.nets.get(index));
    parts.tasks.get(index).addAll(tasks);
    return index;
  }

  /**
   * Makes the workflow.
   *
   * @return the workflow
   * @throws InvalidNetException when rules are broken, with every fault by name
   * @throws UnsoundWorkflowException when it is proved unsound and that was not allowed
   */
  public Workflow build() {
    if (parts.nets.isEmpty()) {
      parts.faults.add("workflow must have a net of its own: workflow=" + parts.name);
    }
    for (int net = 0; net < parts.nets.size(); net++) {
      for (final TaskDefinition task : parts.tasks.get(net)) {
        check(task);
      }
    }
    return parts.build(this::check);
  }

  /** What a builder for people would not let them say of a task. */
  private void check(final TaskDefinition task) {
    Names.check("task", task.name());
    final boolean isHandled = task.kind() == TaskKind.WORKER || task.kind() == TaskKind.INLINE;
    final boolean isNamed = task.kind() == TaskKind.MESSAGE || task.kind() == TaskKind.SIGNAL;
    demand(isHandled == (task.handler() != null), "handler", task);
    demand(isNamed == (task.message() != null), "message or signal", task);
    demand(
        (task.kind() == TaskKind.MULTIPLE_INSTANCE) == (task.instances() != null),
        "instances",
        task);
    demand(
        (task.kind() == TaskKind.COMPOSITE) == (task.subworkflow() != null), "sub-workflow", task);
    demand(
        task.kind() == TaskKind.DELAY
            ? task.deadline() != null
            : task.deadline() == null || task.canTimeOut(),
        "deadline",
        task);
    demand(task.canBeRetried() || task.retry().attemptsMax() == 1, "retry", task);
    if (task.deadline() != null) {
      Block.checkPositive("deadline", task.deadline());
    }
    if (task.message() != null) {
      Names.check("message", task.message());
    }
    if (task.instances() != null
        && (task.instances().bodyNet() < 0 || task.instances().bodyNet() >= parts.nets.size())) {
      parts.faults.add(
          "body of instances must be a net of the workflow: task="
              + task.name()
              + ", net="
              + task.instances().bodyNet());
    }
  }

  private void demand(final boolean holds, final String what, final TaskDefinition task) {
    if (!holds) {
      parts.faults.add(
          "task must have what its kind needs, and nothing else: task="
              + task.name()
              + ", kind="
              + task.kind()
              + ", rule="
              + what);
    }
  }

  /** What a net says of a task must fit what the workflow says of it. */
  private @Nullable String check(final Net net, final int at, final TaskDefinition task) {
    final boolean fits =
        net.taskName(at).equals(task.name())
            && switch (task.kind()) {
              case ROUTING -> net.startMode(at) == StartMode.ROUTING;
              case MANUAL, MESSAGE, SIGNAL -> net.startMode(at) == StartMode.OFFERED;
              case DELAY -> net.startMode(at) != StartMode.ROUTING;
              case CANCEL, WORKER, INLINE, MULTIPLE_INSTANCE, COMPOSITE ->
                  net.startMode(at) == StartMode.AUTOMATIC;
            };
    final boolean exits =
        (net.exitCondition(at, Exit.FAILURE) == Net.NONE || task.canFail())
            && (net.exitCondition(at, Exit.TIMEOUT) == Net.NONE
                || (task.canTimeOut() && task.deadline() != null));
    if (fits && exits) {
      return null;
    }
    return fits
        ? "flow of an exit must leave a task that has it: task=" + task.name()
        : "task must be started as its kind wants it: task="
            + task.name()
            + ", kind="
            + task.kind()
            + ", start="
            + net.startMode(at);
  }
}
