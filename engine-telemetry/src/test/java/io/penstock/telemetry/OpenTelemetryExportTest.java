package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.prometheus.PrometheusHttpServer;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.spi.ObjectiveReading;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real SDK that exports to a receiver of OTLP, and one that Prometheus scrapes. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OpenTelemetryExportTest {
  private static final int CASES = 50;
  private static final long FLUSH_S = 30;
  private static final Workflow ATM = Atm.workflow(work -> {});
  private static final Workflow PACKING =
      Workflow.define("packing")
          .parallel(
              both ->
                  both.branch(one -> one.task("pick", work -> {}))
                      .branch(other -> other.task("label", work -> {})))
          .task("ship", work -> {})
          .objective(Objective.p99(Duration.ofMillis(7)))
          .objective("ship", Objective.p99(Duration.ofMillis(11)))
          .waitObjective("ship", Objective.p99(Duration.ofMillis(13)))
          .build();

  private final OtlpReceiver receiver = new OtlpReceiver();
  private final PenstockMetrics metrics = new PenstockMetrics();

  @AfterEach
  void closeReceiver() {
    receiver.close();
  }

  private OpenTelemetrySdk otlp(final HistogramForm form) {
    return OpenTelemetrySdk.builder()
        .setTracerProvider(tracing())
        .setMeterProvider(
            SdkMeterProvider.builder()
                .registerMetricProducer(new PenstockMetricProducer(metrics, form))
                .registerMetricReader(
                    PeriodicMetricReader.builder(
                            OtlpHttpMetricExporter.builder()
                                .setEndpoint(receiver.url("metrics"))
                                .build())
                        .setInterval(Duration.ofHours(1))
                        .build())
                .build())
        .build();
  }

  private SdkTracerProvider tracing() {
    return SdkTracerProvider.builder()
        .addSpanProcessor(
            BatchSpanProcessor.builder(
                    OtlpHttpSpanExporter.builder().setEndpoint(receiver.url("traces")).build())
                .build())
        .build();
  }

  private Engine open(final Path directory, final OpenTelemetrySdk sdk) {
    return Engine.open(
        directory,
        EngineOptions.defaults()
            .shards(2)
            .telemetry(
                new PenstockTelemetry(
                    TelemetryOptions.defaults().openTelemetry(sdk).metrics(metrics))));
  }

  private static void run(final Engine engine) {
    for (final Workflow workflow : List.of(ATM, PACKING)) {
      engine.deploy(workflow);
      for (int i = 0; i < CASES; i++) {
        assertThat(engine.start(workflow, in -> {}).join()).isEqualTo(Outcome.COMPLETED);
      }
    }
  }

  private static void flush(final OpenTelemetrySdk sdk) {
    assertThat(sdk.getSdkTracerProvider().forceFlush().join(FLUSH_S, TimeUnit.SECONDS).isSuccess())
        .isTrue();
    assertThat(sdk.getSdkMeterProvider().forceFlush().join(FLUSH_S, TimeUnit.SECONDS).isSuccess())
        .isTrue();
  }

  private static HistogramDataPoint point(final Metric metric, final Map<String, String> wanted) {
    return metric.getHistogram().getDataPointsList().stream()
        .filter(each -> OtlpReceiver.attributes(each.getAttributesList()).equals(wanted))
        .findFirst()
        .orElseThrow();
  }

  private static long value(final Metric metric, final Map<String, String> wanted) {
    return metric.getSum().getDataPointsList().stream()
        .filter(each -> OtlpReceiver.attributes(each.getAttributesList()).equals(wanted))
        .mapToLong(NumberDataPoint::getAsInt)
        .sum();
  }

  @Test
  void shouldTellAReceiverOfOtlpWhatTheEngineCounted(@TempDir final Path directory) {
    final List<ObjectiveReading> readings;
    final Map<String, Metric> told;
    try (OpenTelemetrySdk sdk = otlp(HistogramForm.EXPLICIT)) {
      try (Engine engine = open(directory, sdk)) {
        run(engine);
        flush(sdk);
        told = receiver.metrics();
        readings = engine.objectives().readings();
      }
    }

    assertThat(told.values().stream().collect(Collectors.toMap(Metric::getName, Metric::getUnit)))
        .containsEntry("penstock.case.duration", "s")
        .containsEntry("penstock.case.started", "{case}")
        .containsEntry("penstock.case.active", "{case}")
        .containsEntry("penstock.task.duration", "s")
        .containsEntry("penstock.task.wait.duration", "s")
        .containsEntry("penstock.operation.duration", "s")
        .containsEntry("penstock.command.rejected", "{command}")
        .containsEntry("penstock.command.queue.depth", "By")
        .containsEntry("penstock.storage.size", "By")
        .containsEntry("penstock.slo.events", "{event}")
        .containsEntry("penstock.slo.objective", "1")
        .containsEntry("penstock.telemetry.dropped", "{span}");
    final Metric durations = told.get("penstock.case.duration");
    assertThat(durations.getHistogram().getAggregationTemporality())
        .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
    final HistogramDataPoint packing = point(durations, completed("packing"));
    assertThat(packing.getCount()).isEqualTo(CASES);
    assertThat(packing.getExplicitBoundsList()).contains(0.007);
    assertThat(point(durations, completed(Atm.NAME)).getExplicitBoundsList()).doesNotContain(0.007);
    assertThat(point(told.get("penstock.task.duration"), ship()).getExplicitBoundsList())
        .contains(0.011)
        .doesNotContain(0.013);
    assertThat(point(told.get("penstock.task.wait.duration"), ship()).getExplicitBoundsList())
        .contains(0.013)
        .doesNotContain(0.011);
    assertThat(
            point(
                    told.get("penstock.operation.duration"),
                    Map.of(
                        "penstock.operation.name", "start",
                        "penstock.operation.class", "W1"))
                .getExplicitBoundsList())
        .contains(0.001);
    assertThat(value(told.get("penstock.case.started"), named("packing"))).isEqualTo(CASES);
    assertThat(value(told.get("penstock.case.active"), named("packing"))).isZero();
    assertThat(value(told.get("penstock.telemetry.dropped"), signal())).isZero();
    final ObjectiveReading reading =
        readings.stream()
            .filter(each -> each.name().equals("packing v1"))
            .findFirst()
            .orElseThrow();
    assertThat(
            value(told.get("penstock.slo.events"), slo("packing v1", "good"))
                + value(told.get("penstock.slo.events"), slo("packing v1", "bad")))
        .isEqualTo(reading.count())
        .isEqualTo(CASES);
    assertThat(value(told.get("penstock.slo.events"), slo("packing v1", "good")))
        .isEqualTo(reading.good());
    assertHolds(packing, 0.5, reading.p50() / 1e9);
    assertHolds(packing, 0.99, reading.p99() / 1e9);
    assertThat(exemplars(told)).isNotEmpty();
    assertThat(receiver.spans().stream().map(Span::getSpanId).collect(Collectors.toSet()))
        .containsAll(exemplars(told).stream().map(Exemplar::getSpanId).toList());
  }

  private static List<Exemplar> exemplars(final Map<String, Metric> told) {
    return told.values().stream()
        .flatMap(metric -> metric.getHistogram().getDataPointsList().stream())
        .flatMap(point -> point.getExemplarsList().stream())
        .toList();
  }

  /** That the bucket in which a quantile falls holds what is known of it otherwise. */
  private static void assertHolds(
      final HistogramDataPoint point, final double quantile, final double seconds) {
    long below = 0;
    int bucket = 0;
    while (below + point.getBucketCounts(bucket) < quantile * point.getCount()) {
      below += point.getBucketCounts(bucket);
      bucket++;
    }
    assertThat(seconds)
        .isBetween(
            bucket == 0 ? 0 : point.getExplicitBounds(bucket - 1) * (1 - 1.0 / 128),
            point.getExplicitBounds(bucket) * (1 + 1.0 / 128));
  }

  @Test
  void shouldTellAReceiverOfOtlpWhichSpansAreLinked(@TempDir final Path directory) {
    try (OpenTelemetrySdk sdk = otlp(HistogramForm.EXPLICIT)) {
      try (Engine engine = open(directory, sdk)) {
        engine.deploy(PACKING);
        engine.start(PACKING, in -> {}).join();
      }
    }

    final Map<ByteString, Span> spans =
        receiver.spans().stream().collect(Collectors.toMap(Span::getSpanId, span -> span));
    final Span start =
        spans.values().stream()
            .filter(span -> span.getParentSpanId().isEmpty())
            .findFirst()
            .orElseThrow();
    final List<Span> branches =
        spans.values().stream()
            .filter(span -> span.getName().equals("run packing"))
            .filter(span -> Set.of("pick", "label").contains(parentName(spans, span)))
            .sorted((a, b) -> Integer.compare(a.getLinksCount(), b.getLinksCount()))
            .toList();

    assertThat(branches).hasSize(2);
    assertThat(branches.get(0).getLinksList())
        .extracting(Span.Link::getSpanId)
        .containsExactly(start.getSpanId());
    assertThat(branches.get(1).getLinksList())
        .extracting(Span.Link::getSpanId)
        .containsExactlyInAnyOrder(start.getSpanId(), branches.get(0).getSpanId());
  }

  private static String parentName(final Map<ByteString, Span> spans, final Span span) {
    final Span parent = spans.get(span.getParentSpanId());
    return parent == null ? "" : parent.getName();
  }

  @Test
  void shouldTellAReceiverOfOtlpExponentialHistogramsWhenAsked(@TempDir final Path directory) {
    try (OpenTelemetrySdk sdk = otlp(HistogramForm.EXPONENTIAL)) {
      try (Engine engine = open(directory, sdk)) {
        run(engine);
        flush(sdk);
      }
    }

    assertThat(receiver.metrics().get("penstock.case.duration").getExponentialHistogram())
        .satisfies(
            histogram ->
                assertThat(histogram.getDataPointsList())
                    .hasSize(2)
                    .allSatisfy(point -> assertThat(point.getCount()).isEqualTo(CASES)));
  }

  @Test
  void shouldAnswerAScrapeOfPrometheus(@TempDir final Path directory) throws Exception {
    final int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (OpenTelemetrySdk sdk =
            OpenTelemetrySdk.builder()
                .setTracerProvider(tracing())
                .setMeterProvider(
                    SdkMeterProvider.builder()
                        .registerMetricProducer(new PenstockMetricProducer(metrics))
                        .registerMetricReader(
                            PrometheusHttpServer.builder()
                                .setHost("127.0.0.1")
                                .setPort(port)
                                .build())
                        .build())
                .build();
        Engine engine = open(directory, sdk)) {
      run(engine);

      final PrometheusParser theirs = PrometheusParser.openMetrics(scrape(port));
      final PrometheusParser ours =
          PrometheusParser.openMetrics(PrometheusText.writeOpenMetrics(metrics));

      for (final String name :
          List.of(
              "penstock_case_duration_seconds",
              "penstock_task_duration_seconds",
              "penstock_operation_duration_seconds",
              "penstock_case_started",
              "penstock_case_active",
              "penstock_command_rejected",
              "penstock_command_queue_depth_bytes",
              "penstock_storage_size_bytes",
              "penstock_slo_events",
              "penstock_slo_objective",
              "penstock_slo_state",
              "penstock_slo_budget_remaining",
              "penstock_slo_burn_rate",
              "penstock_telemetry_dropped")) {
        final String asBefore = name + "_ratio"; // gauges of unit 1, before 1.62
        final String type = theirs.type(name);
        assertThat(type == null ? theirs.type(asBefore) : type)
            .as(name)
            .isNotNull()
            .isEqualTo(ours.type(name));
        if (type == null) {
          assertThat(SloQueries.gauge(name, "")).contains('"' + name + "(_ratio)?\"");
          assertThat(ours.type(name)).isEqualTo("gauge");
        }
      }
      assertThat(
              theirs.sum(
                  "penstock_case_duration_seconds_count", "penstock_workflow_name", "packing"))
          .isEqualTo(CASES);
      assertThat(theirs.sum("penstock_case_started_total", "penstock_workflow_name", Atm.NAME))
          .isEqualTo(CASES);
      assertThat(theirs.boundsOf("penstock_case_duration_seconds_bucket")).contains(0.007);
      assertThat(theirs.exemplars()).isNotEmpty();
    }
  }

  private static String scrape(final int port) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .header("Accept", "application/openmetrics-text; version=1.0.0")
                .timeout(Duration.ofSeconds(30))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static Map<String, String> named(final String workflow) {
    return Map.of("penstock.workflow.name", workflow);
  }

  private static Map<String, String> completed(final String workflow) {
    return Map.of("penstock.workflow.name", workflow, "penstock.case.outcome", "completed");
  }

  private static Map<String, String> slo(final String name, final String outcome) {
    return Map.of("penstock.slo.name", name, "penstock.slo.outcome", outcome);
  }

  private static Map<String, String> ship() {
    return Map.of("penstock.workflow.name", "packing", "penstock.task.name", "ship");
  }

  private static Map<String, String> signal() {
    return Map.of("penstock.telemetry.signal", "span");
  }
}
