package io.penstock.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells OpenTelemetry's metrics, each time they are collected, what was measured since the last
 * time. Shards take no part in it and know nothing of it.
 *
 * <p>Instruments are synchronous ones that are told differences, so that engines which share one
 * OpenTelemetry add up, and the last numbers of an engine that is closed are not lost. One
 * observable instrument is there to be called back at a collection; what is told then belongs to
 * that collection.
 *
 * <p>The interface of a histogram takes one value at a time. One collection replays at most a fixed
 * number of them, and the next goes on where it stopped: under a load that stays above that,
 * histograms lag behind, while counters are always exact.
 */
final class MetricExport {
  /** About a quarter of a second of the collecting thread. */
  static final long RECORDINGS_MAX = 10_000_000;

  private final Instruments instruments;
  private final EngineMetrics engine;
  private final long recordingsMax;
  private final BatchCallback callback;
  private int knownSeries;
  private final List<Series.Value> gauges = new ArrayList<>();
  private final List<CounterReplay> counters = new ArrayList<>();
  private final List<CounterReplay> levels = new ArrayList<>();
  private final List<HistogramReplay> histograms = new ArrayList<>();
  private int nextHistogram;
  private final AtomicBoolean closed = new AtomicBoolean();

  MetricExport(final Meter meter, final EngineMetrics engine, final long recordingsMax) {
    instruments = new Instruments(meter);
    this.engine = engine;
    this.recordingsMax = recordingsMax;
    final ObservableDoubleMeasurement objective = instruments.gauge(Metric.SLO_OBJECTIVE);
    callback = meter.batchCallback(this::collect, objective, instruments.others(objective));
  }

  /** Called by whoever collects; waits for another collection, never for a shard. */
  private synchronized void collect() {
    if (!closed.get()) {
      replay();
      for (final Series.Value gauge : gauges) {
        tell(gauge);
      }
    }
  }

  private void tell(final Series.Value gauge) {
    final double value = gauge.source().getAsDouble();
    if (!Double.isNaN(value)) {
      instruments.gauge(gauge.metric()).record(value, gauge.attributes());
    }
  }

  private void replay() {
    final List<Series> series = engine.series();
    series.subList(knownSeries, series.size()).forEach(this::add);
    knownSeries = series.size();
    counters.forEach(CounterReplay::replay);
    levels.forEach(CounterReplay::replay);
    long left = recordingsMax;
    for (int i = 0; i < histograms.size() && left > 0; i++) {
      left -= histograms.get(nextHistogram).replay(left);
      if (left > 0) {
        nextHistogram = (nextHistogram + 1) % histograms.size();
      }
    }
  }

  private void add(final Series series) {
    final Metric metric = series.metric();
    final Attributes attributes = series.attributes();
    if (series instanceof Series.Durations durations) {
      histograms.add(
          new HistogramReplay(durations.source(), instruments.histogram(metric), attributes));
    } else if (series instanceof Series.Value gauge) {
      gauges.add(gauge);
    } else if (series instanceof Series.Count count && metric.kind() == Metric.Kind.COUNTER) {
      final LongCounter target = instruments.counter(metric);
      counters.add(
          new CounterReplay(count.source(), difference -> target.add(difference, attributes)));
    } else if (series instanceof Series.Count count) {
      final LongUpDownCounter target = instruments.level(metric);
      levels.add(
          new CounterReplay(count.source(), difference -> target.add(difference, attributes)));
    }
  }

  /**
   * Tells the last differences, takes back the engine's levels, as that of its active cases, and
   * ends. Does nothing when closed already.
   */
  void close() {
    if (closed.compareAndSet(false, true)) {
      callback.close(); // without our lock, as a collection that waits for it may hold another
      tellTheLast();
    }
  }

  private synchronized void tellTheLast() {
    replay();
    levels.forEach(CounterReplay::takeBack);
  }
}
