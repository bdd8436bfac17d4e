package io.penstock.telemetry;

import static io.penstock.telemetry.Parsed.at;
import static io.penstock.telemetry.Parsed.list;
import static io.penstock.telemetry.Parsed.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.opentelemetry.api.OpenTelemetry;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.objective.GateRules;
import io.penstock.objective.GateState;
import io.penstock.objective.ObjectiveState;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The generated dashboard, against what a running engine exposes and what Grafana takes. */
class GrafanaDashboardTest {
  private static final String HOSTILE = "say \"hi\": {it's} \\ #1";
  private static final Workflow MONTHLY =
      Workflow.define("monthly")
          .inlineTask("step", work -> {})
          .objective(Objective.p999(Duration.ofSeconds(2)).over(Duration.ofDays(30)))
          .build();
  private static final Workflow QUOTED =
      Workflow.define(HOSTILE)
          .inlineTask("step", work -> {})
          .objective(Objective.p99(Duration.ofMillis(7)).over(Duration.ofSeconds(10)))
          .build();
  private static final Workflow LATE =
      Workflow.define("late")
          .delay("a moment", Duration.ofNanos(1))
          .task(
              "breaks",
              work -> {
                throw new IllegalStateException("on purpose");
              })
          .build();

  private static final List<String> OF_WORKFLOWS = List.of("penstock_case_", "penstock_task_");
  private static final Set<String> OF_A_SCRAPE = Set.of("job", "instance", "le");

  private final PenstockMetrics metrics = new PenstockMetrics();
  private Engine engine;
  private Map<String, Object> dashboard;

  @BeforeEach
  void open() {
    engine =
        Engine.inMemory(
                EngineOptions.defaults()
                    .shards(1)
                    .telemetry(
                        new PenstockTelemetry(
                            TelemetryOptions.defaults()
                                .openTelemetry(OpenTelemetry.noop())
                                .metrics(metrics))))
            .deploy(MONTHLY)
            .deploy(QUOTED)
            .deploy(LATE);
    engine.start(MONTHLY, in -> {}).join();
    engine.start(QUOTED, in -> {}).join();
    engine.start(LATE, in -> {}).join();
    engine.gate("fast", Objective.p99(Duration.ofMillis(1)), GateRules.defaults());
    dashboard = map(new Yaml().load(Slos.toGrafana(engine))); // JSON is YAML
  }

  @AfterEach
  void close() {
    engine.close();
  }

  /** Rows and panels as they stand in a list. */
  private static List<Map<String, Object>> maps(final Object list) {
    return list(list).stream().map(Parsed::map).collect(Collectors.toList());
  }

  private static boolean isRow(final Map<String, Object> panel) {
    return panel.get("type").equals("row");
  }

  /** Panels of open and of closed rows, without the rows. */
  private List<Map<String, Object>> panels() {
    final List<Map<String, Object>> panels = new ArrayList<>();
    for (final Map<String, Object> each : maps(dashboard.get("panels"))) {
      panels.addAll(isRow(each) ? maps(each.get("panels")) : List.of(each));
    }
    return panels;
  }

  private Map<String, Object> panel(final String title) {
    return panels().stream()
        .filter(each -> each.get("title").equals(title))
        .findFirst()
        .orElseThrow(() -> new AssertionError(title));
  }

  private static String query(final Map<String, Object> panel, final int index) {
    return at(list(panel.get("targets")).get(index), "expr").toString();
  }

  @Test
  void shouldBeJson() throws Exception {
    try (JsonParser parser = new JsonFactory().createParser(Slos.toGrafana(engine))) {
      while (parser.nextToken() != null) {
        assertThat(parser.currentToken()).isNotNull();
      }
    }
    assertThat(dashboard)
        .containsKeys("uid", "title", "schemaVersion", "time", "refresh", "templating", "panels");
  }

  @Test
  void shouldPlacePanelsBesideOneAnother() {
    final Set<Object> ids = new HashSet<>();
    final Set<List<Integer>> cells = new HashSet<>();
    for (final Map<String, Object> each : maps(dashboard.get("panels"))) {
      assertThat(ids.add(each.get("id"))).isTrue();
      place(each, cells);
      if (isRow(each)) {
        final Set<List<Integer>> own = new HashSet<>(); // what follows a row makes room for them
        for (final Map<String, Object> inner : maps(each.get("panels"))) {
          assertThat(ids.add(inner.get("id"))).isTrue();
          assertThat((Integer) at(inner, "gridPos", "y"))
              .isGreaterThan((Integer) at(each, "gridPos", "y"));
          place(inner, own);
        }
      }
    }
  }

  private static void place(final Map<String, Object> panel, final Set<List<Integer>> cells) {
    final Map<String, Object> place = map(panel.get("gridPos"));
    final int x = (Integer) place.get("x");
    final int width = (Integer) place.get("w");
    assertThat(x + width).isLessThanOrEqualTo(24);
    for (int column = x; column < x + width; column++) {
      for (int line = 0; line < (Integer) place.get("h"); line++) {
        assertThat(cells.add(List.of(column, (Integer) place.get("y") + line))).isTrue();
      }
    }
  }

  @Test
  void shouldReadWhatIsExposedAndNameIt() {
    final String exposed = PrometheusText.write(metrics);
    for (final Map<String, Object> panel : panels()) {
      assertThat(at(panel, "datasource", "uid")).isEqualTo("${datasource}");
      assertThat(list(panel.get("targets"))).isNotEmpty();
      for (final Map<String, Object> target : maps(panel.get("targets"))) {
        final PromQl query = new PromQl(target.get("expr").toString());
        for (final String metric : query.metrics) {
          assertThat(exposed).as(metric).containsPattern("(?m)^" + Pattern.quote(metric) + "[{ ]");
        }
        for (final String label : query.labels) {
          assertThat(OF_A_SCRAPE.contains(label) || exposed.contains(label + "=\""))
              .as(label)
              .isTrue();
        }
        if (target.containsKey("legendFormat")) {
          final String legend = target.get("legendFormat").toString();
          assertThat(legend).isNotBlank();
          final Matcher labels = Pattern.compile("\\{\\{(.*?)}}").matcher(legend);
          while (labels.find()) {
            assertThat(query.labels).contains(labels.group(1));
          }
        } else {
          assertThat(target).containsEntry("format", "table").containsEntry("instant", true);
        }
      }
    }
  }

  @Test
  void shouldKeepToTheJobsInstancesAndWorkflowsThatAreChosen() {
    final List<Map<String, Object>> variables = maps(at(dashboard, "templating", "list"));
    assertThat(variables)
        .extracting(each -> each.get("name"))
        .containsExactly("datasource", "job", "instance", "workflow");
    for (final Map<String, Object> each : variables.subList(1, 4)) {
      assertThat(each)
          .containsEntry("includeAll", true)
          .containsEntry("allValue", ".*")
          .containsEntry("current", Map.of("text", "All", "value", "$__all"));
      final Matcher values =
          Pattern.compile("label_values\\((.*), ([a-z_]+)\\)")
              .matcher(each.get("query").toString());
      assertThat(values.matches()).isTrue();
      assertThat(new PromQl(values.group(1)).metrics)
          .allSatisfy(metric -> assertThat(PrometheusText.write(metrics)).contains(metric));
    }
    for (final Map<String, Object> panel : panels()) {
      for (final Map<String, Object> target : maps(panel.get("targets"))) {
        final PromQl query = new PromQl(target.get("expr").toString());
        for (final String chosen : List.of("job=~\"$job\"", "instance=~\"$instance\"")) {
          assertThat(query.matchers.stream().filter(chosen::equals).count())
              .as(query.matchers.toString())
              .isEqualTo(query.selectors);
        }
        final boolean isOfWorkflows =
            query.metrics.stream()
                .anyMatch(each -> OF_WORKFLOWS.stream().anyMatch(each::startsWith));
        assertThat(query.matchers.contains("penstock_workflow_name=~\"$workflow\""))
            .as(query.matchers.toString())
            .isEqualTo(isOfWorkflows);
      }
    }
  }

  @Test
  void shouldBeginWithATableOfTheObjectivesTheWorstFirst() {
    final Map<String, Object> first = maps(dashboard.get("panels")).get(1);

    assertThat(first).containsEntry("type", "table");
    assertThat(maps(at(first, "options", "sortBy")))
        .containsExactly(
            Map.of("displayName", "State", "desc", true),
            Map.of("displayName", "Budget left", "desc", false));
    assertThat(list(first.get("transformations")).stream().map(each -> at(each, "id")))
        .containsExactly("merge", "organize");
    final Map<String, Object> names =
        map(at(list(first.get("transformations")).get(1), "options", "renameByName"));
    assertThat(names)
        .containsEntry("penstock_slo_name", "Objective")
        .containsEntry("Value #A", "State")
        .containsEntry("Value #B", "Budget left")
        .hasSize(1 + list(first.get("targets")).size());
    assertThat(query(first, 0)).contains("penstock_slo_state");
    assertThat(query(first, 1)).contains("penstock_slo_budget_remaining");
    for (final Map<String, Object> column : maps(at(first, "fieldConfig", "overrides"))) {
      assertThat(names.values()).contains(at(column, "matcher", "options"));
    }
  }

  @Test
  void shouldCallStatesByTheirNames() {
    final List<Object> ofColumn =
        maps(at(maps(dashboard.get("panels")).get(1), "fieldConfig", "overrides")).stream()
            .filter(each -> "State".equals(at(each, "matcher", "options")))
            .flatMap(each -> maps(each.get("properties")).stream())
            .filter(each -> "mappings".equals(each.get("id")))
            .map(each -> each.get("value"))
            .collect(Collectors.toList());
    assertThat(ofColumn).hasSize(1);
    final Map<String, Object> objectives = panel("State over time");
    final Map<String, Object> gates = panel("State of gates");

    checkStates(query(objectives, 0), ofColumn.get(0), ObjectiveState.values());
    checkStates(
        query(objectives, 0),
        at(objectives, "fieldConfig", "defaults", "mappings"),
        ObjectiveState.values());
    checkStates(
        query(gates, 0), at(gates, "fieldConfig", "defaults", "mappings"), GateState.values());
    assertThat(query(objectives, 0))
        .as("the worst is the greatest, so that it is told of several engines, and first")
        .contains("4 * {__name__=~\"penstock_slo_state(_ratio)?\",penstock_slo_state=\"at_risk\"")
        .contains("5 * {__name__=~\"penstock_slo_state(_ratio)?\",penstock_slo_state=\"breached\"");
  }

  /** Each state has a number in the query, which the mapping turns into its name. */
  private static void checkStates(
      final String query, final Object mappings, final Enum<?>[] states) {
    final Map<String, Object> options = map(at(list(mappings).get(0), "options"));
    assertThat(options).hasSize(states.length);
    for (final Enum<?> state : states) {
      final Matcher number =
          Pattern.compile(
                  "([0-9]) \\* \\{__name__=~\"[a-z_]+\\(_ratio\\)\\?\",[a-z_]+=\""
                      + state.name().toLowerCase(Locale.ROOT)
                      + '"')
              .matcher(query);
      assertThat(number.find()).as(state.name()).isTrue();
      assertThat(at(options.get(number.group(1)), "text")).isEqualTo(state.name());
      assertThat(at(options.get(number.group(1)), "color").toString()).isNotEmpty();
    }
  }

  @Test
  void shouldHaveAClosedRowForEachObjectiveThatSaysWhatWasPromised() {
    assertThat(maps(dashboard.get("panels")).stream().filter(GrafanaDashboardTest::isRow))
        .extracting(each -> each.get("title"), each -> each.get("collapsed"))
        .containsExactly(
            tuple("Objectives, the worst first", false),
            tuple("Engine", false),
            tuple("Gates", false),
            tuple("R1: 99 % within 2 ns over 1h", true),
            tuple("W1: 99 % within 1 ms over 1h", true),
            tuple("C1: 99 % within 500 ms over 1h", true),
            tuple("monthly v1: 99.9 % within 2 s over 30d", true),
            tuple(HOSTILE + " v1: 99 % within 7 ms over 10s", true));
  }

  @Test
  void shouldDrawEachAlertsBurnRateInTheColourOfItsLimit() {
    final Map<String, Object> row =
        maps(dashboard.get("panels")).stream()
            .filter(each -> each.get("title").toString().startsWith("monthly"))
            .findFirst()
            .orElseThrow();
    final Map<String, Object> burn = maps(row.get("panels")).get(1);

    assertThat(maps(burn.get("targets")).stream().map(each -> each.get("legendFormat")))
        .containsExactly(
            "1h and 5m: limit 14.4",
            "6h and 30m: limit 6",
            "1d and 2h: limit 3",
            "3d and 6h: limit 1");
    assertThat(query(burn, 0))
        .startsWith(
            "min(max by (penstock_slo_window) ({__name__=~\"penstock_slo_burn_rate(_ratio)?\",")
        .contains("penstock_slo_window=~\"1h|5m\"");
    final List<Object> steps = list(at(burn, "fieldConfig", "defaults", "thresholds", "steps"));
    assertThat(steps.stream().map(each -> at(each, "value")))
        .containsExactly(null, 1.0, 3.0, 6.0, 14.4);
    final List<Map<String, Object>> colours = maps(at(burn, "fieldConfig", "overrides"));
    for (int i = 0; i < 4; i++) {
      assertThat(at(colours.get(i), "matcher"))
          .isEqualTo(Map.of("id", "byFrameRefID", "options", "ABCD".substring(i, i + 1)));
      assertThat(at(list(colours.get(i).get("properties")).get(0), "value", "fixedColor"))
          .isEqualTo(at(steps.get(4 - i), "color"));
    }
  }

  @Test
  void shouldSayOfEachPanelInWhichUnitItIsAndWhatItTells() {
    for (final Map<String, Object> panel : panels()) {
      final String title = panel.get("title").toString();
      final Map<String, Object> defaults = map(at(panel, "fieldConfig", "defaults"));
      assertThat(panel.get("description").toString()).as(title).hasSizeGreaterThan(10);
      if (List.of("timeseries", "stat").contains(panel.get("type"))) {
        assertThat(defaults).as(title).containsKey("unit");
      }
      if (panel.get("type").equals("timeseries")) {
        assertThat(defaults).as(title).containsEntry("min", 0);
        assertThat(at(defaults, "custom", "axisSoftMax")).as(title).isNotNull();
      }
      checkThresholds(defaults);
    }
  }

  /** Grafana: sorted by value, the first is minus infinity, which JSON has no word for but null. */
  private static void checkThresholds(final Map<String, Object> defaults) {
    if (defaults.containsKey("thresholds")) {
      double last = Double.NEGATIVE_INFINITY;
      final List<Object> steps = list(at(defaults.get("thresholds"), "steps"));
      assertThat(map(steps.get(0))).containsEntry("value", null);
      for (final Object step : steps.subList(1, steps.size())) {
        final double value = ((Number) at(step, "value")).doubleValue();
        assertThat(value).isGreaterThan(last);
        last = value;
      }
    }
  }

  /** Without events a share is NaN, of which Grafana draws an empty panel that says nothing. */
  @Test
  void shouldHaveNothingToDrawInsteadOfNaNWhereThereAreNoEvents() {
    for (final Map<String, Object> panel : panels()) {
      for (final Map<String, Object> target : maps(panel.get("targets"))) {
        final String query = target.get("expr").toString();
        if (query.contains(" / ") || query.contains("histogram_quantile")) {
          assertThat(query).endsWith(" >= 0");
          if (panel.get("type").equals("timeseries")) {
            assertThat(at(panel, "fieldConfig", "defaults", "noValue").toString())
                .startsWith("no ");
          }
        }
      }
    }
  }
}
