package io.penstock.interchange.bpmn;

import io.penstock.interchange.expression.Expression;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.Guard;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Sequence;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the part of a net that one activity is: what listens at its boundary, how often it runs,
 * the work itself, and where an error of it goes. Not thread safe; one activity.
 *
 * <pre>
 *   enter -+- ready - [loop: body - outcome] - leave -
 *          +- waits - boundary event (cancels the rest, unless it does not interrupt) -
 * </pre>
 */
final class ActivityCompiler {
  private final ScopeCompiler scope;
  private final WorkflowCompiler workflow;
  private final NetWriter net;
  private final BpmnNode node;
  private final List<BpmnNode> listening = new ArrayList<>();
  private final List<BpmnNode> catching = new ArrayList<>();
  private final List<BpmnNode> failures = new ArrayList<>();
  private final boolean raises;

  /** An interrupting timer that is the deadline of the one task that does the work. */
  private @Nullable BpmnNode timeout;

  /** Conditions and tasks of the boundary, taken back when the activity is left. */
  private final List<String> boundary = new ArrayList<>();

  private final List<Runnable> leaving = new ArrayList<>();

  /** Tasks of flows that lead straight back, which are not within. */
  private final Set<String> outside = new HashSet<>();

  /** Whether completions are noted where they are counted. */
  private boolean isRepeated;

  /** Where the next step takes its token from; empty for the activity's own flows. */
  private @Nullable String place;

  ActivityCompiler(final ScopeCompiler scope, final BpmnNode node) {
    this.scope = scope;
    this.node = node;
    workflow = scope.workflow;
    net = scope.net;
    for (final BpmnNode event : node.boundary) {
      switch (event.eventKind()) {
        case "error", "cancel", "escalation" -> {
          if (Extension.isTrue(event.definitions.get(0), Extension.FAILURE)) {
            failures.add(event);
          } else {
            catching.add(event);
          }
        }
        case "compensate" -> {}
        default -> listening.add(event);
      }
    }
    raises = workflow.raises(node, scope.top, !catching.isEmpty());
    if (!raises) {
      catching.forEach(this::catchByHand);
      catching.clear();
    }
    catching.sort(Comparator.comparing(event -> workflow.caught(event).isEmpty()));
  }

  /** A work item throws no error; who plays a model by hand may do so for its handler. */
  private void catchByHand(final BpmnNode event) {
    if (workflow.options.isUnboundByHand()) {
      failures.add(event);
    } else {
      scope.problem(
          event,
          "event must be attached to what can throw what it catches: activity="
              + node.id
              + "; bind a handler to the activity, or import with unboundByHand");
    }
  }

  void compile() {
    checkCatching();
    findTimeout();
    final int mark = net.mark();
    for (final BpmnNode event : listening) {
      boundary.add(net.place("waits " + event.id));
      boundary.add(net.task(event.id));
    }
    if (!listening.isEmpty()) {
      enter();
    }
    final int chain = net.mark();
    final XmlElement loop = node.element.child("standardLoopCharacteristics").orElse(null);
    final XmlElement multi = node.element.child("multiInstanceLoopCharacteristics").orElse(null);
    if (multi != null && loop != null) {
      scope.problem(node, "activity must be repeated in one way: a loop, or multiple instances");
    } else if (multi != null) {
      multiInstance(multi);
    } else if (loop != null) {
      standardLoop(loop);
    } else {
      body();
    }
    if (Compensation.isNoted(node) && !isRepeated) {
      note(null);
    }
    leave();
    leaving.forEach(Runnable::run);
    final List<String> inside = new ArrayList<>(net.since(chain));
    if (!listening.isEmpty()) {
      inside.add(ready());
      listening.forEach(event -> listen(event, inside));
      final List<String> section = new ArrayList<>(net.tasksSince(mark));
      section.addAll(listening.stream().map(event -> event.id).toList());
      net.graph.mutex(
          "one at a time: " + node.id,
          section.stream()
              .filter(task -> !outside.contains(task))
              .distinct()
              .toArray(String[]::new));
    }
  }

  /** A single timer that interrupts needs nothing beside the task: it is the task's deadline. */
  private void findTimeout() {
    if (listening.size() != 1) {
      return;
    }
    final BpmnNode event = listening.get(0);
    final XmlElement multi = node.element.child("multiInstanceLoopCharacteristics").orElse(null);
    final boolean isOneTask =
        node.element.children("standardLoopCharacteristics").isEmpty()
            && (multi == null || Instances.areOneTask(workflow, node, multi, raises));
    if (event.eventKind().equals("timer")
        && event.isInterrupting()
        && isOneTask
        && Extension.get(node.element, Extension.DEADLINE).isEmpty()
        && (multi != null || workflow.canTimeOut(node))
        && workflow.isReadable(event)) {
      timeout = event;
      listening.clear();
    }
  }

  /** What happens instead, where the work fails or takes too long. */
  private void exits() {
    if (timeout != null) {
      final Duration duration = workflow.duration(timeout);
      if (duration != null) {
        net.graph.deadline(duration);
        exit(timeout, (from, to) -> net.graph.timeoutFlow(from, to));
      }
    }
    for (final BpmnNode event : failures) {
      if (workflow.canFail(node)) {
        exit(event, (from, to) -> net.graph.failureFlow(from, to));
      } else {
        failByHand(event);
      }
    }
  }

  /** Where a task is done by hand, somebody may say instead that it has failed. */
  private void failByHand(final BpmnNode event) {
    final @Nullable String from = place;
    leaving.add(
        () -> {
          net.graph.manual(net.task(event.id));
          if (!boundary.isEmpty()) {
            net.graph.cancels(boundary.toArray(String[]::new));
          }
          if (from == null) {
            scope.connectIn(event.id, node);
          } else {
            net.flow(from, event.id);
          }
          scope.connectOut(event.id, event);
        });
  }

  private void exit(final BpmnNode event, final BiConsumer<String, String> flow) {
    final String place = net.place("left by " + event.id);
    flow.accept(node.id, place);
    leaving.add(
        () -> {
          net.route(event.id);
          if (!boundary.isEmpty()) {
            net.graph.cancels(boundary.toArray(String[]::new));
          }
          net.flow(place, event.id);
          scope.connectOut(event.id, event);
        });
  }

  private String ready() {
    return "ready " + node.id;
  }

  private void enter() {
    final String enter = "enter " + node.id;
    for (final BpmnFlow flow : node.incoming) {
      if (flow.from == node || flow.from.host == node) {
        detour(flow);
      }
    }
    net.route(enter);
    scope.connectIn(enter, node);
    net.flow(enter, net.place(ready()));
    listening.forEach(event -> net.flow(enter, "waits " + event.id));
    place = ready();
  }

  /**
   * A flow that leads straight back has a step of its own, so that it leaves the activity first.
   */
  private void detour(final BpmnFlow flow) {
    final String back = "back by " + flow.id;
    net.route(back);
    net.flow(flow.place(), back);
    flow.arrival = net.place("again by " + flow.id);
    net.flow(back, flow.arrival());
    outside.add(back);
  }

  private void listen(final BpmnNode event, final List<String> inside) {
    if (!scope.listen(event, false)) {
      return;
    }
    net.flow("waits " + event.id, event.id);
    if (event.isInterrupting()) {
      final List<String> region = new ArrayList<>(inside);
      region.addAll(boundary);
      region.remove(event.id);
      net.graph.cancels(region.toArray(String[]::new));
    } else if (!event.eventKind().equals("timer")) {
      net.flow(event.id, "waits " + event.id);
    }
    scope.connectOut(event.id, event);
  }

  private void checkCatching() {
    final Set<String> caught = new HashSet<>();
    for (final BpmnNode event : catching) {
      if (!caught.add(event.eventKind() + " " + workflow.caught(event))) {
        scope.problem(
            event,
            "two events of an activity must not catch the same: activity="
                + node.id
                + ", code="
                + workflow.caught(event));
      }
      if (event.eventKind().equals("escalation") && !event.isInterrupting()) {
        scope.problem(
            event, "escalation event that does not interrupt is not supported; let it interrupt");
      }
      if (event.eventKind().equals("cancel") && !node.kind.equals("transaction")) {
        scope.problem(event, "cancel event must be attached to a transaction");
      }
    }
  }

  // A chain of steps.

  /** Links a task that has just been added to the step before it. */
  private void linkIn(final String task) {
    if (place == null) {
      scope.connectIn(task, node);
    } else {
      net.flow(place, task);
    }
  }

  /** Adds the task that has the instances, with what happens when it fails or takes too long. */
  void addInstances(final Consumer<GraphBuilder> add) {
    step(
        () -> {
          net.task(node.id);
          add.accept(net.graph);
          workflow.retry(node).ifPresent(net.graph::retry);
          workflow.deadline(node).ifPresent(net.graph::deadline);
          exits();
        },
        node.id);
    outcome();
  }

  private void step(final Runnable add, final String task) {
    add.run();
    linkIn(task);
    place = net.place("after " + task);
    net.flow(task, place);
  }

  /** Notes that the work has completed, once or as often as a variable says. */
  private void note(final @Nullable Variable<Long> times) {
    step(() -> Compensation.note(net, "note " + node.id, node, times), "note " + node.id);
  }

  private void inline(final String task, final TaskHandler handler) {
    step(() -> net.graph.inlineTask(net.task(task), handler), task);
  }

  /** The last step: takes the boundary back and goes on. */
  private void leave() {
    if (last != null && listening.isEmpty()) {
      final String task = last;
      scope.connectOut(task, node);
      return;
    }
    final String leave = "leave " + node.id;
    net.route(leave);
    if (!boundary.isEmpty()) {
      net.graph.cancels(boundary.toArray(String[]::new));
    }
    linkIn(leave);
    scope.connectOut(leave, node);
  }

  /** The only task of the activity, where there is nothing around it. */
  private @Nullable String last;

  // The work itself.

  private void body() {
    final boolean plain =
        listening.isEmpty() && !raises && !Compensation.isNoted(node) && place == null;
    if (plain) {
      work(false);
      linkIn(node.id);
      last = node.id;
      return;
    }
    step(() -> work(raises), node.id);
    outcome();
  }

  private void work(final boolean catches) {
    workflow.task(net, node.id, node, catches);
    exits();
  }

  private void outcome() {
    if (!raises) {
      return;
    }
    final String outcome = "outcome of " + node.id;
    net.route(outcome).xorSplit();
    linkIn(outcome);
    for (final BpmnNode event : catching) {
      final String caught = net.place("caught " + event.id);
      net.graph.flow(outcome, caught, guard(event));
    }
    if (workflow.raisesFurther(node, scope.top)) {
      net.graph.flow(outcome, scope.errorExit(), ErrorCodes.isAny());
    }
    place = net.place("after " + outcome);
    net.graph.defaultFlow(outcome, place);
    for (final BpmnNode event : catching) {
      net.graph.inlineTask(net.task(event.id), ErrorCodes.clearing());
      if (!boundary.isEmpty()) {
        net.graph.cancels(boundary.toArray(String[]::new));
      }
      net.flow("caught " + event.id, event.id);
      scope.connectOut(event.id, event);
    }
  }

  private Guard guard(final BpmnNode event) {
    final String code = workflow.caught(event);
    return switch (event.eventKind()) {
      case "cancel" -> ErrorCodes.is(ErrorCodes.CANCEL);
      case "escalation" ->
          code.isEmpty()
              ? ErrorCodes.isAnyEscalation()
              : ErrorCodes.is(ErrorCodes.escalation(code));
      default -> code.isEmpty() ? ErrorCodes.isAnyError() : ErrorCodes.is(ErrorCodes.error(code));
    };
  }

  // Again and again.

  private void standardLoop(final XmlElement loop) {
    final XmlElement condition = loop.child("loopCondition").orElse(null);
    final String maximum = loop.get("loopMaximum");
    if (condition == null && maximum == null) {
      workflow.findings.problem(node.element, "loop must have a condition or a maximum");
      return;
    }
    final Guard wanted =
        condition == null
            ? Guard.expressed("true", Optional.of("true"), Set.of(), values -> true)
            : workflow.choices.guard(node.element, condition, Map.of());
    if (wanted == null) {
      return;
    }
    Guard again = wanted;
    final Variable<Long> rounds = Variable.ofLong("rounds of " + node.id);
    if (maximum != null) {
      if (!maximum.matches("\\+?0*[1-9][0-9]{0,8}")) {
        workflow.findings.problem(
            node.element, "loopMaximum must be from 1: loopMaximum=" + XmlElement.shorten(maximum));
        return;
      }
      inline("begin " + node.id, work -> work.set(rounds, 0L));
      again = again.and(rounds.isLessThan(Long.parseLong(maximum)));
    }
    repeat(again, loop.is("testBefore", false), maximum == null ? null : rounds);
  }

  /** Runs the body while a guard holds, and counts. */
  private void repeat(
      final Guard again, final boolean testBefore, final @Nullable Variable<Long> count) {
    final String head = net.place("round of " + node.id);
    final String test = "again " + node.id;
    final String start = "loop " + node.id;
    net.route(start);
    linkIn(start);
    final String tested = testBefore ? net.place("test of " + node.id) : head;
    net.flow(start, tested);
    if (testBefore) {
      net.route(test).xorSplit();
      net.flow(tested, test);
      net.graph.flow(test, head, again);
      net.graph.defaultFlow(test, net.place("after " + test));
    }
    place = head;
    step(() -> work(raises), node.id);
    outcome();
    if (Compensation.isNoted(node)) {
      note(null);
      isRepeated = true;
    }
    if (count != null) {
      inline("count " + node.id, work -> work.set(count, work.find(count).orElse(0L) + 1));
    }
    if (testBefore) {
      final String back = "next " + node.id;
      net.route(back);
      linkIn(back);
      net.flow(back, tested);
    } else {
      net.route(test).xorSplit();
      linkIn(test);
      net.graph.flow(test, head, again);
      net.graph.defaultFlow(test, net.place("after " + test));
    }
    place = "after " + test;
  }

  // Many at once, or one after the other.

  private void multiInstance(final XmlElement multi) {
    if (!multi.get("behavior", "All").equals("All")) {
      workflow.findings.problem(
          node.element,
          "multi-instance behaviour must be All: behavior=" + multi.get("behavior"),
          "throw events from within the activity instead");
      return;
    }
    if (Instances.compile(this, workflow, node, multi, raises)) {
      return;
    }
    final XmlElement cardinality = multi.child("loopCardinality").orElse(null);
    if (cardinality == null) {
      workflow.findings.problem(
          node.element,
          "multi-instance activity must have a loopCardinality, or a list that is bound to it",
          "bind one with ImportOptions.items");
      return;
    }
    final Expression.Bound count = workflow.choices.number(node.element, cardinality);
    final Variable<Long> total = Variable.ofLong("instances of " + node.id);
    final Variable<Long> completed = Variable.ofLong("completed of " + node.id);
    final Map<String, Variable<?>> counters = new HashMap<>();
    for (final String prefix : List.of("nrOf", "numberOf")) {
      counters.put(prefix + "Instances", total);
      counters.put(prefix + "CompletedInstances", completed);
    }
    final XmlElement condition = multi.child("completionCondition").orElse(null);
    final Guard enough =
        condition == null ? null : workflow.choices.guard(node.element, condition, counters);
    if (count == null || (condition != null && enough == null)) {
      return;
    }
    if (count.constant() != null && !Instances.isCount(count.constant())) {
      workflow.findings.problem(
          node.element,
          "loopCardinality must be whole, from 0 to "
              + MultipleInstance.COUNT_MAX
              + ": loopCardinality="
              + XmlElement.shorten(count.toString()));
      return;
    }
    net.graph.variables(total, completed);
    inline("begin " + node.id, work -> work.set(total, whole(count, work)).set(completed, 0L));
    if (multi.is("isSequential", false)) {
      final Guard again =
          Guard.expressed(
              "more instances of " + node.id,
              completed
                  .nameInExpressions()
                  .flatMap(less -> total.nameInExpressions().map(more -> less + " < " + more)),
              Set.of(total, completed),
              values -> values.get(completed) < values.get(total));
      repeat(enough == null ? again : again.and(enough.not()), true, completed);
    } else {
      parallel(total, completed, enough);
      if (Compensation.isNoted(node)) {
        note(completed);
        isRepeated = true;
      }
    }
  }

  private static long whole(final Expression.Bound count, final Values values) {
    final BigDecimal number = count.number(values);
    if (Instances.isCount(number)) {
      return number.longValueExact();
    }
    throw new IllegalStateException(
        "number of instances must be whole, from 0 to "
            + MultipleInstance.COUNT_MAX
            + ": loopCardinality="
            + count
            + ", value="
            + number);
  }

  private void parallel(
      final Variable<Long> total, final Variable<Long> completed, final @Nullable Guard enough) {
    final Variable<Long> one = Variable.ofLong("one of " + node.id);
    addInstances(
        graph -> {
          graph.instances(node.id, total, each -> instance(each, one));
          graph.reduce(one, completed, Long::sum);
          if (raises) {
            graph.reduce(ErrorCodes.ERROR, ErrorCodes.ERROR, ErrorCodes::firstOf);
            graph.until(
                enough == null ? ErrorCodes.isAny() : ErrorCodes.isAny().or(enough), Rest.CANCEL);
          } else if (enough != null) {
            graph.until(enough, Rest.CANCEL);
          }
        });
  }

  private void instance(final Sequence each, final Variable<Long> one) {
    workflow.instance(each, node, raises);
    each.inlineTask("completed " + node.id, work -> work.set(one, 1L));
  }
}
