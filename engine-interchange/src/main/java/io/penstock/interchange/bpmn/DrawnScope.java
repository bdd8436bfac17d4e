package io.penstock.interchange.bpmn;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A process or sub-process of a diagram that is written out. Not thread safe. */
final class DrawnScope {
  final String id;
  final String name;
  final List<DrawnNode> nodes = new ArrayList<>();
  final List<DrawnFlow> flows = new ArrayList<>();

  DrawnScope(final String id, final String name) {
    this.id = id;
    this.name = name;
  }

  DrawnNode add(final DrawnNode node) {
    nodes.add(node);
    return node;
  }

  DrawnFlow connect(
      final String id,
      final DrawnNode from,
      final DrawnNode to,
      final @Nullable String condition,
      final boolean isDefault) {
    final DrawnFlow flow = new DrawnFlow(id, from, to, condition, isDefault);
    flows.add(flow);
    from.outgoing.add(flow);
    to.incoming.add(flow);
    return flow;
  }

  private void disconnect(final DrawnFlow flow) {
    flows.remove(flow);
    flow.from.outgoing.remove(flow);
    flow.to.incoming.remove(flow);
  }

  /** Takes out gateways that neither choose nor bring together anything. */
  void fold() {
    for (final DrawnNode node : List.copyOf(nodes)) {
      if (node.isGateway()
          && !node.kind.equals("eventBasedGateway")
          && node.incoming.size() == 1
          && node.outgoing.size() == 1
          && node.incoming.get(0).from != node) {
        final DrawnFlow in = node.incoming.get(0);
        final DrawnFlow out = node.outgoing.get(0);
        final int at = in.from.outgoing.indexOf(in);
        disconnect(in);
        disconnect(out);
        nodes.remove(node);
        final DrawnFlow folded = connect(in.id, in.from, out.to, in.condition, in.isDefault);
        in.from.outgoing.remove(folded);
        in.from.outgoing.add(at, folded);
      }
    }
  }

  /** Takes out what nothing leads to, such as what stands behind the end of a case. */
  void prune() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (final DrawnNode node : List.copyOf(nodes)) {
        final boolean lost =
            node.host == null
                ? node.incoming.isEmpty() && !node.kind.equals("startEvent")
                : !nodes.contains(node.host);
        if (lost) {
          List.copyOf(node.outgoing).forEach(this::disconnect);
          nodes.remove(node);
          changed = true;
        }
      }
    }
  }
}
