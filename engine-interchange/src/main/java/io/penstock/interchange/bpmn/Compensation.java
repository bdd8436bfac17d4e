package io.penstock.interchange.bpmn;

import io.penstock.workflow.Guard;
import io.penstock.workflow.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a compensating event does: the handlers of the activities that have completed in its scope
 * run one after the other, the one that completed last first, each as often as its activity has
 * completed.
 *
 * <p>A text of the scope has the ids of what has completed, in that order; a case inside a case
 * begins with an empty one.
 */
final class Compensation {
  private static final int COMPLETIONS_MAX = 10_000;

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

  private static Variable<String> completed(final BpmnScope scope) {
    return Variable.ofString("bpmn completed in " + scope.id);
  }

  /** Forgets what was noted outside, where a case inside a case begins. */
  static String begin(final ScopeCompiler scope, final String entrance) {
    final boolean isNeeded =
        !scope.top && scope.scope.nodes.values().stream().anyMatch(Compensation::isNoted);
    if (!isNeeded) {
      return entrance;
    }
    final Variable<String> completed = completed(scope.scope);
    final String task = scope.net.task("nothing completed in " + scope.scope.id);
    scope.net.graph.variables(completed);
    scope.net.graph.inlineTask(task, work -> work.set(completed, ""));
    scope.net.flow(entrance, task);
    final String place = scope.net.place("begun " + scope.scope.id);
    scope.net.flow(task, place);
    return place;
  }

  /** Notes that an activity has completed, once or as often as a variable says. */
  static void note(
      final NetWriter net,
      final String task,
      final BpmnNode activity,
      final @Nullable Variable<Long> times) {
    final Variable<String> completed = completed(activity.scope);
    net.graph.variables(completed);
    net.graph.inlineTask(
        net.task(task),
        work -> {
          final long more = times == null ? 1 : work.get(times);
          final String before = work.find(completed).orElse("");
          if (more + before.chars().filter(each -> each == ' ').count() > COMPLETIONS_MAX) {
            throw new IllegalStateException(
                "completions that can be undone must be within the limit: activity="
                    + activity.id
                    + ", completionsMax="
                    + COMPLETIONS_MAX);
          }
          work.set(completed, before + (activity.id + " ").repeat((int) more));
        });
  }

  void compile(final Consumer<String> after) {
    final NetWriter net = scope.net;
    final List<BpmnNode> activities = activities();
    net.route(event.id);
    scope.connectIn(event.id, event);
    if (isRefused()) {
      after.accept(event.id);
      return;
    }
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

  private @Nullable String only() {
    final String only =
        event.definitions.isEmpty() ? null : event.definitions.get(0).get("activityRef");
    return only == null ? null : scope.workflow.file.inFile(event.element, only);
  }

  private List<BpmnNode> activities() {
    final String only = only();
    final List<BpmnNode> activities = new ArrayList<>();
    for (final BpmnNode node : event.scope.nodes.values()) {
      if (node.compensation != null && (only == null || only.equals(node.id))) {
        activities.add(node);
      }
    }
    return activities;
  }

  /** Whether more is to be undone than is known of. */
  private boolean isRefused() {
    final String only = only();
    boolean refused = false;
    for (final BpmnNode node : event.scope.nodes.values()) {
      if (node.compensation == null
          && (only == null || only.equals(node.id))
          && hasHandlersInside(node)) {
        scope.problem(
            event,
            "compensation of what completed inside a sub-process is not supported: subProcess="
                + node.id
                + "; give the sub-process a handler of its own, or throw the event inside it");
        refused = true;
      }
    }
    if (!event.definitions.isEmpty() && !event.definitions.get(0).is("waitForCompletion", true)) {
      scope.problem(
          event, "compensation that nothing waits for is not supported: waitForCompletion=false");
      refused = true;
    }
    if (scope.workflow.callsItself(event.scope)) {
      scope.problem(event, "compensation in a process that calls itself is not supported");
      refused = true;
    }
    return refused;
  }

  private boolean hasHandlersInside(final BpmnNode node) {
    final BpmnScope inside =
        node.inner != null ? node.inner : scope.workflow.called(node).orElse(null);
    return inside != null
        && !node.isTriggeredByEvent()
        && scope.workflow.reached(inside).stream()
            .flatMap(each -> each.nodes.values().stream())
            .anyMatch(each -> each.compensation != null);
  }

  private Guard isLast(final BpmnNode activity, final List<BpmnNode> activities) {
    final Variable<String> completed = completed(event.scope);
    final Set<String> ids = activities.stream().map(each -> each.id).collect(Collectors.toSet());
    return Guard.named(
        activity.id + " completed last",
        Set.of(completed),
        values -> {
          final String[] noted = values.find(completed).orElse("").split(" ", -1);
          for (int at = noted.length - 1; at >= 0; at--) {
            if (ids.contains(noted[at])) {
              return noted[at].equals(activity.id);
            }
          }
          return false;
        });
  }

  /** Takes the last completion of an activity out. */
  private static String without(final String noted, final String activity) {
    final int at = (" " + noted).lastIndexOf(" " + activity + " ");
    return at < 0 ? noted : noted.substring(0, at) + noted.substring(at + activity.length() + 1);
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
    final Variable<String> completed = completed(event.scope);
    net.graph.inlineTask(
        net.task(forget),
        work -> work.set(completed, without(work.find(completed).orElse(""), activity.id)));
    net.flow(undone, forget);
    net.flow(forget, next);
  }
}
