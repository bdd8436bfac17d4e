package io.penstock.workflow;

import io.penstock.net.InvalidNetException;
import io.penstock.net.Net;
import io.penstock.net.NetBuilder;
import io.penstock.net.Verification;
import io.penstock.net.Verifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** What both builders collect of a workflow, whichever way it is written. */
final class WorkflowParts {
  final String name;
  final List<NetBuilder> nets = new ArrayList<>();
  final List<List<TaskDefinition>> tasks = new ArrayList<>();
  final List<Guard> guards = new ArrayList<>();
  final Set<Variable<?>> variables = new LinkedHashSet<>();
  final Map<String, Integer> subworkflows = new HashMap<>();
  final List<String> faults = new ArrayList<>();
  private final Map<Integer, Map<String, Integer>> mutexes = new HashMap<>();
  int version = 1;
  @Nullable Duration deadline;
  Priority priority = Priority.NORMAL;
  @Nullable Objective objective;
  final Map<String, Objective> serviceObjectives = new LinkedHashMap<>();
  final Map<String, Objective> waitObjectives = new LinkedHashMap<>();
  @Nullable String unsoundReason;

  WorkflowParts(final String name) {
    this.name = Names.check("workflow", name);
    subworkflows.put(name, 0);
  }

  /** Adds an empty net and gives its index. */
  int net(final String netName) {
    nets.add(new NetBuilder(netName));
    tasks.add(new ArrayList<>());
    return nets.size() - 1;
  }

  /**
   * Declares what a guard reads, in the order of the names: a set has another order in each JVM,
   * and the order is that of the slots in records that outlive it.
   */
  void declareRead(final Guard guard) {
    guard.variables().stream()
        .sorted(Comparator.comparing((Variable<?> read) -> read.toString()))
        .forEach(variables::add);
  }

  /** The mutex of a name in a net, made at its first mention. */
  int mutex(final int netIndex, final String mutexName) {
    return mutexes
        .computeIfAbsent(netIndex, none -> new HashMap<>())
        .computeIfAbsent(mutexName, nets.get(netIndex)::mutex);
  }

  int guard(final Guard guard) {
    declareRead(guard);
    guards.add(guard);
    return guards.size() - 1;
  }

  Workflow build() {
    return build((net, at, task) -> null);
  }

  /** Says what is wrong with a task of a built net. */
  @FunctionalInterface
  interface TaskCheck {
    /** Gives the fault, or null. */
    @Nullable String fault(Net net, int at, TaskDefinition task);
  }

  Workflow build(final TaskCheck check) {
    checkVariables();
    checkTasks();
    final List<String> allFaults = new ArrayList<>(faults);
    final List<Net> built = new ArrayList<>();
    for (int i = 0; i < nets.size(); i++) {
      try {
        final Net made = nets.get(i).build();
        checkTasks(made, tasks.get(i), check, allFaults);
        built.add(made);
      } catch (final InvalidNetException e) {
        allFaults.addAll(e.faults());
      }
    }
    if (!allFaults.isEmpty()) {
      throw new InvalidNetException(name, allFaults);
    }
    final List<Verification> verifications = verify(built);
    if (unsoundReason == null
        && verifications.stream()
            .anyMatch(found -> found.answer() == Verification.Answer.UNSOUND)) {
      throw new UnsoundWorkflowException(name, verifications);
    }
    return new Workflow(this, built, verifications);
  }

  private void checkTasks(
      final Net net,
      final List<TaskDefinition> definitions,
      final TaskCheck check,
      final List<String> allFaults) {
    for (int task = 0; task < net.taskCount(); task++) {
      final String fault = check.fault(net, task, definitions.get(task));
      if (fault != null) {
        allFaults.add(fault);
      }
    }
  }

  void allowUnsound(final String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException(
          "reason for an unsound workflow must not be blank: workflow=" + name);
    }
    unsoundReason = reason;
  }

  private List<Verification> verify(final List<Net> built) {
    final Verifier verifier = new Verifier();
    final List<Verification> verifications = new ArrayList<>();
    for (int i = 0; i < built.size(); i++) {
      verifications.add(verifier.verify(built.get(i), endsCase(i)));
    }
    final BitSet completing = completing(built);
    for (int i = 0; i < built.size(); i++) {
      if (!completing.get(i)
          && Verifier.completesWithout(built.get(i), none -> false, endsCase(i))) {
        verifications.set(
            i,
            verifications
                .get(i)
                .with(
                    "recursion must have a base path: net="
                        + built.get(i).name()
                        + "; it cannot complete without going deeper"));
      }
    }
    return verifications;
  }

  private IntPredicate endsCase(final int net) {
    return task -> tasks.get(net).get(task).kind() == TaskKind.CANCEL;
  }

  /** The nets that can complete without going deeper for ever: the least fixed point. */
  private BitSet completing(final List<Net> built) {
    final BitSet completing = new BitSet();
    int before;
    do {
      before = completing.cardinality();
      for (int i = 0; i < built.size(); i++) {
        final List<TaskDefinition> definitions = tasks.get(i);
        final IntPredicate goesDeeper = task -> goesDeeper(definitions.get(task), completing);
        if (Verifier.completesWithout(built.get(i), goesDeeper, endsCase(i))) {
          completing.set(i);
        }
      }
    } while (completing.cardinality() > before);
    return completing;
  }

  private boolean goesDeeper(final TaskDefinition task, final BitSet completing) {
    final boolean mayBePassedOver = task.instances() != null && task.instances().mayBeNone();
    return bodyNet(task) != Net.NONE && !mayBePassedOver && !completing.get(bodyNet(task));
  }

  /** The net that the cases inside a task run on, or {@link Net#NONE}. */
  int bodyNet(final TaskDefinition task) {
    if (task.instances() != null) {
      return task.instances().bodyNet();
    }
    return subworkflows.getOrDefault(task.subworkflow(), Net.NONE);
  }

  /** Adds the net of a sub-workflow and gives its index. */
  int subworkflow(final String subworkflow) {
    final int index = net(Names.check("sub-workflow", subworkflow));
    if (subworkflows.putIfAbsent(subworkflow, index) != null) {
      faults.add(
          "sub-workflow name must be unique, and not the workflow's own: workflow="
              + name
              + ", subworkflow="
              + subworkflow);
    }
    return index;
  }

  private void checkTasks() {
    for (final TaskDefinition task : tasks.stream().flatMap(List::stream).toList()) {
      if (task.instances() != null) {
        faults.addAll(task.instances().faults(task));
      }
      if (task.subworkflow() != null && !subworkflows.containsKey(task.subworkflow())) {
        faults.add(
            "composite must run a sub-workflow that is declared: task="
                + task.name()
                + ", subworkflow="
                + task.subworkflow()
                + ", declared="
                + new TreeSet<>(subworkflows.keySet()));
      }
    }
    checkObjectives("objective", serviceObjectives, Set.of(TaskKind.WORKER, TaskKind.INLINE));
    checkObjectives("wait objective", waitObjectives, Set.of(TaskKind.WORKER));
  }

  private void checkObjectives(
      final String what, final Map<String, Objective> objectives, final Set<TaskKind> kinds) {
    for (final String task : objectives.keySet()) {
      if (tasks.stream()
          .flatMap(List::stream)
          .noneMatch(each -> each.name().equals(task) && kinds.contains(each.kind()))) {
        faults.add(
            what
                + " must name a task that is measured: task="
                + task
                + ", kinds="
                + new TreeSet<>(kinds));
      }
    }
  }

  private void checkVariables() {
    final Map<String, Variable<?>> seen = new HashMap<>();
    for (final Variable<?> variable : variables) {
      final Variable<?> other = seen.put(variable.name(), variable);
      if (other != null) {
        faults.add(
            "variable must have one type: variable="
                + variable.name()
                + ", types="
                + other.type()
                + " and "
                + variable.type());
      }
    }
  }
}
