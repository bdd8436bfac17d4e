package io.penstock.telemetry;

import static io.penstock.telemetry.Tree.map;

import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Objectives as OpenSLO v1 (github.com/OpenSLO/OpenSLO): kind SLO, with its indicator in it. */
final class OpenSlo {
  /** Makes the name of an objective's indicator of its own; names have 63 characters at most. */
  static final String INDICATOR_SUFFIX = "-good";

  private static final String SERVICE = "penstock";

  private static final long S_PER_MINUTE = 60;

  private OpenSlo() {}

  static String yaml(final Map<String, Objective> objectives) {
    final StringBuilder documents = new StringBuilder();
    final Set<String> slugs = new HashSet<>();
    objectives.forEach(
        (name, objective) ->
            documents
                .append(documents.isEmpty() ? "" : "---\n")
                .append(Tree.yaml(slo(name, SloQueries.slug(name, slugs), objective))));
    return documents.toString();
  }

  private static Map<String, Object> slo(
      final String name, final String slug, final Objective objective) {
    final String promise =
        objective.target() + " of the events within " + objective.threshold() + ": " + name;
    return map(
        "apiVersion",
        "openslo/v1",
        "kind",
        "SLO",
        "metadata",
        map("name", slug, "displayName", name),
        "spec",
        map(
            "description",
            promise,
            "service",
            SERVICE,
            "indicator",
            map(
                "metadata",
                map("name", slug + INDICATOR_SUFFIX),
                "spec",
                map("ratioMetric", ratio(name))),
            "timeWindow",
            List.of(map("duration", window(objective.window()), "isRolling", true)),
            "budgetingMethod",
            "Occurrences",
            "objectives",
            List.of(map("displayName", promise, "target", objective.target()))));
  }

  private static Map<String, Object> ratio(final String name) {
    return map(
        "counter",
        true,
        "good",
        query("sum(" + SloQueries.counter(name, "good") + ")"),
        "total",
        query(
            "sum(penstock_slo_events_total{" + SloQueries.label("penstock_slo_name", name) + "})"));
  }

  private static Map<String, Object> query(final String promQl) {
    return map("metricSource", map("type", "Prometheus", "spec", map("query", promQl)));
  }

  /** In whole minutes, hours or days: there is nothing shorter. */
  private static String window(final Duration window) {
    final long minutes = Math.max(1, Math.round((double) window.toSeconds() / S_PER_MINUTE));
    return StatusGauges.label(Duration.ofMinutes(minutes));
  }
}
