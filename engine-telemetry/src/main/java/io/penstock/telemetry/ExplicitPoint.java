package io.penstock.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import java.util.List;

/**
 * A histogram in explicit buckets, with exemplars, for which the SDK has no public constructor. It
 * knows no shortest and no longest duration: those of a cumulative histogram are never told again.
 */
final class ExplicitPoint implements HistogramPointData {
  private final long startEpochNs;
  private final long epochNs;
  private final Attributes attributes;
  private final double sum;
  private final List<Double> bounds;
  private final List<Long> counts;
  private final List<DoubleExemplarData> exemplars;

  ExplicitPoint(
      final long startEpochNs,
      final long epochNs,
      final Attributes attributes,
      final double sum,
      final List<Double> bounds,
      final List<Long> counts,
      final List<DoubleExemplarData> exemplars) {
    this.startEpochNs = startEpochNs;
    this.epochNs = epochNs;
    this.attributes = attributes;
    this.sum = sum;
    this.bounds = bounds;
    this.counts = counts;
    this.exemplars = exemplars;
  }

  @Override
  public long getStartEpochNanos() {
    return startEpochNs;
  }

  @Override
  public long getEpochNanos() {
    return epochNs;
  }

  @Override
  public Attributes getAttributes() {
    return attributes;
  }

  @Override
  public double getSum() {
    return sum;
  }

  @Override
  public long getCount() {
    return counts.stream().mapToLong(Long::longValue).sum();
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

  @Override
  public List<Double> getBoundaries() {
    return bounds;
  }

  @Override
  public List<Long> getCounts() {
    return counts;
  }

  @Override
  public List<DoubleExemplarData> getExemplars() {
    return exemplars;
  }

  @Override
  public String toString() {
    return "ExplicitPoint{" + attributes + ", sum=" + sum + ", counts=" + counts + "}";
  }
}
