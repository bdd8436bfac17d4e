package io.penstock.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.Data;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.export.MetricProducer;
import io.opentelemetry.sdk.resources.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Gives OpenTelemetry's SDK the metrics of Penstock's engines as a whole, instead of value by value
 * through its API:
 *
 * <pre>{@code
 * SdkMeterProvider.builder()
 *     .registerMetricProducer(new PenstockMetricProducer(PenstockMetrics.shared()))
 * }</pre>
 *
 * <p>Make it before the engines are opened. Needs {@code opentelemetry-sdk-metrics} on the class
 * path; where the SDK's autoconfigure is there too, it is registered by itself. From now on engines
 * that report to these metrics leave OpenTelemetry's API for metrics alone, also when the SDK is
 * shut down. Temporality is cumulative, whatever a reader prefers, and the SDK's views do not
 * apply. Safe for any thread.
 */
public final class PenstockMetricProducer implements MetricProducer {
  private static final InstrumentationScopeInfo SCOPE =
      InstrumentationScopeInfo.create("io.penstock");

  private final PenstockMetrics metrics;
  private final HistogramForm form;

  /**
   * Tells histograms as {@link HistogramForm#EXPLICIT}.
   *
   * @param metrics what to tell; engines that report to it no longer use OpenTelemetry's API for
   *     metrics
   */
  public PenstockMetricProducer(final PenstockMetrics metrics) {
    this(metrics, HistogramForm.EXPLICIT);
  }

  /**
   * Tells histograms in a form of choice.
   *
   * @param metrics what to tell; engines that report to it no longer use OpenTelemetry's API for
   *     metrics
   * @param form of histograms
   */
  public PenstockMetricProducer(final PenstockMetrics metrics, final HistogramForm form) {
    this.metrics = metrics;
    this.form = form;
    metrics.markProduced();
  }

  @Override
  public Collection<MetricData> produce(final Resource resource) {
    return new Production(resource, metrics.createdEpochNs(), PenstockMetrics.epochNs())
        .all(metrics.snapshot());
  }

  /** One collection. */
  private final class Production {
    private final Resource resource;
    private final long startEpochNs;
    private final long epochNs;

    Production(final Resource resource, final long startEpochNs, final long epochNs) {
      this.resource = resource;
      this.startEpochNs = startEpochNs;
      this.epochNs = epochNs;
    }

    Collection<MetricData> all(final MetricTable table) {
      final List<MetricData> all = new ArrayList<>();
      for (final Metric metric : Metric.values()) {
        final MetricData data =
            switch (metric.kind()) {
              case HISTOGRAM -> histogram(metric, table.histograms(metric));
              case COUNTER -> sum(metric, true, table.counts(metric));
              case LEVEL -> sum(metric, false, table.counts(metric));
              case GAUGE -> gauge(metric, table.values(metric));
            };
        if (!data.getData().getPoints().isEmpty()) {
          all.add(data);
        }
      }
      return all;
    }

    private MetricData histogram(final Metric metric, final Map<Attributes, HistogramSum> sums) {
      return form == HistogramForm.EXPLICIT
          ? new Produced(
              resource,
              metric,
              MetricDataType.HISTOGRAM,
              new SdkData.Explicit(points(sums, (at, sum) -> explicitPoint(metric, at, sum))))
          : new Produced(
              resource,
              metric,
              MetricDataType.EXPONENTIAL_HISTOGRAM,
              new SdkData.Exponential(points(sums, this::exponentialPoint)));
    }

    private HistogramPointData explicitPoint(
        final Metric metric, final Attributes attributes, final HistogramSum sum) {
      final List<Double> bounds = sum.bounds(metric);
      return new ExplicitPoint(
          startEpochNs,
          epochNs,
          attributes,
          sum.sum(),
          bounds,
          Arrays.stream(sum.counts(bounds)).boxed().toList(),
          exemplars(sum));
    }

    private ExponentialHistogramPointData exponentialPoint(
        final Attributes attributes, final HistogramSum sum) {
      final ExponentialBuckets buckets = ExponentialBuckets.of(sum);
      return new SdkData.ExponentialPoint(
          startEpochNs,
          epochNs,
          attributes,
          sum.sum(),
          buckets.zeroCount(),
          new SdkData.Buckets(buckets.scale(), buckets.offset(), buckets.counts()),
          exemplars(sum));
    }

    private static List<DoubleExemplarData> exemplars(final HistogramSum sum) {
      return sum.exemplars().stream()
          .<DoubleExemplarData>map(
              exemplar ->
                  new SdkData.SpanExemplar(
                      Attributes.empty(), exemplar.epochNs(), exemplar.span(), exemplar.seconds()))
          .toList();
    }

    private MetricData sum(
        final Metric metric, final boolean monotonic, final Map<Attributes, Long> counts) {
      return new Produced(
          resource,
          metric,
          MetricDataType.LONG_SUM,
          new SdkData.Sum(
              monotonic,
              points(
                  counts, (at, count) -> new SdkData.LongPoint(startEpochNs, epochNs, at, count))));
    }

    private MetricData gauge(final Metric metric, final Map<Attributes, Double> values) {
      return new Produced(
          resource,
          metric,
          MetricDataType.DOUBLE_GAUGE,
          new SdkData.Gauge(
              points(
                  values,
                  (at, value) -> new SdkData.DoublePoint(startEpochNs, epochNs, at, value))));
    }

    private static <T, P extends PointData> List<P> points(
        final Map<Attributes, T> values, final BiFunction<Attributes, T, P> point) {
      final List<P> points = new ArrayList<>(values.size());
      values.forEach((attributes, value) -> points.add(point.apply(attributes, value)));
      return points;
    }
  }

  /** A metric as the SDK wants it. */
  private static final class Produced implements MetricData {
    private final Resource resource;
    private final Metric metric;
    private final MetricDataType type;
    private final Data<?> data;

    Produced(
        final Resource resource,
        final Metric metric,
        final MetricDataType type,
        final Data<?> data) {
      this.resource = resource;
      this.metric = metric;
      this.type = type;
      this.data = data;
    }

    @Override
    public Resource getResource() {
      return resource;
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
      return SCOPE;
    }

    @Override
    public String getName() {
      return metric.label();
    }

    @Override
    public String getDescription() {
      return metric.description();
    }

    @Override
    public String getUnit() {
      return metric.unit();
    }

    @Override
    public MetricDataType getType() {
      return type;
    }

    @Override
    public Data<?> getData() {
      return data;
    }

    @Override
    public String toString() {
      return getName() + "=" + data;
    }
  }
}
