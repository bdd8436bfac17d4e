package io.penstock.telemetry;

import static io.penstock.telemetry.SloQueries.matching;

/** PromQL of the dashboard: over the jobs, instances and workflows that are chosen in it. */
final class GrafanaQueries {
  /** The range of rates, which Grafana makes of the scrape interval and the width of a panel. */
  static final String RANGE = "[$__rate_interval]";

  /** Not the NaN of a share or a percentile of nothing. */
  static final String SOME = " >= 0";

  static final String SLO_NAME = "penstock_slo_name";
  static final String WORKFLOW_NAME = "penstock_workflow_name";
  static final String TASK_NAME = "penstock_task_name";
  static final String GATE_NAME = "penstock_gate_name";

  /** Matchers that every selector has. */
  static final String SELECTED = matching("job", "$job") + "," + matching("instance", "$instance");

  /** Those of what has a workflow. */
  static final String SELECTED_WORKFLOWS = SELECTED + "," + matching(WORKFLOW_NAME, "$workflow");

  private GrafanaQueries() {}

  static String byShard(final String metric) {
    return "sum by (penstock_shard_index) (" + metric + "{" + SELECTED + "})";
  }

  static String sumOfRates(final String metric, final String matchers, final String label) {
    return "sum by (" + label + ") (rate(" + metric + "{" + matchers + "}" + RANGE + "))";
  }

  /** The 99th percentile of a histogram, by labels. */
  static String p99(final String metric, final String matchers, final String... labels) {
    return "histogram_quantile(0.99, sum by ("
        + "le"
        + (labels.length == 0 ? "" : ", " + String.join(", ", labels))
        + ") (rate("
        + metric
        + "_bucket{"
        + matchers
        + "}"
        + RANGE
        + ")))"
        + SOME;
  }
}
