package io.penstock.telemetry;

import io.opentelemetry.api.common.Attributes;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The metrics of several engines at one moment, added up by metric and attributes. Not thread safe.
 */
final class MetricTable {
  private final Map<Metric, Map<Attributes, HistogramSum>> histograms = new EnumMap<>(Metric.class);
  private final Map<Metric, Map<Attributes, Long>> counts = new EnumMap<>(Metric.class);
  private final Map<Metric, Map<Attributes, Double>> values = new EnumMap<>(Metric.class);

  /** Adds what an engine measures now. */
  void add(final EngineMetrics engine) {
    engine.series().forEach(this::add);
  }

  /** Adds what an engine measured that stays when it is closed. */
  void addLasting(final EngineMetrics engine) {
    for (final Series series : engine.series()) {
      switch (series.metric().kind()) {
        case HISTOGRAM, COUNTER -> add(series);
        case LEVEL, GAUGE -> {}
      }
    }
  }

  /** Adds another table, which stays as it is. */
  void add(final MetricTable other) {
    other.histograms.forEach(
        (metric, points) ->
            points.forEach((attributes, sum) -> histogram(metric, attributes).add(sum)));
    other.counts.forEach(
        (metric, points) -> points.forEach((attributes, count) -> add(metric, attributes, count)));
    other.values.forEach(
        (metric, points) -> points.forEach((attributes, value) -> put(metric, attributes, value)));
  }

  private void add(final Series series) {
    if (series instanceof Series.Durations durations) {
      histogram(series.metric(), series.attributes())
          .add(durations.source(), durations.threshold());
    } else if (series instanceof Series.Count count) {
      add(series.metric(), series.attributes(), count.source().getAsLong());
    } else if (series instanceof Series.Value value) {
      put(series.metric(), series.attributes(), value.source().getAsDouble());
    }
  }

  private HistogramSum histogram(final Metric metric, final Attributes attributes) {
    return histograms
        .computeIfAbsent(metric, none -> new LinkedHashMap<>())
        .computeIfAbsent(attributes, none -> new HistogramSum());
  }

  private void add(final Metric metric, final Attributes attributes, final long count) {
    counts
        .computeIfAbsent(metric, none -> new LinkedHashMap<>())
        .merge(attributes, count, Long::sum);
  }

  private void put(final Metric metric, final Attributes attributes, final double value) {
    if (!Double.isNaN(value)) {
      values
          .computeIfAbsent(metric, none -> new LinkedHashMap<>())
          .merge(attributes, value, metric::worse);
    }
  }

  /** Histograms of a metric that hold something. */
  Map<Attributes, HistogramSum> histograms(final Metric metric) {
    final Map<Attributes, HistogramSum> used =
        new LinkedHashMap<>(histograms.getOrDefault(metric, Map.of()));
    used.values().removeIf(HistogramSum::isEmpty);
    return used;
  }

  /** Counts or levels of a metric. */
  Map<Attributes, Long> counts(final Metric metric) {
    return counts.getOrDefault(metric, Map.of());
  }

  /** Gauges of a metric. */
  Map<Attributes, Double> values(final Metric metric) {
    return values.getOrDefault(metric, Map.of());
  }
}
