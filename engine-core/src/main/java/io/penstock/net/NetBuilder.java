package io.penstock.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Collects conditions, tasks and flows and makes a {@link Net} of them, or names every fault of
 * structure.
 *
 * <p>Elements are numbered from 0 in the order in which they were added. Not thread safe.
 */
public final class NetBuilder {
  /** States that the search for an OR-join may keep unless said otherwise. */
  public static final int DEFAULT_OR_JOIN_STATES_MAX = 2_000;

  final String name;
  final List<String> conditions = new ArrayList<>();
  final List<TaskSpec> tasks = new ArrayList<>();
  int input = Net.NONE;
  int output = Net.NONE;
  boolean safe;
  boolean severalTokensPossible;
  boolean explicitTermination;
  boolean severalEnds;
  int orJoinStatesMax = DEFAULT_OR_JOIN_STATES_MAX;
  final List<MutexSpec> mutexes = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final Map<Integer, Integer> mergedInto = new HashMap<>();

  /**
   * Starts an empty net.
   *
   * @param name for messages
   */
  public NetBuilder(final String name) {
    this.name = name;
  }

  /**
   * Adds a condition.
   *
   * @param conditionName unique in the net
   * @return its index
   */
  public int condition(final String conditionName) {
    conditions.add(conditionName);
    return conditions.size() - 1;
  }

  /**
   * Adds a task.
   *
   * @param taskName unique in the net
   * @param start who starts it
   * @param join what it waits for
   * @param split where its tokens go
   * @return its index
   */
  public int task(
      final String taskName, final StartMode start, final Join join, final Split split) {
    tasks.add(new TaskSpec(taskName, start, join, split));
    return tasks.size() - 1;
  }

  /**
   * Names the condition where a case begins.
   *
   * @param condition its index
   */
  public void input(final int condition) {
    input = condition;
  }

  /**
   * Names the condition where a case ends.
   *
   * @param condition its index
   */
  public void output(final int condition) {
    output = condition;
  }

  /**
   * Adds a flow from a condition to a task.
   *
   * @param condition index of the condition
   * @param task index of the task
   * @param weight tokens taken at once, at least 1 (WCP-41)
   */
  public void flowIn(final int condition, final int task, final int weight) {
    checkWeight(weight, conditions.get(condition), tasks.get(task).name);
    tasks.get(task).in.add(new Arc(condition, weight, Net.NONE, Net.NONE));
  }

  /**
   * Lets a task be enabled only while a condition is marked, without taking its token (WCP-18).
   *
   * @param condition index of the condition
   * @param task index of the task
   */
  public void readFlow(final int condition, final int task) {
    tasks.get(task).read.add(condition);
  }

  /**
   * Makes the join of a task wait for so many of its inputs.
   *
   * @param task index of the task
   * @param threshold from 1 to the number of inputs
   * @param reset what becomes of the other inputs
   */
  public void partialJoin(final int task, final int threshold, final Reset reset) {
    final TaskSpec spec = tasks.get(task);
    spec.join = Join.PARTIAL;
    spec.threshold = threshold;
    spec.reset = reset;
  }

  /**
   * Adds a mutex: at any time at most one thread is within its critical sections (WCP-39).
   *
   * <p>It is held as long as a task within is busy or a condition within is marked, and so is given
   * back however that ends, by completion, failure or cancellation.
   *
   * @param mutexName for messages
   * @return its index
   */
  public int mutex(final String mutexName) {
    mutexes.add(new MutexSpec(mutexName));
    return mutexes.size() - 1;
  }

  /**
   * Adds a critical section to a mutex. The conditions that lie only between its tasks are within
   * it; a task that takes its tokens from elsewhere enters it, and starts only while the mutex is
   * not held.
   *
   * @param mutex index of the mutex
   * @param section indices of its tasks
   */
  public void criticalSection(final int mutex, final Set<Integer> section) {
    mutexes.get(mutex).sections.add(new LinkedHashSet<>(section));
  }

  /**
   * Limits how much is searched to decide one OR-join. When that is not enough the join waits,
   * which is counted and which the verifier warns of.
   *
   * @param statesMax markings kept for each set of marked inputs, at least 1; the time goes with
   *     their square
   */
  public void orJoinStatesMax(final int statesMax) {
    if (statesMax < 1) {
      faults.add("states of an OR-join must be at least 1: orJoinStatesMax=" + statesMax);
    }
    orJoinStatesMax = statesMax;
  }

  /**
   * Adds a flow from a task to a condition.
   *
   * @param task index of the task
   * @param condition index of the condition
   * @param weight tokens put at once, at least 1 (WCP-42)
   * @param guard index of the guard, or {@link Net#NONE}
   * @return number of this flow among the task's outputs
   */
  public int flowOut(final int task, final int condition, final int weight, final int guard) {
    checkWeight(weight, tasks.get(task).name, conditions.get(condition));
    tasks.get(task).out.add(new Arc(condition, weight, guard, Net.NONE));
    return tasks.get(task).out.size() - 1;
  }

  /**
   * Adds a flow that gets its token exactly when another flow of the same OR-split does not.
   *
   * <p>This is dead-path elimination written into the net: an AND-join behind it waits for exactly
   * the branches that were chosen.
   *
   * @param task index of the task
   * @param condition index of the condition
   * @param flow number of the other flow among the task's outputs
   */
  public void complementFlowOut(final int task, final int condition, final int flow) {
    tasks.get(task).out.add(new Arc(condition, 1, Net.NONE, flow));
  }

  /**
   * Names the flow taken when no guard holds.
   *
   * @param task index of the task
   * @param flow number of the flow among the task's outputs
   */
  public void defaultFlow(final int task, final int flow) {
    tasks.get(task).defaultArc = flow;
  }

  /**
   * Names where the token goes when the task fails for good.
   *
   * @param task index of the task
   * @param condition index of the condition
   */
  public void failureFlow(final int task, final int condition) {
    tasks.get(task).failureCondition = condition;
  }

  /**
   * Names where the token goes when the task's deadline passes.
   *
   * @param task index of the task
   * @param condition index of the condition
   */
  public void timeoutFlow(final int task, final int condition) {
    tasks.get(task).timeoutCondition = condition;
  }

  /**
   * Adds a condition to the region that a task empties when it completes (WCP-25).
   *
   * @param task index of the task
   * @param condition index of the condition
   */
  public void cancelsCondition(final int task, final int condition) {
    tasks.get(task).cancelledConditions.add(condition);
  }

  /**
   * Adds a task to the region that a task cancels when it completes (WCP-19, WCP-25).
   *
   * @param task index of the task
   * @param cancelled index of the task that is cancelled
   */
  public void cancelsTask(final int task, final int cancelled) {
    tasks.get(task).cancelledTasks.add(cancelled);
  }

  /**
   * Makes two conditions one: every flow of the second becomes a flow of the first.
   *
   * @param kept index of the condition that stays
   * @param merged index of the condition that goes; its index must not be used any more
   */
  public void merge(final int kept, final int merged) {
    if (kept != merged) {
      mergedInto.put(merged, kept);
    }
  }

  /** States that no condition can ever hold two tokens, as is true of nets made from blocks. */
  public void safeByConstruction() {
    safe = true;
  }

  /** Takes back {@link #safeByConstruction}. */
  public void severalTokensPossible() {
    severalTokensPossible = true;
  }

  /**
   * The conditions added since one was.
   *
   * @param first index of the first of them
   * @return their indices
   */
  public List<Integer> conditionsFrom(final int first) {
    return IntStream.range(first, conditions.size()).boxed().toList();
  }

  /**
   * Ends the case as soon as the output is marked, whatever else is going on (WCP-43); the default
   * waits for it (WCP-11).
   */
  public void explicitTermination() {
    explicitTermination = true;
  }

  /**
   * Takes several tokens in the output for a proper end, as BPMN does: the case ends when nothing
   * else is left.
   */
  public void severalEnds() {
    severalEnds = true;
  }

  /**
   * Notes a fault found by the caller, so that it is reported with the others.
   *
   * @param fault one sentence that names the element
   */
  public void fault(final String fault) {
    faults.add(fault);
  }

  /**
   * Makes the net.
   *
   * @return the net
   * @throws InvalidNetException when rules of structure are broken, with all of them
   */
  public Net build() {
    applyMerges();
    checkNames();
    checkEnds();
    for (final TaskSpec task : tasks) {
      checkTask(task);
    }
    final int[] neighbours = mutexes.isEmpty() ? new int[0] : neighbours();
    for (final MutexSpec mutex : mutexes) {
      mutex.sections.forEach(section -> enclose(mutex, section, neighbours));
    }
    if (input != Net.NONE && output != Net.NONE) {
      checkPaths();
    }
    checkRoutingCycles();
    if (!faults.isEmpty()) {
      throw new InvalidNetException(name, faults);
    }
    return new Net(this);
  }

  /** Gives the conditions that stay consecutive indices and lets every flow refer to these. */
  private void applyMerges() {
    if (mergedInto.isEmpty()) {
      return;
    }
    final List<String> kept = new ArrayList<>();
    final int[] renumbered = new int[conditions.size()];
    for (int condition = 0; condition < renumbered.length; condition++) {
      if (!mergedInto.containsKey(condition)) {
        renumbered[condition] = kept.size();
        kept.add(conditions.get(condition));
      }
    }
    for (int condition = 0; condition < renumbered.length; condition++) {
      renumbered[condition] = renumbered[representative(condition)];
    }
    mergedInto.clear();
    conditions.clear();
    conditions.addAll(kept);
    input = input == Net.NONE ? Net.NONE : renumbered[input];
    output = output == Net.NONE ? Net.NONE : renumbered[output];
    tasks.forEach(task -> task.renumber(renumbered));
  }

  private int representative(final int condition) {
    int at = condition;
    for (Integer next = mergedInto.get(at); next != null; next = mergedInto.get(at)) {
      at = next;
    }
    return at;
  }

  private void checkWeight(final int weight, final String from, final String to) {
    if (weight < 1) {
      faults.add(
          "flow weight must be at least 1: from=" + from + ", to=" + to + ", weight=" + weight);
    }
  }

  private void checkNames() {
    final Set<String> seen = new HashSet<>();
    for (final TaskSpec task : tasks) {
      if (!seen.add(task.name)) {
        faults.add("task name must be unique: task=" + task.name);
      }
    }
    for (final String condition : conditions) {
      if (!seen.add(condition)) {
        faults.add(
            "condition name must be unique among conditions and tasks: condition=" + condition);
      }
    }
  }

  private void checkEnds() {
    if (input == Net.NONE) {
      faults.add("net must have an input condition");
    }
    if (output == Net.NONE) {
      faults.add("net must have an output condition");
    }
    if (tasks.isEmpty()) {
      faults.add("net must have at least one task");
    }
    for (final TaskSpec task : tasks) {
      if (givesTo(task, input)) {
        faults.add("no flow may lead into the input condition: task=" + task.name);
      }
      if (task.in.stream().anyMatch(arc -> arc.condition == output)) {
        faults.add("no flow may lead out of the output condition: task=" + task.name);
      }
    }
  }

  private static boolean givesTo(final TaskSpec task, final int condition) {
    return condition != Net.NONE
        && (task.out.stream().anyMatch(arc -> arc.condition == condition)
            || task.failureCondition == condition
            || task.timeoutCondition == condition);
  }

  private void checkTask(final TaskSpec task) {
    if (task.in.isEmpty()) {
      faults.add("task must have a flow into it: task=" + task.name);
    }
    if (task.out.isEmpty()) {
      faults.add("task must have a flow out of it: task=" + task.name);
    }
    if (safe && !severalTokensPossible) {
      Stream.concat(task.in.stream(), task.out.stream())
          .filter(arc -> arc.weight != 1)
          .forEach(
              arc ->
                  faults.add(
                      "flow of a 1-safe net must carry one token: task="
                          + task.name
                          + ", condition="
                          + conditions.get(arc.condition)
                          + ", weight="
                          + arc.weight));
    }
    checkDuplicateFlows(task);
    checkPartialJoin(task);
    checkOrJoin(task);
    if (task.split == Split.AND) {
      if (task.out.stream().anyMatch(arc -> arc.guard != Net.NONE)) {
        faults.add("flow out of an AND-split must not have a guard: task=" + task.name);
      }
      return;
    }
    final boolean exhaustive =
        task.defaultArc != Net.NONE
            || (task.split == Split.XOR
                && !task.out.isEmpty()
                && task.out.get(task.out.size() - 1).guard == Net.NONE);
    if (!exhaustive) {
      faults.add("split must have a default for when no guard holds: task=" + task.name);
    }
    for (int i = 0; i < task.out.size() - 1; i++) {
      if (task.split == Split.XOR && task.out.get(i).guard == Net.NONE && i != task.defaultArc) {
        faults.add(
            "flow without a guard hides the flows after it: task="
                + task.name
                + ", to="
                + conditions.get(task.out.get(i).condition));
      }
    }
  }

  private void checkPartialJoin(final TaskSpec task) {
    if (task.join != Join.PARTIAL) {
      return;
    }
    if (task.threshold < 1
        || task.threshold > task.in.size()
        || task.in.size() > Machine.ARRIVALS_MAX) {
      faults.add(
          "partial join must wait for 1 to all of its inputs, at most "
              + Machine.ARRIVALS_MAX
              + ": task="
              + task.name
              + ", threshold="
              + task.threshold
              + ", inputs="
              + task.in.size());
    }
    if (task.in.stream().anyMatch(arc -> arc.weight != 1)) {
      faults.add("flow into a partial join must carry one token: task=" + task.name);
    }
    if (task.reset == Reset.CANCELLING
        && task.cancelledConditions.isEmpty()
        && task.cancelledTasks.isEmpty()) {
      faults.add("cancelling join must have a region to cancel: task=" + task.name);
    }
  }

  private void checkOrJoin(final TaskSpec task) {
    if (!task.join.looksAtWholeNet()) {
      return;
    }
    if (task.in.size() > Machine.ARRIVALS_MAX) {
      faults.add(
          "OR-join must have at most "
              + Machine.ARRIVALS_MAX
              + " inputs: task="
              + task.name
              + ", inputs="
              + task.in.size());
    }
    if (task.in.stream().anyMatch(arc -> arc.weight != 1)) {
      faults.add("flow into an OR-join must carry one token: task=" + task.name);
    }
  }

  private void checkDuplicateFlows(final TaskSpec task) {
    final Set<Integer> seen = new HashSet<>();
    for (final Arc arc : task.in) {
      if (!seen.add(arc.condition)) {
        faults.add(
            "two flows must not join the same elements, use a weight: from="
                + conditions.get(arc.condition)
                + ", to="
                + task.name);
      }
    }
  }

  /** Finds what lies within a critical section and what enters it. */
  private void enclose(final MutexSpec mutex, final Set<Integer> section, final int[] neighbours) {
    final Set<Integer> within = within(section, neighbours);
    for (final int index : section) {
      final TaskSpec task = tasks.get(index);
      if (!mutex.tasks.add(index)) {
        faults.add(
            "task must lie in one critical section of a mutex: mutex="
                + mutex.name
                + ", task="
                + task.name);
      }
      final long inner = task.in.stream().filter(arc -> within.contains(arc.condition)).count();
      if (inner == 0) {
        mutex.entries.add(index);
      } else if (inner < task.in.size() && task.join != Join.AND) {
        faults.add(
            "task must take its tokens either from within its critical section or from elsewhere:"
                + " mutex="
                + mutex.name
                + ", task="
                + task.name);
      }
    }
    mutex.conditions.addAll(within);
  }

  /** The conditions that a section feeds and that nothing else gives to or takes from. */
  private Set<Integer> within(final Set<Integer> section, final int[] neighbours) {
    final int[] inSection = new int[conditions.size()];
    final Set<Integer> fed = new TreeSet<>();
    for (final int index : section) {
      final Set<Integer> given = given(tasks.get(index));
      fed.addAll(given);
      touched(tasks.get(index), given).forEach(condition -> inSection[condition]++);
    }
    fed.remove(output);
    fed.removeIf(condition -> inSection[condition] < neighbours[condition]);
    return fed;
  }

  /** How many tasks give to or take from each condition. */
  private int[] neighbours() {
    final int[] neighbours = new int[conditions.size()];
    for (final TaskSpec task : tasks) {
      touched(task, given(task)).forEach(condition -> neighbours[condition]++);
    }
    return neighbours;
  }

  private static Set<Integer> given(final TaskSpec task) {
    final Set<Integer> given = new HashSet<>();
    task.out.forEach(arc -> given.add(arc.condition));
    given.add(task.failureCondition);
    given.add(task.timeoutCondition);
    given.remove(Net.NONE);
    return given;
  }

  private static Set<Integer> touched(final TaskSpec task, final Set<Integer> given) {
    final Set<Integer> touched = new HashSet<>(given);
    task.in.forEach(arc -> touched.add(arc.condition));
    return touched;
  }

  /** Every element lies on a path from the input to the output. */
  private void checkPaths() {
    final List<List<Integer>> forward = listOfLists(conditions.size() + tasks.size());
    for (int t = 0; t < tasks.size(); t++) {
      final int taskNode = conditions.size() + t;
      for (final Arc arc : tasks.get(t).in) {
        forward.get(arc.condition).add(taskNode);
      }
      for (final Arc arc : tasks.get(t).out) {
        forward.get(taskNode).add(arc.condition);
      }
      for (final int exit :
          new int[] {tasks.get(t).failureCondition, tasks.get(t).timeoutCondition}) {
        if (exit != Net.NONE) {
          forward.get(taskNode).add(exit);
        }
      }
    }
    final List<List<Integer>> backward = listOfLists(forward.size());
    for (int from = 0; from < forward.size(); from++) {
      for (final int to : forward.get(from)) {
        backward.get(to).add(from);
      }
    }
    final BitSet reached = reach(forward, input);
    final BitSet leading = reach(backward, output);
    for (int node = 0; node < forward.size(); node++) {
      final String element =
          node < conditions.size()
              ? "condition=" + conditions.get(node)
              : "task=" + tasks.get(node - conditions.size()).name;
      if (isLoose(node)) {
        continue; // said already
      }
      if (!reached.get(node)) {
        faults.add("element must be reachable from the input: " + element);
      }
      if (!leading.get(node)) {
        faults.add("element must lead to the output: " + element);
      }
    }
  }

  /** Whether a node is a task without a flow into it or out of it. */
  private boolean isLoose(final int node) {
    if (node < conditions.size()) {
      return false;
    }
    final TaskSpec task = tasks.get(node - conditions.size());
    return task.in.isEmpty() || task.out.isEmpty();
  }

  /**
   * A cycle of nothing but routing tasks would turn for ever, as no guard can change while it does.
   */
  private void checkRoutingCycles() {
    final Set<Integer> left = new LinkedHashSet<>();
    for (int t = 0; t < tasks.size(); t++) {
      if (tasks.get(t).start == StartMode.ROUTING) {
        left.add(t);
      }
    }
    // What none of the others leads to, or what leads to none of them, is on no cycle.
    final List<List<Integer>> forward = listOfLists(tasks.size());
    final List<List<Integer>> backward = listOfLists(tasks.size());
    linkRoutes(left, forward, backward);
    peel(left, forward, backward);
    peel(left, backward, forward);
    for (final int task : left) {
      faults.add("cycle must hold a task that does something: task=" + tasks.get(task).name);
    }
  }

  private void linkRoutes(
      final Set<Integer> routes,
      final List<List<Integer>> forward,
      final List<List<Integer>> backward) {
    final List<List<Integer>> takers = listOfLists(conditions.size());
    for (final int route : routes) {
      tasks.get(route).in.forEach(arc -> takers.get(arc.condition).add(route));
    }
    for (final int from : routes) {
      for (final Arc out : tasks.get(from).out) {
        for (final int to : takers.get(out.condition)) {
          forward.get(from).add(to);
          backward.get(to).add(from);
        }
      }
    }
  }

  /** Takes away, again and again, what has no predecessor left. */
  private static void peel(
      final Set<Integer> left,
      final List<List<Integer>> successors,
      final List<List<Integer>> predecessors) {
    final Map<Integer, Integer> missing = new HashMap<>();
    final Deque<Integer> free = new ArrayDeque<>();
    for (final int task : left) {
      final int count = (int) predecessors.get(task).stream().filter(left::contains).count();
      missing.put(task, count);
      if (count == 0) {
        free.add(task);
      }
    }
    while (!free.isEmpty()) {
      final int task = free.remove();
      left.remove(task);
      for (final int next : successors.get(task)) {
        if (left.contains(next) && missing.merge(next, -1, Integer::sum) == 0) {
          free.add(next);
        }
      }
    }
  }

  private static BitSet reach(final List<List<Integer>> edges, final int from) {
    final BitSet seen = new BitSet();
    final Deque<Integer> queue = new ArrayDeque<>(List.of(from));
    seen.set(from);
    while (!queue.isEmpty()) {
      for (final int next : edges.get(queue.remove())) {
        if (!seen.get(next)) {
          seen.set(next);
          queue.add(next);
        }
      }
    }
    return seen;
  }

  static List<List<Integer>> listOfLists(final int size) {
    return Arrays.asList(new Object[size]).stream()
        .<List<Integer>>map(none -> new ArrayList<>())
        .toList();
  }

  /** A flow between a task and a condition. */
  record Arc(int condition, int weight, int guard, int complementOf) {
    Arc at(final int other) {
      return new Arc(other, weight, guard, complementOf);
    }
  }

  /** What is known of a mutex so far. */
  static final class MutexSpec {
    final String name;
    final List<Set<Integer>> sections = new ArrayList<>();
    final Set<Integer> entries = new LinkedHashSet<>();
    final Set<Integer> tasks = new LinkedHashSet<>();
    final Set<Integer> conditions = new LinkedHashSet<>();

    MutexSpec(final String name) {
      this.name = name;
    }
  }

  /** What is known of a task so far. */
  static final class TaskSpec {
    final String name;
    final StartMode start;
    Join join;
    final Split split;
    int threshold;
    Reset reset = Reset.STRUCTURED;
    final Set<Integer> read = new LinkedHashSet<>();
    final List<Arc> in = new ArrayList<>();
    final List<Arc> out = new ArrayList<>();
    final Set<Integer> cancelledConditions = new LinkedHashSet<>();
    final Set<Integer> cancelledTasks = new LinkedHashSet<>();
    int defaultArc = Net.NONE;
    int failureCondition = Net.NONE;
    int timeoutCondition = Net.NONE;

    TaskSpec(final String name, final StartMode start, final Join join, final Split split) {
      this.name = name;
      this.start = start;
      this.join = join;
      this.split = split;
    }

    void renumber(final int[] renumbered) {
      in.replaceAll(arc -> arc.at(renumbered[arc.condition]));
      out.replaceAll(arc -> arc.at(renumbered[arc.condition]));
      failureCondition = failureCondition == Net.NONE ? Net.NONE : renumbered[failureCondition];
      timeoutCondition = timeoutCondition == Net.NONE ? Net.NONE : renumbered[timeoutCondition];
      renumber(cancelledConditions, renumbered);
      renumber(read, renumbered);
    }

    private static void renumber(final Set<Integer> conditions, final int[] renumbered) {
      final List<Integer> before = List.copyOf(conditions);
      conditions.clear();
      before.forEach(condition -> conditions.add(renumbered[condition]));
    }
  }
}
