package io.penstock.interchange.bpmn;

import io.penstock.interchange.xml.XmlElement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A process, a sub-process or a global task: what has tokens of its own. */
final class BpmnScope {
  final XmlElement element;
  final String id;
  final @Nullable BpmnScope parent;
  final Map<String, BpmnNode> nodes = new LinkedHashMap<>();
  final List<BpmnFlow> flows = new ArrayList<>();
  final List<BpmnNode> eventSubProcesses = new ArrayList<>();

  /** The activity that it is the inside of. */
  @Nullable BpmnNode owner;

  BpmnScope(final XmlElement element, final String id, final @Nullable BpmnScope parent) {
    this.element = element;
    this.id = id;
    this.parent = parent;
  }

  /** This scope and all within. */
  List<BpmnScope> all() {
    final List<BpmnScope> all = new ArrayList<>(List.of(this));
    for (final BpmnNode node : nodes.values()) {
      if (node.inner != null) {
        all.addAll(node.inner.all());
      }
    }
    for (final BpmnNode node : eventSubProcesses) {
      if (node.inner != null) {
        all.addAll(node.inner.all());
      }
    }
    return all;
  }
}
