package io.penstock.lab.regression;

import java.util.Arrays;

/**
 * Exact one-sided rank test of two independent samples (Wilcoxon, Mann and Whitney), ties by their
 * mean rank. Assumes nothing of how values are spread, so that a few that a stall made long count
 * as no more than long.
 */
final class RankTest {
  private RankTest() {}

  /**
   * How likely it is that one sample ranks as high as it does, or higher, when both come from the
   * same source.
   *
   * @param one at least one value
   * @param other at least one value
   * @return from 0, exclusive, to 1
   */
  static double greater(final double[] one, final double[] other) {
    final double[] all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    final int[] ranks = doubledRanks(all);
    int observed = 0;
    int sum = 0;
    for (int i = 0; i < all.length; i++) {
      sum += ranks[i];
      observed += i < one.length ? ranks[i] : 0;
    }
    // ways[k][s]: in how many ways k of the values looked at so far have ranks of sum s
    final double[][] ways = new double[one.length + 1][sum + 1];
    ways[0][0] = 1;
    for (final int rank : ranks) {
      for (int k = one.length; k > 0; k--) {
        for (int s = sum; s >= rank; s--) {
          ways[k][s] += ways[k - 1][s - rank];
        }
      }
    }
    double as = 0;
    double total = 0;
    for (int s = 0; s <= sum; s++) {
      total += ways[one.length][s];
      as += s >= observed ? ways[one.length][s] : 0;
    }
    return as / total;
  }

  /** Twice the rank of each value, so that the mean of two neighbours is whole. */
  private static int[] doubledRanks(final double[] values) {
    final int[] ranks = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      int less = 0;
      int same = 0;
      for (final double each : values) {
        less += each < values[i] ? 1 : 0;
        same += each == values[i] ? 1 : 0;
      }
      ranks[i] = 2 * less + same + 1;
    }
    return ranks;
  }
}
