package io.penstock.telemetry;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes maps, lists, texts, numbers and truth values as JSON (RFC 8259) or as YAML 1.2 blocks. */
final class Tree {
  /** Stands for null. */
  static final Object NULL =
      new Object() {
        @Override
        public String toString() {
          return "null";
        }
      };

  private final StringBuilder text = new StringBuilder();

  private Tree() {}

  /** A map in the order of its entries: keys and values in turn. */
  static Map<String, Object> map(final Object... keysAndValues) {
    final Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  static String json(final Object value) {
    final Tree tree = new Tree();
    tree.writeJson(value, "\n");
    return tree.text.append('\n').toString();
  }

  static String yaml(final Map<String, ?> value) {
    final Tree tree = new Tree();
    tree.writeYaml(value, "");
    return tree.text.toString();
  }

  private void writeJson(final Object value, final String lineStart) {
    final String inner = lineStart + "  ";
    if (value instanceof Map<?, ?> map) {
      text.append('{');
      for (final Iterator<? extends Map.Entry<?, ?>> i = map.entrySet().iterator(); i.hasNext(); ) {
        final Map.Entry<?, ?> entry = i.next();
        text.append(inner);
        quote(entry.getKey().toString());
        text.append(": ");
        writeJson(entry.getValue(), inner);
        text.append(i.hasNext() ? "," : lineStart);
      }
      text.append('}');
    } else if (value instanceof List<?> list) {
      text.append('[');
      for (final Iterator<?> i = list.iterator(); i.hasNext(); ) {
        text.append(inner);
        writeJson(i.next(), inner);
        text.append(i.hasNext() ? "," : lineStart);
      }
      text.append(']');
    } else {
      scalar(value);
    }
  }

  private void writeYaml(final Object value, final String indent) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, each) -> {
            text.append(text.length() == 0 || text.charAt(text.length() - 1) == '\n' ? indent : "");
            text.append(key).append(':');
            writeYamlValue(each, indent);
          });
    } else if (value instanceof List<?> list) {
      for (final Object each : list) {
        text.append(indent).append('-');
        if (each instanceof Map<?, ?>) {
          text.append(' ');
          writeYaml(each, indent + "  ");
        } else {
          writeYamlValue(each, indent);
        }
      }
    }
  }

  private void writeYamlValue(final Object value, final String indent) {
    if (value instanceof Map<?, ?> || value instanceof List<?>) {
      text.append('\n');
      writeYaml(value, indent + "  ");
    } else {
      text.append(' ');
      scalar(value);
      text.append('\n');
    }
  }

  /** JSON's texts are YAML's texts in double quotes. */
  private void scalar(final Object value) {
    if (value instanceof String string) {
      quote(string);
    } else {
      text.append(value);
    }
  }

  private void quote(final String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      final char c = string.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (isPrintable(c)) {
        text.append(c);
      } else {
        text.append(String.format("\\u%04x", (int) c));
      }
    }
    text.append('"');
  }

  /** What YAML allows as it is on any line, of which JSON allows all but the tabulator. */
  static boolean isPrintable(final char c) {
    if (Character.isSurrogate(c)) {
      return true; // of a pair: names have no halves
    }
    return (c >= ' ' && c < '\u007f')
        || (c >= '\u00a0' && c <= '\ufffd' && c != '\u2028' && c != '\u2029' && c != '\ufeff');
  }
}
