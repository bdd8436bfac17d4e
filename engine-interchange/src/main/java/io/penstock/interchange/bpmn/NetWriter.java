package io.penstock.interchange.bpmn;

import io.penstock.workflow.GraphBuilder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A graph builder that remembers the names of what it has, for cancellation regions. */
final class NetWriter {
  final GraphBuilder graph;
  final List<String> elements = new ArrayList<>();
  private final Set<String> conditions = new LinkedHashSet<>();
  private final Set<String> tasks = new LinkedHashSet<>();

  NetWriter(final GraphBuilder graph) {
    this.graph = graph;
  }

  /** Adds a condition unless it is there. */
  String place(final String name) {
    if (conditions.add(name)) {
      graph.condition(name);
      elements.add(name);
    }
    return name;
  }

  /** Notes a task that the caller adds next. */
  String task(final String name) {
    if (tasks.add(name)) {
      elements.add(name);
    }
    return name;
  }

  GraphBuilder route(final String name) {
    return graph.route(task(name));
  }

  void flow(final String from, final String to) {
    graph.flow(from, to);
  }

  /** How many elements there are, to tell later which came since. */
  int mark() {
    return elements.size();
  }

  List<String> since(final int mark) {
    return List.copyOf(elements.subList(mark, elements.size()));
  }

  List<String> tasksSince(final int mark) {
    return since(mark).stream().filter(tasks::contains).toList();
  }

  /** Everything but one element, the output included: what an abrupt end takes with it. */
  String[] allBut(final String element) {
    final List<String> all = new ArrayList<>(elements);
    all.remove(element);
    all.add(GraphBuilder.OUTPUT);
    return all.toArray(String[]::new);
  }
}
