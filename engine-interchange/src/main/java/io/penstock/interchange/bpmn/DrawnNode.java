package io.penstock.interchange.bpmn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A flow node of a diagram that is written out. Not thread safe. */
final class DrawnNode {
  /** Kinds where several incoming flows are not alternatives of each other. */
  private static final Set<String> SYNCHRONIZING =
      Set.of("parallelGateway", "inclusiveGateway", "complexGateway");

  final String id;
  final String kind;
  final String name;
  final Map<String, String> attributes = new LinkedHashMap<>();

  /** Elements of the extension namespace within it, as XML. */
  final List<String> extensions = new ArrayList<>();

  /** What else is within it, as XML, in the order of the schema. */
  final List<String> parts = new ArrayList<>();

  final List<DrawnFlow> incoming = new ArrayList<>();
  final List<DrawnFlow> outgoing = new ArrayList<>();
  @Nullable DrawnScope inner;
  @Nullable DrawnNode host;

  DrawnNode(final String id, final String kind, final String name) {
    this.id = id;
    this.kind = kind;
    this.name = name;
  }

  boolean synchronizes() {
    return SYNCHRONIZING.contains(kind);
  }

  boolean isEvent() {
    return kind.endsWith("Event");
  }

  boolean isGateway() {
    return kind.endsWith("Gateway");
  }
}
