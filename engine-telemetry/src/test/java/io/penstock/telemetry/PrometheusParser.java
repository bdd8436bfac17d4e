package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A strict reader of the text format 0.0.4 and of OpenMetrics 1.0: a family is told as one, after
 * its type, no sample comes twice, buckets grow up to their count.
 */
final class PrometheusParser {
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*?)\\})? (\\S+)(?: # \\{(.*?)\\} (\\S+) (\\S+))?");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");
  private static final Set<String> SUFFIXES = Set.of("_bucket", "_sum", "_count");

  private final boolean isOpenMetrics;
  private final Map<String, String> types = new HashMap<>();
  private final Map<String, Map<Map<String, String>, Double>> samples = new HashMap<>();
  private final List<Exemplar> exemplars = new ArrayList<>();
  private final Set<String> closed = new HashSet<>();
  private String family = "";

  private PrometheusParser(final boolean isOpenMetrics) {
    this.isOpenMetrics = isOpenMetrics;
  }

  static PrometheusParser text(final String text) {
    return new PrometheusParser(false).parse(text);
  }

  static PrometheusParser openMetrics(final String text) {
    assertThat(text).endsWith("# EOF\n");
    return new PrometheusParser(true).parse(text.substring(0, text.length() - "# EOF\n".length()));
  }

  private PrometheusParser parse(final String text) {
    assertThat(text).endsWith("\n").doesNotContain("\r", "\n\n");
    for (final String line : text.split("\n", -1)) {
      if (line.startsWith("# HELP ") || line.startsWith("# TYPE ")) {
        begin(line.split(" ", 4)[2]);
      }
      if (line.startsWith("# HELP ")) {
        assertThat(line.split(" ", 4)).hasSize(4);
      } else if (line.startsWith("# TYPE ")) {
        final String[] words = line.split(" ", -1);
        assertThat(words).hasSize(4);
        assertThat(types.put(words[2], words[3])).as("type told twice: %s", line).isNull();
      } else if (line.startsWith("# UNIT ")) {
        assertThat(isOpenMetrics).isTrue();
        assertThat(family).endsWith("_" + line.split(" ", -1)[3]);
      } else if (!line.isEmpty()) {
        sample(line);
      }
    }
    types.forEach(this::checkHistogram);
    return this;
  }

  private void begin(final String name) {
    if (!name.equals(family)) {
      assertThat(closed.add(name)).as("family told in two parts: %s", name).isTrue();
      family = name;
    }
  }

  private void sample(final String line) {
    final Matcher matcher = SAMPLE.matcher(line);
    assertThat(matcher.matches()).as(line).isTrue();
    final String name = matcher.group(1);
    assertThat(family(name)).as(line).isEqualTo(family);
    final Map<String, String> labels =
        labels(matcher.group(2) == null ? "" : matcher.group(2), line);
    final double value = Double.parseDouble(matcher.group(3));
    assertThat(samples.computeIfAbsent(name, none -> new LinkedHashMap<>()).put(labels, value))
        .as("told twice: %s", line)
        .isNull();
    if (matcher.group(4) != null) {
      exemplars.add(
          new Exemplar(
              name,
              bound(labels),
              labels(matcher.group(4), line),
              Double.parseDouble(matcher.group(5))));
    }
  }

  private String family(final String name) {
    if (isOpenMetrics && "counter".equals(types.get(family))) {
      assertThat(name).endsWith("_total");
      return name.substring(0, name.length() - "_total".length());
    }
    if (isOpenMetrics && "info".equals(types.get(family))) {
      assertThat(name).endsWith("_info");
      return name.substring(0, name.length() - "_info".length());
    }
    if ("histogram".equals(types.get(family))) {
      final int suffix = name.lastIndexOf('_');
      assertThat(SUFFIXES).contains(name.substring(suffix));
      return name.substring(0, suffix);
    }
    return name;
  }

  private static Map<String, String> labels(final String text, final String line) {
    final Map<String, String> labels = new HashMap<>();
    final Matcher matcher = LABEL.matcher(text);
    int at = 0;
    while (at < text.length()) {
      assertThat(matcher.find(at) && matcher.start() == at).as("labels of %s", line).isTrue();
      final String value =
          matcher.group(2).replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
      assertThat(labels.put(matcher.group(1), value)).isNull();
      at = matcher.end();
    }
    return labels;
  }

  private static double bound(final Map<String, String> labels) {
    final String le = labels.get("le");
    return le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
  }

  private void checkHistogram(final String name, final String type) {
    if (type.equals("histogram")) {
      samples
          .get(name + "_count")
          .forEach(
              (labels, count) -> {
                final List<Double> buckets = List.copyOf(buckets(name, labels).values());
                assertThat(buckets).isSorted();
                assertThat(buckets.get(buckets.size() - 1)).isEqualTo(count);
              });
    }
  }

  private Map<Double, Double> buckets(final String name, final Map<String, String> labels) {
    final Map<Double, Double> buckets = new TreeMap<>();
    samples
        .get(name + "_bucket")
        .forEach(
            (all, value) -> {
              final Map<String, String> others = new HashMap<>(all);
              others.remove("le");
              if (others.equals(labels)) {
                buckets.put(bound(all), value);
              }
            });
    return buckets;
  }

  String type(final String name) {
    return types.get(name);
  }

  double value(final String name, final Map<String, String> labels) {
    assertThat(samples).containsKey(name);
    assertThat(samples.get(name)).containsKey(labels);
    return samples.get(name).get(labels);
  }

  List<Double> bounds(final String name, final Map<String, String> labels) {
    return List.copyOf(buckets(name, labels).keySet());
  }

  /** The sum of the samples that have a label. */
  double sum(final String name, final String label, final String value) {
    return samples.get(name).entrySet().stream()
        .filter(sample -> value.equals(sample.getKey().get(label)))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** The bounds that any sample has. */
  Set<Double> boundsOf(final String name) {
    return samples.get(name).keySet().stream()
        .map(PrometheusParser::bound)
        .collect(Collectors.toSet());
  }

  List<Exemplar> exemplars() {
    return exemplars;
  }

  /** An exemplar of a bucket. */
  record Exemplar(String metric, double bound, Map<String, String> labels, double value) {}
}
