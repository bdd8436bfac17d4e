package io.penstock.telemetry;

import static io.penstock.telemetry.GrafanaQueries.SELECTED;
import static io.penstock.telemetry.SloQueries.label;
import static io.penstock.telemetry.Tree.map;

import io.penstock.objective.GateState;
import io.penstock.objective.ObjectiveState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * States as Grafana tells them: a query makes a number of each, its place from 1 on, a mapping
 * makes the word again. The better come first, so that the worst is the greatest: of several
 * engines it is told, and a table that is sorted by it begins with it.
 *
 * @param words the states, the better first
 */
record GrafanaStates(List<Word> words) {
  static final GrafanaStates OF_OBJECTIVES =
      new GrafanaStates(
          List.of(
              new Word(ObjectiveState.NO_DATA, GrafanaPanel.GREY),
              new Word(ObjectiveState.INSUFFICIENT, GrafanaPanel.BLUE),
              new Word(ObjectiveState.MET, GrafanaPanel.GREEN),
              new Word(ObjectiveState.AT_RISK, GrafanaPanel.ORANGE),
              new Word(ObjectiveState.BREACHED, GrafanaPanel.RED)));

  static final GrafanaStates OF_GATES =
      new GrafanaStates(
          List.of(
              new Word(GateState.OPEN, GrafanaPanel.GREEN),
              new Word(GateState.CANARY, GrafanaPanel.BLUE),
              new Word(GateState.TRIPPED, GrafanaPanel.RED)));

  /**
   * A state.
   *
   * @param state the state; the label's value is its name in lower case
   * @param colour what it is shown in
   */
  record Word(Enum<?> state, String colour) {}

  /** PromQL: the place of the worst state that anything of a name is in, by that label. */
  String worst(final String metric, final String name) {
    final List<String> terms = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      terms.add(
          (i + 1)
              + " * "
              + SloQueries.gauge(
                  metric,
                  label(metric, words.get(i).state().name().toLowerCase(Locale.ROOT))
                      + ","
                      + SELECTED));
    }
    return "max by (" + name + ") (" + String.join(" or ", terms) + ") > 0";
  }

  /** What makes words of places. */
  List<Object> mappings() {
    final Map<String, Object> options = new LinkedHashMap<>();
    for (int i = 0; i < words.size(); i++) {
      final Word word = words.get(i);
      options.put(
          String.valueOf(i + 1),
          map("text", word.state().name(), "color", word.colour(), "index", i));
    }
    return List.of(map("type", "value", "options", options));
  }
}
