package io.penstock.telemetry;

import io.penstock.engine.Engine;
import io.penstock.spi.ObjectiveReading;
import io.penstock.workflow.Objective;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes what others need to watch an engine's objectives, made from the same objectives, on the
 * metrics of {@link PrometheusText}: OpenSLO, rules for Prometheus, a dashboard for Grafana.
 *
 * <p>All objectives that the engine knows at the moment are written, those of deployed workflows
 * included. Nothing is written of what has happened: the same objectives give the same text.
 */
public final class Slos {
  private Slos() {}

  /**
   * The objectives as SLOs of OpenSLO v1, one document each, that count events.
   *
   * <p>OpenSLO knows no window below a minute; a shorter one is written as a minute.
   *
   * @param engine the engine
   * @return YAML, documents divided by {@code ---}
   */
  public static String toOpenSlo(final Engine engine) {
    return OpenSlo.yaml(objectives(engine));
  }

  /**
   * A file of rules for Prometheus: the share of bad events over each window of the burn rates, as
   * recording rules, and the alerts of the Site Reliability Workbook on them. The windows are the
   * objective's own share of those of 30 days.
   *
   * <p>Windows that are shorter than four scrapes of 15 s can not be computed from scraped
   * counters. Alerts on those look at the engine's own gauges, {@code penstock_slo_burn_rate}; what
   * has come and gone between two scrapes they miss.
   *
   * @param engine the engine
   * @return YAML, the content of a rule file
   */
  public static String toPrometheusRules(final Engine engine) {
    return PrometheusRules.yaml(objectives(engine));
  }

  /**
   * A dashboard for Grafana, to be imported: how all objectives stand, the worst first, and since
   * when; cases, latencies, refusals, queues, journals and gates; then a row for each objective,
   * closed, with the budget that is left, the burn rates with the limits of the alerts, and the
   * share of bad events.
   *
   * <p>Job, instance and workflow are chosen in Grafana, all at first.
   *
   * @param engine the engine
   * @return JSON
   */
  public static String toGrafana(final Engine engine) {
    return GrafanaDashboard.json(objectives(engine));
  }

  private static Map<String, Objective> objectives(final Engine engine) {
    final Map<String, Objective> objectives = new LinkedHashMap<>();
    for (final ObjectiveReading reading : engine.objectives().readings()) {
      if (reading.status() != null) {
        objectives.put(reading.name(), reading.status().objective());
      }
    }
    return objectives;
  }
}
