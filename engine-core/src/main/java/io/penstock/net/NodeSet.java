package io.penstock.net;

import java.util.Arrays;

/**
 * Conditions and tasks of a net from which a token can come to a place, as words of bits.
 *
 * <p>Filled when it is made, then read only.
 */
final class NodeSet {
  private static final int WORD_BITS = 64;
  private static final int[] NOTHING = {};

  final long[] conditions;
  final long[] tasks;

  private NodeSet(final Net net) {
    conditions = new long[words(net.conditionCount())];
    tasks = new long[words(net.taskCount())];
  }

  static int words(final int nodes) {
    return (nodes + WORD_BITS - 1) / WORD_BITS;
  }

  /**
   * All nodes with a path to a condition that does not pass a task; the condition is one of them.
   */
  static NodeSet leadingTo(final Net net, final int condition, final int past) {
    return new NodeSet(net).growBackwards(net, new int[] {condition}, past, false);
  }

  /** Every node that can help to mark an input of a task, by tokens that are only read as well. */
  static NodeSet helping(final Net net, final int task) {
    return new NodeSet(net).growBackwards(net, net.inputs[task], task, true);
  }

  /**
   * The nodes from which a single token can come to a condition whatever the others do: through
   * tasks that need no other token and cancel nothing that leads there, nor an input of the task
   * that is not passed.
   */
  static NodeSet walkingTo(
      final Net net, final int condition, final int past, final NodeSet leading) {
    final NodeSet nodes = new NodeSet(net);
    set(nodes.conditions, condition);
    boolean grows = true;
    while (grows) {
      grows = false;
      for (int task = 0; task < net.taskCount(); task++) {
        if (task != past
            && !nodes.hasTask(task)
            && nodes.isFedBy(net, task)
            && !cancelsAny(net, task, leading, past)) {
          set(nodes.tasks, task);
          nodes.addInputsOfOneToken(net, task);
          grows = true;
        }
      }
    }
    return nodes;
  }

  private NodeSet growBackwards(
      final Net net, final int[] from, final int past, final boolean throughReads) {
    Arrays.stream(from).forEach(condition -> set(conditions, condition));
    boolean grows = true;
    while (grows) {
      grows = false;
      for (int task = 0; task < net.taskCount(); task++) {
        if (task != past && !hasTask(task) && isFedBy(net, task)) {
          set(tasks, task);
          Arrays.stream(net.inputs[task]).forEach(input -> set(conditions, input));
          if (throughReads) {
            Arrays.stream(net.reads[task]).forEach(read -> set(conditions, read));
          }
          grows = true;
        }
      }
    }
    return this;
  }

  private void addInputsOfOneToken(final Net net, final int task) {
    final int[] inputs = net.inputs[task];
    if ((net.joins[task] == Join.AND && inputs.length > 1) || net.reads[task].length > 0) {
      return;
    }
    for (int i = 0; i < inputs.length; i++) {
      if (net.inputWeights[task][i] == 1) {
        set(conditions, inputs[i]);
      }
    }
  }

  private static boolean cancelsAny(
      final Net net, final int task, final NodeSet leading, final int past) {
    return Arrays.stream(net.cancelledTasks[task]).anyMatch(leading::hasTask)
        || Arrays.stream(net.cancelledConditions[task])
            .anyMatch(
                condition ->
                    leading.hasCondition(condition)
                        || Arrays.stream(net.inputs[past]).anyMatch(in -> in == condition));
  }

  private boolean isFedBy(final Net net, final int task) {
    return Arrays.stream(net.outputs[task]).anyMatch(this::hasCondition)
        || (net.failureConditions[task] != Net.NONE && hasCondition(net.failureConditions[task]))
        || (net.timeoutConditions[task] != Net.NONE && hasCondition(net.timeoutConditions[task]));
  }

  boolean hasCondition(final int condition) {
    return (conditions[condition / WORD_BITS] & 1L << condition) != 0;
  }

  boolean hasTask(final int task) {
    return (tasks[task / WORD_BITS] & 1L << task) != 0;
  }

  /** Whether any of these nodes is marked or busy. */
  boolean meets(final OrJoin.Marking marking) {
    return meets(marking, NOTHING);
  }

  /** Whether any of these nodes but some conditions is marked or busy. */
  boolean meets(final OrJoin.Marking marking, final int[] but) {
    for (int word = 0; word < conditions.length; word++) {
      long wanted = conditions[word];
      for (final int condition : but) {
        wanted &= condition / WORD_BITS == word ? ~(1L << condition) : -1L;
      }
      if ((wanted & marking.markedConditions(word)) != 0) {
        return true;
      }
    }
    for (int word = 0; word < tasks.length; word++) {
      if ((tasks[word] & marking.busyTasks(word)) != 0) {
        return true;
      }
    }
    return false;
  }

  private static void set(final long[] words, final int index) {
    words[index / WORD_BITS] |= 1L << index;
  }
}
