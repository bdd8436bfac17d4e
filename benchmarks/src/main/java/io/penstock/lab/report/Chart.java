package io.penstock.lab.report;

import io.penstock.lab.result.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Several curves on two scales, or bars on one, as SVG with a legend. Colours are classes of the
 * page's style sheet; {@link #file} brings them along. Not thread safe.
 */
public final class Chart {
  private static final int WIDTH = 520;
  private static final int HEIGHT = 240;
  private static final int LEFT = 62;
  private static final int RIGHT = 18;
  private static final int BOTTOM = 40;
  private static final int LEGEND_LINE = 15;
  private static final int LEGEND_CHARACTER = 6;
  private static final int LEGEND_GAP = 34;
  private static final int COLOURS = 6;
  private static final int POINTS_SHOWN_MAX = 16;

  private final String title;
  private final String xUnit;
  private final Scale x;
  private final Scale y;
  private final List<Curve> curves = new ArrayList<>();

  private record Curve(String name, List<Series.Point> points, String style) {}

  /**
   * Begins a chart.
   *
   * @param title what it shows, for those who cannot see it
   * @param xUnit stands below the axis
   * @param x the scale to the right
   * @param y the scale upwards
   */
  public Chart(final String title, final String xUnit, final Scale x, final Scale y) {
    this.title = title;
    this.xUnit = xUnit;
    this.x = x;
    this.y = y;
  }

  /**
   * Adds a curve, in the next colour.
   *
   * @param name for the legend
   * @param xs ascending
   * @param ys as many
   * @return this
   */
  public Chart curve(final String name, final double[] xs, final double[] ys) {
    final long coloured = curves.stream().filter(each -> !each.style.contains("aside")).count();
    return add(name, xs, ys, "s" + coloured % COLOURS);
  }

  /**
   * Adds a dashed curve that the others are held against.
   *
   * @param name for the legend
   * @param xs ascending
   * @param ys as many
   * @return this
   */
  public Chart aside(final String name, final double[] xs, final double[] ys) {
    return add(name, xs, ys, "aside");
  }

  private Chart add(final String name, final double[] xs, final double[] ys, final String style) {
    if (xs.length != ys.length) {
      throw new IllegalArgumentException(
          "curve must have a y for each x: name="
              + name
              + ", xs="
              + xs.length
              + ", ys="
              + ys.length);
    }
    final List<Series.Point> points = new ArrayList<>();
    for (int i = 0; i < xs.length; i++) {
      points.add(new Series.Point(xs[i], ys[i]));
    }
    curves.add(new Curve(name, points, style));
    return this;
  }

  /**
   * The chart as an element of a page.
   *
   * @return SVG
   */
  public String svg() {
    return svg("");
  }

  /**
   * The chart as a file of its own.
   *
   * @return SVG with its style
   */
  public String file() {
    return svg(
        "<style>" + STYLE + "</style>\n<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n");
  }

  private String svg(final String style) {
    final StringBuilder svg = new StringBuilder();
    final int top = legendLines() * LEGEND_LINE + 8;
    final int height = HEIGHT + top;
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " aria-label=\"%s\">%n%s",
            WIDTH,
            height,
            Words.escape(title),
            style));
    for (final Scale.Tick tick : y.ticks()) {
      final double at = y(tick.value(), top);
      line(svg, LEFT, at, WIDTH - RIGHT, at);
      text(svg, LEFT - 6, at + 3.5, "end", tick.label());
    }
    for (final Scale.Tick tick : x.ticks()) {
      final double at = x(tick.value());
      line(svg, at, top, at, height - BOTTOM);
      text(svg, at, height - BOTTOM + 14, at > WIDTH - RIGHT - 20 ? "end" : "middle", tick.label());
    }
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, height - 6, "middle", xUnit);
    legend(svg);
    curves.forEach(each -> curve(svg, each, top));
    return svg.append("</svg>\n").toString();
  }

  private double x(final double value) {
    return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private double y(final double value, final int top) {
    return HEIGHT + top - BOTTOM - y.place(value) * (HEIGHT - BOTTOM);
  }

  private int legendLines() {
    int lines = 1;
    int at = LEFT;
    for (final Curve each : curves) {
      if (at > LEFT && at + width(each) > WIDTH) {
        lines++;
        at = LEFT;
      }
      at += width(each);
    }
    return lines;
  }

  private static int width(final Curve curve) {
    return LEGEND_GAP + curve.name.length() * LEGEND_CHARACTER;
  }

  private void legend(final StringBuilder svg) {
    int at = LEFT;
    int line = 0;
    for (final Curve each : curves) {
      if (at > LEFT && at + width(each) > WIDTH) {
        line++;
        at = LEFT;
      }
      final int middle = line * LEGEND_LINE + 8;
      svg.append(
          String.format(
              Locale.ROOT,
              "<polyline class=\"series %s\" points=\"%d,%d %d,%d\"/>%n",
              each.style,
              at,
              middle,
              at + 14,
              middle));
      text(svg, at + 18, middle + 3.5, "start", each.name);
      at += width(each);
    }
  }

  private void curve(final StringBuilder svg, final Curve curve, final int top) {
    svg.append("<polyline class=\"series ").append(curve.style).append("\" points=\"");
    for (final Series.Point each : curve.points) {
      svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(each.x()), y(each.y(), top)));
    }
    svg.append("\"/>\n");
    if (curve.points.size() <= POINTS_SHOWN_MAX) {
      for (final Series.Point each : curve.points) {
        svg.append(
            String.format(
                Locale.ROOT,
                "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"><title>%s: %s at"
                    + " %s</title></circle>%n",
                curve.style,
                x(each.x()),
                y(each.y(), top),
                Words.escape(curve.name),
                Words.number(each.y()),
                Words.number(each.x())));
      }
    }
  }

  private static void line(
      final StringBuilder svg, final double x1, final double y1, final double x2, final double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
            x1,
            y1,
            x2,
            y2));
  }

  private static void text(
      final StringBuilder svg,
      final double x,
      final double y,
      final String anchor,
      final String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            Words.escape(text)));
  }

  /** Colours that can be told apart by those who do not see red and green as most do. */
  static final String STYLE =
      """
      svg { font: 11px system-ui, sans-serif; }
      .page { fill: #ffffff; }
      .grid { stroke: #d8dde3; stroke-width: .7; }
      .tick { fill: #5b6470; }
      .series { fill: none; stroke-width: 2; stroke-linejoin: round; }
      .dot { stroke: none; }
      .s0 { stroke: #3a6fb5; } .dot.s0, .bar.s0 { fill: #3a6fb5; }
      .s1 { stroke: #d97706; } .dot.s1, .bar.s1 { fill: #d97706; }
      .s2 { stroke: #1b8a6b; } .dot.s2, .bar.s2 { fill: #1b8a6b; }
      .s3 { stroke: #b3439c; } .dot.s3, .bar.s3 { fill: #b3439c; }
      .s4 { stroke: #6b5bd2; } .dot.s4, .bar.s4 { fill: #6b5bd2; }
      .s5 { stroke: #8a6d3b; } .dot.s5, .bar.s5 { fill: #8a6d3b; }
      .aside { stroke: #8b95a1; stroke-dasharray: 4 3; } .dot.aside { fill: #8b95a1; }
      """;
}
