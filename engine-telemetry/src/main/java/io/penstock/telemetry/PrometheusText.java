package io.penstock.telemetry;

import io.opentelemetry.api.common.Attributes;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes metrics in the text format of Prometheus, 0.0.4, or as OpenMetrics 1.0, which has
 * exemplars. Names, units and labels are those that OpenTelemetry's exporter for Prometheus makes
 * of the same metrics, so that dashboards fit both.
 */
public final class PrometheusText {
  /** Content type of {@link #write}. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Content type of {@link #writeOpenMetrics}. */
  public static final String OPEN_METRICS_CONTENT_TYPE =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private static final double NS_PER_S = 1e9;
  private static final Map<String, String> UNIT_SUFFIXES = Map.of("s", "_seconds", "By", "_bytes");
  private static final String TOTAL = "_total";

  private final boolean isOpenMetrics;
  private final StringBuilder text = new StringBuilder();

  private PrometheusText(final boolean isOpenMetrics) {
    this.isOpenMetrics = isOpenMetrics;
  }

  /**
   * Writes metrics in the text format 0.0.4.
   *
   * @param metrics the metrics
   * @return lines, each ended by a line feed
   */
  public static String write(final PenstockMetrics metrics) {
    return new PrometheusText(false).all(metrics.snapshot());
  }

  /**
   * Writes metrics as OpenMetrics 1.0, with the exemplars of sampled cases.
   *
   * @param metrics the metrics
   * @return lines, each ended by a line feed, the last one {@code # EOF}
   */
  public static String writeOpenMetrics(final PenstockMetrics metrics) {
    return new PrometheusText(true).all(metrics.snapshot());
  }

  private String all(final MetricTable table) {
    for (final Metric metric : Metric.values()) {
      switch (metric.kind()) {
        case HISTOGRAM -> histogram(metric, table.histograms(metric));
        case COUNTER, LEVEL -> numbers(metric, table.counts(metric));
        case GAUGE -> numbers(metric, table.values(metric));
      }
    }
    return isOpenMetrics ? text.append("# EOF\n").toString() : text.toString();
  }

  private void numbers(final Metric metric, final Map<Attributes, ? extends Number> points) {
    if (points.isEmpty()) {
      return;
    }
    final boolean isCounter = metric.kind() == Metric.Kind.COUNTER;
    final String name = head(metric, isCounter ? "counter" : "gauge");
    points.forEach(
        (attributes, value) ->
            sample(isCounter ? name + TOTAL : name, labels(attributes)).append(value).append('\n'));
  }

  private void histogram(final Metric metric, final Map<Attributes, HistogramSum> points) {
    if (points.isEmpty()) {
      return;
    }
    final String name = head(metric, "histogram");
    points.forEach((attributes, sum) -> histogram(name, metric, labels(attributes), sum));
  }

  private void histogram(
      final String name, final Metric metric, final String labels, final HistogramSum sum) {
    final List<Double> bounds = sum.bounds(metric);
    final long[] counts = sum.counts(bounds);
    final @Nullable Exemplar[] exemplars = exemplars(sum, bounds);
    long below = 0;
    for (int bucket = 0; bucket < counts.length; bucket++) {
      below += counts[bucket];
      final String bound = bucket < bounds.size() ? Double.toString(bounds.get(bucket)) : "+Inf";
      final String le = "le=\"" + bound + '"';
      sample(name + "_bucket", labels.isEmpty() ? le : labels + ',' + le).append(below);
      exemplar(exemplars[bucket]);
      text.append('\n');
    }
    sample(name + "_sum", labels).append(sum.sum()).append('\n');
    sample(name + "_count", labels).append(Arrays.stream(counts).sum()).append('\n');
  }

  /** The latest of each bucket. */
  private static @Nullable Exemplar[] exemplars(final HistogramSum sum, final List<Double> bounds) {
    final @Nullable Exemplar[] latest = new Exemplar[bounds.size() + 1];
    for (final Exemplar each : sum.exemplars()) {
      final int bucket = HistogramSum.bucketOf(each.seconds(), bounds);
      final Exemplar present = latest[bucket];
      if (present == null || present.epochNs() <= each.epochNs()) {
        latest[bucket] = each;
      }
    }
    return latest;
  }

  private void exemplar(final @Nullable Exemplar exemplar) {
    if (isOpenMetrics && exemplar != null) {
      text.append(" # {trace_id=\"")
          .append(exemplar.span().getTraceId())
          .append("\",span_id=\"")
          .append(exemplar.span().getSpanId())
          .append("\"} ")
          .append(exemplar.seconds())
          .append(' ')
          .append(String.format(Locale.ROOT, "%.3f", exemplar.epochNs() / NS_PER_S));
    }
  }

  /** Help, type and unit; gives the name of the family, without the suffix of a counter. */
  private String head(final Metric metric, final String type) {
    final String unit = UNIT_SUFFIXES.getOrDefault(metric.unit(), "");
    final String family = metric.label().replace('.', '_') + unit;
    final String told = isOpenMetrics || !type.equals("counter") ? family : family + TOTAL;
    text.append("# HELP ").append(told).append(' ').append(escaped(metric.description(), false));
    text.append("\n# TYPE ").append(told).append(' ').append(type).append('\n');
    if (isOpenMetrics && !unit.isEmpty()) {
      text.append("# UNIT ").append(told).append(' ').append(unit, 1, unit.length()).append('\n');
    }
    return family;
  }

  private StringBuilder sample(final String name, final String labels) {
    text.append(name);
    return labels.isEmpty() ? text.append(' ') : text.append('{').append(labels).append("} ");
  }

  private static String labels(final Attributes attributes) {
    final StringBuilder labels = new StringBuilder();
    attributes.forEach(
        (key, value) ->
            labels
                .append(labels.isEmpty() ? "" : ",")
                .append(key.getKey().replace('.', '_'))
                .append("=\"")
                .append(escaped(String.valueOf(value), true))
                .append('"'));
    return labels.toString();
  }

  private static String escaped(final String value, final boolean isLabel) {
    final String escaped = value.replace("\\", "\\\\").replace("\n", "\\n");
    return isLabel ? escaped.replace("\"", "\\\"") : escaped;
  }
}
