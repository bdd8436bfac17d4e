package io.penstock.telemetry;

import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableMeasurement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The metrics of Penstock as instruments of OpenTelemetry's API. */
final class Instruments {
  private final Map<Metric, DoubleHistogram> histograms = new EnumMap<>(Metric.class);
  private final Map<Metric, LongCounter> counters = new EnumMap<>(Metric.class);
  private final Map<Metric, LongUpDownCounter> levels = new EnumMap<>(Metric.class);
  private final Map<Metric, ObservableDoubleMeasurement> gauges = new EnumMap<>(Metric.class);

  Instruments(final Meter meter) {
    for (final Metric metric : Metric.values()) {
      switch (metric.kind()) {
        case HISTOGRAM -> histograms.put(metric, histogram(meter, metric));
        case COUNTER ->
            counters.put(
                metric,
                meter
                    .counterBuilder(metric.label())
                    .setUnit(metric.unit())
                    .setDescription(metric.description())
                    .build());
        case LEVEL ->
            levels.put(
                metric,
                meter
                    .upDownCounterBuilder(metric.label())
                    .setUnit(metric.unit())
                    .setDescription(metric.description())
                    .build());
        case GAUGE ->
            gauges.put(
                metric,
                meter
                    .gaugeBuilder(metric.label())
                    .setUnit(metric.unit())
                    .setDescription(metric.description())
                    .buildObserver());
      }
    }
  }

  private static DoubleHistogram histogram(final Meter meter, final Metric metric) {
    return meter
        .histogramBuilder(metric.label())
        .setUnit(metric.unit())
        .setDescription(metric.description())
        .setExplicitBucketBoundariesAdvice(metric.bounds())
        .build();
  }

  DoubleHistogram histogram(final Metric metric) {
    return Objects.requireNonNull(histograms.get(metric));
  }

  LongCounter counter(final Metric metric) {
    return Objects.requireNonNull(counters.get(metric));
  }

  LongUpDownCounter level(final Metric metric) {
    return Objects.requireNonNull(levels.get(metric));
  }

  ObservableDoubleMeasurement gauge(final Metric metric) {
    return Objects.requireNonNull(gauges.get(metric));
  }

  /** What to observe so as to be called back at a collection; a gauge besides the others. */
  ObservableMeasurement[] others(final ObservableMeasurement first) {
    return gauges.values().stream()
        .filter(gauge -> !gauge.equals(first))
        .toArray(ObservableMeasurement[]::new);
  }
}
