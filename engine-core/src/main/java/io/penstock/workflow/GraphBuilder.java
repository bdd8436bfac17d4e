package io.penstock.workflow;

import io.penstock.net.Exit;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
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
  private final int netIndex;
  private final NetBuilder net;
  private final Map<String, Integer> conditions = new HashMap<>();
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final List<Flow> flows = new ArrayList<>();
  private final List<Region> regions = new ArrayList<>();
  private final List<Flow> milestones = new ArrayList<>();
  private final List<ExitFlow> exits = new ArrayList<>();
  private final List<Section> sections = new ArrayList<>();
  private @Nullable Node last;

  GraphBuilder(final WorkflowParts parts) {
    this(parts, parts.net(parts.name));
  }

  GraphBuilder(final WorkflowParts parts, final int netIndex) {
    this.parts = parts;
    this.netIndex = netIndex;
    net = parts.nets.get(netIndex);
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
   * Declares a sub-workflow, a net that composites run; it shares the variables.
   *
   * @param name unique among the sub-workflows, and not the workflow's own
   * @param body adds its steps
   * @return this
   */
  public GraphBuilder subworkflow(final String name, final Consumer<Sequence> body) {
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
  public GraphBuilder subgraph(final String name, final Consumer<GraphBuilder> graph) {
    final GraphBuilder builder = new GraphBuilder(parts, parts.subworkflow(name));
    graph.accept(builder);
    builder.emit();
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
   * Adds a task that waits for a message that comes while it waits. One that came before does not
   * count, and one that comes while no task of the case would take it is refused.
   *
   * @param name unique among conditions and tasks
   * @param message name of the message
   * @return this
   */
  public GraphBuilder awaitNewMessage(final String name, final String message) {
    return add(
        TaskDefinition.of(name, TaskKind.MESSAGE)
            .withMessage(Names.check("message", message))
            .withWhileWaiting(),
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
   * Adds a task that waits for a time to pass.
   *
   * @param name unique among conditions and tasks
   * @param duration how long; positive
   * @return this
   */
  public GraphBuilder delay(final String name, final Duration duration) {
    return add(
        TaskDefinition.of(name, TaskKind.DELAY)
            .withDeadline(Block.checkPositive("delay", duration)),
        StartMode.AUTOMATIC);
  }

  /**
   * Adds a task that waits for a time to pass and leaves its token where it is until then, so that
   * an alternative that comes first can take it (WCP-16).
   *
   * @param name unique among conditions and tasks
   * @param duration how long; positive
   * @return this
   */
  public GraphBuilder awaitTime(final String name, final Duration duration) {
    return add(
        TaskDefinition.of(name, TaskKind.DELAY)
            .withDeadline(Block.checkPositive("delay", duration)),
        StartMode.OFFERED);
  }

  /**
   * Adds a task that ends the case as cancelled (WCP-20).
   *
   * @param name unique among conditions and tasks
   * @return this
   */
  public GraphBuilder cancelCase(final String name) {
    return add(TaskDefinition.of(name, TaskKind.CANCEL), StartMode.AUTOMATIC);
  }

  /**
   * Adds a task that runs a sub-workflow as a case inside the case (WCP-22), as {@link Block#call}
   * does.
   *
   * @param name unique among conditions and tasks
   * @param subworkflow name of the sub-workflow, declared anywhere, or the workflow's own
   * @return this
   */
  public GraphBuilder composite(final String name, final String subworkflow) {
    return add(
        TaskDefinition.of(name, TaskKind.COMPOSITE).withSubworkflow(subworkflow),
        StartMode.AUTOMATIC);
  }

  /**
   * Adds a task that runs a block so many times at once (WCP-13).
   *
   * @param name unique among conditions and tasks
   * @param count how many instances, from 1 to {@link MultipleInstance#COUNT_MAX}
   * @param body adds the steps of an instance
   * @return this
   */
  public GraphBuilder instances(final String name, final int count, final Consumer<Sequence> body) {
    return add(name, MultipleInstance.constant(Sequence.net(parts, name, body), count));
  }

  /**
   * Adds a task that runs a block as many times at once as a variable says when it starts (WCP-14).
   *
   * @param name unique among conditions and tasks
   * @param count says how many instances, from 0 to {@link MultipleInstance#COUNT_MAX}
   * @param body adds the steps of an instance
   * @return this
   */
  public GraphBuilder instances(
      final String name, final Variable<Long> count, final Consumer<Sequence> body) {
    parts.variables.add(count);
    return add(name, MultipleInstance.computed(Sequence.net(parts, name, body), count));
  }

  /**
   * Adds a task that runs a block once for each item of a list (WCP-14).
   *
   * @param <T> type of the items
   * @param name unique among conditions and tasks
   * @param item variable in which each instance finds its item
   * @param items makes the list; runs on a worker thread
   * @param body adds the steps of an instance
   * @return this
   */
  public <T> GraphBuilder forEach(
      final String name,
      final Variable<T> item,
      final MultipleInstance.Items<T> items,
      final Consumer<Sequence> body) {
    parts.variables.add(item);
    return add(name, MultipleInstance.forEach(Sequence.net(parts, name, body), item, items));
  }

  /**
   * As {@link #instances(String, int, Consumer)}, with the steps of an instance as a graph.
   *
   * @param name unique among conditions and tasks
   * @param count how many instances, from 1 to {@link MultipleInstance#COUNT_MAX}
   * @param body adds the elements of an instance; it must not build it
   * @return this
   */
  public GraphBuilder instancesOf(
      final String name, final int count, final Consumer<GraphBuilder> body) {
    return add(name, MultipleInstance.constant(bodyNet(name, body), count));
  }

  /**
   * As {@link #instances(String, Variable, Consumer)}, with the steps of an instance as a graph.
   *
   * @param name unique among conditions and tasks
   * @param count says how many instances, from 0 to {@link MultipleInstance#COUNT_MAX}
   * @param body adds the elements of an instance; it must not build it
   * @return this
   */
  public GraphBuilder instancesOf(
      final String name, final Variable<Long> count, final Consumer<GraphBuilder> body) {
    parts.variables.add(count);
    return add(name, MultipleInstance.computed(bodyNet(name, body), count));
  }

  /**
   * As {@link #forEach}, with the steps of an instance as a graph.
   *
   * @param <T> type of the items
   * @param name unique among conditions and tasks
   * @param item variable in which each instance finds its item
   * @param items makes the list; runs on a worker thread
   * @param body adds the elements of an instance; it must not build it
   * @return this
   */
  public <T> GraphBuilder forEachOf(
      final String name,
      final Variable<T> item,
      final MultipleInstance.Items<T> items,
      final Consumer<GraphBuilder> body) {
    parts.variables.add(item);
    return add(name, MultipleInstance.forEach(bodyNet(name, body), item, items));
  }

  private int bodyNet(final String name, final Consumer<GraphBuilder> body) {
    final GraphBuilder builder = new GraphBuilder(parts, parts.net(name));
    body.accept(builder);
    builder.emit();
    return builder.netIndex;
  }

  private GraphBuilder add(final String name, final MultipleInstance instances) {
    return add(
        TaskDefinition.of(name, TaskKind.MULTIPLE_INSTANCE).withInstances(instances),
        StartMode.AUTOMATIC);
  }

  /**
   * Lets the multiple-instance task just added complete when so many instances have (WCP-34,
   * WCP-35).
   *
   * @param threshold from 1 to the number of instances
   * @param rest what becomes of those that still run
   * @return this
   */
  public GraphBuilder until(final int threshold, final Rest rest) {
    instances("until").until(threshold, rest);
    return this;
  }

  /**
   * Lets the multiple-instance task just added complete when a guard holds (WCP-36).
   *
   * @param enough judged on the case's variables after each completed instance has been reduced
   * @param rest what becomes of those that still run
   * @return this
   */
  public GraphBuilder until(final Guard enough, final Rest rest) {
    instances("until").until(enough, rest);
    parts.declareRead(enough);
    return this;
  }

  /**
   * Lets instances be added to the multiple-instance task just added while it is busy (WCP-15).
   *
   * @param maximum up to how many instances in all may be added
   * @return this
   */
  public GraphBuilder addable(final int maximum) {
    instances("addable").addable(maximum);
    return this;
  }

  /**
   * Lets the addable task just added wait for more instances until somebody closes it.
   *
   * @return this
   */
  public GraphBuilder keptOpen() {
    instances("keptOpen").keepOpen();
    return this;
  }

  /**
   * Lets the multiple-instance task just added complete as soon as its instances run (WCP-12).
   *
   * @return this
   */
  public GraphBuilder detached() {
    instances("detached").detach();
    return this;
  }

  /**
   * Folds a variable of each instance of the multiple-instance task just added into a variable of
   * the case.
   *
   * @param <V> type of both
   * @param from variable of the instance
   * @param into variable of the case
   * @param operator associative and commutative, quick, without effects
   * @return this
   */
  public <V> GraphBuilder reduce(
      final Variable<V> from, final Variable<V> into, final BinaryOperator<V> operator) {
    instances("reduce").reduce(new MultipleInstance.Reduction<>(from, into, operator));
    parts.variables.add(from);
    parts.variables.add(into);
    return this;
  }

  private MultipleInstance instances(final String verb) {
    return current(verb).definition.instances(verb);
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
    node.definition.checkCanBeRetried("retry");
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
    node.definition.checkCanTimeOut("deadline");
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
   * Adds the flow that is taken, instead of all others, when a task fails for good; without one the
   * case fails.
   *
   * @param from name of a task that can fail
   * @param to name of a condition or task
   * @return this
   */
  public GraphBuilder failureFlow(final String from, final String to) {
    exits.add(new ExitFlow(from, to, Exit.FAILURE));
    return this;
  }

  /**
   * Adds the flow that is taken, instead of all others, when the deadline of a task passes; without
   * one the case times out.
   *
   * @param from name of a task with a deadline
   * @param to name of a condition or task
   * @return this
   */
  public GraphBuilder timeoutFlow(final String from, final String to) {
    exits.add(new ExitFlow(from, to, Exit.TIMEOUT));
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
   * Lets the output be reached several times, as BPMN does: a case waits for everything that is
   * going on (WCP-11), and the verifier takes several tokens in the output for a proper end.
   *
   * @return this
   */
  public GraphBuilder severalEnds() {
    net.severalEnds();
    return this;
  }

  /**
   * When cases are taken in, if the engine has more to start than it keeps its objectives with;
   * {@link Priority#NORMAL} by default, and {@link Inputs#priority} for a single case.
   *
   * @param priority the priority
   * @return this
   */
  public GraphBuilder priority(final Priority priority) {
    parts.priority = priority;
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
   * Declares the objective for the service time of a task: how long its handler runs.
   *
   * @param task name of a task with a handler
   * @param objective the objective
   * @return this
   */
  public GraphBuilder objective(final String task, final Objective objective) {
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
  public GraphBuilder waitObjective(final String task, final Objective objective) {
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
    if (netIndex != 0) {
      throw new IllegalStateException(
          "sub-workflow must be built with its workflow: workflow=" + parts.name);
    }
    emit();
    return parts.build();
  }

  /** Tells the net what was collected. */
  void emit() {
    for (final Node node : nodes.values()) {
      node.index = net.task(node.definition.name(), node.start, node.join, node.split);
      parts.tasks.get(netIndex).add(node.definition);
      if (node.reset != null) {
        net.partialJoin(node.index, node.threshold, node.reset);
      }
    }
    flows.forEach(this::emit);
    emitExits();
    milestones.forEach(this::emitMilestone);
    regions.forEach(this::emit);
    emitSections();
  }

  private void emitExits() {
    final Set<String> seen = new HashSet<>();
    for (final ExitFlow exit : exits) {
      if (seen.add(exit.exit + " " + exit.from)) {
        emit(exit);
      } else {
        net.fault(
            "task must have one flow for each exit: task=" + exit.from + ", exit=" + exit.exit);
      }
    }
  }

  private void emit(final ExitFlow flow) {
    final Node task = nodes.get(flow.from);
    final Node toTask = nodes.get(flow.to);
    final Integer toCondition = conditions.get(flow.to);
    final String text = "from=" + flow.from + ", to=" + flow.to + ", exit=" + flow.exit;
    if (task == null || (toTask == null && toCondition == null)) {
      net.fault("flow of an exit must lead from a known task to a known element: " + text);
      return;
    }
    if (flow.exit == Exit.FAILURE ? !task.definition.canFail() : !task.canTimeOut()) {
      net.fault("flow of an exit must leave a task that has it: " + text);
      return;
    }
    final int target =
        toCondition != null
            ? toCondition
            : addCondition(flow.exit + "{" + flow.from + "_" + flow.to + "}");
    if (flow.exit == Exit.FAILURE) {
      net.failureFlow(task.index, target);
    } else {
      net.timeoutFlow(task.index, target);
    }
    if (toTask != null) {
      net.flowIn(target, toTask.index, 1);
    }
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

  private record ExitFlow(String from, String to, Exit exit) {}

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

    boolean canTimeOut() {
      return definition.canTimeOut() && definition.deadline() != null;
    }
  }
}
