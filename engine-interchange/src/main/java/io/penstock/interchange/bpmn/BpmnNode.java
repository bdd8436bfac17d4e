package io.penstock.interchange.bpmn;

import io.penstock.interchange.ModelElement;
import io.penstock.interchange.xml.XmlElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A flow node: activity, event or gateway. */
final class BpmnNode {
  static final Set<String> SUB_PROCESSES = Set.of("subProcess", "transaction");

  final XmlElement element;
  final String id;
  final String kind;
  final BpmnScope scope;
  final List<BpmnFlow> incoming = new ArrayList<>();
  final List<BpmnFlow> outgoing = new ArrayList<>();
  final List<BpmnNode> boundary = new ArrayList<>();
  final List<XmlElement> definitions = new ArrayList<>();
  @Nullable BpmnScope inner;
  @Nullable BpmnNode host;

  /** The activity that undoes what this one did, if its model has one. */
  @Nullable BpmnNode compensation;

  BpmnNode(final XmlElement element, final String id, final BpmnScope scope) {
    this.element = element;
    this.id = id;
    this.scope = scope;
    kind = element.name();
  }

  /** What kind of event it is: {@code none}, {@code message}, {@code timer} and so on. */
  String eventKind() {
    if (definitions.isEmpty()) {
      return "none";
    }
    final String name = definitions.get(0).name();
    return name.substring(0, name.length() - "EventDefinition".length());
  }

  boolean isInterrupting() {
    return element.is("cancelActivity", true);
  }

  boolean isTriggeredByEvent() {
    return kind.equals("subProcess") && element.is("triggeredByEvent", false);
  }

  /** The event that begins an event sub-process, or null. */
  @Nullable BpmnNode start() {
    return inner == null
        ? null
        : inner.nodes.values().stream()
            .filter(node -> node.kind.equals("startEvent"))
            .findFirst()
            .orElse(null);
  }

  /** Whether it is an event sub-process that an error begins. */
  boolean catchesErrors() {
    final BpmnNode start = start();
    return isTriggeredByEvent() && start != null && start.eventKind().equals("error");
  }

  boolean isForCompensation() {
    return element.is("isForCompensation", false);
  }

  ModelElement modelElement() {
    final Map<String, String> properties = element.attributes();
    element.child("script").ifPresent(script -> properties.put("script", script.text()));
    return new ModelElement(id, element.get("name", ""), kind, element.line(), properties);
  }
}
