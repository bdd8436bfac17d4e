package io.penstock.lab.result;

import java.util.List;

/**
 * Points of a plot in the order of their x, one curve.
 *
 * @param plot what the plot shows; series of the same plot share its axes
 * @param name of the curve
 * @param xUnit what x is, with its unit
 * @param yUnit what y is, with its unit
 * @param points the points, ascending in x
 */
public record Series(String plot, String name, String xUnit, String yUnit, List<Point> points) {
  /**
   * Copies the points.
   *
   * @param plot what the plot shows
   * @param name of the curve
   * @param xUnit what x is, with its unit
   * @param yUnit what y is, with its unit
   * @param points the points
   */
  public Series {
    points = List.copyOf(points);
  }

  /**
   * A point.
   *
   * @param x to the right
   * @param y up
   */
  public record Point(double x, double y) {}
}
