package io.penstock.interchange.form;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.penstock.interchange.form.Node.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Map;

/** Documents as JSON (RFC 8259): strict on the way in, always the same text on the way out. */
final class JsonText {
  private static final int WIDTH = 100;
  private static final int NUMBER_LENGTH_MAX = 100;

  private JsonText() {}

  static Node read(final String text, final Source source) {
    final JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(source.limits.depthMax() + 1)
                    .maxNumberLength(NUMBER_LENGTH_MAX)
                    .maxNameLength(source.limits.bytesMax())
                    .maxStringLength(source.limits.bytesMax())
                    .build())
            .build();
    try (JsonParser parser = factory.createParser(text)) {
      if (parser.nextToken() == null) {
        throw source.refusal(1, "file must hold a JSON value");
      }
      final Node root = value(parser, source, 1);
      if (parser.nextToken() != null) {
        throw source.refusal(line(parser), "file must hold one JSON value");
      }
      return root;
    } catch (final JsonProcessingException e) {
      throw source.refusal(
          e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
          "file must be JSON: fault=" + e.getOriginalMessage().replaceAll("\\s+", " "),
          e);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int line(final JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }

  private static Node value(final JsonParser parser, final Source source, final int depth)
      throws IOException {
    final JsonToken token = parser.currentToken();
    final int line = line(parser);
    source.count(depth, line);
    return switch (token) {
      case START_OBJECT -> {
        final Node object = new Node(Kind.OBJECT, line, "");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          final String name = parser.currentName();
          final int nameLine = line(parser);
          parser.nextToken();
          source.put(object, name, nameLine, value(parser, source, depth + 1));
        }
        yield object;
      }
      case START_ARRAY -> {
        final Node list = new Node(Kind.LIST, line, "");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser, source, depth + 1));
        }
        yield list;
      }
      case VALUE_STRING -> new Node(Kind.TEXT, line, parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Node(Kind.NUMBER, line, parser.getText());
      case VALUE_TRUE -> new Node(Kind.TRUTH, line, "true");
      case VALUE_FALSE -> new Node(Kind.TRUTH, line, "false");
      case VALUE_NULL -> new Node(Kind.NOTHING, line, "");
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw source.refusal(line, "file must be JSON: token=" + token);
    };
  }

  static String write(final Node root) {
    final StringBuilder text = new StringBuilder();
    write(root, "", 0, text);
    return text.append('\n').toString();
  }

  /** In one line where it fits; the whole document never is. */
  private static void write(
      final Node node, final String indent, final int used, final StringBuilder text) {
    final String line = node.isContainer() ? oneLine(node) : scalar(node);
    final boolean isSmall = !indent.isEmpty() && indent.length() + used + line.length() < WIDTH;
    if (!node.isContainer() || isSmall || line.length() == 2) {
      text.append(line);
      return;
    }
    final String inner = indent + "  ";
    final boolean isObject = node.kind == Kind.OBJECT;
    text.append(isObject ? '{' : '[');
    String separator = "\n";
    if (isObject) {
      for (final Map.Entry<String, Node> member : node.members.entrySet()) {
        final String name = quoted(member.getKey()) + ": ";
        text.append(separator).append(inner).append(name);
        write(member.getValue(), inner, name.length(), text);
        separator = ",\n";
      }
    } else {
      for (final Node item : node.items) {
        text.append(separator).append(inner);
        write(item, inner, 0, text);
        separator = ",\n";
      }
    }
    text.append('\n').append(indent).append(isObject ? '}' : ']');
  }

  private static String oneLine(final Node node) {
    final StringBuilder text = new StringBuilder();
    append(node, text);
    return text.toString();
  }

  private static void append(final Node node, final StringBuilder text) {
    if (node.kind == Kind.OBJECT) {
      text.append('{');
      final Iterator<Map.Entry<String, Node>> members = node.members.entrySet().iterator();
      while (members.hasNext()) {
        final Map.Entry<String, Node> member = members.next();
        text.append(quoted(member.getKey())).append(": ");
        append(member.getValue(), text);
        text.append(members.hasNext() ? ", " : "");
      }
      text.append('}');
    } else if (node.kind == Kind.LIST) {
      text.append('[');
      for (int i = 0; i < node.items.size(); i++) {
        text.append(i == 0 ? "" : ", ");
        append(node.items.get(i), text);
      }
      text.append(']');
    } else {
      text.append(scalar(node));
    }
  }

  private static String scalar(final Node node) {
    return switch (node.kind) {
      case TEXT -> quoted(node.text);
      case NUMBER, TRUTH -> node.text;
      case NOTHING -> "null";
      case OBJECT, LIST -> throw new AssertionError(node.kind);
    };
  }

  /** A text in quotes, with escapes that YAML reads too. */
  static String quoted(final String text) {
    final StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      final char character = text.charAt(i);
      if (character == '"' || character == '\\') {
        quoted.append('\\').append(character);
      } else if (character == '\n') {
        quoted.append("\\n");
      } else if (character == '\t') {
        quoted.append("\\t");
      } else if (isPlain(text, i)) {
        quoted.append(character);
      } else {
        quoted.append(String.format("\\u%04x", (int) character));
      }
    }
    return quoted.append('"').toString();
  }

  /** Whether a character can stand as it is in both notations, and in UTF-8. */
  private static boolean isPlain(final String text, final int at) {
    final char character = text.charAt(at);
    if (Character.isHighSurrogate(character)) {
      return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
    }
    if (Character.isLowSurrogate(character)) {
      return at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
    return (character >= ' ' && character < 0x7f)
        || (character >= 0xa0 && character != 0x2028 && character != 0x2029 && character < 0xfeff);
  }
}
