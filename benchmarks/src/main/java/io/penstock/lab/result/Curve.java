package io.penstock.lab.result;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Latency by percentile: what remains of a histogram when it is written down for a plot.
 *
 * @param name whose latency
 * @param count events in it
 * @param points ascending
 */
public record Curve(String name, long count, List<Point> points) {
  private static final int TICKS_A_HALF = 5;

  /**
   * Copies the points.
   *
   * @param name whose latency
   * @param count events in it
   * @param points ascending
   */
  public Curve {
    points = List.copyOf(points);
  }

  /**
   * A point of it.
   *
   * @param percentile so many of a hundred events took at most so long
   * @param ns how long
   */
  public record Point(double percentile, double ns) {}

  /**
   * The curve of a histogram of nanoseconds, five points for each halving of what is left, and
   * those percentiles that people ask for.
   *
   * @param name whose latency
   * @param histogram of nanoseconds
   * @return the curve, without points when there was no event
   */
  public static Curve of(final String name, final Histogram histogram) {
    final List<Point> points = new ArrayList<>();
    if (histogram.getTotalCount() > 0) {
      histogram
          .percentiles(TICKS_A_HALF)
          .forEach(
              each ->
                  points.add(
                      new Point(each.getPercentileLevelIteratedTo(), each.getValueIteratedTo())));
    }
    return new Curve(name, histogram.getTotalCount(), points);
  }
}
