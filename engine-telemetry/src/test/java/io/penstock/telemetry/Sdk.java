package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An OpenTelemetry SDK in memory. */
final class Sdk implements AutoCloseable {
  private static final long WAIT_S = 30;

  final InMemoryMetricReader reader = InMemoryMetricReader.create();
  final OpenTelemetrySdk sdk;
  final Tracer tracer;
  final AtomicInteger startedSpans = new AtomicInteger();
  private final Map<String, SpanContext> firstByName = new ConcurrentHashMap<>();
  private final BlockingQueue<SpanData> ended = new LinkedBlockingQueue<>();

  Sdk() {
    this(Sampler.parentBased(Sampler.alwaysOn()));
  }

  Sdk(final Sampler sampler) {
    sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .setSampler(sampler)
                    .addSpanProcessor(new Keeper())
                    .build())
            .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build())
            .build();
    tracer = sdk.getTracer("test");
  }

  TelemetryOptions options() {
    return TelemetryOptions.defaults().openTelemetry(sdk);
  }

  PenstockTelemetry telemetry() {
    return new PenstockTelemetry(options());
  }

  /** Waits until so many spans have ended; gives them by their start. */
  List<SpanData> spans(final int count) throws InterruptedException {
    final List<SpanData> spans = new ArrayList<>();
    while (spans.size() < count) {
      final SpanData span = ended.poll(WAIT_S, TimeUnit.SECONDS);
      assertThat(span).as("span after %s", spans).isNotNull();
      spans.add(span);
    }
    spans.sort(Comparator.comparingLong(SpanData::getStartEpochNanos));
    return spans;
  }

  /** The first span of a name. */
  SpanContext started(final String name) {
    return firstByName.get(name);
  }

  /** The spans that have ended and were not asked for. */
  List<SpanData> spansLeft() {
    return List.copyOf(ended);
  }

  Map<String, MetricData> metrics() {
    return reader.collectAllMetrics().stream()
        .collect(
            Collectors.toMap(MetricData::getName, Function.identity(), (a, b) -> a, TreeMap::new));
  }

  static Map<Attributes, Long> counts(final MetricData histogram) {
    return histogram.getHistogramData().getPoints().stream()
        .collect(Collectors.toMap(PointData::getAttributes, HistogramPointData::getCount));
  }

  static Map<Attributes, Double> sums(final MetricData histogram) {
    return histogram.getHistogramData().getPoints().stream()
        .collect(Collectors.toMap(PointData::getAttributes, HistogramPointData::getSum));
  }

  static Map<Attributes, Long> values(final MetricData sum) {
    return sum.getLongSumData().getPoints().stream()
        .collect(Collectors.toMap(PointData::getAttributes, LongPointData::getValue));
  }

  @Override
  public void close() {
    sdk.close();
  }

  private final class Keeper implements SpanProcessor {
    @Override
    public void onStart(final Context parent, final ReadWriteSpan span) {
      startedSpans.incrementAndGet();
      firstByName.putIfAbsent(span.getName(), span.getSpanContext());
    }

    @Override
    public boolean isStartRequired() {
      return true;
    }

    @Override
    public void onEnd(final ReadableSpan span) {
      ended.add(span.toSpanData());
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }
}
