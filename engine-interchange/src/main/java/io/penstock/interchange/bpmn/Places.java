package io.penstock.interchange.bpmn;

import io.penstock.workflow.GraphBuilder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the conditions that the flows of a scope need. Nodes that do nothing but pass a token on
 * need no task: flows that meet at an exclusive gateway mark the same condition, those that reach a
 * plain end mark the output, and that of a plain start is the input. Not thread safe; one scope.
 */
final class Places {
  private final BpmnScope scope;
  private final Set<BpmnNode> folded = new HashSet<>();

  Places(final BpmnScope scope) {
    this.scope = scope;
    scope.flows.forEach(flow -> flow.place = flow.ownPlace());
  }

  /** Lets flows share a condition where they meet at an exclusive gateway with one way on. */
  void foldMerges() {
    for (final BpmnNode node : scope.nodes.values()) {
      if (node.kind.equals("exclusiveGateway")
          && node.outgoing.size() == 1
          && !node.incoming.isEmpty()
          && node.outgoing.get(0).condition == null) {
        fold(node, node.outgoing.get(0).place);
      }
    }
  }

  /** Lets flows to a plain end mark the output. */
  void foldEnds() {
    for (final BpmnNode node : scope.nodes.values()) {
      if (node.kind.equals("endEvent")
          && node.eventKind().equals("none")
          && !node.incoming.isEmpty()) {
        fold(node, GraphBuilder.OUTPUT);
      }
    }
  }

  /** Lets the flow out of a plain start be the condition where the scope begins. */
  void foldStart(final BpmnNode start, final String entrance) {
    if (!start.kind.equals("startEvent")
        || start.outgoing.size() != 1
        || start.outgoing.get(0).condition != null) {
      return;
    }
    final BpmnFlow flow = start.outgoing.get(0);
    final String place = flow.place;
    final boolean isShared =
        scope.flows.stream().anyMatch(other -> other != flow && other.place.equals(place));
    if (!isShared && !place.equals(GraphBuilder.OUTPUT)) {
      flow.place = entrance;
      folded.add(start);
    }
  }

  private void fold(final BpmnNode node, final String place) {
    final Set<String> meeting = new HashSet<>();
    node.incoming.forEach(flow -> meeting.add(flow.place));
    if (meeting.contains(place)) {
      return; // a cycle of nothing but gateways, which is refused
    }
    meeting.add(place);
    final List<BpmnFlow> sharing =
        scope.flows.stream()
            .filter(flow -> meeting.contains(flow.place) && flow.from != node)
            .toList();
    final long sources =
        sharing.stream()
            .filter(flow -> !folded.contains(flow.from))
            .map(flow -> flow.from)
            .distinct()
            .count();
    final long flows = sharing.stream().filter(flow -> !folded.contains(flow.from)).count();
    final boolean isAlternative =
        sharing.stream().anyMatch(flow -> flow.from.kind.equals("eventBasedGateway"));
    if (sources == flows && !isAlternative) {
      sharing.forEach(flow -> flow.place = place);
      folded.add(node);
    }
  }

  /** Whether a node needs no task. */
  boolean isFolded(final BpmnNode node) {
    return folded.contains(node);
  }
}
