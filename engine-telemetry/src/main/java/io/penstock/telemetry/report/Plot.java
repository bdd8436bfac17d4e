package io.penstock.telemetry.report;

import java.util.Locale;

/**
 * One plot as SVG: a frame with room for labels, and marks placed by their values on linear scales.
 * Colours are classes of the page's style sheet. Not thread safe.
 */
final class Plot {
  private static final int WIDTH = 460;
  private static final int HEIGHT = 200;
  private static final int LEFT = 58;
  private static final int RIGHT = 14;
  private static final int TOP = 14;
  private static final int BOTTOM = 26;

  private final StringBuilder svg = new StringBuilder();
  private final double xMin;
  private final double xMax;
  private final double yMin;
  private final double yMax;

  /**
   * Begins a plot.
   *
   * @param title what it shows, for those who cannot see it
   */
  Plot(
      final String title,
      final double xMin,
      final double xMax,
      final double yMin,
      final double yMax) {
    this.xMin = xMin;
    this.xMax = xMax;
    this.yMin = yMin;
    this.yMax = yMax;
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
            WIDTH,
            HEIGHT,
            Markup.escape(title)));
  }

  private double x(final double value) {
    return LEFT + (value - xMin) / (xMax - xMin) * (WIDTH - LEFT - RIGHT);
  }

  /** What lies outside of the scale is shown at its end. */
  private double y(final double value) {
    final double inside = Math.min(Math.max(value, yMin), yMax);
    return HEIGHT - BOTTOM - (inside - yMin) / (yMax - yMin) * (HEIGHT - TOP - BOTTOM);
  }

  /** A line of the grid across, with its label to the left. */
  Plot yTick(final double value, final String label) {
    line("grid", x(xMin), y(value), x(xMax), y(value));
    return text("tick", LEFT - 6, y(value) + 3.5, "end", label);
  }

  /** A line of the grid upwards, with its label below. */
  Plot xTick(final double value, final String label) {
    line("grid", x(value), TOP, x(value), HEIGHT - BOTTOM);
    final String anchor = value == xMax ? "end" : "middle";
    return text("tick", value == xMax ? WIDTH - 2 : x(value), HEIGHT - 9, anchor, label);
  }

  /** A line across that means something, with its name at the left end. */
  Plot limit(final double value, final String name) {
    line("limit", x(xMin), y(value), x(xMax), y(value));
    final boolean below = y(value) < TOP + 12;
    return text("name", x(xMin) + 5, y(value) + (below ? 12 : -4), "start", name);
  }

  /** A line upwards that means something. */
  Plot mark(final double value) {
    line("limit", x(value), TOP, x(value), HEIGHT - BOTTOM);
    return this;
  }

  /** The area between two heights, from end to end. */
  Plot band(final String style, final double low, final double high) {
    return rectangle(style, x(xMin), y(high), x(xMax) - x(xMin), y(low) - y(high), "");
  }

  /** A bar from one height to another. */
  Plot bar(
      final String style,
      final double from,
      final double to,
      final double low,
      final double high,
      final String hint) {
    final double gap = Math.min(1, (x(to) - x(from)) / 5);
    return rectangle(style, x(from), y(high), x(to) - x(from) - gap, y(low) - y(high), hint);
  }

  /** A curve through points. */
  Plot curve(final String style, final double[] xs, final double[] ys) {
    svg.append("<polyline class=\"").append(style).append("\" points=\"");
    for (int i = 0; i < xs.length; i++) {
      svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(xs[i]), y(ys[i])));
    }
    svg.append("\"/>\n");
    return this;
  }

  /** A point with words that show when one points at it. */
  Plot point(final double xValue, final double yValue, final String hint) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<circle class=\"point\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s</title></circle>%n",
            x(xValue),
            y(yValue),
            Markup.escape(hint)));
    return this;
  }

  /** Words in the middle of a plot that has nothing to show. */
  Plot nothing(final String why) {
    return text("empty", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT / 2.0, "middle", why);
  }

  private Plot rectangle(
      final String style,
      final double x,
      final double y,
      final double width,
      final double height,
      final String hint) {
    if (height > 0) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">%s</rect>%n",
              style,
              x,
              y,
              width,
              height,
              hint.isEmpty() ? "" : "<title>" + Markup.escape(hint) + "</title>"));
    }
    return this;
  }

  private void line(
      final String style, final double x1, final double y1, final double x2, final double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
            style,
            x1,
            y1,
            x2,
            y2));
  }

  private Plot text(
      final String style, final double x, final double y, final String anchor, final String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            style,
            x,
            y,
            anchor,
            Markup.escape(text)));
    return this;
  }

  /** The plot, closed. */
  String svg() {
    return svg + "</svg>\n";
  }
}
