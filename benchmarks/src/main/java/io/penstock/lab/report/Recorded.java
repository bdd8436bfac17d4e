package io.penstock.lab.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.penstock.lab.result.Curve;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run wrote down of itself, read again: all that a later run is held against.
 *
 * @param date when it was measured
 * @param figures values by scenario and name
 * @param curves latencies by percentile, by scenario
 */
public record Recorded(
    String date, Map<String, Map<String, Double>> figures, Map<String, List<Curve>> curves) {

  /**
   * Nothing to hold a run against.
   *
   * @return an empty record
   */
  public static Recorded none() {
    return new Recorded("", Map.of(), Map.of());
  }

  /**
   * Reads a file that {@link Reports} wrote.
   *
   * @param file {@code results.json}
   * @return what it says
   * @throws IOException when it cannot be read, or is no such file
   */
  public static Recorded read(final Path file) throws IOException {
    final Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
    final Map<String, List<Curve>> curves = new LinkedHashMap<>();
    final Map<?, ?> root = map(tree(file));
    for (final Object each : list(root.get("results"))) {
      final Map<?, ?> result = map(each);
      final String scenario = String.valueOf(result.get("scenario"));
      final Map<String, Double> values = new LinkedHashMap<>();
      for (final Object figure : list(result.get("figures"))) {
        final Map<?, ?> fields = map(figure);
        if (fields.get("value") instanceof Number value) {
          values.put(String.valueOf(fields.get("name")), value.doubleValue());
        }
      }
      figures.put(scenario, values);
      final List<Curve> all = new ArrayList<>();
      for (final Object curve : list(result.get("curves"))) {
        all.add(curve(map(curve)));
      }
      curves.put(scenario, all);
    }
    final Object date = map(root.get("environment")).get("date");
    return new Recorded(String.valueOf(date), figures, curves);
  }

  private static Curve curve(final Map<?, ?> fields) {
    final List<Curve.Point> points = new ArrayList<>();
    for (final Object each : list(fields.get("points"))) {
      final List<?> point = list(each);
      points.add(new Curve.Point(number(point.get(0)), number(point.get(1))));
    }
    return new Curve(
        String.valueOf(fields.get("name")), (long) number(fields.get("count")), points);
  }

  private static double number(final @Nullable Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  private static Map<?, ?> map(final @Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<?> list(final @Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  /** JSON as maps, lists, strings and numbers. */
  static @Nullable Object tree(final Path file) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
      parser.nextToken();
      return tree(parser);
    }
  }

  private static @Nullable Object tree(final JsonParser parser) throws IOException {
    final JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      final Map<String, @Nullable Object> map = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        final String name = parser.currentName();
        parser.nextToken();
        map.put(name, tree(parser));
      }
      return map;
    }
    if (token == JsonToken.START_ARRAY) {
      final List<@Nullable Object> list = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        list.add(tree(parser));
      }
      return list;
    }
    if (token != null && token.isNumeric()) {
      return parser.getDoubleValue();
    }
    return token == JsonToken.VALUE_NULL ? null : parser.getText();
  }
}
