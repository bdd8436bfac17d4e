package io.penstock.interchange.export;

import io.penstock.net.Exit;
import io.penstock.net.Net;
import io.penstock.net.Split;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is drawn of a net: tasks, and those conditions that are more than an arrow between two
 * tasks. Tasks that only pass a token on are arrows too.
 */
final class Picture {
  final String title;
  final List<Node> nodes = new ArrayList<>();
  final List<Edge> edges = new ArrayList<>();
  private final Workflow workflow;
  private final int netIndex;
  private final Net net;
  private final Map<String, String> labels;

  /** What a node looks like. */
  enum Shape {
    START,
    END,
    CONDITION,
    TASK,
    INLINE,
    MANUAL,
    COMPOSITE,
    INSTANCES,
    WAIT,
    ROUTE,
    JOIN_ALL,
    JOIN_SOME
  }

  /** What an arrow says. */
  enum Line {
    NORMAL,
    DEFAULT,
    EXIT
  }

  record Node(int id, String name, String label, Shape shape) {}

  record Edge(int from, int to, String label, Line line) {}

  Picture(final Workflow workflow, final int netIndex, final Map<String, String> labels) {
    this.workflow = workflow;
    this.netIndex = netIndex;
    this.labels = labels;
    net = workflow.nets().get(netIndex);
    title = labels.getOrDefault(net.name(), net.name());
    draw();
  }

  private void draw() {
    final Set<Integer> shown = new HashSet<>();
    final List<List<Integer>> takers = lists(net.conditionCount());
    final int[] givers = new int[net.conditionCount()];
    for (int task = 0; task < net.taskCount(); task++) {
      for (final int input : net.inputs(task)) {
        takers.get(input).add(task);
      }
      final int[] outputs = net.outputs(task);
      for (int flow = 0; flow < outputs.length; flow++) {
        givers[outputs[flow]] += net.isComplement(task, flow) ? 0 : 1;
      }
      for (final Exit exit : List.of(Exit.FAILURE, Exit.TIMEOUT)) {
        final int target = net.exitCondition(task, exit);
        if (target != Net.NONE) {
          givers[target]++;
        }
      }
    }
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      if (condition == net.input()
          || condition == net.output()
          || takers.get(condition).size() != 1
          || givers[condition] > 1) {
        shown.add(condition);
      }
    }
    final Node[] conditions = new Node[net.conditionCount()];
    final Node[] tasks = new Node[net.taskCount()];
    for (final int condition : shown) {
      final Shape shape =
          condition == net.input()
              ? Shape.START
              : condition == net.output() ? Shape.END : Shape.CONDITION;
      conditions[condition] = add(net.conditionName(condition), "", shape);
    }
    for (int task = 0; task < net.taskCount(); task++) {
      final String name = net.taskName(task);
      tasks[task] = add(name, label(task), shape(task));
    }
    for (int task = 0; task < net.taskCount(); task++) {
      final Node node = tasks[task];
      for (final int input : net.inputs(task)) {
        if (shown.contains(input)) {
          edges.add(new Edge(conditions[input].id(), node.id(), "", Line.NORMAL));
        }
      }
      final int[] outputs = net.outputs(task);
      for (int flow = 0; flow < outputs.length; flow++) {
        if (!net.isComplement(task, flow)) {
          final boolean byDefault = net.split(task) != Split.AND && flow == net.defaultFlow(task);
          edges.add(
              new Edge(
                  node.id(),
                  target(outputs[flow], shown, conditions, tasks, takers),
                  guard(task, flow),
                  byDefault ? Line.DEFAULT : Line.NORMAL));
        }
      }
      for (final Exit exit : List.of(Exit.FAILURE, Exit.TIMEOUT)) {
        final int target = net.exitCondition(task, exit);
        if (target != Net.NONE) {
          edges.add(
              new Edge(
                  node.id(),
                  target(target, shown, conditions, tasks, takers),
                  exit == Exit.FAILURE ? "failure" : "time-out",
                  Line.EXIT));
        }
      }
    }
    contract();
  }

  private static int target(
      final int condition,
      final Set<Integer> shown,
      final Node[] conditions,
      final Node[] tasks,
      final List<List<Integer>> takers) {
    return (shown.contains(condition) ? conditions[condition] : tasks[takers.get(condition).get(0)])
        .id();
  }

  private Node add(final String name, final String label, final Shape shape) {
    final Node node = new Node(nodes.size(), name, label, shape);
    nodes.add(node);
    return node;
  }

  private String label(final int task) {
    final String name = net.taskName(task);
    final TaskDefinition definition = workflow.task(netIndex, task);
    final String label = labels.getOrDefault(name, name);
    if (definition.kind() == TaskKind.ROUTING) {
      return "";
    }
    return definition.message() == null || definition.message().equals(name)
        ? label
        : label + " (" + definition.message() + ")";
  }

  private Shape shape(final int task) {
    return switch (workflow.task(netIndex, task).kind()) {
      case ROUTING ->
          switch (net.join(task)) {
            case AND -> Shape.JOIN_ALL;
            case XOR ->
                net.split(task) == Split.AND && net.outputs(task).length > 1
                    ? Shape.JOIN_ALL
                    : Shape.ROUTE;
            case OR, INCLUSIVE, PARTIAL -> Shape.JOIN_SOME;
          };
      case INLINE, CANCEL -> Shape.INLINE;
      case WORKER -> Shape.TASK;
      case MANUAL -> Shape.MANUAL;
      case MESSAGE, SIGNAL, DELAY -> Shape.WAIT;
      case MULTIPLE_INSTANCE -> Shape.INSTANCES;
      case COMPOSITE -> Shape.COMPOSITE;
    };
  }

  private String guard(final int task, final int flow) {
    final int guard = net.guards(task)[flow];
    if (guard == Net.NONE) {
      return "";
    }
    final String text = workflow.guard(guard).toString();
    return text.contains("$$Lambda") || text.contains("@") ? "guard" : text;
  }

  /** Takes out routes with one arrow in and one out. */
  private void contract() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (final Node node : List.copyOf(nodes)) {
        final List<Edge> in = edges.stream().filter(edge -> edge.to() == node.id()).toList();
        final List<Edge> out = edges.stream().filter(edge -> edge.from() == node.id()).toList();
        final boolean routes =
            node.shape() == Shape.ROUTE
                || node.shape() == Shape.JOIN_ALL
                || node.shape() == Shape.JOIN_SOME;
        if (routes
            && in.size() == 1
            && out.size() == 1
            && in.get(0).from() != node.id()
            && (in.get(0).label().isEmpty() || out.get(0).label().isEmpty())) {
          edges.removeAll(List.of(in.get(0), out.get(0)));
          edges.add(
              new Edge(
                  in.get(0).from(),
                  out.get(0).to(),
                  in.get(0).label() + out.get(0).label(),
                  in.get(0).line()));
          nodes.remove(node);
          changed = true;
        }
      }
    }
  }

  /** The sign in a diamond. */
  static String sign(final Shape shape) {
    return switch (shape) {
      case JOIN_ALL -> "+";
      case ROUTE -> "\u00d7";
      case JOIN_SOME -> "\u25cb";
      default -> "";
    };
  }

  private static List<List<Integer>> lists(final int size) {
    final List<List<Integer>> lists = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      lists.add(new ArrayList<>());
    }
    return lists;
  }
}
