package io.penstock.interchange;

import io.penstock.engine.Outcome;
import io.penstock.net.Exit;
import io.penstock.net.Machine;
import io.penstock.net.MachineSink;
import io.penstock.net.Net;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.UnknownVariableException;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** A case, or a case inside one, of a {@link ModelRunner}: its marking, its values, its items. */
final class RunnerCase implements Values, MachineSink {
  final int number;
  final Workflow workflow;
  final int netIndex;
  final Net net;
  final Machine machine;
  final @Nullable RunnerCase parent;
  final int parentTask;
  final int parentItem;
  final int instance;
  final int depth;
  final Map<Variable<?>, Object> values = new LinkedHashMap<>();
  final Set<Variable<?>> written = new LinkedHashSet<>();
  final Map<Integer, Item> items = new TreeMap<>();
  int runningOn;
  @Nullable Outcome outcome;
  @Nullable String failure;
  private final ModelRunner runner;
  private @Nullable RuntimeException guardFailure;
  private int noBranch = Net.NONE;

  /** A work item: a task that is offered or busy. */
  static final class Item {
    final int number;
    final long startNs;
    final long dueNs;
    int attempt = 1;
    long retryNs = Long.MAX_VALUE;
    final List<RunnerCase> children = new ArrayList<>();
    int target;
    int created;
    int completed;
    boolean closed;

    Item(final int number, final long startNs, final long dueNs) {
      this.number = number;
      this.startNs = startNs;
      this.dueNs = dueNs;
    }
  }

  RunnerCase(
      final ModelRunner runner,
      final int number,
      final Workflow workflow,
      final int netIndex,
      final @Nullable RunnerCase parent,
      final int parentTask,
      final int instance) {
    this.runner = runner;
    this.number = number;
    this.workflow = workflow;
    this.netIndex = netIndex;
    this.parent = parent;
    this.parentTask = parentTask;
    this.instance = instance;
    net = workflow.nets().get(netIndex);
    depth = parent == null ? 1 : parent.depth + 1;
    final Item item = parent == null ? null : parent.items.get(parentTask);
    parentItem = item == null ? 0 : item.number;
    if (parent != null) {
      values.putAll(parent.values);
    }
    machine = new Machine(this).wrap(net, new UnsafeBuffer(new byte[net.stateLength()]), 0);
  }

  TaskDefinition definition(final int task) {
    return workflow.task(netIndex, task);
  }

  MultipleInstance instances(final int task) {
    final MultipleInstance instances = definition(task).instances();
    if (instances == null) {
      throw new AssertionError("task must be a multiple-instance step: task=" + task);
    }
    return instances;
  }

  boolean isRunning() {
    return outcome == null;
  }

  @Override
  @SuppressWarnings("unchecked") // each value was put under a variable of its type
  public <T> Optional<T> find(final Variable<T> variable) {
    workflow.slot(variable);
    return Optional.ofNullable((T) values.get(variable));
  }

  void put(final Variable<?> variable, final Object value) {
    if (!workflow.variables().contains(variable)) {
      throw new UnknownVariableException(workflow.name(), variable);
    }
    values.put(variable, value);
    written.add(variable);
  }

  /** What stopped the last move: a guard that threw, or a split without a branch; null for none. */
  @Nullable String takeProblem() {
    final RuntimeException thrown = guardFailure;
    final int task = noBranch;
    guardFailure = null;
    noBranch = Net.NONE;
    if (thrown != null) {
      return "guard threw: " + ModelRunner.describe(thrown);
    }
    return task == Net.NONE
        ? null
        : net.taskName(task) + ": no guard holds and there is no default";
  }

  void open(final int task) {
    final TaskDefinition definition = definition(task);
    final long nowNs = runner.nowNs();
    final long dueNs =
        definition.deadline() == null ? Long.MAX_VALUE : nowNs + definition.deadline().toNanos();
    items.put(task, new Item(runner.nextItem(), nowNs, dueNs));
  }

  @Override
  public boolean guard(final int guard) {
    try {
      return workflow.guard(guard).test(this);
    } catch (final RuntimeException e) {
      guardFailure = e;
      return false;
    }
  }

  @Override
  public void started(final int task) {
    open(task);
    final TaskKind kind = definition(task).kind();
    if (kind != TaskKind.DELAY && kind != TaskKind.WORKER) {
      runner.later(this, task);
    }
  }

  @Override
  public void offered(final int task) {
    open(task);
    if (definition(task).kind() == TaskKind.MESSAGE && !definition(task).whileWaiting()) {
      runner.later(this, task);
    }
  }

  @Override
  public void withdrawn(final int task) {
    items.remove(task);
  }

  @Override
  public void cancelled(final int task) {
    final Item item = items.remove(task);
    if (item != null) {
      runner.cancelLater(this, item);
    }
  }

  @Override
  public void routed(final int task) {}

  @Override
  public void noBranch(final int task) {
    noBranch = task;
  }

  /** Tokens of each marked condition. */
  Map<String, Integer> marking() {
    final Map<String, Integer> marking = new TreeMap<>();
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      final int tokens = machine.tokens(condition);
      if (tokens > 0) {
        marking.put(net.conditionName(condition), tokens);
      }
    }
    for (int task = 0; task < net.taskCount(); task++) {
      if (machine.isBusy(task)) {
        marking.put(net.taskName(task), 1);
      } else if (machine.waiting(task) > 0) {
        marking.put(net.taskName(task) + " (waits)", machine.waiting(task));
      }
    }
    return marking;
  }

  boolean handles(final int task, final Exit exit) {
    return net.handles(task, exit);
  }
}
