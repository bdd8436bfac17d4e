package io.penstock.telemetry.report;

import io.penstock.objective.ObjectiveStatus;
import java.util.List;
import java.util.Locale;

/**
 * Latency by percentile, as HdrHistogram plots it: each step to the right is a tenth of the events
 * before, so that the tail is as wide as the rest.
 */
final class LatencyPlot {
  private static final int DECADES_MIN = 2;

  /** Where a logarithm ends. */
  private static final double NS_MIN = 0.1;

  private final ReportEntry entry;
  private final ObjectiveStatus status;

  LatencyPlot(final ReportEntry entry, final ObjectiveStatus status) {
    this.entry = entry;
    this.status = status;
  }

  String svg() {
    final List<LatencyPoint> curve = entry.curve();
    final double thresholdNs = status.objective().threshold().toNanos();
    double low = thresholdNs;
    double high = thresholdNs;
    for (final LatencyPoint point : curve) {
      low = Math.min(low, Math.max(point.ns(), NS_MIN));
      high = Math.max(high, point.ns());
    }
    final int lowest = (int) Math.floor(Math.log10(low));
    final int highest = Math.max((int) Math.ceil(Math.log10(high * 1.05)), lowest + 1);
    final int nines = curve.isEmpty() ? 3 : Math.max(DECADES_MIN, (int) Math.ceil(last(curve)));
    final Plot plot =
        new Plot("latency by percentile of " + entry.reading().name(), 0, nines, lowest, highest);
    final double limit = Math.log10(thresholdNs);
    plot.band("bad area", limit, highest);
    final int step = highest - lowest > 5 ? 2 : 1;
    for (int decade = lowest; decade <= highest; decade += step) {
      plot.yTick(decade, Amounts.latency(Math.pow(10, decade)));
    }
    plot.xTick(0, nines > 3 ? "" : "0 %").xTick(place(50), "50 %");
    for (int i = 1; i <= nines; i++) {
      plot.xTick(i, percent(i));
    }
    plot.mark(place(100 * status.objective().target()))
        .limit(limit, "promised " + Amounts.latency(thresholdNs));
    if (curve.isEmpty()) {
      return plot.nothing("no event").svg();
    }
    plot.curve(
        "curve",
        curve.stream().mapToDouble(point -> place(point.percentile())).toArray(),
        curve.stream().mapToDouble(point -> Math.log10(Math.max(point.ns(), NS_MIN))).toArray());
    curve.stream().filter(this::isOnTick).forEach(point -> point(plot, point));
    return plot.svg();
  }

  private static double last(final List<LatencyPoint> curve) {
    return place(curve.get(curve.size() - 1).percentile());
  }

  /** 0 for 0 %, 1 for 90 %, 2 for 99 %. */
  private static double place(final double percentile) {
    return -Math.log10(1 - Math.min(percentile, 99.999_999_9) / 100);
  }

  private static String percent(final int nines) {
    return String.format(
        Locale.ROOT, "%." + Math.max(0, nines - 2) + "f %%", 100 - Math.pow(10, 2 - nines));
  }

  private boolean isOnTick(final LatencyPoint point) {
    final double place = place(point.percentile());
    return (place > 0.5 && Math.abs(place - Math.rint(place)) < 1e-6)
        || Math.abs(point.percentile() - 50) < 1e-6;
  }

  private static void point(final Plot plot, final LatencyPoint point) {
    plot.point(
        place(point.percentile()),
        Math.log10(Math.max(point.ns(), NS_MIN)),
        Amounts.percent(point.percentile() / 100) + " within " + Amounts.latency(point.ns()));
  }
}
