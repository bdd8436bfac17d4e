package io.penstock.objective;

import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * How an objective stands at one moment. Judged by exact counts, never by a percentile.
 *
 * @param objective what was promised
 * @param state the verdict
 * @param good events of the window within the threshold
 * @param bad events of the window over it
 * @param budgetRemaining share of the window's error budget that is left: 1 when nothing was bad,
 *     negative when it is overspent, NaN without an event
 * @param burnRates how fast it burns, the most urgent first
 */
public record ObjectiveStatus(
    Objective objective,
    ObjectiveState state,
    long good,
    long bad,
    double budgetRemaining,
    List<BurnRate> burnRates) {
  private static final double CONFIDENCE = 0.95;

  /** One-sided, for 95 %. */
  private static final double Z = 1.645;

  /**
   * The pairs of windows of the Site Reliability Workbook for 30 days, and the same shares of any
   * other window: 14.4 times over 1 h and 5 min, 6 over 6 h and 30 min, 3 over 1 d and 2 h, 1 over
   * 3 d and 6 h.
   */
  private static final List<Pair> PAIRS =
      List.of(
          new Pair(60, true, 5, 14.4),
          new Pair(360, true, 30, 6),
          new Pair(24, false, 120, 3),
          new Pair(72, false, 360, 1));

  /**
   * Two windows in slots; the short one always in short slots.
   *
   * @param longSlots length of the long window
   * @param isFine whether those are short slots
   * @param shortSlots length of the short window
   * @param limit the rate that is too fast
   */
  private record Pair(int longSlots, boolean isFine, int shortSlots, double limit) {}

  /**
   * Judges counts of the same objective together.
   *
   * @param objective the objective
   * @param counts what was counted, by shard
   * @param nowNs monotonic time
   * @return how it stands
   */
  public static ObjectiveStatus of(
      final Objective objective, final Collection<EventCounts> counts, final long nowNs) {
    final EventCounts.Sum window = new EventCounts.Sum();
    counts.forEach(each -> each.addCoarse(EventCounts.COARSE_IN_WINDOW, nowNs, window));
    final List<BurnRate> burnRates = new ArrayList<>();
    boolean burning = false;
    for (final Pair pair : PAIRS) {
      final BurnRate rate = burnRate(objective, counts, pair, nowNs);
      burning |= rate.isBurning();
      burnRates.add(rate);
    }
    return new ObjectiveStatus(
        objective,
        state(objective, window, burning),
        window.good,
        window.bad,
        window.total() == 0
            ? Double.NaN
            : 1 - window.bad / (objective.errorBudget() * window.total()),
        List.copyOf(burnRates));
  }

  private static BurnRate burnRate(
      final Objective objective,
      final Collection<EventCounts> counts,
      final Pair pair,
      final long nowNs) {
    final EventCounts.Sum longSum = new EventCounts.Sum();
    final EventCounts.Sum shortSum = new EventCounts.Sum();
    for (final EventCounts each : counts) {
      if (pair.isFine) {
        each.addFine(pair.longSlots, nowNs, longSum);
      } else {
        each.addCoarse(pair.longSlots, nowNs, longSum);
      }
      each.addFine(pair.shortSlots, nowNs, shortSum);
    }
    final double shortRate = rate(objective, shortSum);
    final boolean burning =
        shortRate > pair.limit
            && Proportion.lowerBound(longSum.bad, longSum.total(), Z)
                > pair.limit * objective.errorBudget();
    final Duration fine = objective.window().dividedBy(43_200);
    final int fineSlots = pair.longSlots * (pair.isFine ? 1 : EventCounts.FINE_IN_COARSE);
    return new BurnRate(
        fine.multipliedBy(fineSlots),
        fine.multipliedBy(pair.shortSlots),
        pair.limit,
        rate(objective, longSum),
        shortRate,
        burning);
  }

  private static double rate(final Objective objective, final EventCounts.Sum sum) {
    return sum.total() == 0 ? Double.NaN : (double) sum.bad / sum.total() / objective.errorBudget();
  }

  private static ObjectiveState state(
      final Objective objective, final EventCounts.Sum window, final boolean burning) {
    if (window.total() == 0) {
      return ObjectiveState.NO_DATA;
    }
    final double needed = eventsNeeded(objective);
    if (window.bad > Math.max((double) window.total(), needed) * objective.errorBudget()) {
      return ObjectiveState.BREACHED; // even if all that is needed to tell were good
    }
    if (window.total() < needed) {
      return ObjectiveState.INSUFFICIENT;
    }
    return burning ? ObjectiveState.AT_RISK : ObjectiveState.MET;
  }

  /**
   * How many events an objective needs before it can be judged as met.
   *
   * @param objective the objective
   * @return events of its window, a fraction included
   */
  public static double eventsNeeded(final Objective objective) {
    return Math.log(1 - CONFIDENCE) / Math.log(objective.target());
  }

  /**
   * Whether the window has as many events as the objective needs to be judged. An objective can be
   * breached without: when so many of a few are bad that no number of good ones up to there helps.
   *
   * @return whether there are enough events
   */
  public boolean hasEnoughEvents() {
    return good + bad >= eventsNeeded(objective);
  }

  /**
   * The share of the window's events that were good.
   *
   * @return from 0 to 1, NaN without an event
   */
  public double compliance() {
    return good + bad == 0 ? Double.NaN : (double) good / (good + bad);
  }

  /**
   * The rate at which the budget burns over the most urgent pair's long window.
   *
   * @return 1 spends it exactly at the window's end; NaN without an event
   */
  public double burnRate() {
    return burnRates.get(0).longRate();
  }
}
