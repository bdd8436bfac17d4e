package io.penstock.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.penstock.engine.Engine;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application with the API and the SDK of one version, and an engine on a directory. */
class OpenTelemetryTest {
  private static final Workflow WORKFLOW = Workflow.define("w").inlineTask("t", work -> {}).build();

  @AfterEach
  void reset() {
    GlobalOpenTelemetry.resetForTest();
  }

  @Test
  void shouldTellTheGlobalOpenTelemetryOfCases(@TempDir final Path directory) {
    final InMemorySpanExporter spans = InMemorySpanExporter.create();
    final InMemoryMetricReader metrics = InMemoryMetricReader.create();
    final OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .buildAndRegisterGlobal();
    try (sdk;
        Engine engine = Engine.open(directory).deploy(WORKFLOW)) {
      engine.start(WORKFLOW, "k", in -> {}).join();

      assertThat(spans.getFinishedSpanItems()).isNotEmpty();
      assertThat(metrics.collectAllMetrics())
          .extracting(MetricData::getName)
          .contains("penstock.case.started", "penstock.slo.state");
    }
  }

  @Test
  void shouldBeTheVersionThatThisRunIsAbout() {
    assertThat(OpenTelemetry.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .endsWith("-" + System.getProperty("opentelemetry") + ".jar");
  }

  @Test
  void shouldRunCasesBesideTheApiAlone(@TempDir final Path directory) {
    try (Engine engine = Engine.open(directory).deploy(WORKFLOW)) {
      engine.start(WORKFLOW, "k", in -> {}).join();
      assertThat(engine.objectives().report()).contains("W1");
    }
  }
}
