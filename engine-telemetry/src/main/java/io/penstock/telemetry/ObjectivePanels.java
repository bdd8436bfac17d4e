package io.penstock.telemetry;

import static io.penstock.telemetry.GrafanaQueries.RANGE;
import static io.penstock.telemetry.GrafanaQueries.SELECTED;
import static io.penstock.telemetry.GrafanaQueries.SLO_NAME;
import static io.penstock.telemetry.GrafanaQueries.SOME;
import static io.penstock.telemetry.GrafanaStates.OF_OBJECTIVES;
import static io.penstock.telemetry.SloQueries.gauge;
import static io.penstock.telemetry.SloQueries.label;
import static io.penstock.telemetry.SloQueries.matching;
import static io.penstock.telemetry.Tree.map;

import io.penstock.objective.BurnRate;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.workflow.Objective;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Panels of how objectives stand: all of them at a glance, and each by itself. */
final class ObjectivePanels {
  private static final int OVERVIEW_WIDTH = 14;
  private static final int OVERVIEW_HEIGHT_MAX = 14;
  private static final List<Integer> ROW_WIDTHS = List.of(5, 10, 9);

  /** Of the alerts, the fastest first; their limits have them too. */
  private static final List<String> BURN_COLOURS =
      List.of(GrafanaPanel.PURPLE, GrafanaPanel.RED, GrafanaPanel.ORANGE, GrafanaPanel.YELLOW);

  private static final List<String> BUDGET_COLOURS =
      List.of(GrafanaPanel.RED, GrafanaPanel.ORANGE, GrafanaPanel.GREEN);
  private static final List<Double> BUDGET_LIMITS = List.of(0.0, 0.25);

  /** Where a query gave nothing, which is neither good nor bad. */
  private static final Map<String, Object> NOTHING =
      map(
          "type",
          "special",
          "options",
          map(
              "match",
              "null+nan",
              "result",
              map("text", "-", "color", GrafanaPanel.GREY, "index", 0)));

  private static final String STATE_HELP =
      "BREACHED: more events of the objective's window were bad than may be. AT_RISK: the budget"
          + " lasts, but burns so fast that it soon will not. INSUFFICIENT: too few events to tell."
          + " NO_DATA: no event in the window.";

  private ObjectivePanels() {}

  /** Adds what comes first: a table, how states went, and how fast budgets burn. */
  static void addOverview(final GrafanaGrid grid, final Collection<Objective> objectives) {
    final int height = Math.min(objectives.size() + 3, OVERVIEW_HEIGHT_MAX);
    final String state = OF_OBJECTIVES.worst("penstock_slo_state", SLO_NAME);
    final String budget =
        "min by (" + SLO_NAME + ") (" + gauge("penstock_slo_budget_remaining", SELECTED) + ")";
    final String promised =
        "max by (" + SLO_NAME + ") (" + gauge("penstock_slo_objective", SELECTED) + ")";
    final String events =
        "sum by ("
            + SLO_NAME
            + ") (rate(penstock_slo_events_total{"
            + SELECTED
            + "}"
            + RANGE
            + "))";
    final String burn =
        "sum by ("
            + SLO_NAME
            + ") (rate(penstock_slo_events_total{"
            + label("penstock_slo_outcome", "bad")
            + ","
            + SELECTED
            + "}"
            + RANGE
            + ")) / "
            + events
            + " / (1 - "
            + promised
            + ")"
            + SOME;
    final Map<String, String> columns = new LinkedHashMap<>();
    columns.put("Objective", "");
    columns.put("State", state);
    columns.put("Budget left", budget);
    columns.put("Burns now", burn);
    columns.put("Good", "1 - (1 - " + budget + ") * (1 - " + promised + ")");
    columns.put("Promised", promised);
    columns.put("Events", events);
    grid.addRow("Objectives, the worst first");
    grid.addLine(
        height,
        OVERVIEW_WIDTH,
        overview(columns, decimals(objectives)),
        GrafanaPanel.states("State over time", STATE_HELP)
            .mappings(OF_OBJECTIVES.mappings())
            .query(state, "{{" + SLO_NAME + "}}"));
    grid.addLine(
        limited(
                "Burn rate now",
                "Share of bad events as a multiple of what may be: at 1 the budget is spent exactly"
                    + " at the end of the objective's window, above 1 before. Look at what is above"
                    + " the line and open its row below.",
                GrafanaPanel.TIMES,
                1)
            .query(burn, "{{" + SLO_NAME + "}}"));
  }

  private static GrafanaPanel overview(final Map<String, String> columns, final int decimals) {
    final GrafanaPanel table =
        GrafanaPanel.table(
                "Objectives",
                STATE_HELP
                    + " R1, W1 and C1 are the engine's own: reads of what is hot, commands, and what"
                    + " takes long."
                    + " Each objective has a row below that tells more.")
            .options(
                "showHeader",
                true,
                "cellHeight",
                "sm",
                "sortBy",
                List.of(
                    map("displayName", "State", "desc", true),
                    map("displayName", "Budget left", "desc", false)))
            .whenEmpty("-")
            .column("Objective", "custom.minWidth", 150)
            .column(
                "State",
                "mappings",
                OF_OBJECTIVES.mappings(),
                "custom.width",
                120,
                "custom.align",
                "center",
                "custom.cellOptions",
                map("type", "color-background", "mode", "basic"))
            .column(
                "Budget left",
                "unit",
                GrafanaPanel.SHARE,
                "min",
                0,
                "max",
                1,
                "thresholds",
                GrafanaPanel.thresholds(BUDGET_COLOURS, BUDGET_LIMITS),
                "custom.cellOptions",
                map("type", "gauge", "mode", "basic", "valueDisplayMode", "color"),
                "mappings",
                List.of(NOTHING),
                "custom.width",
                190)
            .column(
                "Burns now",
                "unit",
                GrafanaPanel.TIMES,
                "decimals",
                1,
                "thresholds",
                GrafanaPanel.thresholds(List.of("text", GrafanaPanel.RED), List.of(1.0)),
                "custom.cellOptions",
                map("type", "color-text"),
                "custom.width",
                90)
            .column("Good", "unit", GrafanaPanel.SHARE, "decimals", decimals, "custom.width", 80)
            .column(
                "Promised", "unit", GrafanaPanel.SHARE, "decimals", decimals, "custom.width", 85)
            .column("Events", "unit", GrafanaPanel.A_SECOND, "custom.width", 80);
    final Map<String, Object> names = map(SLO_NAME, "Objective");
    final Map<String, Object> places = new LinkedHashMap<>();
    int index = 0;
    for (final Map.Entry<String, String> column : columns.entrySet()) {
      final String promQl = column.getValue();
      if (promQl.isEmpty()) {
        places.put(SLO_NAME, index);
      } else {
        final String value = "Value #" + GrafanaPanel.refId(index - 1);
        table.queryNow(promQl);
        names.put(value, column.getKey());
        places.put(value, index);
      }
      index++;
    }
    return table.transformations(
        List.of(
            map("id", "merge", "options", map()),
            map(
                "id",
                "organize",
                "options",
                map(
                    "excludeByName",
                    map("Time", true),
                    "indexByName",
                    places,
                    "renameByName",
                    names))));
  }

  /** As many digits of a percentage as the strictest target has, and one. */
  private static int decimals(final Collection<Objective> objectives) {
    return 1
        + objectives.stream()
            .mapToInt(each -> BigDecimal.valueOf(each.target()).movePointRight(2).scale())
            .max()
            .orElse(0);
  }

  /** Adds an objective's own row, closed. */
  static void addRow(final GrafanaGrid grid, final String name, final Objective objective) {
    final String named = label(SLO_NAME, name) + "," + SELECTED;
    grid.addClosedRow(
        name + ": " + SloQueries.promise(objective),
        ROW_WIDTHS,
        GrafanaPanel.stat(
                "Budget left",
                "Share of the error budget of the last "
                    + StatusGauges.label(objective.window())
                    + " that is left. Below 0 % the objective is breached.")
            .unit(GrafanaPanel.SHARE)
            .limits(BUDGET_COLOURS, BUDGET_LIMITS)
            .whenEmpty("no events")
            .query("min(" + gauge("penstock_slo_budget_remaining", named) + ")", "left"),
        burnRates(objective, named),
        limited(
                "Share of bad events",
                "Events over "
                    + SloQueries.threshold(objective.threshold())
                    + "; the line is what may be.",
                GrafanaPanel.SHARE,
                Double.parseDouble(SloQueries.errorBudget(objective)))
            .query(
                "sum(rate(penstock_slo_events_total{"
                    + label("penstock_slo_outcome", "bad")
                    + ","
                    + named
                    + "}"
                    + RANGE
                    + ")) / sum(rate(penstock_slo_events_total{"
                    + named
                    + "}"
                    + RANGE
                    + "))"
                    + SOME,
                "bad"));
  }

  /** Lines that shall stay below a limit, which is drawn half-way up while they do. */
  private static GrafanaPanel limited(
      final String title, final String description, final String unit, final double limit) {
    return GrafanaPanel.lines(title, description)
        .unit(unit)
        .axisTo(2 * limit)
        .limits(List.of(GrafanaPanel.GREEN, GrafanaPanel.RED), List.of(limit))
        .custom("thresholdsStyle", map("mode", "dashed"))
        .whenEmpty("no events");
  }

  /** What each alert looks at, in the colour of its limit. */
  private static GrafanaPanel burnRates(final Objective objective, final String named) {
    final List<BurnRate> pairs = ObjectiveStatus.of(objective, List.of(), 0).burnRates();
    final List<String> colours = new ArrayList<>(List.of(GrafanaPanel.GREEN));
    final List<Double> limits = new ArrayList<>();
    final GrafanaPanel panel =
        GrafanaPanel.lines(
            "Burn rate, as the alerts see it",
            "How many times as fast as it may the budget burns, over both of an alert's windows:"
                + " the smaller of the two. An alert fires while its line is above the dashed line"
                + " of the same colour.");
    for (int i = 0; i < pairs.size(); i++) {
      final BurnRate pair = pairs.get(i);
      final String longWindow = StatusGauges.label(pair.longWindow());
      final String shortWindow = StatusGauges.label(pair.shortWindow());
      panel
          .query(
              "min(max by (penstock_slo_window) ("
                  + gauge(
                      "penstock_slo_burn_rate",
                      matching("penstock_slo_window", longWindow + "|" + shortWindow) + "," + named)
                  + "))",
              longWindow + " and " + shortWindow + ": limit " + number(pair.limit()))
          .colour(GrafanaPanel.refId(i), BURN_COLOURS.get(i));
      colours.add(1, BURN_COLOURS.get(i));
      limits.add(0, pair.limit());
    }
    return panel
        .unit(GrafanaPanel.TIMES)
        .axisTo(2)
        .limits(colours, limits)
        .custom("thresholdsStyle", map("mode", "dashed"))
        .whenEmpty("no events");
  }

  private static String number(final double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }
}
