package io.penstock.net;

import java.util.function.IntUnaryOperator;

/** Asks an OR-join about any marking, also one that no case ever reaches. */
public final class OrJoinProbe {
  private final OrJoin join;
  private final OrJoin.Marking marking;

  /**
   * Creates a probe.
   *
   * @param net the net
   * @param task index of the OR-join's task
   * @param tokens in each condition
   * @param busy how often each task is busy
   */
  public OrJoinProbe(
      final Net net, final int task, final IntUnaryOperator tokens, final IntUnaryOperator busy) {
    join = new OrJoin(net, task, net.orJoinStatesMax);
    marking = new GivenMarking(net, tokens, busy);
  }

  /**
   * What the join does.
   *
   * @return STARTS, WAITS or UNDECIDED
   */
  public String decide() {
    return join.decide(marking).name();
  }

  /**
   * What the search says that the first tiers are to spare.
   *
   * @return STARTS, WAITS or UNDECIDED
   */
  public String search() {
    return join.decideBySearch(marking).name();
  }

  /**
   * Whether the first tiers leave it to the search.
   *
   * @return true when neither says anything
   */
  public boolean isHard() {
    return join.isHard(marking);
  }

  private record GivenMarking(Net net, IntUnaryOperator given, IntUnaryOperator busyTasks)
      implements OrJoin.Marking {
    @Override
    public int tokens(final int condition) {
      return given.applyAsInt(condition);
    }

    @Override
    public int busy(final int task) {
      return busyTasks.applyAsInt(task);
    }

    @Override
    public long markedConditions(final int word) {
      return word(word, net.conditionCount(), given);
    }

    @Override
    public long busyTasks(final int word) {
      return word(word, net.taskCount(), busyTasks);
    }

    private static long word(final int word, final int count, final IntUnaryOperator values) {
      long bits = 0;
      for (int i = word * Long.SIZE; i < Math.min(count, (word + 1) * Long.SIZE); i++) {
        bits |= values.applyAsInt(i) > 0 ? 1L << i : 0;
      }
      return bits;
    }
  }
}
