package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

/** Looks into what was read from JSON or YAML. */
final class Parsed {
  private Parsed() {}

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(final Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(final Object value) {
    assertThat(value).isInstanceOf(List.class);
    return (List<Object>) value;
  }

  static Object at(final Object value, final String... path) {
    Object at = value;
    for (final String name : path) {
      at = map(at).get(name);
    }
    return at;
  }
}
