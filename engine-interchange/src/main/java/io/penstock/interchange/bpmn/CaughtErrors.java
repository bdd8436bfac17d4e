package io.penstock.interchange.bpmn;

import io.penstock.interchange.bpmn.ErrorCodes.Clearing;
import io.penstock.interchange.bpmn.ErrorCodes.ErrorGuard;
import io.penstock.interchange.bpmn.ErrorCodes.Raising;
import io.penstock.net.Net;
import io.penstock.net.Split;
import io.penstock.workflow.Guard;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds in a net what an import makes of error and escalation events at a boundary, so that they
 * are drawn as such again: behind the activity a choice by the error, and behind its branches a
 * task that takes the error back. One net; not changed once it is made.
 */
final class CaughtErrors {
  private final Workflow workflow;
  private final int netIndex;
  private final Net net;
  private final Set<Integer> hidden = new HashSet<>();
  private final Map<Integer, Integer> outcomes = new HashMap<>();
  private final Map<Integer, List<Catch>> catches = new HashMap<>();

  /**
   * An event.
   *
   * @param event the task that takes the error back, which has the event's name
   * @param guard which errors it catches
   */
  record Catch(int event, ErrorGuard guard) {}

  CaughtErrors(final Workflow workflow, final int netIndex) {
    this.workflow = workflow;
    this.netIndex = netIndex;
    net = workflow.nets().get(netIndex);
    for (int task = 0; task < net.taskCount(); task++) {
      look(task);
    }
  }

  private void look(final int outcome) {
    final boolean chooses =
        workflow.task(netIndex, outcome).kind() == TaskKind.ROUTING
            && net.split(outcome) == Split.XOR
            && net.inputs(outcome).length == 1
            && net.defaultFlow(outcome) != Net.NONE
            && net.cancelledTasks(outcome).length == 0;
    if (!chooses) {
      return;
    }
    final int[] outputs = net.outputs(outcome);
    final int[] guards = net.guards(outcome);
    final List<Catch> found = new ArrayList<>();
    for (int flow = 0; flow < outputs.length; flow++) {
      if (flow == net.defaultFlow(outcome)) {
        continue;
      }
      final Guard guard = guards[flow] == Net.NONE ? null : workflow.guard(guards[flow]);
      if (!(guard instanceof ErrorGuard error)) {
        return;
      }
      if (!error.text().isEmpty()) {
        final int[] takers = takers(outputs[flow]);
        if (takers.length != 1
            || !(workflow.task(netIndex, takers[0]).handler() instanceof Clearing)) {
          return;
        }
        found.add(new Catch(takers[0], error));
      }
    }
    final int place = net.inputs(outcome)[0];
    final int[] givers =
        IntStream.range(0, net.taskCount())
            .filter(task -> IntStream.of(net.outputs(task)).anyMatch(at -> at == place))
            .toArray();
    if (givers.length == 1
        && net.outputs(givers[0]).length == 1
        && !(workflow.task(netIndex, givers[0]).handler() instanceof Raising)) {
      outcomes.put(givers[0], outcome);
      catches.put(givers[0], found);
      hidden.add(outcome);
      found.forEach(each -> hidden.add(each.event()));
    }
  }

  private int[] takers(final int condition) {
    return IntStream.range(0, net.taskCount())
        .filter(task -> IntStream.of(net.inputs(task)).anyMatch(at -> at == condition))
        .toArray();
  }

  /** Whether a task is part of what events at a boundary stand for. */
  boolean isHidden(final int task) {
    return hidden.contains(task);
  }

  /** The events at the boundary of a task. */
  List<Catch> of(final int task) {
    return catches.getOrDefault(task, List.of());
  }

  /**
   * The condition that a task without an error leads to, or {@link Net#NONE} where none is looked
   * at.
   */
  int next(final int task) {
    final Integer outcome = outcomes.get(task);
    return outcome == null ? Net.NONE : net.outputs(outcome)[net.defaultFlow(outcome)];
  }
}
