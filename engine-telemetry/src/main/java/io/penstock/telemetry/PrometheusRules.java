package io.penstock.telemetry;

import static io.penstock.telemetry.Tree.map;

import io.penstock.objective.BurnRate;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.workflow.Objective;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Recording rules and alerts on burn rates for Prometheus: two windows each and four rates, as the
 * Site Reliability Workbook (chapter 5) has them.
 */
final class PrometheusRules {
  /** Four scrapes of 15 s, below which a rate over scraped counters says little. */
  static final Duration RANGE_MIN = Duration.ofMinutes(1);

  private static final String SLO_NAME = "penstock_slo_name";
  private static final String RECORD = "slo:penstock_bad_events:ratio_rate";

  /** The pairs that wake somebody; the others write a ticket. */
  private static final int URGENT = 2;

  private PrometheusRules() {}

  static String yaml(final Map<String, Objective> objectives) {
    final List<Object> groups = new ArrayList<>();
    final Set<String> slugs = new HashSet<>();
    objectives.forEach(
        (name, objective) ->
            groups.add(
                map(
                    "name",
                    "penstock-" + SloQueries.slug(name, slugs),
                    "rules",
                    rules(name, objective))));
    return Tree.yaml(map("groups", groups));
  }

  private static List<Object> rules(final String name, final Objective objective) {
    final List<BurnRate> pairs = ObjectiveStatus.of(objective, List.of(), 0).burnRates();
    final Set<String> recorded = new LinkedHashSet<>();
    final List<Object> alerts = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      final BurnRate pair = pairs.get(i);
      final String longWindow = StatusGauges.label(pair.longWindow());
      final String shortWindow = StatusGauges.label(pair.shortWindow());
      final boolean isScraped = pair.shortWindow().compareTo(RANGE_MIN) >= 0;
      if (isScraped) {
        recorded.add(longWindow);
        recorded.add(shortWindow);
      }
      alerts.add(
          map(
              "alert",
              "PenstockErrorBudgetBurn",
              "expr",
              isScraped
                  ? recorded(name, longWindow, pair.limit(), objective)
                      + " and "
                      + recorded(name, shortWindow, pair.limit(), objective)
                      + " and "
                      + SloQueries.badEvents(name, longWindow)
                      + " > "
                      + badEventsMin(objective)
                  : told(name, longWindow, pair.limit())
                      + " and "
                      + told(name, shortWindow, pair.limit())
                      + " and "
                      + judged(name),
              "labels",
              map(
                  "severity",
                  i < URGENT ? "page" : "ticket",
                  "long_window",
                  longWindow,
                  SLO_NAME,
                  untemplated(name)),
              "annotations",
              map(
                  "summary",
                  "the error budget of "
                      + untemplated(name)
                      + " burns more than "
                      + pair.limit()
                      + " times as fast as it may",
                  "description",
                  "over "
                      + longWindow
                      + " and still over "
                      + shortWindow
                      + "; promised: "
                      + SloQueries.promise(objective))));
    }
    final List<Object> rules = new ArrayList<>();
    recorded.forEach(
        window ->
            rules.add(
                map(
                    "record",
                    RECORD + window,
                    "expr",
                    SloQueries.rate(name, "bad", window) + " / " + SloQueries.rate(name, window),
                    "labels",
                    map(SLO_NAME, name))));
    rules.addAll(alerts);
    return rules;
  }

  private static String recorded(
      final String name, final String window, final double limit, final Objective objective) {
    return RECORD
        + window
        + "{"
        + SloQueries.label(SLO_NAME, name)
        + "} > "
        + limit
        + " * "
        + SloQueries.errorBudget(objective);
  }

  /** The worst of all engines' own gauges. */
  private static String told(final String name, final String window, final double limit) {
    return "max by (penstock_slo_name) ("
        + SloQueries.gauge(
            "penstock_slo_burn_rate",
            SloQueries.label(SLO_NAME, name)
                + ","
                + SloQueries.label("penstock_slo_window", window))
        + ") > "
        + limit;
  }

  /** That an engine has enough events to judge. */
  private static String judged(final String name) {
    return "max by (penstock_slo_name) ("
        + SloQueries.gauge(
            "penstock_slo_state",
            SloQueries.label(SLO_NAME, name)
                + ","
                + SloQueries.matching("penstock_slo_state", "met|at_risk|breached"))
        + ") > 0";
  }

  /**
   * So many bad events are too many even if all that is needed to judge were good: what fires with
   * more is never {@code INSUFFICIENT} for the engine.
   */
  private static String badEventsMin(final Objective objective) {
    return BigDecimal.valueOf(ObjectiveStatus.eventsNeeded(objective) * objective.errorBudget())
        .setScale(3, RoundingMode.UP)
        .toPlainString();
  }

  /** A text that Prometheus shows as it is; it evaluates labels and annotations as templates. */
  private static String untemplated(final String text) {
    return text.replace("{{", "{{\"{{\"}}");
  }
}
