package io.penstock.net.reference;

import io.penstock.net.Exit;
import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.NetBuilder;
import io.penstock.net.Reset;
import io.penstock.net.Split;
import io.penstock.net.StartMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A net by names: what the reference interpreter reads, and from which the net under test is built.
 *
 * <p>The first condition is the input, the second one the output.
 */
final class ReferenceNet {
  static final String INPUT = "in";
  static final String OUTPUT = "out";

  /** Little, so that random nets are judged fast; where it is not enough a play ends. */
  private static final int OR_JOIN_STATES_MAX = 200;

  final Set<String> conditions = new LinkedHashSet<>(List.of(INPUT, OUTPUT));
  final Map<String, Task> tasks = new LinkedHashMap<>();
  final List<Mutex> mutexes = new ArrayList<>();
  boolean explicitTermination;

  /** Markings that are tried for one OR-join before it is called too hard. */
  int patience = 400;

  /**
   * Critical sections, each a set of tasks, that exclude each other: what holds them and who has to
   * wait before entering.
   */
  record Mutex(List<List<String>> sections, Set<String> within, List<String> entries) {
    boolean isHeldBy(final String task) {
      return sections.stream().anyMatch(section -> section.contains(task));
    }
  }

  /** From a condition to a task. */
  record Inflow(String condition, int weight) {}

  /**
   * From a task to a condition; the guard or the flow it complements is {@link Net#NONE} if none.
   */
  record Outflow(String condition, int weight, int guard, int complementOf) {
    boolean isGuarded() {
      return guard != Net.NONE;
    }

    boolean isComplement() {
      return complementOf != Net.NONE;
    }
  }

  /** A task with everything around it. */
  static final class Task {
    final String name;
    final StartMode mode;
    Join join;
    final Split split;
    int threshold;
    Reset reset = Reset.STRUCTURED;
    final List<Inflow> inflows = new ArrayList<>();
    final List<Outflow> outflows = new ArrayList<>();
    final Set<String> reads = new LinkedHashSet<>();
    final Set<String> cancelledConditions = new LinkedHashSet<>();
    final Set<String> cancelledTasks = new LinkedHashSet<>();
    int defaultFlow = Net.NONE;
    String onFailure = "";
    String onTimeout = "";

    Task(final String name, final StartMode mode, final Join join, final Split split) {
      this.name = name;
      this.mode = mode;
      this.join = join;
      this.split = split;
    }

    Task from(final String condition) {
      return from(condition, 1);
    }

    Task from(final String condition, final int weight) {
      inflows.add(new Inflow(condition, weight));
      return this;
    }

    Task to(final String condition) {
      return to(condition, 1, Net.NONE);
    }

    Task to(final String condition, final int weight, final int guard) {
      outflows.add(new Outflow(condition, weight, guard, Net.NONE));
      return this;
    }

    Task toWhenNot(final int flow, final String condition) {
      outflows.add(new Outflow(condition, 1, Net.NONE, flow));
      return this;
    }

    Task otherwise(final int flow) {
      defaultFlow = flow;
      return this;
    }

    Task reading(final String condition) {
      reads.add(condition);
      return this;
    }

    Task cancelling(final Collection<String> conditions, final Collection<String> tasks) {
      cancelledConditions.addAll(conditions);
      cancelledTasks.addAll(tasks);
      return this;
    }

    Task waitingFor(final int count, final Reset after) {
      join = Join.PARTIAL;
      threshold = count;
      reset = after;
      return this;
    }

    Task failingTo(final String condition) {
      onFailure = condition;
      return this;
    }

    Task timingOutTo(final String condition) {
      onTimeout = condition;
      return this;
    }

    boolean takesFrom(final String condition) {
      return inflows.stream().anyMatch(inflow -> inflow.condition().equals(condition));
    }

    boolean givesTo(final String condition) {
      return outflows.stream().anyMatch(outflow -> outflow.condition().equals(condition))
          || onFailure.equals(condition)
          || onTimeout.equals(condition);
    }

    boolean handles(final Exit exit) {
      return switch (exit) {
        case NORMAL -> true;
        case FAILURE -> !onFailure.isEmpty();
        case TIMEOUT -> !onTimeout.isEmpty();
      };
    }
  }

  String condition(final String name) {
    conditions.add(name);
    return name;
  }

  Task task(final String name, final StartMode mode, final Join join, final Split split) {
    final Task task = new Task(name, mode, join, split);
    tasks.put(name, task);
    return task;
  }

  Task task(final String name) {
    return tasks.get(name);
  }

  /** Tasks that take from a condition or read it, in the order in which they were added. */
  List<String> fedBy(final String condition) {
    return tasks.values().stream()
        .filter(task -> task.takesFrom(condition) || task.reads.contains(condition))
        .map(task -> task.name)
        .toList();
  }

  /** Conditions that only tasks of a section give to and take from. */
  Set<String> within(final List<String> section) {
    final Set<String> within = new LinkedHashSet<>();
    for (final String condition : conditions) {
      final List<String> givers =
          tasks.values().stream()
              .filter(task -> task.givesTo(condition))
              .map(task -> task.name)
              .toList();
      final List<String> takers =
          tasks.values().stream()
              .filter(task -> task.takesFrom(condition))
              .map(task -> task.name)
              .toList();
      if (!condition.equals(OUTPUT)
          && !givers.isEmpty()
          && section.containsAll(givers)
          && section.containsAll(takers)) {
        within.add(condition);
      }
    }
    return within;
  }

  /** Lets sections exclude each other; comes after all flows. */
  void exclude(final List<List<String>> sections) {
    final Set<String> within = new LinkedHashSet<>();
    final List<String> entries = new ArrayList<>();
    for (final List<String> section : sections) {
      final Set<String> inner = within(section);
      within.addAll(inner);
      section.stream()
          .filter(name -> inner.stream().noneMatch(task(name)::takesFrom))
          .forEach(entries::add);
    }
    mutexes.add(new Mutex(sections, within, entries));
  }

  /** Makes the net that the machine plays; names keep their order, so index i is the i-th name. */
  Net compile(final boolean safe) {
    final NetBuilder builder = new NetBuilder("net");
    final List<String> names = List.copyOf(conditions);
    names.forEach(builder::condition);
    builder.input(0);
    builder.output(1);
    builder.orJoinStatesMax(OR_JOIN_STATES_MAX);
    tasks.values().forEach(task -> builder.task(task.name, task.mode, task.join, task.split));
    int index = 0;
    for (final Task task : tasks.values()) {
      addFlows(builder, index, task, names);
      addRegion(builder, index, task, names);
      index++;
    }
    final List<String> taskNames = List.copyOf(tasks.keySet());
    for (final Mutex mutex : mutexes) {
      final int at = builder.mutex("mutex");
      for (final List<String> section : mutex.sections()) {
        builder.criticalSection(
            at,
            section.stream()
                .map(taskNames::indexOf)
                .collect(Collectors.toCollection(LinkedHashSet::new)));
      }
    }
    if (safe) {
      builder.safeByConstruction();
    }
    if (explicitTermination) {
      builder.explicitTermination();
    }
    return builder.build();
  }

  private static void addFlows(
      final NetBuilder builder, final int index, final Task task, final List<String> names) {
    for (final Inflow inflow : task.inflows) {
      builder.flowIn(names.indexOf(inflow.condition()), index, inflow.weight());
    }
    for (final Outflow outflow : task.outflows) {
      final int condition = names.indexOf(outflow.condition());
      if (outflow.isComplement()) {
        builder.complementFlowOut(index, condition, outflow.complementOf());
      } else {
        builder.flowOut(index, condition, outflow.weight(), outflow.guard());
      }
    }
    task.reads.forEach(condition -> builder.readFlow(names.indexOf(condition), index));
    if (task.defaultFlow != Net.NONE) {
      builder.defaultFlow(index, task.defaultFlow);
    }
    if (task.handles(Exit.FAILURE)) {
      builder.failureFlow(index, names.indexOf(task.onFailure));
    }
    if (task.handles(Exit.TIMEOUT)) {
      builder.timeoutFlow(index, names.indexOf(task.onTimeout));
    }
    if (task.join == Join.PARTIAL) {
      builder.partialJoin(index, task.threshold, task.reset);
    }
  }

  private void addRegion(
      final NetBuilder builder, final int index, final Task task, final List<String> names) {
    final List<String> taskNames = List.copyOf(tasks.keySet());
    task.cancelledConditions.forEach(
        condition -> builder.cancelsCondition(index, names.indexOf(condition)));
    task.cancelledTasks.forEach(
        cancelled -> builder.cancelsTask(index, taskNames.indexOf(cancelled)));
  }

  /** One line for each task, for messages of failed tests. */
  @Override
  public String toString() {
    final StringBuilder text = new StringBuilder(explicitTermination ? "explicit\n" : "");
    mutexes.forEach(mutex -> text.append(mutex).append('\n'));
    for (final Task task : tasks.values()) {
      text.append(task.name).append(' ').append(task.mode).append(' ').append(task.join);
      text.append(task.join == Join.PARTIAL ? " " + task.threshold + " " + task.reset : "");
      task.inflows.forEach(in -> text.append(' ').append(in.condition()).append('*'));
      task.inflows.forEach(in -> text.append(in.weight()));
      text.append(task.reads.isEmpty() ? "" : " reads " + task.reads);
      text.append(" -> ").append(task.split);
      for (final Outflow out : task.outflows) {
        text.append(' ').append(out.condition()).append('*').append(out.weight());
        text.append(out.isGuarded() ? "?" + out.guard() : "");
        text.append(out.isComplement() ? "!" + out.complementOf() : "");
      }
      text.append(task.defaultFlow == Net.NONE ? "" : " default " + task.defaultFlow);
      text.append(task.onFailure.isEmpty() ? "" : " failure " + task.onFailure);
      text.append(task.onTimeout.isEmpty() ? "" : " timeout " + task.onTimeout);
      text.append(" cancels ").append(task.cancelledConditions).append(task.cancelledTasks);
      text.append('\n');
    }
    return text.toString();
  }
}
