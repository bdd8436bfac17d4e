package io.penstock.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON into maps, lists, strings, numbers, truths and nulls. */
final class Json {
  private Json() {}

  static List<Map<String, Object>> lines(final String text) {
    return text.lines().map(Json::object).toList();
  }

  @SuppressWarnings("unchecked") // the writer writes objects
  static Map<String, Object> object(final String line) {
    try (JsonParser parser = new JsonFactory().createParser(line)) {
      parser.nextToken();
      final Object value = value(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("a line must hold one object: " + line);
      }
      return (Map<String, Object>) value;
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Object value(final JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        final Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          final String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        final List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IllegalArgumentException("token: " + parser.currentToken());
    };
  }
}
