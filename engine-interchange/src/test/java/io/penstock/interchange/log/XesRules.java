package io.penstock.interchange.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads an event log by the rules of IEEE 1849-2016: the order of what a log holds, attributes by
 * type, keys that are unique and whose prefix is of a declared extension, global attributes that
 * are everywhere, classifiers over keys that are global, transitions of the standard model.
 */
final class XesRules {
  private static final Set<String> ATTRIBUTES =
      Set.of("string", "date", "int", "float", "boolean", "id", "list", "container");
  private static final List<String> ORDER =
      List.of("extension", "global", "classifier", "attribute", "trace", "event");
  private static final Set<String> TRANSITIONS =
      Set.of(
          "schedule",
          "assign",
          "withdraw",
          "reassign",
          "start",
          "suspend",
          "resume",
          "pi_abort",
          "ate_abort",
          "complete",
          "autoskip",
          "manualskip",
          "unknown");
  private static final Map<String, String> TYPES =
      Map.of(
          "concept:name", "string",
          "concept:instance", "string",
          "lifecycle:model", "string",
          "lifecycle:transition", "string",
          "org:resource", "string",
          "time:timestamp", "date");

  final List<Map<String, String>> traces = new ArrayList<>();
  final List<List<Map<String, String>>> events = new ArrayList<>();
  private final Set<String> prefixes = new HashSet<>();
  private final Map<String, Set<String>> globals = new HashMap<>();
  private final Deque<String> path = new ArrayDeque<>();
  private Map<String, String> attributes = new LinkedHashMap<>();
  private int place;

  private XesRules() {}

  static XesRules read(final String text) throws XMLStreamException {
    final XesRules rules = new XesRules();
    final XMLInputFactory factory = XMLInputFactory.newInstance();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    final XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(text));
    while (xml.hasNext()) {
      final int event = xml.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        rules.start(xml);
      } else if (event == XMLStreamConstants.END_ELEMENT) {
        rules.end(xml.getLocalName());
      }
    }
    return rules;
  }

  private void start(final XMLStreamReader xml) {
    final String name = xml.getLocalName();
    final String parent = path.isEmpty() ? "" : path.peek();
    path.push(name);
    if (name.equals("log")) {
      assertThat(parent).isEmpty();
      assertThat(xml.getNamespaceURI()).isEqualTo("http://www.xes-standard.org/");
      assertThat(xml.getAttributeValue(null, "xes.version")).isEqualTo("1849-2016");
      assertThat(xml.getAttributeValue(null, "xes.features")).isNotNull();
      return;
    }
    if (parent.equals("log")) {
      final int at = ORDER.indexOf(ATTRIBUTES.contains(name) ? "attribute" : name);
      assertThat(at).as(name).isGreaterThanOrEqualTo(place);
      place = at;
    }
    if (ATTRIBUTES.contains(name)) {
      attribute(xml, name, parent);
      return;
    }
    switch (name) {
      case "extension" -> {
        assertThat(xml.getAttributeValue(null, "name")).isNotBlank();
        assertThat(xml.getAttributeValue(null, "uri")).endsWith(".xesext");
        assertThat(prefixes.add(xml.getAttributeValue(null, "prefix"))).isTrue();
      }
      case "global" -> {
        attributes = new LinkedHashMap<>();
        path.pop();
        path.push("global " + xml.getAttributeValue(null, "scope"));
      }
      case "classifier" -> {
        assertThat(xml.getAttributeValue(null, "name")).isNotBlank();
        assertThat(globals.get("event"))
            .containsAll(List.of(xml.getAttributeValue(null, "keys").split(" ", -1)));
      }
      case "trace" -> {
        assertThat(parent).isEqualTo("log");
        attributes = new LinkedHashMap<>();
        traces.add(attributes);
        events.add(new ArrayList<>());
      }
      case "event" -> {
        assertThat(parent).isEqualTo("trace");
        attributes = new LinkedHashMap<>();
        events.get(events.size() - 1).add(attributes);
      }
      default -> throw new AssertionError("no element of XES: " + name);
    }
  }

  private void attribute(final XMLStreamReader xml, final String type, final String parent) {
    final String key = xml.getAttributeValue(null, "key");
    final String value = xml.getAttributeValue(null, "value");
    assertThat(key).isNotBlank().doesNotContain("\n", "\t");
    assertThat(value).as(key).isNotNull();
    if (key.contains(":")) {
      assertThat(prefixes).contains(key.substring(0, key.indexOf(':')));
      assertThat(type).as(key).isEqualTo(TYPES.get(key));
    }
    switch (type) {
      case "date" -> OffsetDateTime.parse(value);
      case "int" -> Long.parseLong(value);
      default -> assertThat(type).isEqualTo("string");
    }
    if (key.equals("lifecycle:transition")) {
      assertThat(TRANSITIONS).contains(value);
    }
    if (!parent.equals("log")) {
      assertThat(attributes.put(key, value)).as("twice: %s", key).isNull();
    }
  }

  private void end(final String name) {
    final String ended = path.pop();
    if (ended.startsWith("global ")) {
      globals.put(ended.substring("global ".length()), attributes.keySet());
    } else if (name.equals("event")) {
      assertThat(attributes.keySet()).containsAll(globals.get("event"));
    } else if (name.equals("trace")) {
      assertThat(traces.get(traces.size() - 1).keySet()).containsAll(globals.get("trace"));
    }
  }
}
