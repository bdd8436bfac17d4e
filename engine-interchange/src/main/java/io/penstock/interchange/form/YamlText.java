package io.penstock.interchange.form;

import io.penstock.interchange.form.Node.Kind;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Documents as YAML 1.2, as far as JSON goes: no anchors, aliases or tags, one document, names of
 * members are texts. A scalar without quotes is a number, a truth or null where JSON writes it so,
 * else a text.
 */
final class YamlText {
  private static final int WIDTH = 100;
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
  private static final Pattern UNQUOTED =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*( [A-Za-z0-9_-]+)*");

  /** Words that some readers of YAML take for something else than text. */
  private static final Set<String> RESERVED =
      Set.of("null", "true", "false", "yes", "no", "on", "off", "y", "n");

  private YamlText() {}

  static Node read(final String text, final Source source) {
    final LoadSettings settings =
        LoadSettings.builder()
            .setLabel(source.name)
            .setCodePointLimit(source.limits.bytesMax())
            .build();
    try {
      final Parser parser = new ParserImpl(settings, new StreamReader(settings, text));
      next(parser, source, Event.ID.StreamStart);
      if (!parser.checkEvent(Event.ID.DocumentStart)) {
        throw source.refusal(1, "file must hold a YAML document");
      }
      parser.next();
      final Node root = value(parser, parser.next(), source, 1);
      next(parser, source, Event.ID.DocumentEnd);
      if (!parser.checkEvent(Event.ID.StreamEnd)) {
        throw source.refusal(line(parser.peekEvent()), "file must hold one YAML document");
      }
      return root;
    } catch (final MarkedYamlEngineException e) {
      throw source.refusal(
          e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0),
          "file must be YAML: fault=" + fault(e),
          e);
    } catch (final YamlEngineException e) {
      throw source.refusal(0, "file must be YAML: fault=" + fault(e), e);
    }
  }

  private static String fault(final YamlEngineException e) {
    final String message =
        e instanceof ParserException || !(e instanceof MarkedYamlEngineException marked)
            ? String.valueOf(e.getMessage())
            : String.valueOf(marked.getProblem());
    return message.lines().findFirst().orElse("");
  }

  private static void next(final Parser parser, final Source source, final Event.ID id) {
    final Event event = parser.next();
    if (event.getEventId() != id) {
      throw source.refusal(
          line(event), "file must be a YAML document: event=" + event.getEventId());
    }
  }

  private static int line(final Event event) {
    final Optional<Mark> mark = event.getStartMark();
    return mark.map(at -> at.getLine() + 1).orElse(0);
  }

  private static Node value(
      final Parser parser, final Event event, final Source source, final int depth) {
    final int line = line(event);
    source.count(depth, line);
    if (event instanceof AliasEvent
        || (event instanceof NodeEvent named && named.getAnchor().isPresent())) {
      throw source.refusal(line, "file must not hold anchors or aliases");
    }
    if (event instanceof ScalarEvent scalar) {
      if (scalar.getTag().isPresent()) {
        throw source.refusal(line, "file must not hold tags: tag=" + scalar.getTag().get());
      }
      return scalar(scalar, line);
    }
    if (event instanceof SequenceStartEvent start && start.getTag().isEmpty()) {
      final Node list = new Node(Kind.LIST, line, "");
      while (!parser.checkEvent(Event.ID.SequenceEnd)) {
        list.add(value(parser, parser.next(), source, depth + 1));
      }
      parser.next();
      return list;
    }
    if (event instanceof MappingStartEvent start && start.getTag().isEmpty()) {
      final Node object = new Node(Kind.OBJECT, line, "");
      while (!parser.checkEvent(Event.ID.MappingEnd)) {
        final Event key = parser.next();
        final int keyLine = line(key);
        if (!(key instanceof ScalarEvent name)
            || name.getTag().isPresent()
            || name.getAnchor().isPresent()) {
          throw source.refusal(keyLine, "name of a member must be a text");
        }
        source.put(
            object, name.getValue(), keyLine, value(parser, parser.next(), source, depth + 1));
      }
      parser.next();
      return object;
    }
    throw source.refusal(line, "file must not hold tags: event=" + event.getEventId());
  }

  private static Node scalar(final ScalarEvent scalar, final int line) {
    final String text = scalar.getValue();
    if (!scalar.isPlain()) {
      return new Node(Kind.TEXT, line, text);
    }
    return switch (text) {
      case "", "~", "null" -> new Node(Kind.NOTHING, line, "");
      case "true", "false" -> new Node(Kind.TRUTH, line, text);
      default -> new Node(NUMBER.matcher(text).matches() ? Kind.NUMBER : Kind.TEXT, line, text);
    };
  }

  static String write(final Node root) {
    final StringBuilder text = new StringBuilder();
    members(root, "", text);
    return text.toString();
  }

  private static void members(final Node object, final String indent, final StringBuilder text) {
    String before = "";
    for (final Map.Entry<String, Node> member : object.members.entrySet()) {
      final String name = scalar(member.getKey()) + ":";
      text.append(before).append(name);
      value(member.getValue(), indent, name.length(), text);
      before = indent;
    }
  }

  /** What stands after the name of a member: in its line where it fits, else below. */
  private static void value(
      final Node node, final String indent, final int used, final StringBuilder text) {
    final String line = oneLine(node);
    final boolean fits = indent.length() + used + line.length() < WIDTH;
    final boolean isSmall =
        !node.isContainer()
            || line.length() == 2
            || (fits && node.kind == Kind.LIST && node.items.stream().noneMatch(Node::isContainer))
            || (fits && node.kind == Kind.OBJECT);
    if (isSmall) {
      text.append(' ').append(line).append('\n');
    } else if (node.kind == Kind.OBJECT) {
      text.append('\n').append(indent).append("  ");
      members(node, indent + "  ", text);
    } else {
      text.append('\n');
      for (final Node item : node.items) {
        item(item, indent + "  ", text);
      }
    }
  }

  private static void item(final Node item, final String indent, final StringBuilder text) {
    final String line = oneLine(item);
    text.append(indent).append("- ");
    if (!item.isContainer() || line.length() == 2 || indent.length() + line.length() < WIDTH) {
      text.append(line).append('\n');
    } else if (item.kind == Kind.OBJECT) {
      members(item, indent + "  ", text);
    } else {
      text.append('\n');
      for (final Node inner : item.items) {
        item(inner, indent + "  ", text);
      }
    }
  }

  private static String oneLine(final Node node) {
    final StringBuilder text = new StringBuilder();
    append(node, text);
    return text.toString();
  }

  private static void append(final Node node, final StringBuilder text) {
    switch (node.kind) {
      case OBJECT -> {
        text.append('{');
        String separator = "";
        for (final Map.Entry<String, Node> member : node.members.entrySet()) {
          text.append(separator).append(scalar(member.getKey())).append(": ");
          append(member.getValue(), text);
          separator = ", ";
        }
        text.append('}');
      }
      case LIST -> {
        text.append('[');
        for (int i = 0; i < node.items.size(); i++) {
          text.append(i == 0 ? "" : ", ");
          append(node.items.get(i), text);
        }
        text.append(']');
      }
      case TEXT -> text.append(scalar(node.text));
      case NUMBER, TRUTH -> text.append(node.text);
      case NOTHING -> text.append("null");
    }
  }

  private static String scalar(final String text) {
    return UNQUOTED.matcher(text).matches() && !RESERVED.contains(text.toLowerCase(Locale.ROOT))
        ? text
        : JsonText.quoted(text);
  }
}
