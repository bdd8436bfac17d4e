package io.penstock.lab.report;

import io.penstock.lab.result.Series;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Draws series that share a plot, with the scales that suit them. */
public final class Plots {
  private static final double RATIO_FOR_A_LOGARITHM = 30;

  private static final String TIME = "seconds";

  private Plots() {}

  /**
   * As an element of a page.
   *
   * @param plot what it shows
   * @param series at least one; those of one point each become bars
   * @return SVG
   */
  public static String svg(final String plot, final List<Series> series) {
    if (series.stream().allMatch(each -> each.points().size() == 1)) {
      final Bars bars = new Bars(plot, series.get(0).yUnit());
      series.forEach(each -> bars.bar(each.name(), each.points().get(0).y()));
      return bars.svg();
    }
    return chart(plot, series).svg();
  }

  /**
   * As a file of its own.
   *
   * @param plot what it shows
   * @param series at least one
   * @return SVG with its style
   */
  public static String file(final String plot, final List<Series> series) {
    return chart(plot, series).file();
  }

  private static Chart chart(final String plot, final List<Series> series) {
    final Chart chart =
        new Chart(
            plot,
            series.get(0).xUnit(),
            scale(
                values(series, Series.Point::x),
                TIME.equals(series.get(0).xUnit()) ? Double.MAX_VALUE : RATIO_FOR_A_LOGARITHM),
            scale(values(series, Series.Point::y), RATIO_FOR_A_LOGARITHM));
    for (final Series each : series) {
      final double[] xs = each.points().stream().mapToDouble(Series.Point::x).toArray();
      final double[] ys = each.points().stream().mapToDouble(Series.Point::y).toArray();
      if (each.name().contains("hiccups")) {
        chart.aside(each.name(), xs, ys);
      } else {
        chart.curve(each.name(), xs, ys);
      }
    }
    return chart;
  }

  private static double[] values(
      final List<Series> series, final ToDoubleFunction<Series.Point> value) {
    return series.stream().flatMap(each -> each.points().stream()).mapToDouble(value).toArray();
  }

  /** Linear from 0, unless the values are far apart and none is 0. */
  private static Scale scale(final double[] values, final double ratioForLogarithm) {
    double least = Double.MAX_VALUE;
    double most = 0;
    for (final double value : values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return least > 0 && most / least > ratioForLogarithm
        ? Scale.logarithmic(least, most, Words::label)
        : Scale.linear(most, Words::label);
  }
}
