package io.penstock.interchange.bpmn;

import io.penstock.workflow.Guard;
import java.util.ArrayList;
import java.util.List;

/** Writes the flows out of what chooses by conditions. Not thread safe; one scope. */
final class Splits {
  private final Choices choices;
  private final NetWriter net;

  Splits(final Choices choices, final NetWriter net) {
    this.choices = choices;
    this.net = net;
  }

  /** Every flow whose condition holds, and always those without one. */
  void inclusive(final String task, final BpmnNode node, final boolean isGateway) {
    final boolean byHand =
        isGateway
            && choices.areByHand()
            && node.outgoing.stream().allMatch(flow -> flow.condition == null);
    final List<Guard> guards = new ArrayList<>();
    final List<BpmnFlow> guarded = new ArrayList<>();
    final List<BpmnFlow> always = new ArrayList<>();
    BpmnFlow otherwise = null;
    for (final BpmnFlow flow : node.outgoing) {
      if (flow.isDefault()) {
        otherwise = flow;
      } else if (flow.condition == null && !byHand) {
        always.add(flow);
      } else {
        final Guard guard = choices.guard(flow);
        if (guard != null) {
          guards.add(guard);
          guarded.add(flow);
        }
      }
    }
    if (isGateway && otherwise != null && !always.isEmpty()) {
      choices.problem(
          node,
          "default flow is never taken where another has no condition and is always taken:"
              + " default="
              + otherwise.id
              + ", always="
              + always.get(0).id);
      return;
    }
    always.forEach(flow -> net.flow(task, flow.place()));
    if (guards.isEmpty()) {
      final BpmnFlow last = otherwise == null ? node.outgoing.get(0) : otherwise;
      net.graph.defaultFlow(task, last.place());
      return;
    }
    if (otherwise == null) {
      if (always.isEmpty()) {
        guards.set(0, new FailingChoice(node.id, List.copyOf(guards)));
      }
      // Never taken: it is there because a split must have a default.
      net.graph.defaultFlow(task, (always.isEmpty() ? guarded : always).get(0).place());
    } else if (always.isEmpty()) {
      net.graph.defaultFlow(task, otherwise.place());
    } else {
      final Guard none = guards.stream().reduce(Guard::or).orElseThrow().not();
      net.graph.flow(task, otherwise.place(), none);
      net.graph.defaultFlow(task, always.get(0).place());
    }
    for (int i = 0; i < guards.size(); i++) {
      net.graph.flow(task, guarded.get(i).place(), guards.get(i));
    }
  }

  void exclusive(final String task, final BpmnNode node) {
    final List<Guard> guards = new ArrayList<>();
    final List<BpmnFlow> guarded = new ArrayList<>();
    BpmnFlow otherwise = null;
    for (final BpmnFlow flow : node.outgoing) {
      if (flow.isDefault()) {
        otherwise = flow;
      } else {
        final Guard guard = choices.guard(flow);
        if (guard != null) {
          guards.add(guard);
          guarded.add(flow);
        }
      }
    }
    if (guards.isEmpty()) {
      final BpmnFlow last = otherwise == null ? node.outgoing.get(0) : otherwise;
      net.graph.defaultFlow(task, last.place());
      return;
    }
    final int last = guards.size() - 1;
    if (otherwise == null) {
      guards.set(0, new FailingChoice(node.id, List.copyOf(guards)));
    }
    // Without a default the last flow is taken when no other is, as one must hold.
    for (int i = 0; i < guards.size(); i++) {
      if (otherwise != null || i < last || last == 0) {
        net.graph.flow(task, guarded.get(i).place(), guards.get(i));
      }
    }
    net.graph.defaultFlow(task, (otherwise == null ? guarded.get(last) : otherwise).place());
  }
}
