package io.penstock.workflow;

import io.penstock.net.InvalidNetException;
import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.NetBuilder;
import io.penstock.net.Reset;
import io.penstock.net.Split;
import io.penstock.net.StartMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds a workflow as a graph of tasks, conditions and flows. Elements are named; a flow may be
 * written before its ends. Not thread safe.
 *
 * <p>A flow from task to task goes through an implicit condition of its own, named {@code
 * c{from_to}}. The input condition is called {@link #INPUT}, the output condition {@link #OUTPUT}.
 */
public final class GraphBuilder {
  /** Name of the condition where a case begins. */
  public static final String INPUT = "input";

  /** Name of the condition where a case ends. */
  public static final String OUTPUT = "output";

  private final WorkflowParts parts;
  private final NetBuilder net;
  private final Map<String, Integer> conditions = new HashMap<>();
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final List<Flow> flows = new ArrayList<>();
  private final List<Region> regions = new ArrayList<>();
  private final List<Flow> milestones = new ArrayList<>();
  private final List<Section> sections = new ArrayList<>();
  private @Nullable Node last;

  GraphBuilder(final WorkflowParts parts) {
    this.parts = parts;
    net = parts.nets.get(parts.net(parts.name));
    net.input(addCondition(INPUT));
    net.output(addCondition(OUTPUT));
  }

  /**
   * Declares the variables that cases of this workflow have; those of guards need not be named.
   *
   * @param variables the variables
   * @return this
   */
  public GraphBuilder variables(final Variable<?>... variables) {
    parts.variables.addAll(List.of(variables));
    return this;
  }

  /**
   * Adds a condition.
   *
   * @param name unique among conditions and tasks
   * @return this
   */
  public GraphBuilder condition(final String name) {
    addCondition(Names.check("condition", name));
    return this;
  }

  /**
   * Adds a task whose handler runs on a worker thread.
   *
   * @param name unique among conditions and tasks
   * @param handler what it does
   * @return this
   */
  public GraphBuilder task(final String name, final TaskHandler handler) {
    return add(TaskDefinition.of(name, TaskKind.WORKER).withHandler(handler), StartMode.AUTOMATIC);
  }

  /**
   * Adds a task whose handler runs on the shard's own thread: quick, without blocking.
   *
   * @param name unique among conditions and tasks
   * @param handler what it does
   * @return this
   */
  public GraphBuilder inlineTask(final String name, final TaskHandler handler) {
    return add(TaskDefinition.of(name, TaskKind.INLINE).withHandler(handler), StartMode.AUTOMATIC);
  }

  /**
   * Adds a task that only routes tokens.
   *
   * @param name unique among conditions and tasks
   * @return this
   */
  public GraphBuilder route(final String name) {
    return add(TaskDefinition.of(name, TaskKind.ROUTING), StartMode.ROUTING);
  }

  /**
   * Adds a work item that somebody outside completes.
   *
   * @param name unique among conditions and tasks
   * @return this
   */
  public GraphBuilder manual(final String name) {
    return add(TaskDefinition.of(name, TaskKind.MANUAL), StartMode.OFFERED);
  }

  /**
   * Adds a task that waits for a message.
   *
   * @param name unique among conditions and tasks
   * @param message name of the message
   * @return this
   */
  public GraphBuilder awaitMessage(final String name, final String message) {
    return add(
        TaskDefinition.of(name, TaskKind.MESSAGE).withMessage(Names.check("message", message)),
        StartMode.OFFERED);
  }

  /**
   * Adds a task that waits for a signal; one that came before is lost (WCP-23).
   *
   * @param name unique among conditions and tasks
   * @param signal name of the signal
   * @return this
   */
  public GraphBuilder awaitSignal(final String name, final String signal) {
    return add(
        TaskDefinition.of(name, TaskKind.SIGNAL).withMessage(Names.check("signal", signal)),
        StartMode.OFFERED);
  }

  /**
   * Lets the task just added wait for all its inputs; without this any one is enough.
   *
   * @return this
   */
  public GraphBuilder andJoin() {
    current("andJoin").join = Join.AND;
    return this;
  }

  /**
   * Lets the task just added wait for so many of its inputs, each counted once; what comes later is
   * swallowed, and when all have come once it can start again (WCP-30; a threshold of 1 is the
   * Structured Discriminator, WCP-09).
   *
   * @param threshold from 1 to the number of inputs
   * @return this
   */
  public GraphBuilder partialJoin(final int threshold) {
    return partialJoin("partialJoin", threshold, Reset.STRUCTURED);
  }

  /**
   * As {@link #partialJoin}, but a second token of a branch is held until all branches have come
   * once (WCP-31; a threshold of 1 is the Blocking Discriminator, WCP-28).
   *
   * @param threshold from 1 to the number of inputs
   * @return this
   */
  public GraphBuilder blockingPartialJoin(final int threshold) {
    return partialJoin("blockingPartialJoin", threshold, Reset.BLOCKING);
  }

  /**
   * As {@link #partialJoin}, but it can start again at once, and its completion cancels the region
   * that {@link #cancels} names: the other branches (WCP-32; a threshold of 1 is the Cancelling
   * Discriminator, WCP-29).
   *
   * @param threshold from 1 to the number of inputs
   * @return this
   */
  public GraphBuilder cancellingPartialJoin(final int threshold) {
    return partialJoin("cancellingPartialJoin", threshold, Reset.CANCELLING);
  }

  private GraphBuilder partialJoin(final String verb, final int threshold, final Reset reset) {
    final Node node = current(verb);
    node.threshold = threshold;
    node.reset = reset;
    return this;
  }

  /**
   * Lets the task just added start once at least one of its inputs is marked and no token can come
   * to another any more, whatever way the tokens on their way may take: the General Synchronizing
   * Merge (WCP-38), which is the Structured and the Local Synchronizing Merge (WCP-07, WCP-37)
   * where the net is that simple. Takes a token from each marked input.
   *
   * @return this
   * @see #orJoinStatesMax
   */
  public GraphBuilder orJoin() {
    current("orJoin").join = Join.OR;
    return this;
  }

  /**
   * As {@link #orJoin}, but decided as the inclusive gateway of BPMN 2.0: it does not wait for a
   * token that could as well come to one of the marked inputs.
   *
   * @return this
   */
  public GraphBuilder inclusiveJoin() {
    current("inclusiveJoin").join = Join.INCLUSIVE;
    return this;
  }

  /**
   * Limits the search that decides an OR-join in a hard net. When it is not enough the join waits;
   * {@link Workflow#verify} warns of that, and the metric {@code penstock.or_join.undecided} counts
   * it.
   *
   * @param statesMax markings kept for each set of marked inputs, at least 1; the time goes with
   *     their square
   * @return this
   */
  public GraphBuilder orJoinStatesMax(final int statesMax) {
    net.orJoinStatesMax(statesMax);
    return this;
  }

  /**
   * Makes these tasks, and the conditions that lie only between them, one critical section: at any
   * time at most one thread is within the sections of a mutex (WCP-39). Said once for each section,
   * with the same name for those that exclude each other. A section of one task each is Interleaved
   * Routing (WCP-40). The mutex is free again however the section is left, by completion, failure
   * or cancellation.
   *
   * @param mutex name of the mutex
   * @param tasks names of the tasks of one section
   * @return this
   */
  public GraphBuilder mutex(final String mutex, final String... tasks) {
    sections.add(new Section(Names.check("mutex", mutex), List.of(tasks)));
    return this;
  }

  /**
   * Lets the task just added be enabled only while a condition is marked, which it does not empty:
   * a Milestone (WCP-18). When the token goes before somebody has started the task, the work item
   * is withdrawn.
   *
   * @param condition name of the condition
   * @return this
   */
  public GraphBuilder enabledWhile(final String condition) {
    milestones.add(new Flow(condition, current("enabledWhile").definition.name(), 1, null, false));
    return this;
  }

  /**
   * Lets the task just added choose the first flow out whose guard holds.
   *
   * @return this
   */
  public GraphBuilder xorSplit() {
    current("xorSplit").split = Split.XOR;
    return this;
  }

  /**
   * Lets the task just added choose every flow out whose guard holds.
   *
   * @return this
   */
  public GraphBuilder orSplit() {
    current("orSplit").split = Split.OR;
    return this;
  }

  /**
   * Tries the task just added again when it fails.
   *
   * @param retry how often and when
   * @return this
   */
  public GraphBuilder retry(final Retry retry) {
    final Node node = current("retry");
    node.definition = node.definition.withRetry(retry);
    return this;
  }

  /**
   * Limits how long the task just added may wait or run.
   *
   * @param deadline positive
   * @return this
   */
  public GraphBuilder deadline(final Duration deadline) {
    final Node node = current("deadline");
    node.definition = node.definition.withDeadline(Block.checkPositive("deadline", deadline));
    return this;
  }

  /**
   * Lets the completion of the task just added empty these conditions and cancel these tasks
   * (WCP-19, WCP-25).
   *
   * @param elements names of conditions and tasks
   * @return this
   */
  public GraphBuilder cancels(final String... elements) {
    regions.add(new Region(current("cancels").definition.name(), List.of(elements)));
    return this;
  }

  /**
   * Adds a flow.
   *
   * @param from name of a condition or task
   * @param to name of a condition or task
   * @return this
   */
  public GraphBuilder flow(final String from, final String to) {
    return flow(from, to, 1);
  }

  /**
   * Adds a flow that carries several tokens at once (WCP-41, WCP-42).
   *
   * @param from name of a condition or task
   * @param to name of a condition or task
   * @param weight tokens, at least 1
   * @return this
   */
  public GraphBuilder flow(final String from, final String to, final int weight) {
    flows.add(new Flow(from, to, weight, null, false));
    return this;
  }

  /**
   * Adds a flow with a guard, out of a task that is an XOR-split or an OR-split. Guards are tried
   * in the order of the flows.
   *
   * @param from name of the task
   * @param to name of a condition or task
   * @param guard when it is taken
   * @return this
   */
  public GraphBuilder flow(final String from, final String to, final Guard guard) {
    flows.add(new Flow(from, to, 1, guard, false));
    return this;
  }

  /**
   * Adds the flow that is taken when no guard holds.
   *
   * @param from name of the task
   * @param to name of a condition or task
   * @return this
   */
  public GraphBuilder defaultFlow(final String from, final String to) {
    flows.add(new Flow(from, to, 1, null, true));
    return this;
  }

  /**
   * Ends a case as soon as the output is reached, whatever else is going on (WCP-43); without this
   * the case waits for it (WCP-11).
   *
   * @return this
   */
  public GraphBuilder explicitTermination() {
    net.explicitTermination();
    return this;
  }

  /**
   * Declares the objective for whole cases, from start to outcome.
   *
   * @param objective the objective
   * @return this
   */
  public GraphBuilder objective(final Objective objective) {
    parts.objective = objective;
    return this;
  }

  /**
   * Lets the workflow be built although it can get stuck, end improperly or has tasks that never
   * run.
   *
   * @param reason why that is right; not blank
   * @return this
   */
  public GraphBuilder allowUnsound(final String reason) {
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
    for (final Node node : nodes.values()) {
      node.index = net.task(node.definition.name(), node.start, node.join, node.split);
      parts.tasks.get(0).add(node.definition);
      if (node.reset != null) {
        net.partialJoin(node.index, node.threshold, node.reset);
      }
    }
    flows.forEach(this::emit);
    milestones.forEach(this::emitMilestone);
    regions.forEach(this::emit);
    emitSections();
    return parts.build();
  }

  private void emit(final Flow flow) {
    final Node fromTask = nodes.get(flow.from);
    final Node toTask = nodes.get(flow.to);
    final Integer fromCondition = conditions.get(flow.from);
    final Integer toCondition = conditions.get(flow.to);
    if ((fromTask == null && fromCondition == null) || (toTask == null && toCondition == null)) {
      net.fault("flow must join known elements: from=" + flow.from + ", to=" + flow.to);
    } else if (fromTask != null) {
      emitOut(flow, fromTask, toTask, toCondition);
    } else if (fromCondition != null && toTask != null) {
      checkPlain(flow);
      net.flowIn(fromCondition, toTask.index, flow.weight);
    } else {
      net.fault("flow must not join two conditions: from=" + flow.from + ", to=" + flow.to);
    }
  }

  private void emitOut(
      final Flow flow,
      final Node fromTask,
      final @Nullable Node toTask,
      final @Nullable Integer toCondition) {
    final int target =
        toCondition != null ? toCondition : addCondition("c{" + flow.from + "_" + flow.to + "}");
    final int guard = flow.guard == null ? Net.NONE : parts.guard(flow.guard);
    final int number = net.flowOut(fromTask.index, target, flow.weight, guard);
    if (flow.otherwise) {
      net.defaultFlow(fromTask.index, number);
    }
    if (toTask != null) {
      net.flowIn(target, toTask.index, 1);
    }
  }

  private void emitMilestone(final Flow milestone) {
    final Integer condition = conditions.get(milestone.from);
    final Node task = nodes.get(milestone.to);
    if (condition == null || task == null) {
      net.fault(
          "milestone must be a known condition: task="
              + milestone.to
              + ", condition="
              + milestone.from);
    } else {
      net.readFlow(condition, task.index);
    }
  }

  private void checkPlain(final Flow flow) {
    if (flow.guard != null || flow.otherwise) {
      net.fault(
          "only a flow out of a task may have a guard or be the default: from="
              + flow.from
              + ", to="
              + flow.to);
    }
  }

  private void emit(final Region region) {
    final Node task = nodes.get(region.task);
    for (final String element : region.elements) {
      final Node node = nodes.get(element);
      final Integer condition = conditions.get(element);
      if (task != null && node != null) {
        net.cancelsTask(task.index, node.index);
      } else if (task != null && condition != null) {
        net.cancelsCondition(task.index, condition);
      } else {
        net.fault(
            "cancellation region must name known elements: task="
                + region.task
                + ", element="
                + element);
      }
    }
  }

  private void emitSections() {
    final Map<String, Integer> mutexes = new HashMap<>();
    for (final Section section : sections) {
      final int mutex = mutexes.computeIfAbsent(section.mutex, net::mutex);
      final Set<Integer> tasks = new LinkedHashSet<>();
      for (final String name : section.tasks) {
        final Node node = nodes.get(name);
        if (node == null) {
          net.fault(
              "critical section must name known tasks: mutex=" + section.mutex + ", task=" + name);
        } else {
          tasks.add(node.index);
        }
      }
      net.criticalSection(mutex, tasks);
    }
  }

  private int addCondition(final String name) {
    final int index = net.condition(name);
    conditions.putIfAbsent(name, index);
    return index;
  }

  private GraphBuilder add(final TaskDefinition definition, final StartMode start) {
    Names.check("task", definition.name());
    final Node node = new Node(definition, start);
    if (nodes.putIfAbsent(definition.name(), node) != null) {
      net.fault("task name must be unique: task=" + definition.name());
    }
    last = node;
    return this;
  }

  private Node current(final String verb) {
    if (last == null) {
      throw new IllegalStateException(verb + " must follow a task: workflow=" + parts.name);
    }
    return last;
  }

  private record Flow(
      String from, String to, int weight, @Nullable Guard guard, boolean otherwise) {}

  private record Region(String task, List<String> elements) {}

  private record Section(String mutex, List<String> tasks) {}

  /** A task before the net knows it. */
  private static final class Node {
    TaskDefinition definition;
    final StartMode start;
    Join join = Join.XOR;
    Split split = Split.AND;
    int index = Net.NONE;
    int threshold;
    @Nullable Reset reset;

    Node(final TaskDefinition definition, final StartMode start) {
      this.definition = definition;
      this.start = start;
    }
  }
}
