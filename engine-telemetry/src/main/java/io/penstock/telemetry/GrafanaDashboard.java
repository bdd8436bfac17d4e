package io.penstock.telemetry;

import static io.penstock.telemetry.Tree.map;

import io.penstock.workflow.Objective;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A dashboard of Grafana's JSON model, schema version 39, on a data source that is chosen there.
 */
final class GrafanaDashboard {
  private static final int WIDTH = 24;
  private static final int HEIGHT = 7;
  private static final String RANGE = "$__rate_interval";
  private static final String UNIT_SHARE = "percentunit";
  private static final String UNIT_SECONDS = "s";
  private static final String UNIT_NONE = "none";

  /** What the alerts call too fast, the slowest first. */
  private static final List<Double> BURN_LIMITS = List.of(1.0, 3.0, 6.0, 14.4);

  private static final List<String> BURN_COLOURS =
      List.of("green", "yellow", "orange", "red", "dark-red");

  private final List<Object> panels = new ArrayList<>();
  private int y;

  private GrafanaDashboard() {}

  static String json(final Map<String, Objective> objectives) {
    final GrafanaDashboard dashboard = new GrafanaDashboard();
    objectives.forEach(dashboard::addObjective);
    dashboard.addEngine();
    return Tree.json(
        map(
            "uid",
            "penstock-objectives",
            "title",
            "Penstock: objectives",
            "tags",
            List.of("penstock", "slo"),
            "schemaVersion",
            39,
            "timezone",
            "",
            "refresh",
            "30s",
            "time",
            map("from", "now-6h", "to", "now"),
            "templating",
            map(
                "list",
                List.of(
                    map(
                        "name",
                        "datasource",
                        "label",
                        "Data source",
                        "type",
                        "datasource",
                        "query",
                        "prometheus"))),
            "panels",
            dashboard.panels));
  }

  private void addObjective(final String name, final Objective objective) {
    final String named = SloQueries.label("penstock_slo_name", name);
    addRow(
        name
            + ": "
            + objective.target()
            + " within "
            + objective.threshold()
            + " over "
            + StatusGauges.label(objective.window()));
    panel(
        "stat",
        "Budget left",
        0,
        4,
        withLimits(UNIT_SHARE, List.of("red", "orange", "green"), List.of(0.0, 0.25), "off"),
        target("min(penstock_slo_budget_remaining{" + named + "})", "left"));
    panel(
        "timeseries",
        "Burn rate",
        4,
        10,
        withLimits(UNIT_NONE, BURN_COLOURS, BURN_LIMITS, "line"),
        target(
            "max by (penstock_slo_window) (penstock_slo_burn_rate{" + named + "})",
            "{{penstock_slo_window}}"));
    panel(
        "timeseries",
        "Share of bad events",
        14,
        10,
        withLimits(
            UNIT_SHARE,
            List.of("green", "red"),
            List.of(Double.valueOf(SloQueries.errorBudget(objective))),
            "line"),
        target(SloQueries.rate(name, "bad", RANGE) + " / " + SloQueries.rate(name, RANGE), "bad"));
    y += HEIGHT;
  }

  private void addEngine() {
    addRow("Engine");
    quantiles("Commands", "penstock_operation_duration_seconds", "penstock_operation_name", 0);
    quantiles("Cases", "penstock_case_duration_seconds", "penstock_workflow_name", 12);
    y += HEIGHT;
    panel(
        "timeseries",
        "Cases started",
        0,
        6,
        plain(UNIT_NONE),
        target(
            "sum by (penstock_workflow_name) (rate(penstock_case_started_total[" + RANGE + "]))",
            "{{penstock_workflow_name}}"));
    panel(
        "timeseries",
        "Commands refused",
        6,
        6,
        plain(UNIT_NONE),
        target(
            "sum by (penstock_rejection_reason) (rate(penstock_command_rejected_total["
                + RANGE
                + "]))",
            "{{penstock_rejection_reason}}"));
    panel(
        "timeseries",
        "Command queues",
        12,
        6,
        plain("bytes"),
        target(
            "sum by (penstock_shard_index) (penstock_command_queue_depth_bytes)",
            "shard {{penstock_shard_index}}"));
    panel(
        "timeseries",
        "Gates: share let through",
        18,
        6,
        plain(UNIT_SHARE),
        target("min by (penstock_gate_name) (penstock_gate_share)", "{{penstock_gate_name}}"));
    y += HEIGHT;
  }

  private void quantiles(final String title, final String metric, final String label, final int x) {
    panel(
        "timeseries",
        title + ": 99th percentile",
        x,
        WIDTH / 2,
        plain(UNIT_SECONDS),
        target(
            "histogram_quantile(0.99, sum by (le, "
                + label
                + ") (rate("
                + metric
                + "_bucket["
                + RANGE
                + "])))",
            "{{" + label + "}}"));
  }

  private void addRow(final String title) {
    panels.add(
        map(
            "id",
            panels.size() + 1,
            "type",
            "row",
            "title",
            title,
            "collapsed",
            false,
            "gridPos",
            map("x", 0, "y", y++, "w", WIDTH, "h", 1),
            "panels",
            List.of()));
  }

  private void panel(
      final String type,
      final String title,
      final int x,
      final int width,
      final Map<String, Object> defaults,
      final Map<String, Object> target) {
    panels.add(
        map(
            "id",
            panels.size() + 1,
            "type",
            type,
            "title",
            title,
            "datasource",
            map("type", "prometheus", "uid", "${datasource}"),
            "gridPos",
            map("x", x, "y", y, "w", width, "h", HEIGHT),
            "fieldConfig",
            map("defaults", defaults, "overrides", List.of()),
            "targets",
            List.of(target)));
  }

  private static Map<String, Object> target(final String promQl, final String legend) {
    return map("refId", "A", "expr", promQl, "legendFormat", legend);
  }

  private static Map<String, Object> plain(final String unit) {
    return map("unit", unit);
  }

  /** The first colour, and one more from each limit on. */
  private static Map<String, Object> withLimits(
      final String unit,
      final List<String> colours,
      final List<Double> limits,
      final String lineMode) {
    final List<Object> steps = new ArrayList<>();
    steps.add(map("color", colours.get(0), "value", Tree.NULL)); // from minus infinity on
    for (int i = 0; i < limits.size(); i++) {
      steps.add(map("color", colours.get(i + 1), "value", limits.get(i)));
    }
    return map(
        "unit",
        unit,
        "thresholds",
        map("mode", "absolute", "steps", steps),
        "custom",
        map("thresholdsStyle", map("mode", lineMode)));
  }
}
