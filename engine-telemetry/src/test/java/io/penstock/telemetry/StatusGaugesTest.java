package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Gate;
import io.penstock.objective.BurnRate;
import io.penstock.objective.GateRules;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.Operation;
import io.penstock.spi.Telemetry;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Objective;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusGaugesTest {
  private static final long MS = 1_000_000;
  private static final Attributes W1 = Attributes.of(Keys.SLO_NAME, "W1");
  private static final String BUDGET = "penstock.slo.budget.remaining";
  private static final String BURN = "penstock.slo.burn_rate";

  private final HandClock clock = new HandClock();
  private final PenstockMetrics metrics = new PenstockMetrics();

  private Telemetry engine(final int shards) {
    return new PenstockTelemetry(
            TelemetryOptions.defaults().openTelemetry(OpenTelemetry.noop()).metrics(metrics))
        .create(clock, shards);
  }

  /** Commands of W1, whose threshold is a millisecond. */
  private void acknowledge(final Telemetry engine, final int good, final int bad) {
    final long nowNs = clock.monotonicNs();
    for (int i = 0; i < good; i++) {
      engine.shard(i & 1).acknowledged(Operation.START, nowNs - 1, nowNs);
    }
    for (int i = 0; i < bad; i++) {
      engine.shard(i & 1).acknowledged(Operation.START, nowNs - 2 * MS, nowNs);
    }
  }

  private Map<Attributes, Double> gauges(final Metric metric) {
    return metrics.snapshot().values(metric);
  }

  private static Attributes over(final String window) {
    return W1.toBuilder().put(Keys.SLO_WINDOW, window).build();
  }

  @Test
  void shouldTellBudgetAndBurnRatesOfAllShardsTogether() {
    final Telemetry engine = engine(2);
    acknowledge(engine, 398, 2);

    final ObjectiveStatus status = Objects.requireNonNull(engine.statuses(reads -> {}).get("W1"));
    assertThat(gauges(Metric.SLO_BUDGET_REMAINING).get(W1))
        .isEqualTo(status.budgetRemaining())
        .isCloseTo(0.5, within(1e-9));
    final Map<Attributes, Double> rates = gauges(Metric.SLO_BURN_RATE);
    for (final BurnRate rate : status.burnRates()) {
      assertThat(rates.get(over(StatusGauges.label(rate.longWindow())))).isEqualTo(rate.longRate());
      assertThat(rates.get(over(StatusGauges.label(rate.shortWindow()))))
          .isEqualTo(rate.shortRate())
          .isCloseTo(0.5, within(1e-9));
    }
    assertThat(rates.keySet())
        .extracting(each -> each.get(Keys.SLO_WINDOW))
        .containsExactlyInAnyOrder("5s", "417ms", "30s", "2500ms", "2m", "10s", "6m");
  }

  @Test
  void shouldTellNothingOfAnObjectiveWithoutEvents() {
    final Telemetry engine = engine(2);
    assertThat(gauges(Metric.SLO_BUDGET_REMAINING)).isEmpty();
    assertThat(gauges(Metric.SLO_BURN_RATE)).isEmpty();
    assertThat(gauges(Metric.SLO_OBJECTIVE)).containsEntry(W1, 0.99);

    acknowledge(engine, 10, 0);
    assertThat(gauges(Metric.SLO_BUDGET_REMAINING)).isEqualTo(Map.of(W1, 1.0));

    clock.advance(Duration.ofSeconds(20).toNanos());
    assertThat(gauges(Metric.SLO_BURN_RATE).keySet())
        .as("windows that the events have left")
        .extracting(each -> each.get(Keys.SLO_WINDOW))
        .containsExactlyInAnyOrder("30s", "2m", "6m");
    assertThat(PrometheusText.write(metrics)).doesNotContain("NaN");
  }

  @Test
  void shouldTellTheStateOfAnObjectiveAlsoWithoutEvents() {
    final Telemetry engine = engine(2);
    assertThat(objectiveStates()).containsExactly("no_data");

    acknowledge(engine, 10, 0);
    assertThat(objectiveStates()).containsExactly("insufficient");

    acknowledge(engine, 0, 10);
    assertThat(objectiveStates()).containsExactly("breached");
    assertThat(PrometheusText.write(metrics))
        .contains(
            "penstock_slo_state{penstock_slo_name=\"W1\",penstock_slo_state=\"breached\"} 1.0",
            "penstock_slo_state{penstock_slo_name=\"W1\",penstock_slo_state=\"met\"} 0.0");

    engine.close();
    assertThat(gauges(Metric.SLO_STATE)).isEmpty();
  }

  /** Those of W1 that are told with 1; the others are told with 0. */
  private List<String> objectiveStates() {
    final Map<Attributes, Double> states = gauges(Metric.SLO_STATE);
    states.keySet().removeIf(each -> !"W1".equals(each.get(Keys.SLO_NAME)));
    assertThat(states).hasSize(ObjectiveState.values().length);
    assertThat(states.values()).containsOnly(0.0, 1.0);
    return states.entrySet().stream()
        .filter(each -> each.getValue() == 1)
        .map(each -> String.valueOf(each.getKey().get(Keys.SLO_STATE)))
        .collect(Collectors.toList());
  }

  @Test
  void shouldTellTheWorstOfSeveralEngines() {
    acknowledge(engine(2), 398, 2);
    acknowledge(engine(2), 399, 1);

    assertThat(gauges(Metric.SLO_BUDGET_REMAINING).get(W1)).isCloseTo(0.5, within(1e-9));
    assertThat(gauges(Metric.SLO_BURN_RATE).get(over("6m"))).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void shouldDropTheGaugesOfAClosedEngine() {
    final Telemetry engine = engine(2);
    acknowledge(engine, 1, 1);
    engine.close();

    assertThat(gauges(Metric.SLO_BUDGET_REMAINING)).isEmpty();
    assertThat(gauges(Metric.SLO_BURN_RATE)).isEmpty();
  }

  @Test
  void shouldTellTheApiEachGaugeOnce() {
    try (Sdk sdk = new Sdk()) {
      final Telemetry engine = sdk.telemetry().create(clock, 2);
      acknowledge(engine, 398, 2);
      final Map<String, MetricData> told = sdk.metrics();

      assertThat(values(told.get(BUDGET)).get(W1)).isCloseTo(0.5, within(1e-9));
      assertThat(values(told.get(BURN))).hasSize(7);
      assertThat(values(told.get("penstock.slo.objective"))).hasSize(3);
      engine.close();
    }
  }

  private static Map<Attributes, Double> values(final MetricData gauge) {
    return gauge.getDoubleGaugeData().getPoints().stream()
        .collect(Collectors.toMap(PointData::getAttributes, DoublePointData::getValue));
  }

  @Test
  void shouldTellTheStateOfGates() {
    final VirtualClock time = new VirtualClock(Instant.EPOCH);
    final EngineOptions options =
        EngineOptions.defaults()
            .shards(1)
            .clock(time)
            .telemetry(
                new PenstockTelemetry(
                    TelemetryOptions.defaults()
                        .openTelemetry(OpenTelemetry.noop())
                        .metrics(metrics)));
    try (Engine engine = Engine.inMemory(options)) {
      final Objective objective = Objective.p99(Duration.ofMillis(1));
      final Gate gate = engine.gate("fast", objective, GateRules.defaults().shares(0.25));
      assertThat(engine.gate("fast", objective, GateRules.defaults())).isSameAs(gate);
      assertThat(states()).isEqualTo(Map.of("canary", 1.0, "open", 0.0, "tripped", 0.0));
      assertThat(gauges(Metric.GATE_SHARE)).isEqualTo(Map.of(named(), 0.25));

      for (int i = 0; i < 1_000; i++) {
        gate.record(true, Duration.ofSeconds(1));
      }
      engine.lookAtObjectives();

      assertThat(states()).isEqualTo(Map.of("canary", 0.0, "open", 0.0, "tripped", 1.0));
      assertThat(gauges(Metric.GATE_SHARE)).isEqualTo(Map.of(named(), 0.0));
      assertThat(PrometheusText.write(metrics))
          .contains(
              "penstock_gate_state{penstock_gate_name=\"fast\",penstock_gate_state=\"tripped\"} 1.0");
    }
    assertThat(gauges(Metric.GATE_STATE)).isEmpty();
  }

  private static Attributes named() {
    return Attributes.of(Keys.GATE_NAME, "fast");
  }

  private Map<String, Double> states() {
    return gauges(Metric.GATE_STATE).entrySet().stream()
        .collect(
            Collectors.toMap(
                each -> String.valueOf(each.getKey().get(Keys.GATE_STATE)), Map.Entry::getValue));
  }

  @ParameterizedTest
  @CsvSource({
    "PT720H, 30d",
    "PT1H, 1h",
    "PT90M, 90m",
    "PT5S, 5s",
    "PT0.416666666S, 417ms",
    "PT0.000023148S, 23us",
    "PT2.5S, 2500ms",
    "PT0.002S, 2000us",
    "PT36H, 36h",
    "PT4.99999998S, 5s"
  })
  void shouldWriteWindowsAsPrometheusDoes(final Duration window, final String label) {
    assertThat(StatusGauges.label(window)).isEqualTo(label);
  }
}
