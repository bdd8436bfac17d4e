package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Workflow;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AutoConfigurationTest {
  private static AutoConfiguredOpenTelemetrySdk configure(
      final InMemoryMetricReader reader, final Map<String, String> properties) {
    GlobalOpenTelemetry.resetForTest();
    return AutoConfiguredOpenTelemetrySdk.builder()
        .setResultAsGlobal()
        .addPropertiesSupplier(
            () ->
                Map.of(
                    "otel.traces.exporter", "none",
                    "otel.metrics.exporter", "none",
                    "otel.logs.exporter", "none"))
        .addPropertiesSupplier(() -> properties)
        .addMeterProviderCustomizer((provider, none) -> provider.registerMetricReader(reader))
        .build();
  }

  @AfterEach
  void forgetTheGlobal() {
    GlobalOpenTelemetry.resetForTest();
  }

  private static List<MetricData> named(final InMemoryMetricReader reader, final String name) {
    return reader.collectAllMetrics().stream().filter(each -> each.getName().equals(name)).toList();
  }

  private static void run(final Workflow workflow) {
    try (Engine engine = Engine.inMemory(EngineOptions.defaults().shards(1))) {
      engine.deploy(workflow);
      engine.start(workflow, in -> {}).join();
    }
  }

  @Test
  void shouldTellAnEngineWithDefaultOptionsThroughTheProducerAlone() {
    final InMemoryMetricReader reader = InMemoryMetricReader.create();
    final Workflow workflow =
        Workflow.define("auto-configured").inlineTask("only", work -> {}).build();
    try (var sdk = configure(reader, Map.of()).getOpenTelemetrySdk()) {
      assertThat(sdk).isNotNull();
      run(workflow);

      final List<MetricData> started = named(reader, "penstock.case.started");

      assertThat(started).hasSize(1);
      assertThat(Sdk.values(started.get(0)))
          .containsEntry(Attributes.of(Keys.WORKFLOW_NAME, "auto-configured"), 1L);
      assertThat(named(reader, "penstock.case.duration"))
          .extracting(MetricData::getType)
          .containsExactly(MetricDataType.HISTOGRAM);
    }
  }

  @Test
  void shouldTellHistogramsInTheFormOfTheProperty() {
    final InMemoryMetricReader reader = InMemoryMetricReader.create();
    final Workflow workflow = Workflow.define("exponential").inlineTask("only", work -> {}).build();
    try (var sdk =
        configure(reader, Map.of("penstock.metrics.histograms", "exponential"))
            .getOpenTelemetrySdk()) {
      assertThat(sdk).isNotNull();
      run(workflow);

      assertThat(named(reader, "penstock.case.duration"))
          .extracting(MetricData::getType)
          .containsExactly(MetricDataType.EXPONENTIAL_HISTOGRAM);
    }
  }

  @Test
  void shouldRefuseAFormThatIsNone() {
    assertThatThrownBy(
            () ->
                configure(
                    InMemoryMetricReader.create(), Map.of("penstock.metrics.histograms", "linear")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("penstock.metrics.histograms=linear");
  }
}
