package io.penstock.interchange.bpmn;

import io.penstock.interchange.Findings;
import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.StartTrigger;
import io.penstock.interchange.ThrownEvent;
import io.penstock.interchange.Variables;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.Retry;
import io.penstock.workflow.Sequence;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a workflow of a process, with a net for each sub-process and called process. */
final class WorkflowCompiler {
  private static final Set<String> BY_HAND =
      Set.of("task", "manualTask", "userTask", "globalTask", "globalManualTask", "globalUserTask");

  final BpmnFile file;
  final Findings findings;
  final ImportOptions options;
  final Choices choices;

  /** Whether a model error can be caught anywhere; else nothing looks for one. */
  final boolean errorsAreCaught;

  /** Whether every scope is to have one end that waits for all. */
  final boolean oneEnd;

  final Map<BpmnNode, String> entries = new HashMap<>();
  final Set<String> compensated = new HashSet<>();
  private final List<StartTrigger> triggers;
  private final BpmnScope process;
  private final Variables variables;
  private final Deque<BpmnScope> pending = new ArrayDeque<>();
  private final Set<String> declared = new HashSet<>();

  WorkflowCompiler(
      final BpmnFile file,
      final BpmnScope process,
      final ImportOptions options,
      final Findings findings,
      final Variables variables,
      final List<StartTrigger> triggers,
      final boolean oneEnd) {
    this.file = file;
    this.process = process;
    this.options = options;
    this.findings = findings;
    this.variables = variables;
    this.triggers = triggers;
    this.oneEnd = oneEnd;
    choices = new Choices(options, findings, variables, file.expressionLanguage);
    errorsAreCaught =
        file.callable.values().stream()
            .flatMap(scope -> scope.all().stream())
            .anyMatch(WorkflowCompiler::catchesErrors);
  }

  private static boolean catchesErrors(final BpmnScope scope) {
    final boolean atBoundary =
        scope.nodes.values().stream()
            .anyMatch(
                node ->
                    node.host != null
                        && Set.of("error", "cancel", "escalation").contains(node.eventKind())
                        && !Extension.isTrue(node.definitions.get(0), Extension.FAILURE));
    final boolean inside = scope.eventSubProcesses.stream().anyMatch(BpmnNode::catchesErrors);
    return atBoundary || inside;
  }

  /** Builds the graph; the caller builds the workflow of it. */
  GraphBuilder compile() {
    final GraphBuilder graph = Workflow.graph(process.id);
    new ScopeCompiler(this, process, true, graph).compile();
    while (!pending.isEmpty()) {
      final BpmnScope scope = pending.remove();
      graph.subgraph(
          nameOf(scope), inner -> new ScopeCompiler(this, scope, false, inner).compile());
    }
    for (final Variable<?> variable : variables.all().values()) {
      graph.variables(variable);
    }
    if (errorsAreCaught) {
      graph.variables(ErrorCodes.ERROR);
    }
    options.unsoundReason().ifPresent(graph::allowUnsound);
    return graph;
  }

  @Nullable Variable<?> variable(final String name) {
    return variables.all().get(name);
  }

  /** Whether a timer has a duration that can be read. */
  boolean isReadable(final BpmnNode timer) {
    return timer
        .definitions
        .get(0)
        .child("timeDuration")
        .flatMap(text -> positive(text.text()))
        .isPresent();
  }

  String processId() {
    return process.id;
  }

  private String nameOf(final BpmnScope scope) {
    return Names.called(scope.id, process.id);
  }

  /** Names the net that an activity runs, and sees to it that it is made. */
  private String inside(final BpmnNode node) {
    final BpmnScope scope;
    if (node.inner != null) {
      scope = node.inner;
    } else {
      final Optional<BpmnScope> found = called(node);
      if (found.isEmpty()) {
        findings.problem(
            node.element,
            "call activity must call a process or global task of the file: calledElement="
                + XmlElement.shorten(node.element.get("calledElement", "")));
        return process.id;
      }
      scope = found.get();
    }
    if (declared.add(scope.id)) {
      pending.add(scope);
    }
    return nameOf(scope);
  }

  /** The process or global task that a call activity calls, where it is in the file. */
  Optional<BpmnScope> called(final BpmnNode node) {
    return node.kind.equals("callActivity")
        ? Optional.ofNullable(
            file.callable.get(file.inFile(node.element, node.element.get("calledElement", ""))))
        : Optional.empty();
  }

  /** A scope, all within, and all that they call. */
  Set<BpmnScope> reached(final BpmnScope from) {
    final Set<BpmnScope> reached = new LinkedHashSet<>();
    final Deque<BpmnScope> next = new ArrayDeque<>(List.of(from));
    while (!next.isEmpty()) {
      for (final BpmnScope scope : next.remove().all()) {
        if (reached.add(scope)) {
          scope.nodes.values().forEach(node -> called(node).ifPresent(next::add));
        }
      }
    }
    return reached;
  }

  /** Whether a scope can run inside itself. */
  boolean callsItself(final BpmnScope scope) {
    return reached(scope).stream()
        .flatMap(each -> each.nodes.values().stream())
        .map(this::called)
        .flatMap(Optional::stream)
        .anyMatch(called -> called.all().contains(scope));
  }

  void composite(final NetWriter net, final String task, final BpmnNode node) {
    net.graph.composite(net.task(task), inside(node));
  }

  /** Adds the task that does an activity's work. */
  void task(final NetWriter net, final String task, final BpmnNode node, final boolean raises) {
    final GraphBuilder graph = net.graph;
    net.task(task);
    final Optional<TaskHandler> handler =
        isComposite(node) ? Optional.empty() : options.handler(node.modelElement());
    if (isComposite(node)) {
      graph.composite(task, inside(node));
    } else if (handler.isPresent()) {
      final TaskHandler bound = raises ? ErrorCodes.catching(handler.get()) : handler.get();
      if (isInline(node)) {
        graph.inlineTask(task, bound);
      } else {
        graph.task(task, bound);
      }
    } else if (node.kind.equals("receiveTask")) {
      graph.awaitMessage(task, messageName(node));
    } else if (node.kind.equals("sendTask")) {
      thrown(net, task, node);
    } else {
      checkByHand(node);
      graph.manual(task);
    }
    if (isComposite(node) || handler.isPresent() || node.kind.equals("sendTask")) {
      retry(node).ifPresent(graph::retry);
    }
    if (!handler.isPresent() || !isInline(node)) {
      deadline(node).ifPresent(graph::deadline);
    }
  }

  private boolean isInline(final BpmnNode node) {
    return options.isInline(node.modelElement())
        || Extension.isTrue(node.element, Extension.INLINE);
  }

  /** Whether a deadline can be set for the one task that does an activity's work. */
  boolean canTimeOut(final BpmnNode node) {
    return isComposite(node) || !isInline(node) || options.handler(node.modelElement()).isEmpty();
  }

  /** Whether the work of an activity can fail: work items and messages cannot. */
  boolean canFail(final BpmnNode node) {
    return isComposite(node)
        || node.kind.equals("sendTask")
        || !node.element.children("multiInstanceLoopCharacteristics").isEmpty()
        || options.handler(node.modelElement()).isPresent();
  }

  /** How often an activity is tried, where the file says it. */
  Optional<Retry> retry(final BpmnNode node) {
    final Optional<String> text = Extension.get(node.element, Extension.RETRY);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    final String[] words = text.get().strip().split(" ", -1);
    try {
      if (words.length == 4) {
        return Optional.of(
            new Retry(
                Integer.parseInt(words[0]),
                Duration.parse(words[1]),
                Double.parseDouble(words[2]),
                Duration.parse(words[3]),
                List.of()));
      }
    } catch (final IllegalArgumentException | DateTimeException | ArithmeticException e) {
      // Reported below.
    }
    findings.problem(
        node.element,
        "retry must be the number of tries, the first rest, its multiplier and the longest rest,"
            + " such as 3 PT0.1S 2 PT30S: retry="
            + XmlElement.shorten(text.get()));
    return Optional.empty();
  }

  /** When the case times out while it is here, where the file says it. */
  Optional<Duration> deadline(final BpmnNode node) {
    final Optional<String> text = Extension.get(node.element, Extension.DEADLINE);
    final Optional<Duration> duration = text.flatMap(WorkflowCompiler::positive);
    if (text.isPresent() && duration.isEmpty()) {
      findings.problem(
          node.element,
          "deadline must be a duration, positive and at most 100 years: deadline="
              + XmlElement.shorten(text.get()));
    }
    return duration;
  }

  private static Optional<Duration> positive(final String text) {
    try {
      final Duration duration = Duration.parse(text);
      final boolean fits =
          !duration.isNegative()
              && !duration.isZero()
              && duration.compareTo(Duration.ofDays(36_500)) <= 0;
      return fits ? Optional.of(duration) : Optional.empty();
    } catch (final DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** The same inside a multi-instance activity. */
  void instance(final Sequence each, final BpmnNode node, final boolean raises) {
    if (node.inner != null || node.kind.equals("callActivity")) {
      each.call(node.id, inside(node));
      return;
    }
    final Optional<TaskHandler> handler = options.handler(node.modelElement());
    if (handler.isPresent()) {
      final TaskHandler bound = raises ? ErrorCodes.catching(handler.get()) : handler.get();
      if (isInline(node)) {
        each.inlineTask(node.id, bound);
      } else {
        each.task(node.id, bound);
      }
    } else if (node.kind.equals("receiveTask")) {
      each.awaitMessage(messageName(node));
    } else if (node.kind.equals("sendTask")) {
      each.task(
          node.id,
          new ThrownEvent(ThrownEvent.Kind.MESSAGE, messageName(node), options.publisher()));
    } else {
      checkByHand(node);
      each.manual(node.id);
    }
  }

  private void checkByHand(final BpmnNode node) {
    if (!BY_HAND.contains(node.kind) && !options.isUnboundByHand()) {
      findings.problem(
          node.element,
          "task must have a handler",
          "bind one with ImportOptions.handler or resolver, or import with unboundByHand");
    }
  }

  /** Whether an error of the model can come out of an activity and something looks at it. */
  boolean raises(final BpmnNode node, final boolean top, final boolean caughtHere) {
    final boolean isLooked =
        caughtHere
            || !top
            || isComposite(node)
            || node.scope.eventSubProcesses.stream().anyMatch(BpmnNode::catchesErrors);
    return errorsAreCaught && isLooked && canRaise(node);
  }

  private boolean canRaise(final BpmnNode node) {
    return isComposite(node) || options.handler(node.modelElement()).isPresent();
  }

  /** Whether an error of the model can come out of a scope. */
  boolean canRaise(final BpmnScope scope) {
    return scope.nodes.values().stream()
            .anyMatch(
                node ->
                    canRaise(node)
                        || (Set.of("error", "escalation", "cancel").contains(node.eventKind())
                            && node.host == null))
        || !scope.eventSubProcesses.isEmpty();
  }

  /** Whether an error that is not caught at the activity itself goes on to what is around. */
  boolean raisesFurther(final BpmnNode node, final boolean top) {
    return !top || isComposite(node) || !node.scope.eventSubProcesses.isEmpty() || errorsAreCaught;
  }

  private static boolean isComposite(final BpmnNode node) {
    return node.inner != null || node.kind.equals("callActivity");
  }

  // Events.

  boolean isInstantiating(final BpmnNode node) {
    final boolean instantiates =
        node.kind.equals("receiveTask")
            && node.element.is("instantiate", false)
            && node.incoming.isEmpty();
    return instantiates;
  }

  void trigger(final BpmnNode start) {
    switch (start.eventKind()) {
      case "message" ->
          addTrigger(
              new StartTrigger(process.id, start.id, ThrownEvent.Kind.MESSAGE, messageName(start)));
      case "signal" -> {
        final String name = signalName(start);
        if (name != null) {
          addTrigger(new StartTrigger(process.id, start.id, ThrownEvent.Kind.SIGNAL, name));
        }
      }
      case "timer" ->
          findings.note(start.element, "timer of a start event is left out, start cases yourself");
      default ->
          findings.problem(
              start.element,
              "start event of a process must be of none, message, signal or timer: event="
                  + start.eventKind());
    }
  }

  void addTrigger(final StartTrigger trigger) {
    if (!triggers.contains(trigger)) {
      triggers.add(trigger);
    }
  }

  void thrown(final NetWriter net, final String task, final BpmnNode node) {
    final boolean isSignal = node.eventKind().equals("signal");
    final String name = isSignal ? signalName(node) : messageName(node);
    net.graph.task(
        net.task(task),
        options
            .handler(node.modelElement())
            .orElseGet(
                () ->
                    new ThrownEvent(
                        isSignal ? ThrownEvent.Kind.SIGNAL : ThrownEvent.Kind.MESSAGE,
                        name == null ? node.id : name,
                        options.publisher())));
  }

  void escalation(final NetWriter net, final String task, final String code) {
    net.graph.task(
        net.task(task), new ThrownEvent(ThrownEvent.Kind.ESCALATION, code, options.publisher()));
  }

  String messageName(final BpmnNode node) {
    return checkName(node, file.message(node));
  }

  @Nullable String signalName(final BpmnNode node) {
    final String name = file.reference(node.definitions.get(0), "signalRef", "name");
    if (name == null) {
      findings.problem(node.element, "signal event must refer to a signal of the file");
      return null;
    }
    return checkName(node, name);
  }

  private String checkName(final BpmnNode node, final String name) {
    if (name.length() <= 150
        && !name.isBlank()
        && name.chars().noneMatch(Character::isISOControl)) {
      return name;
    }
    findings.problem(
        node.element, "message or signal must have a name of 1 to 150 visible characters");
    return node.id;
  }

  /** The code of an error or escalation event; empty for one that means any. */
  String code(
      final BpmnNode node,
      final String attribute,
      final String codeAttribute,
      final boolean needed) {
    final String code = file.reference(node.definitions.get(0), attribute, codeAttribute);
    if (code == null && needed) {
      findings.problem(node.element, "event must say which error it throws: " + attribute + "=");
    }
    return code == null ? "" : code;
  }

  /** The code that a boundary event catches; empty for any. */
  String caught(final BpmnNode event) {
    return switch (event.eventKind()) {
      case "error" -> code(event, "errorRef", "errorCode", false);
      case "escalation" -> code(event, "escalationRef", "escalationCode", false);
      default -> "";
    };
  }

  /** Whether an activity around catches this escalation, so that it leaves the scope. */
  boolean catchesEscalation(final BpmnNode node, final String code) {
    for (BpmnScope around = node.scope; around.owner != null; around = around.owner.scope) {
      for (final BpmnNode event : around.owner.boundary) {
        if (event.eventKind().equals("escalation")) {
          final String caught = code(event, "escalationRef", "escalationCode", false);
          if (caught.isEmpty() || caught.equals(code)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** How long a timer waits; null where that cannot be read. */
  @Nullable Duration duration(final BpmnNode node) {
    final XmlElement timer = node.definitions.get(0);
    final XmlElement text = timer.child("timeDuration").orElse(null);
    if (text == null) {
      unreadableTimer(
          node,
          "timer must have a timeDuration; dates and cycles are not supported, let a handler"
              + " compute what to wait for");
      return null;
    }
    final Optional<Duration> duration = positive(text.text());
    if (duration.isPresent()) {
      return duration.get();
    }
    unreadableTimer(
        node,
        "timeDuration must be a constant such as PT30S or P1D, positive and at most 100 years:"
            + " timeDuration="
            + XmlElement.shorten(text.text()));
    return null;
  }

  private void unreadableTimer(final BpmnNode node, final String message) {
    if (options.areChoicesByHand()) {
      findings.note(node.element, "timer is not readable, a signal of its id stands for it");
    } else {
      findings.problem(node.element, message);
    }
  }
}
