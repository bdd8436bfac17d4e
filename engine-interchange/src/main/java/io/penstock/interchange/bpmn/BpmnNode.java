package io.penstock.interchange.bpmn;

import io.penstock.interchange.ModelElement;
import io.penstock.interchange.xml.XmlElement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    return !element.get("cancelActivity", "true").equals("false");
  }

  boolean isTriggeredByEvent() {
    return kind.equals("subProcess") && element.get("triggeredByEvent", "").equals("true");
  }

  boolean isForCompensation() {
    return element.get("isForCompensation", "").equals("true");
  }

  ModelElement modelElement() {
    final Map<String, String> properties = new LinkedHashMap<>(element.attributes());
    element.child("script").ifPresent(script -> properties.put("script", script.text()));
    return new ModelElement(id, element.get("name", ""), kind, element.line(), properties);
  }
}
