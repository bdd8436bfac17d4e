package io.penstock.interchange.bpmn;

import io.penstock.workflow.Guard;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a compensating event does: the handlers of the activities that have completed in its scope
 * run one after the other, the one that completed last first.
 */
final class Compensation {
  private static final Variable<Long> COMPLETIONS = Variable.ofLong("bpmn completions");

  private final ScopeCompiler scope;
  private final BpmnNode event;

  Compensation(final ScopeCompiler scope, final BpmnNode event) {
    this.scope = scope;
    this.event = event;
  }

  /** Whether completions of an activity are noted, as something may undo them. */
  static boolean isNoted(final BpmnNode activity) {
    return activity.compensation != null
        && activity.scope.nodes.values().stream()
            .anyMatch(
                node ->
                    node.kind.endsWith("Event")
                        && (isThrow(node) || node.eventKind().equals("cancel")));
  }

  private static boolean isThrow(final BpmnNode node) {
    return node.eventKind().equals("compensate") && node.host == null;
  }

  private static Variable<Long> completion(final BpmnNode activity) {
    return Variable.ofLong("completion of " + activity.id);
  }

  /** Notes that an activity has completed, and when. */
  static void note(final NetWriter net, final String task, final BpmnNode activity) {
    net.graph.variables(COMPLETIONS, completion(activity));
    net.graph.inlineTask(
        net.task(task),
        work -> {
          final long number = work.find(COMPLETIONS).orElse(0L) + 1;
          work.set(COMPLETIONS, number).set(completion(activity), number);
        });
  }

  void compile(final Consumer<String> after) {
    final NetWriter net = scope.net;
    final List<BpmnNode> activities = activities();
    net.route(event.id);
    scope.connectIn(event.id, event);
    if (activities.isEmpty()) {
      if (!event.eventKind().equals("cancel")) {
        scope.problem(
            event, "compensation must have an activity to undo in its process or sub-process");
      }
      after.accept(event.id);
      return;
    }
    final String next = net.place("next of " + event.id);
    final String choice = "choice of " + event.id;
    net.flow(event.id, next);
    net.route(choice).xorSplit();
    net.flow(next, choice);
    for (final BpmnNode activity : activities) {
      final String begin = net.place("undo " + activity.id + " for " + event.id);
      net.graph.flow(choice, begin, isLast(activity, activities));
      undo(activity, begin, next);
    }
    final String done = net.place("undone by " + event.id);
    final String end = "all of " + event.id;
    net.graph.defaultFlow(choice, done);
    net.route(end);
    net.flow(done, end);
    after.accept(end);
  }

  private List<BpmnNode> activities() {
    final String only =
        event.definitions.isEmpty() ? null : event.definitions.get(0).get("activityRef");
    final List<BpmnNode> activities = new ArrayList<>();
    for (final BpmnNode node : event.scope.nodes.values()) {
      if (node.compensation != null && (only == null || only.equals(node.id))) {
        activities.add(node);
      }
    }
    return activities;
  }

  private static Guard isLast(final BpmnNode activity, final List<BpmnNode> activities) {
    final Set<Variable<?>> read = new HashSet<>();
    activities.forEach(each -> read.add(completion(each)));
    return Guard.named(
        activity.id + " completed last",
        Set.copyOf(read),
        values -> {
          final long own = number(values, activity);
          return own > 0 && activities.stream().allMatch(other -> number(values, other) <= own);
        });
  }

  private static long number(final Values values, final BpmnNode activity) {
    return values.find(completion(activity)).orElse(0L);
  }

  private void undo(final BpmnNode activity, final String begin, final String next) {
    final NetWriter net = scope.net;
    final BpmnNode handler = activity.compensation;
    if (handler == null || handler.inner != null || handler.kind.equals("callActivity")) {
      scope.problem(event, "compensation handler must be a single task: activity=" + activity.id);
      return;
    }
    final String task =
        scope.workflow.compensated.add(scope.scope.id + " " + handler.id + scope.top)
            ? handler.id
            : handler.id + " for " + event.id;
    scope.workflow.task(net, task, handler, false);
    net.flow(begin, task);
    final String undone = net.place("undone " + activity.id + " for " + event.id);
    final String forget = "forget " + activity.id + " for " + event.id;
    net.flow(task, undone);
    net.graph.inlineTask(net.task(forget), work -> work.set(completion(activity), 0L));
    net.flow(undone, forget);
    net.flow(forget, next);
  }
}
