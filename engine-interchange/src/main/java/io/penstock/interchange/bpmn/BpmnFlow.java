package io.penstock.interchange.bpmn;

import io.penstock.interchange.xml.XmlElement;
import io.penstock.workflow.GraphBuilder;
import org.jspecify.annotations.Nullable;

/** A sequence flow. */
final class BpmnFlow {
  final XmlElement element;
  final String id;
  final BpmnNode from;
  final BpmnNode to;
  final @Nullable XmlElement condition;

  /** Set by {@link Places} before a scope is compiled. */
  String place;

  /** The condition that its target takes the token from, where that is not the same. */
  @Nullable String arrival;

  BpmnFlow(final XmlElement element, final String id, final BpmnNode from, final BpmnNode to) {
    this.element = element;
    this.id = id;
    this.from = from;
    this.to = to;
    condition = element.child("conditionExpression").orElse(null);
    place = ownPlace();
  }

  boolean isDefault() {
    return id.equals(from.element.get("default"));
  }

  /**
   * The condition of the net that holds its token: alternatives of an event gateway share one, and
   * so do flows that only meet.
   */
  String place() {
    return place;
  }

  /** The condition that its target takes the token from. */
  String arrival() {
    return arrival == null ? place : arrival;
  }

  /** What it is called where nothing is folded. */
  String ownPlace() {
    if (from.kind.equals("eventBasedGateway")) {
      return from.id + " waits";
    }
    final boolean isTaken = id.equals(GraphBuilder.INPUT) || id.equals(GraphBuilder.OUTPUT);
    return isTaken ? "flow " + id : id;
  }
}
