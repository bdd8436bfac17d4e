package io.penstock.interchange.export;

import io.penstock.interchange.export.Layout.Box;
import io.penstock.interchange.export.Picture.Edge;
import io.penstock.interchange.export.Picture.Line;
import io.penstock.interchange.export.Picture.Node;
import io.penstock.interchange.export.Picture.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the nodes and arrows of a diagram go, from left to right, for formats that say it with
 * their own words. Lengths are points; the origin is the upper left corner. Immutable.
 */
public final class DiagramLayout {
  private static final double LANE = 12;

  private final List<Place> places = new ArrayList<>();
  private final List<List<Point>> lines = new ArrayList<>();
  private final double width;
  private final double height;

  /**
   * How large a node is.
   *
   * @param width from left to right, positive
   * @param height from top to bottom, positive
   */
  public record Size(double width, double height) {}

  /**
   * An arrow.
   *
   * @param from number of the node that it leaves, from 0
   * @param to number of the node that it reaches, from 0
   * @param label what is written at it; takes room
   */
  public record Arrow(int from, int to, String label) {}

  /**
   * Where a node is.
   *
   * @param x its left side
   * @param y its upper side
   * @param width from left to right
   * @param height from top to bottom
   */
  public record Place(double x, double y, double width, double height) {}

  /**
   * A point of an arrow.
   *
   * @param x from the left
   * @param y from the top
   */
  public record Point(double x, double y) {}

  private DiagramLayout(final List<Size> sizes, final List<Arrow> arrows) {
    final List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      nodes.add(new Node(i, "", "", Shape.TASK));
    }
    final List<Edge> edges =
        arrows.stream()
            .map(arrow -> new Edge(arrow.from(), arrow.to(), arrow.label(), Line.NORMAL))
            .toList();
    final Layout layout =
        new Layout(
            nodes,
            edges,
            new Layout.Measure() {
              @Override
              public double width(final Node node) {
                return sizes.get(node.id()).width();
              }

              @Override
              public double height(final Node node) {
                return sizes.get(node.id()).height();
              }
            });
    for (int i = 0; i < sizes.size(); i++) {
      final Box box = layout.box(i);
      places.add(new Place(box.x - box.width / 2, box.y - box.height / 2, box.width, box.height));
    }
    layout.routes.forEach(route -> lines.add(points(route)));
    width = layout.width;
    height = layout.height;
  }

  /**
   * Places nodes so that arrows go from left to right and cross little.
   *
   * @param sizes of the nodes, at least one
   * @param arrows between them
   * @return the layout
   */
  public static DiagramLayout of(final List<Size> sizes, final List<Arrow> arrows) {
    return new DiagramLayout(sizes, arrows);
  }

  private List<Point> points(final Layout.Route route) {
    final List<Box> boxes = route.boxes();
    final Box first = boxes.get(0);
    final Box last = boxes.get(boxes.size() - 1);
    final List<Point> points = new ArrayList<>();
    if (first == last) {
      final double top = first.y - first.height / 2;
      points.add(new Point(first.x + 10, top));
      points.add(new Point(first.x + 10, top - 12));
      points.add(new Point(first.x - 10, top - 12));
      points.add(new Point(first.x - 10, top));
      return points;
    }
    if (route.back()) {
      // Below everything in between, where the way there does not lie on the way back.
      final double lane = lowest(first.x, last.x) + LANE;
      points.add(new Point(last.x, last.y + last.height / 2));
      points.add(new Point(last.x, lane));
      points.add(new Point(first.x, lane));
      points.add(new Point(first.x, first.y + first.height / 2));
      return points;
    }
    points.add(new Point(first.x + first.width / 2, first.y));
    for (final Box box : boxes.subList(1, boxes.size() - 1)) {
      points.add(new Point(box.x, box.y));
    }
    points.add(new Point(last.x - last.width / 2, last.y));
    return points;
  }

  /** The lower side of the lowest node between two places. */
  private double lowest(final double left, final double right) {
    return places.stream()
        .filter(place -> place.x() + place.width() >= left && place.x() <= right)
        .mapToDouble(place -> place.y() + place.height())
        .max()
        .orElse(0);
  }

  /**
   * Where a node is.
   *
   * @param node its number
   * @return its place
   */
  public Place place(final int node) {
    return places.get(node);
  }

  /**
   * How an arrow goes.
   *
   * @param arrow its number
   * @return at least two points, from the node that it leaves to the one that it reaches
   */
  public List<Point> points(final int arrow) {
    return List.copyOf(lines.get(arrow));
  }

  /**
   * How wide the whole is.
   *
   * @return the width, margins included
   */
  public double width() {
    return width;
  }

  /**
   * How high the whole is.
   *
   * @return the height, margins included
   */
  public double height() {
    return height;
  }
}
