package io.penstock.lab.regression;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a gauge showed then and now.
 *
 * @param gauge its name
 * @param ratio median of now to median of then
 * @param chance how likely values as high as those of now are, if they are no more than {@link
 *     #ALLOWED} times as high as those of then
 * @param verdict what follows
 */
public record Comparison(String gauge, double ratio, double chance, Verdict verdict) {
  /** Up to this ratio nothing is called slower. */
  public static final double ALLOWED = 1.10;

  /** A slowdown is told when such values are no more likely than this without one. */
  public static final double CHANCE_MAX = 0.01;

  /** The least number of processes with which a slowdown can be told: 1 of 252. */
  public static final int SAMPLES_MIN = 5;

  /** What a comparison tells. */
  public enum Verdict {
    /** Slower by more than a tenth, with 99 % confidence. */
    SLOWER,
    /** Faster by more than a tenth, with 99 % confidence. */
    FASTER,
    /** Neither can be said. */
    NO_DIFFERENCE,
    /** Fewer processes than it takes to say anything. */
    TOO_FEW
  }

  /**
   * Compares.
   *
   * @param gauge its name
   * @param then a value for each process of the baseline
   * @param now a value for each process of now
   * @return what that tells
   */
  public static Comparison of(final String gauge, final double[] then, final double[] now) {
    final double ratio = median(now) / median(then);
    final double slower = RankTest.greater(scaled(now, 1 / ALLOWED), then);
    final double faster = RankTest.greater(scaled(then, 1 / ALLOWED), now);
    final Verdict verdict;
    if (Math.min(then.length, now.length) < SAMPLES_MIN) {
      verdict = Verdict.TOO_FEW;
    } else if (slower <= CHANCE_MAX) {
      verdict = Verdict.SLOWER;
    } else {
      verdict = faster <= CHANCE_MAX ? Verdict.FASTER : Verdict.NO_DIFFERENCE;
    }
    return new Comparison(gauge, ratio, slower, verdict);
  }

  private static double[] scaled(final double[] values, final double factor) {
    return Arrays.stream(values).map(value -> value * factor).toArray();
  }

  static double median(final double[] values) {
    final double[] sorted = values.clone();
    Arrays.sort(sorted);
    final int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%-28s %.3f times, chance %.4f: %s", gauge, ratio, chance, verdict);
  }
}
