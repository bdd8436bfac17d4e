package io.penstock.interchange.bpmn;

import io.penstock.net.Net;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Workflow;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds in a net what an import makes of messages, signals and timers that wait at the boundary of
 * an activity, so that they are drawn as such again: a task before the activity that lets them wait
 * beside it, and one behind it that takes them back. One net; not changed once it is made.
 *
 * @see ActivityCompiler
 */
final class BoundaryEvents {
  private final Net net;
  private final Map<String, Integer> tasks = new HashMap<>();
  private final Map<String, Integer> conditions = new HashMap<>();

  /** The tasks that lie in one mutex alone, by its name. */
  private final Map<String, Set<Integer>> sections = new HashMap<>();

  private final Map<Integer, Integer> hosts = new LinkedHashMap<>();
  private final Set<Integer> waits = new HashSet<>();
  private final Set<Integer> involved = new HashSet<>();

  BoundaryEvents(final Workflow workflow, final int netIndex) {
    net = workflow.nets().get(netIndex);
    for (int task = 0; task < net.taskCount(); task++) {
      tasks.put(net.taskName(task), task);
      final List<String> mutexes = net.mutexes(task);
      if (mutexes.size() == 1) {
        sections.computeIfAbsent(mutexes.get(0), none -> new HashSet<>()).add(task);
      }
    }
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      conditions.put(net.conditionName(condition), condition);
    }
    for (int task = 0; task < net.taskCount(); task++) {
      if (workflow.task(netIndex, task).kind() == TaskKind.ROUTING
          && net.taskName(task).startsWith("enter ")) {
        look(task, net.taskName(task).substring("enter ".length()));
      }
    }
  }

  private void look(final int enter, final String name) {
    final Integer host = tasks.get(name);
    final Integer leave = tasks.get("leave " + name);
    final Integer ready = conditions.get("ready " + name);
    final String mutex = "one at a time: " + name;
    if (host == null
        || leave == null
        || ready == null
        || !Arrays.equals(net.inputs(host), new int[] {ready})
        || !sections.getOrDefault(mutex, Set.of()).contains(enter)) {
      return;
    }
    final Map<Integer, Integer> events = new LinkedHashMap<>();
    for (final int output : net.outputs(enter)) {
      if (output != ready) {
        final String waiting = net.conditionName(output);
        final Integer event =
            waiting.startsWith("waits ") ? tasks.get(waiting.substring("waits ".length())) : null;
        if (event == null || !Arrays.equals(net.inputs(event), new int[] {output})) {
          return;
        }
        events.put(event, output);
      }
    }
    final Set<Integer> section = sections.getOrDefault(mutex, Set.of());
    final boolean isTakenBack =
        set(net.cancelledTasks(leave)).equals(events.keySet())
            && set(net.cancelledConditions(leave)).equals(Set.copyOf(events.values()));
    if (!events.isEmpty()
        && isTakenBack
        && section.containsAll(events.keySet())
        && section.containsAll(Set.of(host, enter, leave))
        && events.keySet().stream().allMatch(event -> isWhole(event, section, events))) {
      events.keySet().forEach(event -> hosts.put(event, host));
      waits.addAll(events.values());
      involved.addAll(section);
    }
  }

  /** Whether an event takes back the whole activity, or nothing. */
  private boolean isWhole(
      final int event, final Set<Integer> section, final Map<Integer, Integer> events) {
    if (!interrupts(event)) {
      return net.cancelledConditions(event).length == 0;
    }
    final Set<Integer> cancelled = set(net.cancelledTasks(event));
    return section.stream()
            .filter(task -> task != event && !net.taskName(task).startsWith("enter "))
            .allMatch(cancelled::contains)
        && set(net.cancelledConditions(event)).containsAll(events.values());
  }

  private static Set<Integer> set(final int[] indices) {
    return Arrays.stream(indices).boxed().collect(Collectors.toSet());
  }

  /** Whether a task is an event at the boundary of another. */
  boolean isEvent(final int task) {
    return hosts.containsKey(task);
  }

  /** The activity that an event is attached to. */
  int host(final int event) {
    return hosts.getOrDefault(event, Net.NONE);
  }

  /** Whether an event ends its activity. */
  boolean interrupts(final int event) {
    return net.cancelledTasks(event).length > 0;
  }

  /** Whether a condition only lets an event wait. */
  boolean isWaiting(final int condition) {
    return waits.contains(condition);
  }

  /** Whether mutex and region of a task are said by events at a boundary. */
  boolean isInvolved(final int task) {
    return involved.contains(task);
  }
}
