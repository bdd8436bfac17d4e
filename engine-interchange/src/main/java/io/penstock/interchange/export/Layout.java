package io.penstock.interchange.export;

import io.penstock.interchange.export.Picture.Edge;
import io.penstock.interchange.export.Picture.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Places the nodes of a picture in layers from left to right, with few crossings [1]: cycles are
 * cut at the edges that lead back, long edges get a point in each layer that they pass, layers are
 * put in order by the means of their neighbours, and then spread out. Deterministic; takes time in
 * proportion to rounds times edges.
 *
 * <p>[1] Sugiyama, Tagawa, Toda: Methods for Visual Understanding of Hierarchical System
 * Structures, 1981
 */
final class Layout {
  static final double GAP_X = 58;
  private static final double GAP_Y = 22;
  private static final double LABEL_CHARACTER = 5.4;
  private static final double LABEL_MARGIN = 26;
  private static final double MARGIN = 16;
  private static final int ROUNDS = 24;

  /** A picture of more boxes than anybody looks at gets less work. */
  private static final int BOXES_OF_CARE = 10_000;

  private static final int ROUNDS_WITHOUT_CARE = 2;

  private final Map<Integer, Box> boxes = new HashMap<>();
  final List<Route> routes = new ArrayList<>();
  double width;
  double height;
  private final List<Node> nodes;
  private final List<Edge> edges;
  private final List<Box> all = new ArrayList<>();
  private final List<List<Box>> layers = new ArrayList<>();

  /** A node, or a point of a long edge, with its place. */
  static final class Box {
    final double width;
    final double height;
    int layer;
    double x;
    double y;
    double rank;
    final List<Box> before = new ArrayList<>();
    final List<Box> after = new ArrayList<>();

    Box(final double width, final double height) {
      this.width = width;
      this.height = height;
    }
  }

  /** An edge with the boxes it passes, from left to right. */
  record Route(Edge edge, List<Box> boxes, boolean back) {}

  /** Says how large a node is. */
  interface Measure {
    double width(Node node);

    double height(Node node);
  }

  Layout(final List<Node> nodes, final List<Edge> edges, final Measure measure) {
    this.nodes = nodes;
    this.edges = edges;
    for (final Node node : nodes) {
      final Box box = new Box(measure.width(node), measure.height(node));
      boxes.put(node.id(), box);
      all.add(box);
    }
    layer(backEdges());
    order();
    place();
  }

  /** The box of a node. */
  Box box(final int node) {
    return Objects.requireNonNull(boxes.get(node));
  }

  /** Edges that close a cycle, found by a walk from the start. */
  private boolean[] backEdges() {
    final boolean[] back = new boolean[edges.size()];
    final Map<Integer, Integer> state = new HashMap<>();
    for (final Node root : nodes) {
      if (state.containsKey(root.id())) {
        continue;
      }
      final Deque<int[]> stack = new ArrayDeque<>();
      stack.push(new int[] {root.id(), 0});
      state.put(root.id(), 1);
      while (!stack.isEmpty()) {
        final int[] top = stack.peek();
        if (top[1] == edges.size()) {
          state.put(top[0], 2);
          stack.pop();
          continue;
        }
        final int number = top[1]++;
        final Edge edge = edges.get(number);
        if (edge.from() == top[0]) {
          final Integer seen = state.get(edge.to());
          if (seen == null) {
            state.put(edge.to(), 1);
            stack.push(new int[] {edge.to(), 0});
          } else if (seen == 1) {
            back[number] = true;
          }
        }
      }
    }
    return back;
  }

  /** The longest way from the left says the layer. */
  private void layer(final boolean[] back) {
    boolean changed = true;
    for (int round = 0; changed && round <= nodes.size(); round++) {
      changed = false;
      for (int i = 0; i < back.length; i++) {
        final Edge edge = edges.get(i);
        final Box left = box(back[i] ? edge.to() : edge.from());
        final Box right = box(back[i] ? edge.from() : edge.to());
        if (left != right && right.layer < left.layer + 1) {
          right.layer = left.layer + 1;
          changed = true;
        }
      }
    }
    for (int i = 0; i < back.length; i++) {
      route(edges.get(i), back[i]);
    }
    for (final Box box : all) {
      while (layers.size() <= box.layer) {
        layers.add(new ArrayList<>());
      }
      layers.get(box.layer).add(box);
    }
  }

  private void route(final Edge edge, final boolean back) {
    final Box left = box(back ? edge.to() : edge.from());
    final Box right = box(back ? edge.from() : edge.to());
    final List<Box> passed = new ArrayList<>(List.of(left));
    for (int layer = left.layer + 1; layer < right.layer; layer++) {
      final Box point = new Box(0, 8);
      point.layer = layer;
      all.add(point);
      passed.add(point);
    }
    passed.add(right);
    for (int i = 1; i < passed.size(); i++) {
      if (passed.get(i) != passed.get(i - 1)) {
        passed.get(i).before.add(passed.get(i - 1));
        passed.get(i - 1).after.add(passed.get(i));
      }
    }
    routes.add(new Route(edge, passed, back));
  }

  private int rounds() {
    return all.size() > BOXES_OF_CARE ? ROUNDS_WITHOUT_CARE : ROUNDS;
  }

  private void order() {
    number();
    if (all.size() > BOXES_OF_CARE) {
      return; // crossings are counted in pairs
    }
    int best = crossings();
    List<List<Box>> kept = copy();
    for (int round = 0; round < ROUNDS && best > 0; round++) {
      final boolean forward = round % 2 == 0;
      for (int i = 1; i < layers.size(); i++) {
        sort(layers.get(forward ? i : layers.size() - 1 - i), forward);
      }
      final int found = crossings();
      if (found < best) {
        best = found;
        kept = copy();
      }
    }
    layers.clear();
    layers.addAll(kept);
    number();
  }

  private void number() {
    for (final List<Box> layer : layers) {
      for (int i = 0; i < layer.size(); i++) {
        layer.get(i).rank = i;
      }
    }
  }

  private List<List<Box>> copy() {
    final List<List<Box>> copy = new ArrayList<>();
    layers.forEach(layer -> copy.add(new ArrayList<>(layer)));
    return copy;
  }

  private static void sort(final List<Box> layer, final boolean forward) {
    final Map<Box, Double> means = new HashMap<>();
    for (final Box box : layer) {
      final List<Box> neighbours = forward ? box.before : box.after;
      means.put(
          box, neighbours.stream().mapToDouble(other -> other.rank).average().orElse(box.rank));
    }
    layer.sort(Comparator.comparingDouble(means::get));
    for (int i = 0; i < layer.size(); i++) {
      layer.get(i).rank = i;
    }
  }

  private int crossings() {
    int crossings = 0;
    for (final List<Box> layer : layers) {
      final List<double[]> lines = new ArrayList<>();
      for (final Box box : layer) {
        box.after.forEach(other -> lines.add(new double[] {box.rank, other.rank}));
      }
      for (int i = 0; i < lines.size(); i++) {
        for (int j = 0; j < i; j++) {
          final double[] one = lines.get(i);
          final double[] two = lines.get(j);
          crossings += (one[0] - two[0]) * (one[1] - two[1]) < 0 ? 1 : 0;
        }
      }
    }
    return crossings;
  }

  private void place() {
    double x = MARGIN;
    final double[] gaps = gaps();
    for (int at = 0; at < layers.size(); at++) {
      final List<Box> layer = layers.get(at);
      final double widest = layer.stream().mapToDouble(box -> box.width).max().orElse(0);
      double y = 0;
      for (final Box box : layer) {
        box.x = x + widest / 2;
        box.y = y + box.height / 2;
        y += box.height + GAP_Y;
      }
      x += widest + gaps[at];
    }
    for (int round = 0; round < rounds(); round++) {
      for (int i = 0; i < layers.size(); i++) {
        settle(layers.get(round % 2 == 0 ? i : layers.size() - 1 - i), round % 2 == 0);
      }
    }
    final double top =
        all.stream().mapToDouble(box -> box.y - box.height / 2).min().orElse(0) - MARGIN;
    all.forEach(box -> box.y -= top);
    width = x - gaps[gaps.length - 1] + MARGIN;
    height = all.stream().mapToDouble(box -> box.y + box.height / 2).max().orElse(0) + MARGIN;
  }

  /** Room to the right of each layer: the labels of the edges that begin there stand in it. */
  private double[] gaps() {
    final int[] longest = new int[layers.size()];
    for (final Route route : routes) {
      final int layer = route.boxes().get(0).layer;
      final int length = Math.min(SvgWriter.LABEL_LENGTH_MAX, route.edge().label().length());
      longest[layer] = Math.max(longest[layer], length);
    }
    return Arrays.stream(longest)
        .mapToDouble(length -> Math.max(GAP_X, length * LABEL_CHARACTER + LABEL_MARGIN))
        .toArray();
  }

  /** Moves each box towards its neighbours, as far as those above and below in its layer let it. */
  private static void settle(final List<Box> layer, final boolean forward) {
    final double[] wanted = new double[layer.size()];
    for (int i = 0; i < wanted.length; i++) {
      final Box box = layer.get(i);
      List<Box> neighbours = forward ? box.before : box.after;
      neighbours = neighbours.isEmpty() ? (forward ? box.after : box.before) : neighbours;
      final double[] ys = neighbours.stream().mapToDouble(other -> other.y).sorted().toArray();
      wanted[i] = ys.length == 0 ? box.y : (ys[(ys.length - 1) / 2] + ys[ys.length / 2]) / 2;
    }
    // Boxes that want to overlap move as one, to the mean of what they want.
    final double[] offsets = new double[wanted.length];
    for (int i = 1; i < wanted.length; i++) {
      final Box above = layer.get(i - 1);
      offsets[i] = offsets[i - 1] + (above.height + layer.get(i).height) / 2 + GAP_Y;
    }
    final double[] level = new double[wanted.length];
    final int[] size = new int[wanted.length];
    int groups = 0;
    for (int i = 0; i < wanted.length; i++) {
      level[groups] = wanted[i] - offsets[i];
      size[groups] = 1;
      groups++;
      while (groups > 1 && level[groups - 2] > level[groups - 1]) {
        final int sum = size[groups - 2] + size[groups - 1];
        level[groups - 2] =
            (level[groups - 2] * size[groups - 2] + level[groups - 1] * size[groups - 1]) / sum;
        size[groups - 2] = sum;
        groups--;
      }
    }
    int at = 0;
    for (int group = 0; group < groups; group++) {
      final double own = level[group];
      final int end = at + size[group];
      Arrays.fill(wanted, at, end, own);
      for (; at < end; at++) {
        layer.get(at).y = own + offsets[at];
      }
    }
  }
}
