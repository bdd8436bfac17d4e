package io.penstock.net;

import io.penstock.net.NetBuilder.Arc;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A smaller net that is sound exactly when the given one is; nets made of blocks become one task.
 *
 * <p>After Murata's rules, with splits and joins inside the tasks: fusion of a task with one way in
 * and out into its condition, of conditions between the same two tasks, of branches that lead to
 * the same place, and removal of branches that lead back or to the end of the case. The rules let
 * tasks take no time, so they apply to nets in which it does not matter when a token comes: see
 * {@link #isApplicable}. What a rule removes can be started when what it leaves can, so that dead
 * tasks stay visible.
 *
 * <p>Used once; the result has the tasks that are left, by their names.
 */
final class Reduction {
  private final Net original;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Set<Node>> consumers = new ArrayList<>();
  private final List<Set<Node>> producers = new ArrayList<>();
  private int input;
  private final Net net;
  private final BitSet ending = new BitSet();

  Reduction(final Net original, final BitSet originalEnding) {
    this.original = original;
    input = original.input;
    for (int condition = 0; condition < original.conditionCount(); condition++) {
      consumers.add(new LinkedHashSet<>());
      producers.add(new LinkedHashSet<>());
    }
    for (int task = 0; task < original.taskCount(); task++) {
      add(new Node(original, task, originalEnding.get(task)));
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (final Node node : List.copyOf(nodes)) {
        changed |= !node.removed && reduce(node);
      }
      nodes.removeIf(node -> node.removed);
    }
    net = build();
  }

  /** The smaller net. */
  Net net() {
    return net;
  }

  /** Which of its tasks end the case. */
  BitSet ending() {
    return ending;
  }

  /**
   * Whether the time at which a token comes does not matter in a net: nothing is cancelled or ended
   * early or only looked at; a token that two tasks could take waits for the environment to decide;
   * guards decide one flow each; and no routing goes round by itself.
   */
  static boolean isApplicable(final Net net) {
    return !net.severalEnds && isPlain(net) && hasGuardsOfTheirOwn(net) && !hasRoutingCycle(net);
  }

  /** Whether more tokens can never do less, as in a Petri net: then a sound net is bounded. */
  static boolean isPlain(final Net net) {
    return !net.explicitTermination && hasPlainTasksOnly(net) && hasOpenConflictsOnly(net);
  }

  private static boolean hasPlainTasksOnly(final Net net) {
    if (net.mutexes.length > 0) {
      return false;
    }
    for (int task = 0; task < net.taskCount(); task++) {
      if ((net.joins[task] != Join.AND && net.joins[task] != Join.XOR)
          || net.cancelledConditions[task].length > 0
          || net.cancelledTasks[task].length > 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasOpenConflictsOnly(final Net net) {
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      for (final int task : net.fedTasks[condition]) {
        final int at = condition;
        final boolean takes = Arrays.stream(net.inputs[task]).anyMatch(in -> in == at);
        final boolean choosesByOrder = net.joins[task] == Join.XOR && net.inputs[task].length > 1;
        final boolean open = net.starts[task] == StartMode.OFFERED && !choosesByOrder;
        if (!takes || (net.fedTasks[condition].length > 1 && !open)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean hasGuardsOfTheirOwn(final Net net) {
    final Set<Integer> seen = new HashSet<>();
    return Arrays.stream(net.guards)
        .flatMapToInt(Arrays::stream)
        .allMatch(guard -> guard == Net.NONE || seen.add(guard));
  }

  /** Takes away routing tasks that no other feeds, again and again: what is left goes round. */
  private static boolean hasRoutingCycle(final Net net) {
    final int[] feeds = new int[net.taskCount()];
    int left = 0;
    for (int task = 0; task < feeds.length; task++) {
      if (net.starts[task] == StartMode.ROUTING) {
        left++;
        routedTo(net, task).forEach(next -> feeds[next]++);
      }
    }
    final Deque<Integer> free = new ArrayDeque<>();
    for (int task = 0; task < feeds.length; task++) {
      if (net.starts[task] == StartMode.ROUTING && feeds[task] == 0) {
        free.add(task);
      }
    }
    while (!free.isEmpty()) {
      left--;
      for (final int next : routedTo(net, free.remove())) {
        if (--feeds[next] == 0) {
          free.add(next);
        }
      }
    }
    return left > 0;
  }

  private static List<Integer> routedTo(final Net net, final int task) {
    return Arrays.stream(net.outputs[task])
        .flatMap(condition -> Arrays.stream(net.fedTasks[condition]))
        .filter(next -> net.starts[next] == StartMode.ROUTING)
        .boxed()
        .toList();
  }

  private boolean reduce(final Node node) {
    boolean changed = mergeInputs(node);
    changed |= mergeBranches(node);
    changed |= dropBranchesThatLeadBack(node);
    changed |= simplifySplit(node);
    changed |= mergeParallelConditions(node);
    changed |= mergeAlternatives(node);
    changed |= dropEnd(node);
    changed |= !node.removed && fuse(node);
    return changed;
  }

  /** An XOR-join takes from any of its conditions: they may be one. */
  private boolean mergeInputs(final Node node) {
    if (node.join != Join.XOR || node.in.size() < 2 || !node.takesSingleTokens()) {
      return false;
    }
    for (final Arc in : node.in) {
      if (!isTakenOnlyBy(in.condition(), node)) {
        return false;
      }
    }
    final int kept = node.in.get(0).condition();
    for (final Arc in : List.copyOf(node.in.subList(1, node.in.size()))) {
      unlink(node);
      node.in.remove(in);
      link(node);
      merge(in.condition(), kept);
    }
    return true;
  }

  /** Branches of an XOR-split, and exits, that lead to the same place are one. */
  private boolean mergeBranches(final Node node) {
    unlink(node);
    boolean changed = false;
    if (node.split == Split.XOR) {
      final Set<List<Integer>> seen = new HashSet<>();
      changed = node.out.removeIf(arc -> !seen.add(List.of(arc.condition(), arc.weight())));
    }
    final boolean single =
        node.split == Split.XOR || (node.split == Split.AND && node.out.size() == 1);
    final Set<Integer> targets = new HashSet<>();
    changed |=
        node.exits.removeIf(
            exit ->
                !targets.add(exit)
                    || (single
                        && node.out.stream()
                            .anyMatch(arc -> arc.condition() == exit && arc.weight() == 1)));
    link(node);
    return changed;
  }

  /** A branch that puts back what the task took is no way out, and another is left. */
  private boolean dropBranchesThatLeadBack(final Node node) {
    if (node.in.size() != 1 || node.out.isEmpty()) {
      return false;
    }
    final Arc in = node.in.get(0);
    unlink(node);
    boolean changed = in.weight() == 1 && node.exits.removeIf(exit -> exit == in.condition());
    if (node.split == Split.XOR && node.out.size() > 1) {
      changed |=
          node.out.removeIf(
              arc -> arc.condition() == in.condition() && arc.weight() == in.weight());
    }
    link(node);
    return changed;
  }

  private boolean simplifySplit(final Node node) {
    if (node.split == Split.XOR && node.out.size() == 1) {
      node.split = Split.AND;
      return true;
    }
    if (node.split == Split.OR && putsATokenEverywhere(node.out)) {
      unlink(node);
      node.out.removeIf(arc -> arc.complementOf() != Net.NONE);
      node.split = Split.AND;
      link(node);
      return true;
    }
    return false;
  }

  /** Whether each branch of an OR-split leads to where its complement leads. */
  private static boolean putsATokenEverywhere(final List<Arc> arcs) {
    for (int i = 0; i < arcs.size(); i++) {
      final int number = i;
      final List<Arc> complements =
          arcs.stream().filter(arc -> arc.complementOf() == number).toList();
      final boolean isBranch = arcs.get(i).complementOf() == Net.NONE;
      if (isBranch
          && (arcs.get(i).weight() != 1
              || complements.size() != 1
              || complements.get(0).condition() != arcs.get(i).condition())) {
        return false;
      }
    }
    return true;
  }

  /** Conditions that one AND-split fills and one AND-join empties are one. */
  private boolean mergeParallelConditions(final Node node) {
    if (node.split != Split.AND || node.ends) {
      return false;
    }
    final Set<List<Object>> seen = new HashSet<>();
    boolean changed = false;
    for (final Arc arc : List.copyOf(node.out)) {
      final int condition = arc.condition();
      if (condition == input
          || condition == original.output
          || consumers.get(condition).size() != 1
          || !producers.get(condition).equals(Set.of(node))
          || node.exits.contains(condition)
          || node.out.stream().filter(other -> other.condition() == condition).count() > 1) {
        continue;
      }
      final Node join = consumers.get(condition).iterator().next();
      if (join.join == Join.AND
          && !seen.add(List.of(join, arc.weight(), join.weightOf(condition)))) {
        unlink(node);
        unlink(join);
        node.out.remove(arc);
        join.in.removeIf(in -> in.condition() == condition);
        link(node);
        link(join);
        changed = true;
      }
    }
    return changed;
  }

  /** Tasks that the environment may choose between and that do the same are one. */
  private boolean mergeAlternatives(final Node node) {
    boolean changed = false;
    for (final Node other : List.copyOf(consumers.get(node.in.get(0).condition()))) {
      if (other != node && node.isAlternativeTo(other)) {
        remove(other);
        changed = true;
      }
    }
    return changed;
  }

  /** A branch that does nothing but end the case is always a proper way out. */
  private boolean dropEnd(final Node node) {
    if (!node.ends || node.in.size() != 1 || !node.takesSingleTokens()) {
      return false;
    }
    final int condition = node.in.get(0).condition();
    if (condition == input
        || producers.get(condition).isEmpty()
        || !isTakenOnlyBy(condition, node)
        || !producers.get(condition).stream().allMatch(from -> from.canSpare(condition))) {
      return false;
    }
    for (final Node from : List.copyOf(producers.get(condition))) {
      unlink(from);
      from.exits.removeIf(exit -> exit == condition);
      from.out.removeIf(arc -> arc.condition() == condition);
      link(from);
    }
    remove(node);
    return true;
  }

  /** A task with one way in and one way out only takes time: what is before it may be after it. */
  private boolean fuse(final Node node) {
    if (node.ends
        || node.in.size() != 1
        || node.out.size() != 1
        || node.split != Split.AND
        || !node.exits.isEmpty()
        || !node.takesSingleTokens()
        || node.out.get(0).weight() != 1) {
      return false;
    }
    final int before = node.in.get(0).condition();
    final int after = node.out.get(0).condition();
    if (before == after
        || !isTakenOnlyBy(before, node)
        || (before == input && after == original.output)
        || (before != input && producers.get(before).isEmpty())) {
      return false;
    }
    remove(node);
    merge(before, after);
    return true;
  }

  private boolean isTakenOnlyBy(final int condition, final Node node) {
    return consumers.get(condition).equals(Set.of(node));
  }

  /** Lets everything that leads to or from a condition lead to or from another. */
  private void merge(final int gone, final int kept) {
    final Set<Node> touched = new LinkedHashSet<>(producers.get(gone));
    touched.addAll(consumers.get(gone));
    touched.forEach(this::unlink);
    touched.forEach(node -> node.replace(gone, kept));
    touched.forEach(this::link);
    input = input == gone ? kept : input;
  }

  private void add(final Node node) {
    nodes.add(node);
    link(node);
  }

  private void remove(final Node node) {
    unlink(node);
    node.removed = true;
  }

  private void link(final Node node) {
    node.in.forEach(arc -> consumers.get(arc.condition()).add(node));
    node.out.forEach(arc -> producers.get(arc.condition()).add(node));
    node.exits.forEach(exit -> producers.get(exit).add(node));
  }

  private void unlink(final Node node) {
    node.in.forEach(arc -> consumers.get(arc.condition()).remove(node));
    node.out.forEach(arc -> producers.get(arc.condition()).remove(node));
    node.exits.forEach(exit -> producers.get(exit).remove(node));
  }

  private Net build() {
    final NetBuilder builder = new NetBuilder(original.name());
    final int[] numbers = new int[original.conditionCount()];
    for (int condition = 0; condition < numbers.length; condition++) {
      final boolean used =
          condition == input
              || condition == original.output
              || !consumers.get(condition).isEmpty()
              || !producers.get(condition).isEmpty();
      numbers[condition] = used ? builder.condition(original.conditionName(condition)) : Net.NONE;
    }
    builder.input(numbers[input]);
    builder.output(numbers[original.output]);
    int guards = 0;
    for (final Node node : nodes) {
      guards = node.addTo(builder, numbers, guards);
      ending.set(builder.tasks.size() - 1, node.ends);
    }
    return new Net(builder);
  }

  /** A task of the net that is made smaller. */
  private static final class Node {
    final String name;
    final StartMode start;
    final Join join;
    final boolean ends;
    final List<Arc> in = new ArrayList<>();
    final List<Arc> out = new ArrayList<>();
    final List<Integer> exits = new ArrayList<>();
    Split split;
    boolean removed;

    Node(final Net net, final int task, final boolean ends) {
      name = net.taskName(task);
      start = net.starts[task] == StartMode.OFFERED ? StartMode.OFFERED : StartMode.AUTOMATIC;
      join = net.joins[task];
      split = net.splits[task];
      this.ends = ends;
      for (int i = 0; i < net.inputs[task].length; i++) {
        in.add(new Arc(net.inputs[task][i], net.inputWeights[task][i], Net.NONE, Net.NONE));
      }
      for (int i = 0; !ends && i < net.outputs[task].length; i++) {
        out.add(
            new Arc(
                net.outputs[task][i],
                net.outputWeights[task][i],
                split == Split.OR && i == net.defaults[task] ? DEFAULT : net.guards[task][i],
                net.complements[task][i]));
      }
      addExit(net, task, Exit.FAILURE, net.failureConditions[task]);
      addExit(net, task, Exit.TIMEOUT, net.timeoutConditions[task]);
    }

    /** Stands in the place of a guard for the flow taken when no guard holds. */
    private static final int DEFAULT = -2;

    private void addExit(final Net net, final int task, final Exit exit, final int condition) {
      if (Exploration.canLeave(net, task, exit)) {
        exits.add(condition);
      }
    }

    boolean takesSingleTokens() {
      return in.stream().allMatch(arc -> arc.weight() == 1);
    }

    int weightOf(final int condition) {
      return in.stream()
          .filter(arc -> arc.condition() == condition)
          .findFirst()
          .orElseThrow()
          .weight();
    }

    /** Whether the task still has somewhere to go without this condition. */
    boolean canSpare(final int condition) {
      final long others = out.stream().filter(arc -> arc.condition() != condition).count();
      return !ends && (others == out.size() || (split == Split.XOR && others > 0));
    }

    boolean isAlternativeTo(final Node other) {
      return start == StartMode.OFFERED
          && other.start == StartMode.OFFERED
          && ends == other.ends
          && split == Split.AND
          && other.split == Split.AND
          && exits.isEmpty()
          && other.exits.isEmpty()
          && in.equals(other.in)
          && (join == other.join || in.size() == 1)
          && out.equals(other.out);
    }

    void replace(final int gone, final int kept) {
      in.replaceAll(arc -> arc.condition() == gone ? arc.at(kept) : arc);
      out.replaceAll(arc -> arc.condition() == gone ? arc.at(kept) : arc);
      exits.replaceAll(exit -> exit == gone ? kept : exit);
    }

    /** Adds this task to a net; gives the number of guards used so far. */
    int addTo(final NetBuilder builder, final int[] numbers, final int guards) {
      final int task = builder.task(name, start, join, split);
      in.forEach(arc -> builder.flowIn(numbers[arc.condition()], task, arc.weight()));
      int next = guards;
      for (int i = 0; i < out.size(); i++) {
        final Arc arc = out.get(i);
        if (arc.complementOf() != Net.NONE) {
          builder.complementFlowOut(task, numbers[arc.condition()], arc.complementOf());
          continue;
        }
        final boolean isDefault = split == Split.XOR ? i == out.size() - 1 : arc.guard() == DEFAULT;
        final boolean isGuarded =
            !isDefault && (split == Split.XOR || (split == Split.OR && arc.guard() != Net.NONE));
        builder.flowOut(
            task, numbers[arc.condition()], arc.weight(), isGuarded ? next++ : Net.NONE);
        if (isDefault) {
          builder.defaultFlow(task, i);
        }
      }
      addExits(builder, task, numbers);
      return next;
    }

    private void addExits(final NetBuilder builder, final int task, final int[] numbers) {
      if (!exits.isEmpty()) {
        builder.timeoutFlow(task, numbers[exits.get(0)]);
      }
      if (exits.size() > 1) {
        builder.failureFlow(task, numbers[exits.get(1)]);
      }
    }
  }
}
