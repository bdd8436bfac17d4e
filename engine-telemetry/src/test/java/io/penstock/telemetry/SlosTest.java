package io.penstock.telemetry;

import static io.penstock.telemetry.Parsed.at;
import static io.penstock.telemetry.Parsed.list;
import static io.penstock.telemetry.Parsed.map;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.opentelemetry.api.OpenTelemetry;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.objective.GateRules;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class SlosTest {
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
  private static final Pattern SLUG = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private final PenstockMetrics metrics = new PenstockMetrics();
  private Engine engine;

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
            .deploy(QUOTED);
    engine.start(MONTHLY, in -> {}).join();
    engine.start(QUOTED, in -> {}).join();
    engine.gate("fast", Objective.p99(Duration.ofMillis(1)), GateRules.defaults());
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private static List<Map<String, Object>> documents(final String yaml) {
    final LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    final List<Map<String, Object>> documents = new ArrayList<>();
    for (final Object each : new Yaml(new SafeConstructor(options)).loadAll(yaml)) {
      documents.add(map(each));
    }
    return documents;
  }

  /** What PrometheusText exposes for the running engine, as it is. */
  private void checkExposed(final PromQl query, final Set<String> recorded) {
    final String exposed = PrometheusText.write(metrics);
    for (final String metric : query.metrics) {
      if (!recorded.contains(metric)) {
        assertThat(exposed).as(metric).containsPattern("(?m)^" + Pattern.quote(metric) + "[{ ]");
      }
    }
    for (final String label : query.labels) {
      assertThat(exposed).as(label).contains(label + "=\"");
    }
  }

  @Test
  void shouldWriteAnSloOfOpenSloForEachObjective() {
    final List<Map<String, Object>> slos = documents(Slos.toOpenSlo(engine));

    assertThat(slos)
        .extracting(slo -> at(slo, "metadata", "displayName"))
        .containsExactly("R1", "W1", "C1", "monthly v1", HOSTILE + " v1");
    final Set<Object> names = new HashSet<>();
    for (final Map<String, Object> slo : slos) {
      assertThat(slo.keySet()).containsExactly("apiVersion", "kind", "metadata", "spec");
      assertThat(slo).containsEntry("apiVersion", "openslo/v1").containsEntry("kind", "SLO");
      assertThat(at(slo, "metadata", "name").toString()).matches(SLUG);
      assertThat(names.add(at(slo, "metadata", "name"))).isTrue();
      final Map<String, Object> spec = map(slo.get("spec"));
      assertThat(spec.keySet())
          .containsExactlyInAnyOrder(
              "description", "service", "indicator", "timeWindow", "budgetingMethod", "objectives");
      assertThat(spec.get("budgetingMethod")).isEqualTo("Occurrences");
      assertThat(list(spec.get("timeWindow"))).hasSize(1);
      final Map<String, Object> window = map(list(spec.get("timeWindow")).get(0));
      assertThat(window).containsEntry("isRolling", true).containsOnlyKeys("duration", "isRolling");
      assertThat(window.get("duration").toString()).matches("[1-9][0-9]*[mhd]");
      assertThat(at(spec, "indicator", "metadata", "name").toString()).matches(SLUG);
      final Map<String, Object> ratio = map(at(spec, "indicator", "spec", "ratioMetric"));
      assertThat(ratio).containsEntry("counter", true).containsOnlyKeys("counter", "good", "total");
      for (final String part : List.of("good", "total")) {
        assertThat(at(ratio, part, "metricSource", "type")).isEqualTo("Prometheus");
        checkExposed(
            new PromQl(at(ratio, part, "metricSource", "spec", "query").toString()), Set.of());
      }
      assertThat((Double) at(list(spec.get("objectives")).get(0), "target")).isBetween(0.9, 0.9999);
    }
    assertThat(at(list(at(slos.get(3), "spec", "timeWindow")).get(0), "duration")).isEqualTo("30d");
    assertThat(at(list(at(slos.get(4), "spec", "timeWindow")).get(0), "duration")).isEqualTo("1m");
    assertThat(at(slos.get(3), "spec", "objectives")).asString().contains("target=0.999");
  }

  /** What OpenSLO's own schema says of lengths; RFC 1123, which its text asks for, says less. */
  @Test
  void shouldKeepToTheLimitsOfOpenSloWhenNamesAreAsLongAsTheyMayBe() {
    for (final String last : List.of("x", "y")) {
      engine.deploy(
          Workflow.define("x".repeat(199) + last)
              .inlineTask("step", work -> {})
              .objective(Objective.p99(Duration.ofMillis(7)))
              .build());
    }

    for (final Map<String, Object> slo : documents(Slos.toOpenSlo(engine))) {
      assertThat(at(slo, "metadata", "name").toString()).matches(SLUG);
      assertThat(at(slo, "metadata", "displayName").toString()).isNotEmpty();
      assertThat(at(slo, "spec", "indicator", "metadata", "name").toString()).matches(SLUG);
      assertThat(at(slo, "spec", "description").toString()).hasSizeLessThanOrEqualTo(1050);
    }
  }

  @Test
  void shouldWriteRulesThatReadWhatIsExposedOrRecorded() {
    final List<Map<String, Object>> files = documents(Slos.toPrometheusRules(engine));

    assertThat(files).hasSize(1);
    final List<Object> groups = list(files.get(0).get("groups"));
    final Set<List<Object>> identities = new HashSet<>();
    assertThat(groups).hasSize(5);
    assertThat(groups.stream().map(group -> at(group, "name")).distinct()).hasSize(5);
    for (final Object group : groups) {
      final Set<String> recorded = new HashSet<>();
      int alerts = 0;
      for (final Object each : list(at(group, "rules"))) {
        final Map<String, Object> rule = map(each);
        checkExposed(new PromQl(rule.get("expr").toString()), recorded);
        assertThat(
                identities.add(
                    Arrays.asList(rule.get("alert"), rule.get("record"), rule.get("labels"))))
            .as("rules of the same name and labels write over one another")
            .isTrue();
        if (rule.containsKey("record")) {
          assertThat(rule).containsOnlyKeys("record", "expr", "labels");
          assertThat(rule.get("record").toString()).matches("[a-z_]+:[a-z_]+:[a-z_]+[0-9]+[mhd]");
          assertThat(recorded.add(rule.get("record").toString())).isTrue();
        } else {
          assertThat(rule).containsOnlyKeys("alert", "expr", "labels", "annotations");
          alerts++;
        }
      }
      assertThat(alerts).isEqualTo(4);
    }
  }

  /** Where Prometheus' own tool is on the path. */
  @Test
  void shouldWriteRulesThatPromtoolFindsNothingWrongWith(@TempDir final Path directory)
      throws Exception {
    Files.writeString(directory.resolve("rules.yml"), Slos.toPrometheusRules(engine));

    final String said = promtool(directory, "check", "rules", "rules.yml");

    assertThat(said).doesNotContain("FAILED", "duplicate");
  }

  /** Runs Prometheus' own tool, which must find nothing wrong. */
  private static String promtool(final Path directory, final String... arguments) throws Exception {
    final Optional<Path> promtool =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .map(folder -> Path.of(folder, "promtool"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeThat(promtool).as("promtool is on the path").isPresent();
    final List<String> command = new ArrayList<>(List.of(promtool.get().toString()));
    command.addAll(List.of(arguments));
    final Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    final String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  /** An hour without events, then so many good and bad ones of a name. */
  private static String burst(
      final String name, final int good, final int bad, final String expected) {
    return """
        rule_files: [rules.yml]
        evaluation_interval: 1m
        tests:
          - interval: 1m
            input_series:
              - series: 'penstock_slo_events_total{penstock_slo_name="%1$s",penstock_slo_outcome="good"}'
                values: '0x60 %2$dx10'
              - series: 'penstock_slo_events_total{penstock_slo_name="%1$s",penstock_slo_outcome="bad"}'
                values: '0x60 %3$dx10'
            promql_expr_test:
              - eval_time: 63m
                expr: count(ALERTS{alertname="PenstockErrorBudgetBurn",alertstate="firing"})
                exp_samples: [%4$s]
        """
        .formatted(name, good, bad, expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, ''",
    "0, 2, ''",
    "20, 2, ''",
    "2900, 2, ''",
    "0, 4, '{value: 4}'",
    "900, 100, '{value: 4}'"
  })
  void shouldAlertOnlyOfAsManyBadEventsAsTheEngineNeedsToJudge(
      final int good, final int bad, final String expected, @TempDir final Path directory)
      throws Exception {
    Files.writeString(directory.resolve("rules.yml"), Slos.toPrometheusRules(engine));
    Files.writeString(directory.resolve("test.yml"), burst("monthly v1", good, bad, expected));

    promtool(directory, "test", "rules", "test.yml");
  }

  @Test
  void shouldShowNamesThatLookLikeTemplatesAsTheyAre(@TempDir final Path directory)
      throws Exception {
    final String name = "{{ $labels.x }} {{{ {{- .Value -}} \"";
    engine.deploy(
        Workflow.define(name)
            .inlineTask("step", work -> {})
            .objective(Objective.p999(Duration.ofSeconds(2)).over(Duration.ofDays(30)))
            .build());
    final String rules = Slos.toPrometheusRules(engine);
    final Object group = list(documents(rules).get(0).get("groups")).get(5);
    final Map<String, Object> alert = map(list(at(group, "rules")).get(7));

    assertThat(at(alert, "labels", "penstock_slo_name"))
        .isEqualTo(name.replace("{{", "{{\"{{\"}}") + " v1");
    assertThat(at(list(at(group, "rules")).get(0), "labels", "penstock_slo_name"))
        .isEqualTo(name + " v1");
    Files.writeString(directory.resolve("rules.yml"), rules);
    Files.writeString(
        directory.resolve("test.yml"),
        burst(name.replace("\"", "\\\"") + " v1", 0, 100, "{value: 4}")
            + "    alert_rule_test:\n"
            + "      - eval_time: 63m\n"
            + "        alertname: PenstockErrorBudgetBurn\n"
            + "        exp_alerts: ["
            + String.join(
                ", ",
                expected(name, "page", "1h", "5m", "14.4"),
                expected(name, "page", "6h", "30m", "6.0"),
                expected(name, "ticket", "1d", "2h", "3.0"),
                expected(name, "ticket", "3d", "6h", "1.0"))
            + "]\n");

    promtool(directory, "test", "rules", "test.yml");
  }

  private static String expected(
      final String name,
      final String severity,
      final String longWindow,
      final String shortWindow,
      final String limit) {
    return Tree.json(
            Tree.map(
                "exp_labels",
                Tree.map(
                    "severity",
                    severity,
                    "long_window",
                    longWindow,
                    "penstock_slo_name",
                    name + " v1"),
                "exp_annotations",
                Tree.map(
                    "summary",
                    "the error budget of "
                        + name
                        + " v1 burns more than "
                        + limit
                        + " times as fast as it may",
                    "description",
                    "over "
                        + longWindow
                        + " and still over "
                        + shortWindow
                        + "; promised: 99.9 % within 2 s over 30d")))
        .replace('\n', ' ');
  }

  @Test
  void shouldWriteNamesOfAnyCharactersAsReadableRules(@TempDir final Path directory)
      throws Exception {
    final StringBuilder name = new StringBuilder("odd ");
    for (final int c :
        List.of(
            0x00, 0x01, 0x07, 0x09, 0x0a, 0x0d, 0x1b, 0x7f, 0x80, 0x85, 0x9f, 0xa0, 0xad, 0x2028,
            0x2029, 0xfdd0, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x1f600, 0x10ffff)) {
      name.appendCodePoint(c).append('-');
    }
    final Map<String, Objective> odd =
        Map.of(name.toString(), Objective.p999(Duration.ofSeconds(2)).over(Duration.ofDays(30)));
    final String rules = PrometheusRules.yaml(odd);

    assertThat(
            at(
                list(at(list(documents(rules).get(0).get("groups")).get(0), "rules")).get(7),
                "labels",
                "penstock_slo_name"))
        .isEqualTo(name.toString());
    assertThat(documents(OpenSlo.yaml(odd))).hasSize(1);
    Files.writeString(directory.resolve("rules.yml"), rules);
    promtool(directory, "check", "rules", "rules.yml");
  }

  @Test
  void shouldSayInAlertsWhatWasPromised() {
    final Object group =
        list(documents(Slos.toPrometheusRules(engine)).get(0).get("groups")).get(3);

    assertThat(at(list(at(group, "rules")).get(7), "annotations"))
        .isEqualTo(
            Map.of(
                "summary",
                "the error budget of monthly v1 burns more than 14.4 times as fast as it may",
                "description",
                "over 1h and still over 5m; promised: 99.9 % within 2 s over 30d"));
  }

  @ParameterizedTest
  @CsvSource({
    "0.99, PT0.000000002S, PT1H, 99 % within 2 ns over 1h",
    "0.999, PT0.0000015S, PT1H, 99.9 % within 1.5 us over 1h",
    "0.9999, PT0.999999999S, PT10M, 99.99 % within 999.999999 ms over 10m",
    "0.95, PT1S, PT36H, 95 % within 1 s over 36h",
    "0.9, PT1M, PT72H, 90 % within 1m over 3d",
    "0.9, PT4H, PT720H, 90 % within 4h over 30d",
    "0.9, PT90.5S, PT720H, 90 % within 90.5 s over 30d"
  })
  void shouldWritePromisesAsPeopleReadThem(
      final double target, final Duration threshold, final Duration window, final String promise) {
    assertThat(SloQueries.promise(new Objective(target, threshold, window))).isEqualTo(promise);
  }

  @Test
  void shouldTakeTheWindowsAndLimitsOfTheWorkbookForThirtyDays() {
    final Object group =
        list(documents(Slos.toPrometheusRules(engine)).get(0).get("groups")).get(3);

    assertThat(list(at(group, "rules")).stream().map(rule -> map(rule).get("record")))
        .containsExactly(
            "slo:penstock_bad_events:ratio_rate1h",
            "slo:penstock_bad_events:ratio_rate5m",
            "slo:penstock_bad_events:ratio_rate6h",
            "slo:penstock_bad_events:ratio_rate30m",
            "slo:penstock_bad_events:ratio_rate1d",
            "slo:penstock_bad_events:ratio_rate2h",
            "slo:penstock_bad_events:ratio_rate3d",
            null,
            null,
            null,
            null);
    final Map<String, Object> first = map(list(at(group, "rules")).get(7));
    assertThat(first.get("expr"))
        .isEqualTo(
            "slo:penstock_bad_events:ratio_rate1h{penstock_slo_name=\"monthly v1\"} > 14.4 * 0.001"
                + " and slo:penstock_bad_events:ratio_rate5m{penstock_slo_name=\"monthly v1\"} > 14.4"
                + " * 0.001 and sum by (penstock_slo_name)"
                + " (increase(penstock_slo_events_total{penstock_slo_name=\"monthly v1\","
                + "penstock_slo_outcome=\"bad\"}[1h])) > 2.995");
    assertThat(map(first.get("labels"))).containsEntry("severity", "page");
  }

  @Test
  void shouldAlertByTheEnginesOwnGaugesWhereWindowsAreShorterThanScrapes() {
    final Object group =
        list(documents(Slos.toPrometheusRules(engine)).get(0).get("groups")).get(1);

    assertThat(list(at(group, "rules"))).hasSize(4);
    assertThat(at(list(at(group, "rules")).get(0), "expr"))
        .isEqualTo(
            "max by (penstock_slo_name)"
                + " ({__name__=~\"penstock_slo_burn_rate(_ratio)?\","
                + "penstock_slo_name=\"W1\",penstock_slo_window=\"5s\"}) >"
                + " 14.4 and max by (penstock_slo_name)"
                + " ({__name__=~\"penstock_slo_burn_rate(_ratio)?\","
                + "penstock_slo_name=\"W1\",penstock_slo_window=\"417ms\"})"
                + " > 14.4 and max by (penstock_slo_name)"
                + " ({__name__=~\"penstock_slo_state(_ratio)?\",penstock_slo_name=\"W1\","
                + "penstock_slo_state=~\"met|at_risk|breached\"}) > 0");
  }

  @Test
  void shouldRefuseWhatIsNoPromQl() {
    for (final String wrong :
        List.of(
            "sum(a",
            "a{b!~\"c\"}",
            "ceil a",
            "a -",
            "rate(a)",
            "rate(a[5x])",
            "a{b}",
            "a{b=c}",
            "a > ",
            "a b",
            "a{b=\"\\x\"}")) {
      assertThatThrownBy(() -> new PromQl(wrong)).as(wrong).isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void shouldGiveObjectivesOfTheSameSlugNamesOfTheirOwn() {
    final Set<String> others = new HashSet<>();
    final String longName = "x".repeat(100);
    assertThat(SloQueries.slug("a b", others)).isEqualTo("slo-a-b");
    assertThat(SloQueries.slug("a_b", others)).isEqualTo("slo-a-b-2");
    assertThat(SloQueries.slug(longName, others)).hasSize(58).matches(SLUG);
    assertThat(SloQueries.slug(longName, others)).hasSize(58).endsWith("-2").matches(SLUG);
  }
}
