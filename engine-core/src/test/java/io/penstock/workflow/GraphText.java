package io.penstock.workflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Graphs in one line, for tables of tests.
 *
 * <p>Statements end with semicolons. {@code a > b > c} are flows, {@code a >3 Q} carries three
 * tokens, {@code a ?> b} has a guard of its own, {@code a !> c} is the default. Names in capitals
 * are conditions, {@code input} and {@code output} too, all others tasks. {@code and j}, {@code xor
 * a}, {@code or a}, {@code orjoin j}, {@code inclusive j}, {@code manual m}, {@code route r} say
 * what tasks are, {@code cancels t X y} names a region, {@code first j 2} a structured partial
 * join, {@code mutex name a b} a critical section, {@code explicit} the termination.
 */
final class GraphText {
  private static final Set<String> SWITCHES =
      Set.of("and", "xor", "or", "orjoin", "inclusive", "manual", "route");

  private final Set<String> conditions = new LinkedHashSet<>();
  private final Set<String> tasks = new LinkedHashSet<>();
  private final Set<String> switches = new HashSet<>();
  private final List<List<String>> flows = new ArrayList<>();
  private final List<List<String>> regions = new ArrayList<>();
  private final List<List<String>> sections = new ArrayList<>();
  private final Map<String, Integer> thresholds = new HashMap<>();
  private boolean explicit;

  private GraphText(final String text) {
    for (final String statement : text.split(";", -1)) {
      read(List.of(statement.trim().split("\\s+", -1)));
    }
  }

  static GraphBuilder parse(final String text) {
    return new GraphText(text).builder();
  }

  private void read(final List<String> words) {
    if (SWITCHES.contains(words.get(0))) {
      words.stream().skip(1).forEach(task -> switches.add(words.get(0) + " " + task));
    } else if (words.get(0).equals("cancels")) {
      regions.add(words.subList(1, words.size()));
    } else if (words.get(0).equals("first")) {
      thresholds.put(words.get(1), Integer.valueOf(words.get(2)));
    } else if (words.get(0).equals("mutex")) {
      sections.add(words.subList(1, words.size()));
    } else if (words.get(0).equals("explicit")) {
      explicit = true;
    } else {
      words.forEach(this::declare);
      for (int i = 2; i < words.size(); i += 2) {
        flows.add(words.subList(i - 2, i + 1));
      }
    }
  }

  private void declare(final String word) {
    if (word.matches("[A-Z]+")) {
      conditions.add(word);
    } else if (word.matches("[a-z][a-z0-9]*") && !word.equals("input") && !word.equals("output")) {
      tasks.add(word);
    }
  }

  private GraphBuilder builder() {
    final GraphBuilder graph = Workflow.graph("graph").allowUnsound("it is a test");
    conditions.forEach(graph::condition);
    tasks.forEach(task -> addTask(graph, task));
    flows.forEach(flow -> addFlow(graph, flow));
    sections.forEach(
        section ->
            graph.mutex(section.get(0), section.subList(1, section.size()).toArray(String[]::new)));
    return explicit ? graph.explicitTermination() : graph;
  }

  private void addTask(final GraphBuilder graph, final String task) {
    if (switches.contains("manual " + task)) {
      graph.manual(task);
    } else if (switches.contains("route " + task)) {
      graph.route(task);
    } else {
      graph.inlineTask(task, work -> {});
    }
    if (switches.contains("and " + task)) {
      graph.andJoin();
    }
    if (thresholds.containsKey(task)) {
      graph.partialJoin(thresholds.get(task));
    }
    if (switches.contains("orjoin " + task)) {
      graph.orJoin();
    }
    if (switches.contains("inclusive " + task)) {
      graph.inclusiveJoin();
    }
    if (switches.contains("xor " + task)) {
      graph.xorSplit();
    }
    if (switches.contains("or " + task)) {
      graph.orSplit();
    }
    for (final List<String> region : regions) {
      if (region.get(0).equals(task)) {
        graph.cancels(region.subList(1, region.size()).toArray(String[]::new));
      }
    }
  }

  private static void addFlow(final GraphBuilder graph, final List<String> flow) {
    final String from = flow.get(0);
    final String arrow = flow.get(1);
    final String to = flow.get(2);
    switch (arrow) {
      case ">" -> graph.flow(from, to);
      case "?>" -> graph.flow(from, to, values -> true);
      case "!>" -> graph.defaultFlow(from, to);
      default -> graph.flow(from, to, Integer.parseInt(arrow.substring(1)));
    }
  }
}
