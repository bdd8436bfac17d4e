package io.penstock.telemetry;

import static io.penstock.telemetry.GrafanaQueries.SELECTED;
import static io.penstock.telemetry.GrafanaQueries.WORKFLOW_NAME;
import static io.penstock.telemetry.SloQueries.matching;
import static io.penstock.telemetry.Tree.map;

import io.penstock.workflow.Objective;
import java.util.List;
import java.util.Map;

/**
 * A dashboard of Grafana's JSON model, schema version 39, on a data source that is chosen there.
 *
 * <p>The first screen tells how the objectives stand, the worst first; what the engine does comes
 * next, then a row for each objective, closed until somebody opens it. Queries keep to the jobs and
 * instances that are chosen above, those of workflows to the workflows.
 */
final class GrafanaDashboard {
  private GrafanaDashboard() {}

  static String json(final Map<String, Objective> objectives) {
    final GrafanaGrid grid = new GrafanaGrid();
    ObjectivePanels.addOverview(grid, objectives.values());
    EnginePanels.addAll(grid);
    objectives.forEach((name, objective) -> ObjectivePanels.addRow(grid, name, objective));
    return Tree.json(
        map(
            "uid",
            "penstock-objectives",
            "title",
            "Penstock: objectives",
            "description",
            "How the objectives of a workflow engine stand, and what the engine does.",
            "tags",
            List.of("penstock", "slo"),
            "schemaVersion",
            39,
            "timezone",
            "",
            "editable",
            true,
            "graphTooltip",
            1, // one cross-hair for all panels
            "refresh",
            "30s",
            "time",
            map("from", "now-6h", "to", "now"),
            "templating",
            map("list", variables()),
            "panels",
            grid.panels()));
  }

  private static List<Object> variables() {
    return List.of(
        map(
            "name",
            "datasource",
            "label",
            "Data source",
            "type",
            "datasource",
            "query",
            "prometheus"),
        variable(
            "job",
            "Job",
            "{" + matching("__name__", "penstock_slo_objective(_ratio)?") + "}",
            "job"),
        variable(
            "instance",
            "Instance",
            SloQueries.gauge("penstock_slo_objective", matching("job", "$job")),
            "instance"),
        variable(
            "workflow",
            "Workflow",
            "penstock_case_started_total{" + SELECTED + "}",
            WORKFLOW_NAME));
  }

  /** The values of a label, several of which may be chosen, all at first. */
  private static Map<String, Object> variable(
      final String name, final String title, final String series, final String label) {
    return map(
        "name",
        name,
        "label",
        title,
        "type",
        "query",
        "datasource",
        map("type", "prometheus", "uid", "${datasource}"),
        "query",
        "label_values(" + series + ", " + label + ")",
        "refresh",
        2, // with each change of the time range
        "sort",
        1,
        "multi",
        true,
        "includeAll",
        true,
        "allValue",
        ".*", // also of series that lack the label
        "current",
        map("text", "All", "value", "$__all"));
  }
}
