package io.penstock.telemetry.report;

import io.penstock.objective.EventTimeline;
import io.penstock.objective.ObjectiveStatus;

/** How an objective fared over time: the budget left, how fast it burns, and the events. */
final class TimePlots {
  private static final int BINS_MAX = 60;
  private static final int TICKS_MAX = 6;
  private static final double NS_PER_S = 1e9;
  private static final double BUDGET_SHOWN_MIN = -1;
  private static final double[] STEPS_S = {
    0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200,
    14_400, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 2_592_000, 7_776_000
  };

  private final String name;
  private final ObjectiveStatus status;
  private final long[] good;
  private final long[] bad;
  private final double binS;

  TimePlots(final String name, final ObjectiveStatus status, final EventTimeline timeline) {
    this.name = name;
    this.status = status;
    final int slotsABin = Math.max(1, (timeline.slots() + BINS_MAX - 1) / BINS_MAX);
    final int bins = (timeline.slots() + slotsABin - 1) / slotsABin;
    good = new long[bins];
    bad = new long[bins];
    for (int slot = 0; slot < timeline.slots(); slot++) { // the first bin may be a short one
      final int bin = bins - 1 - (timeline.slots() - 1 - slot) / slotsABin;
      good[bin] += timeline.good(slot);
      bad[bin] += timeline.bad(slot);
    }
    binS = slotsABin * timeline.slotNs() / NS_PER_S;
  }

  /** What is left of the window's budget, as the window's events came. */
  String budget() {
    long total = 0;
    for (int bin = 0; bin < good.length; bin++) {
      total += good[bin] + bad[bin];
    }
    final double allowed = status.objective().errorBudget() * total;
    final double[] xs = new double[good.length + 1];
    final double[] left = new double[good.length + 1];
    xs[0] = start();
    left[0] = 1;
    double lowest = 0;
    for (int bin = 0; bin < good.length; bin++) {
      xs[bin + 1] = start() + (bin + 1) * binS;
      left[bin + 1] = left[bin] - bad[bin] / allowed;
      lowest = Math.min(lowest, left[bin + 1]);
    }
    final double bottom = lowest < 0 ? Math.max(BUDGET_SHOWN_MIN, lowest * 1.1) : 0;
    final Plot plot = plot("error budget left of ", bottom, 1);
    if (bottom < 0) {
      plot.band("bad area", bottom, 0).yTick(bottom, Amounts.percent(bottom));
    }
    plot.yTick(0, "0 %").yTick(0.5, "50 %").yTick(1, "100 %");
    if (good.length == 0) {
      return plot.nothing("no event").svg();
    }
    return plot.curve("curve", xs, left).svg();
  }

  /** How fast the budget burned in each bin. */
  String burn() {
    final double[] rates = new double[good.length];
    double highest = 2;
    for (int bin = 0; bin < good.length; bin++) {
      final long count = good[bin] + bad[bin];
      rates[bin] = count == 0 ? 0 : (double) bad[bin] / count / status.objective().errorBudget();
      highest = Math.max(highest, rates[bin]);
    }
    final double top = nice(highest);
    final Plot plot = plot("burn rate of ", 0, top);
    plot.yTick(0, "0").yTick(top / 2, Amounts.number(top / 2)).yTick(top, Amounts.number(top));
    for (int bin = 0; bin < good.length; bin++) {
      plot.bar(
          rates[bin] > 1 ? "bad" : "calm",
          start() + bin * binS,
          start() + (bin + 1) * binS,
          0,
          rates[bin],
          "burns at " + Amounts.number(rates[bin]) + ", " + ago(bin));
    }
    plot.limit(1, top > 20 ? "" : "1: spent just at the end");
    return (good.length == 0 ? plot.nothing("no event") : plot).svg();
  }

  /** Events a second, good ones and bad ones. */
  String events() {
    double highest = 0;
    for (int bin = 0; bin < good.length; bin++) {
      highest = Math.max(highest, (good[bin] + bad[bin]) / binS);
    }
    final double top = highest == 0 ? 1 : nice(highest);
    final Plot plot = plot("events a second of ", 0, top);
    plot.yTick(0, "0").yTick(top / 2, Amounts.number(top / 2)).yTick(top, Amounts.number(top));
    for (int bin = 0; bin < good.length; bin++) {
      final double from = start() + bin * binS;
      final String hint = good[bin] + " good, " + bad[bin] + " bad, " + ago(bin);
      plot.bar("good", from, from + binS, 0, good[bin] / binS, hint);
      plot.bar("bad", from, from + binS, good[bin] / binS, (good[bin] + bad[bin]) / binS, hint);
    }
    return (good.length == 0 ? plot.nothing("no event") : plot).svg();
  }

  private double start() {
    return -Math.max(1, good.length) * binS;
  }

  private String ago(final int bin) {
    return Amounts.window((good.length - bin) * binS * NS_PER_S) + " ago";
  }

  private Plot plot(final String title, final double low, final double high) {
    final Plot plot = new Plot(title + name, start(), 0, low, high);
    int step = 0;
    while (step < STEPS_S.length - 1 && -start() / STEPS_S[step] > TICKS_MAX) {
      step++;
    }
    for (int i = 1; i * STEPS_S[step] <= -start(); i++) {
      plot.xTick(-i * STEPS_S[step], "-" + Amounts.window(i * STEPS_S[step] * NS_PER_S));
    }
    return plot.xTick(0, "now");
  }

  /** The next of 1, 2, 4, 6, 8 and their tens. */
  private static double nice(final double value) {
    final double unit = Math.pow(10, Math.floor(Math.log10(value)));
    for (final int step : new int[] {1, 2, 4, 6, 8}) {
      if (value <= step * unit) {
        return step * unit;
      }
    }
    return 10 * unit;
  }
}
