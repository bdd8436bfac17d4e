package io.penstock.interchange.bpmn;

import io.penstock.interchange.xml.XmlElement;
import org.jspecify.annotations.Nullable;

/** A sequence flow. */
final class BpmnFlow {
  final XmlElement element;
  final String id;
  final BpmnNode from;
  final BpmnNode to;
  final @Nullable XmlElement condition;

  BpmnFlow(final XmlElement element, final String id, final BpmnNode from, final BpmnNode to) {
    this.element = element;
    this.id = id;
    this.from = from;
    this.to = to;
    condition = element.child("conditionExpression").orElse(null);
  }

  boolean isDefault() {
    return id.equals(from.element.get("default"));
  }

  /** The condition of the net that holds its token: alternatives of an event gateway share one. */
  String place() {
    return from.kind.equals("eventBasedGateway") ? from.id + " waits" : id;
  }
}
