package io.penstock.telemetry;

import static io.penstock.telemetry.Tree.map;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A panel of Grafana's JSON model: what it shows, in which unit and colours, and what to say where
 * there is nothing. Changed by each of its verbs, which return it. Not thread safe.
 */
final class GrafanaPanel {
  /** A share of 1, shown as a percentage. */
  static final String SHARE = "percentunit";

  static final String SECONDS = "s";
  static final String BYTES = "bytes";
  static final String COUNT = "short";
  static final String A_SECOND = "suffix:/s";
  static final String TIMES = "suffix:x";

  static final String GREEN = "green";
  static final String YELLOW = "yellow";
  static final String ORANGE = "orange";
  static final String RED = "red";
  static final String PURPLE = "purple";
  static final String BLUE = "blue";
  static final String GREY = "#808080";

  private final Map<String, Object> panel;
  private final Map<String, Object> custom = new LinkedHashMap<>();
  private final Map<String, Object> defaults = new LinkedHashMap<>();
  private final List<Object> overrides = new ArrayList<>();
  private final List<Object> targets = new ArrayList<>();

  private GrafanaPanel(final String type, final String title, final String description) {
    panel =
        map(
            "type",
            type,
            "title",
            title,
            "description",
            description,
            "datasource",
            map("type", "prometheus", "uid", "${datasource}"));
  }

  /** Lines over time; the description says what they tell and what to do. */
  static GrafanaPanel lines(final String title, final String description) {
    return new GrafanaPanel("timeseries", title, description)
        .options("legend", legend(true), "tooltip", map("mode", "multi", "sort", "desc"));
  }

  /** A number that is coloured by its limits, with its course behind. */
  static GrafanaPanel stat(final String title, final String description) {
    return new GrafanaPanel("stat", title, description)
        .options(
            "colorMode",
            "value",
            "graphMode",
            "area",
            "textMode",
            "auto",
            "reduceOptions",
            map("calcs", List.of("lastNotNull"), "fields", "", "values", false));
  }

  /** A table of what instant queries say now. */
  static GrafanaPanel table(final String title, final String description) {
    return new GrafanaPanel("table", title, description);
  }

  /** Words over time: a bar for each series, cut where its state changes. */
  static GrafanaPanel states(final String title, final String description) {
    return new GrafanaPanel("state-timeline", title, description)
        .options(
            "mergeValues",
            true,
            "showValue",
            "auto",
            "alignValue",
            "left",
            "rowHeight",
            0.8,
            "legend",
            legend(false),
            "tooltip",
            map("mode", "single", "sort", "none"))
        .custom("fillOpacity", 70)
        .custom("lineWidth", 0)
        .colouredByLimits();
  }

  private static Map<String, Object> legend(final boolean isShown) {
    return map(
        "displayMode", "list", "placement", "bottom", "showLegend", isShown, "calcs", List.of());
  }

  /** Adds a query over time; the legend may name labels as {@code {{label}}}. */
  GrafanaPanel query(final String promQl, final String legend) {
    return target(map("refId", nextRefId(), "expr", promQl, "legendFormat", legend));
  }

  /** Adds a query for the numbers of now, whose column is {@code Value #} and its letter. */
  GrafanaPanel queryNow(final String promQl) {
    return target(
        map(
            "refId",
            nextRefId(),
            "expr",
            promQl,
            "format",
            "table",
            "instant",
            true,
            "range",
            false));
  }

  /** A for the first query, B for the second. */
  private String nextRefId() {
    return refId(targets.size());
  }

  /** The letter of a query, by its place. */
  static String refId(final int index) {
    return String.valueOf((char) ('A' + index));
  }

  private GrafanaPanel target(final Map<String, Object> target) {
    targets.add(target);
    return this;
  }

  GrafanaPanel unit(final String unit) {
    defaults.put("unit", unit);
    return this;
  }

  /** The axis begins at 0 and reaches at least so far, also where all is 0. */
  GrafanaPanel axisTo(final double softMax) {
    defaults.put("min", 0);
    return custom("axisSoftMax", softMax);
  }

  /** What the panel says where there is nothing. */
  GrafanaPanel whenEmpty(final String text) {
    defaults.put("noValue", text);
    return this;
  }

  /** Words and colours for numbers, as {@link GrafanaStates#mappings} gives them. */
  GrafanaPanel mappings(final List<Object> mappings) {
    defaults.put("mappings", mappings);
    return this;
  }

  /** The first colour, and one more from each limit on. */
  GrafanaPanel limits(final List<String> colours, final List<Double> limits) {
    defaults.put("thresholds", thresholds(colours, limits));
    return this;
  }

  GrafanaPanel custom(final String name, final Object value) {
    custom.put(name, value);
    return this;
  }

  private GrafanaPanel colouredByLimits() {
    defaults.put("color", map("mode", "thresholds"));
    return this;
  }

  /** Properties, in pairs of their path and value, of the column of that name. */
  GrafanaPanel column(final String name, final Object... properties) {
    return override("byName", name, properties);
  }

  /** The colour of what a query gives. */
  GrafanaPanel colour(final String refId, final String colour) {
    return override("byFrameRefID", refId, "color", map("mode", "fixed", "fixedColor", colour));
  }

  private GrafanaPanel override(final String matcher, final String of, final Object... properties) {
    final List<Object> list = new ArrayList<>();
    map(properties).forEach((path, value) -> list.add(map("id", path, "value", value)));
    overrides.add(map("matcher", map("id", matcher, "options", of), "properties", list));
    return this;
  }

  GrafanaPanel options(final Object... namesAndValues) {
    panel.put("options", map(namesAndValues));
    return this;
  }

  GrafanaPanel transformations(final List<Object> transformations) {
    panel.put("transformations", transformations);
    return this;
  }

  /** The panel under an id, at a place of the grid of 24 columns. */
  Map<String, Object> at(
      final int id, final int x, final int y, final int width, final int height) {
    final Map<String, Object> placed = map("id", id);
    placed.putAll(panel);
    placed.put("gridPos", map("x", x, "y", y, "w", width, "h", height));
    if (!custom.isEmpty()) {
      defaults.put("custom", custom);
    }
    placed.put("fieldConfig", map("defaults", defaults, "overrides", overrides));
    placed.put("targets", targets);
    return placed;
  }

  /** A threshold for each limit, the first colour from minus infinity on. */
  static Map<String, Object> thresholds(final List<String> colours, final List<Double> limits) {
    final List<Object> steps = new ArrayList<>();
    steps.add(map("color", colours.get(0), "value", Tree.NULL));
    for (int i = 0; i < limits.size(); i++) {
      steps.add(map("color", colours.get(i + 1), "value", limits.get(i)));
    }
    return map("mode", "absolute", "steps", steps);
  }
}
