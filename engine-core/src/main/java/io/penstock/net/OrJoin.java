package io.penstock.net;

import java.util.function.Function;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Decides when one OR-join starts: once no token can come to an empty input any more while every
 * marked one stays marked.
 *
 * <p>What can still come is told by a reset net [1]: a task is a transition that takes tokens and
 * one that empties its region and gives tokens, guards may go either way, joins that remember or
 * look further are taken as XOR-joins, critical sections as open. Four tiers, cheap ones first; the
 * first three never contradict the last:
 *
 * <ul>
 *   <li>T0: all inputs are marked: it starts; none is: it waits.
 *   <li>T1: nothing marked or busy leads to an empty input: it starts.
 *   <li>T2: a token that need not stay where it is can walk to an empty input, alone and past
 *       nothing that cancels: it waits.
 *   <li>T3: {@link Coverability} of the marked inputs and one more.
 * </ul>
 *
 * <p>What T3 searches for depends on the marked inputs alone, so it is searched once for each set
 * of them and known to all cases of the workflow from then on. When the budget of a search is spent
 * the join waits unless the answer is clear; it never starts on a guess.
 *
 * <p>Safe to share between threads: two may search for the same, neither waits for the other. A
 * decision takes no memory but for its search.
 *
 * <p>[1] Wynn, Edmond, van der Aalst, ter Hofstede: Achieving a general, formal and decidable
 * approach to the OR-join in workflow using reset nets, ATPN 2005
 */
final class OrJoin {
  private final Net net;
  private final int task;
  private final int[] inputs;
  private final NodeSet[] leading;
  private final NodeSet[] walking;
  private final int statesMax;
  private volatile Long2ObjectHashMap<Coverability> searches = new Long2ObjectHashMap<>();

  /** What is decided. */
  enum Decision {
    /** No token can come any more. */
    STARTS,
    /** A token can still come, or none has come yet. */
    WAITS,
    /** The budget was spent before it was clear; it waits. */
    UNDECIDED
  }

  /**
   * What a decision asks of a marking. A task counts as busy for each token that waits in its
   * partial join.
   */
  interface Marking {
    /** Tokens in a condition. */
    int tokens(int condition);

    /** How often a task is busy. */
    int busy(int task);

    /** Which conditions are marked: bit i for condition 64 * word + i. */
    long markedConditions(int word);

    /** Which tasks are busy: bit i for task 64 * word + i. */
    long busyTasks(int word);
  }

  OrJoin(final Net net, final int task, final int statesMax) {
    this.net = net;
    this.task = task;
    this.statesMax = statesMax;
    inputs = net.inputs[task];
    leading = new NodeSet[inputs.length];
    walking = new NodeSet[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      leading[i] = NodeSet.leadingTo(net, inputs[i], task);
      walking[i] = NodeSet.walkingTo(net, inputs[i], task, leading[i]);
    }
  }

  /** Decides for a marking in which the task of the join is not busy. */
  Decision decide(final Marking marking) {
    final long marked = markedInputs(marking);
    if (marked == 0) {
      return Decision.WAITS;
    }
    if (net.joins[task] == Join.INCLUSIVE) {
      return couldOnlyComeToEmpty(marking, marked) ? Decision.WAITS : Decision.STARTS;
    }
    if (!canLead(marking, marked)) {
      return Decision.STARTS; // also when every input is marked
    }
    return canWalk(marking, marked) ? Decision.WAITS : search(marked).decide(marking);
  }

  /** Whether the first tiers leave a marking to the search. */
  boolean isHard(final Marking marking) {
    final long marked = markedInputs(marking);
    return marked != 0 && canLead(marking, marked) && !canWalk(marking, marked);
  }

  /** T3 alone, for a marking with a marked and an empty input. */
  Decision decideBySearch(final Marking marking) {
    return search(markedInputs(marking)).decide(marking);
  }

  private long markedInputs(final Marking marking) {
    long marked = 0;
    for (int i = 0; i < inputs.length; i++) {
      marked |= marking.tokens(inputs[i]) > 0 ? 1L << i : 0;
    }
    return marked;
  }

  private boolean canLead(final Marking marking, final long marked) {
    for (int i = 0; i < inputs.length; i++) {
      if (isEmpty(marked, i) && leading[i].meets(marking)) {
        return true;
      }
    }
    return false;
  }

  private boolean canWalk(final Marking marking, final long marked) {
    for (int i = 0; i < inputs.length; i++) {
      if (isEmpty(marked, i)
          && (walking[i].meets(marking, inputs) || hasTokenToSpare(marking, walking[i]))) {
        return true;
      }
    }
    return false;
  }

  private boolean hasTokenToSpare(final Marking marking, final NodeSet nodes) {
    for (final int input : inputs) {
      if (marking.tokens(input) > 1 && nodes.hasCondition(input)) {
        return true;
      }
    }
    return false;
  }

  private boolean couldOnlyComeToEmpty(final Marking marking, final long marked) {
    for (int word = 0; word < NodeSet.words(net.conditionCount()); word++) {
      if ((onlyToEmpty(marked, word, nodes -> nodes.conditions) & marking.markedConditions(word))
          != 0) {
        return true;
      }
    }
    for (int word = 0; word < NodeSet.words(net.taskCount()); word++) {
      if ((onlyToEmpty(marked, word, nodes -> nodes.tasks) & marking.busyTasks(word)) != 0) {
        return true;
      }
    }
    return false;
  }

  /** One word of the nodes that lead to an empty input and to no marked one. */
  private long onlyToEmpty(
      final long marked, final int word, final Function<NodeSet, long[]> words) {
    long toEmpty = 0;
    long toMarked = 0;
    for (int i = 0; i < inputs.length; i++) {
      final long leads = words.apply(leading[i])[word];
      toEmpty |= isEmpty(marked, i) ? leads : 0;
      toMarked |= isEmpty(marked, i) ? 0 : leads;
    }
    return toEmpty & ~toMarked;
  }

  private static boolean isEmpty(final long marked, final int input) {
    return (marked & 1L << input) == 0;
  }

  private Coverability search(final long marked) {
    final Coverability found = searches.get(marked);
    if (found != null) {
      return found;
    }
    final Coverability made = new Coverability(net, task, marked, statesMax);
    final Long2ObjectHashMap<Coverability> more = new Long2ObjectHashMap<>(searches);
    more.put(marked, made);
    searches =
        more; // not changed from now on; racy: what another thread adds meanwhile is searched for
    // again
    return made;
  }
}
