package io.penstock.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.GaugeData;
import io.opentelemetry.sdk.metrics.data.HistogramData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongExemplarData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.SumData;
import java.util.List;

/**
 * The data of metrics as the SDK reads them. The SDK's own constructors of these are public only in
 * its newer versions; its interfaces are the same in all that are supported, so components have the
 * names of their getters.
 */
final class SdkData {
  private SdkData() {}

  /** Cumulative counts. */
  record Sum(boolean isMonotonic, List<LongPointData> getPoints) implements SumData<LongPointData> {
    @Override
    public AggregationTemporality getAggregationTemporality() {
      return AggregationTemporality.CUMULATIVE;
    }
  }

  /** Values of the moment. */
  record Gauge(List<DoublePointData> getPoints) implements GaugeData<DoublePointData> {}

  /** Cumulative histograms in explicit buckets. */
  record Explicit(List<HistogramPointData> getPoints) implements HistogramData {
    @Override
    public AggregationTemporality getAggregationTemporality() {
      return AggregationTemporality.CUMULATIVE;
    }
  }

  /** Cumulative histograms in base-2 exponential buckets. */
  record Exponential(List<ExponentialHistogramPointData> getPoints)
      implements ExponentialHistogramData {
    @Override
    public AggregationTemporality getAggregationTemporality() {
      return AggregationTemporality.CUMULATIVE;
    }
  }

  /** A count. */
  record LongPoint(
      long getStartEpochNanos, long getEpochNanos, Attributes getAttributes, long getValue)
      implements LongPointData {
    @Override
    public List<LongExemplarData> getExemplars() {
      return List.of();
    }
  }

  /** A value. */
  record DoublePoint(
      long getStartEpochNanos, long getEpochNanos, Attributes getAttributes, double getValue)
      implements DoublePointData {
    @Override
    public List<DoubleExemplarData> getExemplars() {
      return List.of();
    }
  }

  /** A histogram that knows no shortest and no longest duration, and nothing below zero. */
  record ExponentialPoint(
      long getStartEpochNanos,
      long getEpochNanos,
      Attributes getAttributes,
      double getSum,
      long getZeroCount,
      Buckets getPositiveBuckets,
      List<DoubleExemplarData> getExemplars)
      implements ExponentialHistogramPointData {
    @Override
    public int getScale() {
      return getPositiveBuckets.getScale();
    }

    @Override
    public long getCount() {
      return getZeroCount + getPositiveBuckets.getTotalCount();
    }

    @Override
    public ExponentialHistogramBuckets getNegativeBuckets() {
      return new Buckets(getScale(), 0, List.of());
    }

    @Override
    public boolean hasMin() {
      return false;
    }

    @Override
    public double getMin() {
      return 0;
    }

    @Override
    public boolean hasMax() {
      return false;
    }

    @Override
    public double getMax() {
      return 0;
    }
  }

  /** Counts of exponential buckets. */
  record Buckets(int getScale, int getOffset, List<Long> getBucketCounts)
      implements ExponentialHistogramBuckets {
    @Override
    public long getTotalCount() {
      return getBucketCounts.stream().mapToLong(Long::longValue).sum();
    }
  }

  /** One duration and the span it comes from. */
  record SpanExemplar(
      Attributes getFilteredAttributes,
      long getEpochNanos,
      SpanContext getSpanContext,
      double getValue)
      implements DoubleExemplarData {}
}
