package io.penstock.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * All markings from which a set of inputs of a join, and one more, can be marked at the same time:
 * backward coverability of the reset net [1], kept as the smallest of those markings [2].
 *
 * <p>Exact, and it ends (Dickson's lemma), but may take long; hence the budget. Made once, then
 * read only. The order of the work depends on the net alone, so that a spent budget always leaves
 * the same.
 *
 * <p>[1] Wynn, Edmond, van der Aalst, ter Hofstede: Achieving a general, formal and decidable
 * approach to the OR-join in workflow using reset nets, ATPN 2005
 *
 * <p>[2] Finkel, Schnoebelen: Well-structured transition systems everywhere!, 2001
 */
final class Coverability {
  private final Net net;
  private final int join;
  private final int statesMax;
  private final int[] nodes;
  private final int[] positions;
  private final List<Transition> transitions = new ArrayList<>();
  private final List<int[]> basis = new ArrayList<>();
  private final boolean spent;

  /** What it takes, what it empties, what it gives; in the order of the nodes that matter. */
  private static final class Transition {
    final int[] takes;
    final boolean[] empties;
    final int[] gives;

    Transition(final int nodes) {
      takes = new int[nodes];
      empties = new boolean[nodes];
      gives = new int[nodes];
    }
  }

  Coverability(final Net net, final int join, final long marked, final int statesMax) {
    this.net = net;
    this.join = join;
    this.statesMax = statesMax;
    final NodeSet helping = NodeSet.helping(net, join);
    positions = new int[net.conditionCount() + net.taskCount()];
    nodes = number(helping);
    for (int task = 0; task < net.taskCount(); task++) {
      if (helping.hasTask(task)) {
        addStarts(task);
        addCompletions(task);
      }
    }
    spent = !search(marked);
  }

  /** Decides whether one more input can still be marked. */
  OrJoin.Decision decide(final OrJoin.Marking marking) {
    for (final int[] state : basis) {
      if (covers(marking, state)) {
        return OrJoin.Decision.WAITS;
      }
    }
    return spent ? OrJoin.Decision.UNDECIDED : OrJoin.Decision.STARTS;
  }

  private boolean covers(final OrJoin.Marking marking, final int[] state) {
    for (int i = 0; i < state.length; i++) {
      if (state[i] > 0 && tokens(marking, nodes[i]) < state[i]) {
        return false;
      }
    }
    return true;
  }

  private int tokens(final OrJoin.Marking marking, final int node) {
    return node < net.conditionCount()
        ? marking.tokens(node)
        : marking.busy(node - net.conditionCount());
  }

  private int[] number(final NodeSet helping) {
    Arrays.fill(positions, Net.NONE);
    int count = 0;
    for (int node = 0; node < positions.length; node++) {
      final boolean helps =
          node < net.conditionCount()
              ? helping.hasCondition(node)
              : helping.hasTask(node - net.conditionCount());
      positions[node] = helps ? count++ : Net.NONE;
    }
    final int[] numbered = new int[count];
    for (int node = 0; node < positions.length; node++) {
      if (positions[node] != Net.NONE) {
        numbered[positions[node]] = node;
      }
    }
    return numbered;
  }

  private int busy(final int task) {
    return positions[net.conditionCount() + task];
  }

  private void addStarts(final int task) {
    final int[] inputs = net.inputs[task];
    if (net.joins[task] == Join.AND) {
      addStart(task, 0, inputs.length);
      return;
    }
    for (int i = 0; i < inputs.length; i++) {
      addStart(task, i, i + 1);
    }
  }

  private void addStart(final int task, final int from, final int to) {
    final Transition start = transition();
    for (int i = from; i < to; i++) {
      start.takes[positions[net.inputs[task][i]]] += net.inputWeights[task][i];
    }
    for (final int read : net.reads[task]) {
      if (start.takes[positions[read]] == 0) {
        start.takes[positions[read]] = 1;
        start.gives[positions[read]] = 1;
      }
    }
    start.gives[busy(task)]++;
    transitions.add(start);
  }

  private void addCompletions(final int task) {
    switch (net.splits[task]) {
      case AND -> addCompletion(task, arc -> true);
      case XOR -> {
        for (int arc = 0; arc < net.outputs[task].length; arc++) {
          final int only = arc;
          addCompletion(task, other -> other == only);
        }
      }
      case OR -> {
        // Of the subsets that it may choose the largest is enough; a complement may come or not.
        final int[] complements = net.complements[task];
        addCompletion(task, arc -> arc != net.defaults[task]);
        addCompletion(task, arc -> arc == net.defaults[task] || complements[arc] != Net.NONE);
      }
    }
    if (net.handles(task, Exit.FAILURE)) {
      give(addCompletion(task, arc -> false), net.failureConditions[task], 1);
    }
    if (net.handles(task, Exit.TIMEOUT)) {
      give(addCompletion(task, arc -> false), net.timeoutConditions[task], 1);
    }
  }

  private Transition addCompletion(final int task, final IntPredicate chosen) {
    final Transition completion = transition();
    completion.takes[busy(task)] = 1;
    for (final int condition : net.cancelledConditions[task]) {
      empty(completion, positions[condition]);
    }
    for (final int cancelled : net.cancelledTasks[task]) {
      empty(completion, busy(cancelled));
    }
    for (int arc = 0; arc < net.outputs[task].length; arc++) {
      if (chosen.test(arc)) {
        give(completion, net.outputs[task][arc], net.outputWeights[task][arc]);
      }
    }
    transitions.add(completion);
    return completion;
  }

  private void give(final Transition transition, final int condition, final int weight) {
    if (positions[condition] != Net.NONE) {
      transition.gives[positions[condition]] += weight;
    }
  }

  private static void empty(final Transition transition, final int position) {
    if (position != Net.NONE) {
      transition.empties[position] = true;
    }
  }

  private Transition transition() {
    return new Transition(nodes.length);
  }

  /** False when the budget was spent before all was found. */
  private boolean search(final long marked) {
    final Deque<int[]> open = new ArrayDeque<>();
    final int[] inputs = net.inputs[join];
    for (int i = 0; i < inputs.length; i++) {
      if ((marked & 1L << i) == 0) {
        final int[] target = new int[nodes.length];
        for (int j = 0; j < inputs.length; j++) {
          target[positions[inputs[j]]] = j == i || (marked & 1L << j) != 0 ? 1 : 0;
        }
        keep(target, open);
      }
    }
    int states = basis.size();
    while (!open.isEmpty()) {
      final int[] state = open.remove();
      if (!basis.contains(state)) {
        continue; // a smaller one was found since; int[] is equal to itself alone
      }
      for (final Transition transition : transitions) {
        final int[] before = before(transition, state);
        if (before != null && keep(before, open) && ++states > statesMax) {
          return false;
        }
      }
    }
    return true;
  }

  /** Keeps a marking unless a smaller one is known; those that are larger go. */
  private boolean keep(final int[] state, final Deque<int[]> open) {
    for (final int[] known : basis) {
      if (isAtMost(known, state)) {
        return false;
      }
    }
    basis.removeIf(known -> isAtMost(state, known));
    basis.add(state);
    open.add(state);
    return true;
  }

  private static boolean isAtMost(final int[] one, final int[] other) {
    for (int i = 0; i < one.length; i++) {
      if (one[i] > other[i]) {
        return false;
      }
    }
    return true;
  }

  /** The smallest marking from which a transition leads to at least a state, or null. */
  private static int @Nullable [] before(final Transition transition, final int[] state) {
    final int[] before = new int[state.length];
    boolean helps = false;
    for (int i = 0; i < state.length; i++) {
      final int missing = state[i] - transition.gives[i];
      helps |= transition.gives[i] > 0 && state[i] > 0;
      if (transition.empties[i]) {
        if (missing > 0) {
          return null;
        }
        before[i] = transition.takes[i];
      } else {
        before[i] = Math.max(0, missing) + transition.takes[i];
      }
    }
    return helps ? before : null;
  }
}
