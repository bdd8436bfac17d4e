package io.penstock.interchange.bpmn;

import io.penstock.interchange.StartTrigger;
import io.penstock.interchange.ThrownEvent;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Variable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the net of a process or sub-process: a condition for each sequence flow, a task for each
 * node. Not thread safe; one scope.
 *
 * <p>A sub-process is a case inside the case and ends when nothing in it is left, as BPMN says. Of
 * a process the verifier wants that no end is reached twice: where there are several, an OR-join
 * waits for all that can still be reached.
 */
final class ScopeCompiler {
  static final Variable<String> START = Variable.ofString("bpmn start");

  final WorkflowCompiler workflow;
  final BpmnScope scope;
  final boolean top;
  final NetWriter net;
  private final Places places;
  private final Splits splits;
  private final boolean endless;
  private final List<String> sinks = new ArrayList<>();
  private final List<Runnable> deferred = new ArrayList<>();
  private final List<String> listeners = new ArrayList<>();
  private final List<String> eventElements = new ArrayList<>();
  private String entrance = GraphBuilder.INPUT;
  private boolean errorExit;
  private boolean cancels;

  ScopeCompiler(
      final WorkflowCompiler workflow,
      final BpmnScope scope,
      final boolean top,
      final GraphBuilder graph) {
    this.workflow = workflow;
    this.scope = scope;
    this.top = top;
    net = new NetWriter(graph);
    places = new Places(scope);
    splits = new Splits(workflow.choices, net);
    endless =
        scope.owner != null
            && scope.owner.boundary.stream().anyMatch(BpmnNode::isInterrupting)
            && scope.nodes.values().stream().noneMatch(ScopeCompiler::isEnd);
  }

  private static boolean isEnd(final BpmnNode node) {
    return node.outgoing.isEmpty()
        && !node.isForCompensation()
        && !(node.kind.equals("intermediateThrowEvent") && node.eventKind().equals("link"));
  }

  void compile() {
    entrance = Compensation.begin(this, entrance);
    openListeners();
    places.foldMerges();
    final boolean endsAreDrawn = scope.eventSubProcesses.isEmpty() && !(workflow.oneEnd && top);
    if (endsAreDrawn && !endless) {
      places.foldEnds();
    }
    findEntries();
    scope.flows.stream().map(BpmnFlow::place).filter(place -> !isGiven(place)).forEach(net::place);
    scope.nodes.values().stream().filter(node -> !places.isFolded(node)).forEach(this::compile);
    scope.eventSubProcesses.forEach(this::compileEventSubProcess);
    if (!errorExit) {
      scope.eventSubProcesses.stream()
          .filter(BpmnNode::catchesErrors)
          .forEach(
              node ->
                  workflow.findings.note(
                      node.element,
                      "event sub-process is left out, nothing beside it throws an error"));
    }
    finish();
    deferred.forEach(Runnable::run);
  }

  /** Whether a condition is there anyway. */
  private boolean isGiven(final String place) {
    return place.equals(GraphBuilder.OUTPUT) || place.equals(entrance);
  }

  // Ways in.

  /** Where there are event sub-processes, a first step lets them wait beside everything else. */
  private void openListeners() {
    final List<BpmnNode> waiting =
        scope.eventSubProcesses.stream().filter(node -> !node.catchesErrors()).toList();
    if (!waiting.isEmpty()) {
      final String open = "open " + scope.id;
      net.route(open);
      net.flow(entrance, open);
      entrance = net.place("opened " + scope.id);
      net.flow(open, entrance);
      waiting.forEach(node -> net.flow(open, net.place("waits " + node.id)));
    }
  }

  private void findEntries() {
    final List<BpmnNode> starts = new ArrayList<>();
    final List<BpmnNode> loose = new ArrayList<>();
    for (final BpmnNode node : scope.nodes.values()) {
      if (node.kind.equals("startEvent")) {
        starts.add(node);
      } else if (isEntry(node)) {
        loose.add(node);
      }
    }
    if (!starts.isEmpty()) {
      loose.stream()
          .filter(node -> !workflow.isInstantiating(node))
          .forEach(
              node ->
                  problem(node, "element must have an incoming flow where there is a start event"));
    }
    final List<BpmnNode> entries = new ArrayList<>(starts);
    entries.addAll(loose.stream().filter(workflow::isInstantiating).toList());
    if (entries.isEmpty()) {
      enterAll(loose);
    } else {
      enterOne(entries);
    }
  }

  private static boolean isEntry(final BpmnNode node) {
    return node.incoming.isEmpty()
        && !node.kind.equals("boundaryEvent")
        && !node.isForCompensation()
        && !(node.kind.equals("intermediateCatchEvent") && node.eventKind().equals("link"));
  }

  private void enterAll(final List<BpmnNode> entries) {
    if (entries.isEmpty()) {
      workflow.findings.problem(
          scope.element, "process or sub-process must have an element to begin with");
    } else if (entries.size() == 1) {
      workflow.entries.put(entries.get(0), entrance);
    } else {
      final String split = "begin " + scope.id;
      net.route(split);
      net.flow(entrance, split);
      for (final BpmnNode entry : entries) {
        final String place = net.place("begin " + entry.id);
        net.flow(split, place);
        workflow.entries.put(entry, place);
      }
    }
  }

  private void enterOne(final List<BpmnNode> entries) {
    if (entries.size() == 1) {
      workflow.entries.put(entries.get(0), entrance);
      if (!endless) {
        places.foldStart(entries.get(0), entrance);
        if (places.isFolded(entries.get(0))) {
          checkStart(entries.get(0));
        }
      }
      return;
    }
    if (!top || scope.owner != null) {
      workflow.findings.problem(
          scope.element, "sub-process or called process must have one start event");
    }
    final BpmnNode usual =
        entries.stream()
            .filter(node -> node.eventKind().equals("none"))
            .findFirst()
            .orElse(entries.get(0));
    final String split = "begin " + scope.id;
    net.route(split).xorSplit();
    net.flow(entrance, split);
    for (final BpmnNode entry : entries) {
      final String place = net.place("begin " + entry.id);
      workflow.entries.put(entry, place);
      if (entry == usual) {
        net.graph.defaultFlow(split, place);
      } else {
        net.graph.flow(split, place, START.is(entry.id));
      }
    }
  }

  /** The conditions that a node takes its token from. */
  private List<String> inputs(final BpmnNode node) {
    final Set<String> inputs = new LinkedHashSet<>();
    final String entry = workflow.entries.get(node);
    if (entry != null) {
      inputs.add(entry);
    }
    node.incoming.forEach(flow -> inputs.add(flow.arrival()));
    return List.copyOf(inputs);
  }

  void connectIn(final String task, final BpmnNode node) {
    final int quantity = quantity(node, "startQuantity");
    final List<String> inputs = inputs(node);
    if (quantity == 1 || inputs.size() == 1) {
      inputs.forEach(input -> net.graph.flow(input, task, quantity));
      return;
    }
    final String merged = net.place("tokens for " + node.id);
    for (int i = 0; i < inputs.size(); i++) {
      final String merge = "token " + (i + 1) + " for " + node.id;
      net.route(merge);
      net.flow(inputs.get(i), merge);
      net.flow(merge, merged);
    }
    net.graph.flow(merged, task, quantity);
  }

  private int quantity(final BpmnNode node, final String attribute) {
    final String text = node.element.get(attribute);
    if (text == null) {
      return 1;
    }
    if (!text.matches("\\+?0*[1-9][0-9]{0,2}")) {
      problem(
          node,
          attribute + " must be from 1 to 999: " + attribute + "=" + XmlElement.shorten(text));
      return 1;
    }
    return Integer.parseInt(text);
  }

  // Ways out.

  void connectOut(final String task, final BpmnNode node) {
    if (node.outgoing.isEmpty()) {
      sinks.add(task);
      return;
    }
    if (endless && node.outgoing.size() == 1 && node.outgoing.get(0).condition == null) {
      connectOutOfEndless(task, node);
      return;
    }
    if (node.outgoing.stream().noneMatch(flow -> flow.condition != null)) {
      final int quantity = quantity(node, "completionQuantity");
      node.outgoing.forEach(flow -> net.graph.flow(task, flow.place(), quantity));
      return;
    }
    if (quantity(node, "completionQuantity") != 1) {
      problem(node, "completionQuantity is not supported where flows have conditions");
    }
    final String choice = "choice after " + node.id;
    final String before = net.place("after " + node.id);
    net.flow(task, before);
    net.route(choice).orSplit();
    net.flow(before, choice);
    splits.inclusive(choice, node, false);
  }

  /**
   * In a sub-process without an end, which only an event at its boundary leaves, each step could in
   * theory be the last: a net must have a way out.
   */
  private void connectOutOfEndless(final String task, final BpmnNode node) {
    final String before = net.place("passed " + node.id);
    final String pass = "pass " + node.id;
    net.flow(task, before);
    net.route(pass).xorSplit();
    net.flow(before, pass);
    net.graph.flow(pass, GraphBuilder.OUTPUT, never());
    net.graph.defaultFlow(pass, node.outgoing.get(0).place());
  }

  private static Guard never() {
    return Guard.expressed("never", Optional.of("false"), Set.of(), values -> false);
  }

  // Nodes.

  private void compile(final BpmnNode node) {
    switch (node.kind) {
      case "startEvent" -> compileStart(node);
      case "endEvent" -> compileEnd(node);
      case "intermediateThrowEvent" -> compileThrow(node);
      case "intermediateCatchEvent" -> compileCatch(node);
      case "boundaryEvent" -> {} // with its host
      case "exclusiveGateway" -> {
        net.route(node.id);
        if (node.outgoing.size() > 1) {
          net.graph.xorSplit();
          splits.exclusive(node.id, node);
        } else {
          connectOut(node.id, withoutConditions(node));
        }
        connectIn(node.id, node);
      }
      case "parallelGateway" -> {
        net.route(node.id);
        if (inputs(node).size() > 1) {
          net.graph.andJoin();
        }
        connectIn(node.id, node);
        connectOut(node.id, withoutConditions(node));
      }
      case "inclusiveGateway" -> {
        net.route(node.id);
        if (inputs(node).size() > 1) {
          if (Extension.get(node.element, Extension.JOIN).orElse("").equals("or")) {
            net.graph.orJoin();
          } else {
            net.graph.inclusiveJoin();
          }
        }
        compileInclusiveOut(node);
      }
      case "complexGateway" -> {
        net.route(node.id);
        if (inputs(node).size() > 1) {
          if (Extension.get(node.element, Extension.JOIN).orElse("").equals("blocking")) {
            net.graph.blockingPartialJoin(activationCount(node));
          } else {
            net.graph.partialJoin(activationCount(node));
          }
        }
        compileInclusiveOut(node);
      }
      case "eventBasedGateway" -> compileEventGateway(node);
      default -> {
        if (BpmnFile.UNSUPPORTED_NODES.contains(node.kind)) {
          net.route(node.id);
          connectIn(node.id, node);
          connectOut(node.id, node);
          return; // reported already
        }
        if (node.isForCompensation()) {
          if (!node.incoming.isEmpty() || !node.outgoing.isEmpty()) {
            problem(node, "compensation handler must have no sequence flows");
          }
          return; // with the event that throws
        }
        if (workflow.isInstantiating(node)) {
          compileInstantiating(node);
        } else {
          new ActivityCompiler(this, node).compile();
        }
      }
    }
  }

  /** Conditions on flows that are taken anyway are said to be left out. */
  private BpmnNode withoutConditions(final BpmnNode node) {
    for (final BpmnFlow flow : node.outgoing) {
      if (flow.condition != null) {
        problem(node, "flow that is always taken must not have a condition: flow=" + flow.id);
      }
    }
    return node;
  }

  private void compileInclusiveOut(final BpmnNode node) {
    connectIn(node.id, node);
    if (node.outgoing.size() > 1) {
      final String choice = "choice of " + node.id;
      final String before = net.place("before " + choice);
      net.flow(node.id, before);
      net.route(choice).orSplit();
      net.flow(before, choice);
      splits.inclusive(choice, node, true);
    } else {
      connectOut(node.id, withoutConditions(node));
    }
  }

  private int activationCount(final BpmnNode node) {
    final XmlElement condition = node.element.child("activationCondition").orElse(null);
    final String text = condition == null ? "" : condition.text().replaceAll("[${}\\s]", "");
    final java.util.regex.Matcher matcher =
        java.util.regex.Pattern.compile("activationCount(>=|==|=)([1-9][0-9]?)").matcher(text);
    if (!matcher.matches()) {
      problem(
          node,
          "complex gateway must have an activation condition such as activationCount >= 2:"
              + " activationCondition="
              + XmlElement.shorten(text));
      return 1;
    }
    final int count = Integer.parseInt(matcher.group(2));
    if (count > inputs(node).size()) {
      problem(
          node,
          "complex gateway must wait for at most its incoming flows: activationCount=" + count);
      return 1;
    }
    return count;
  }

  private void compileStart(final BpmnNode node) {
    checkStart(node);
    net.route(node.id);
    connectIn(node.id, node);
    connectOut(node.id, node);
  }

  private void checkStart(final BpmnNode node) {
    if (node.outgoing.isEmpty()) {
      problem(node, "start event must have an outgoing flow");
    }
    if (!node.eventKind().equals("none")) {
      if (scope.owner != null && !scope.owner.isTriggeredByEvent()) {
        problem(node, "start event of a sub-process must not have a trigger");
      } else if (top) {
        workflow.trigger(node);
      }
    }
  }

  /** A receive task that starts a case: its message has come. */
  private void compileInstantiating(final BpmnNode node) {
    workflow.addTrigger(
        new StartTrigger(
            workflow.processId(), node.id, ThrownEvent.Kind.MESSAGE, workflow.messageName(node)));
    net.route(node.id);
    connectIn(node.id, node);
    connectOut(node.id, node);
  }

  private void compileEventGateway(final BpmnNode node) {
    if (node.element.is("instantiate", false)
        || !node.element.get("eventGatewayType", "Exclusive").equals("Exclusive")) {
      problem(node, "event gateway that starts a case or is parallel is not supported");
    }
    for (final BpmnFlow flow : node.outgoing) {
      final boolean waits =
          flow.to.kind.equals("intermediateCatchEvent") || flow.to.kind.equals("receiveTask");
      if (!waits || flow.to.incoming.size() != 1 || !flow.to.boundary.isEmpty()) {
        problem(
            node,
            "event gateway must lead to catching events or receive tasks that nothing else leads"
                + " to, without boundary events: targetRef="
                + flow.to.id);
      }
    }
    net.route(node.id);
    connectIn(node.id, node);
    if (node.outgoing.isEmpty()) {
      problem(node, "event gateway must have outgoing flows");
      return;
    }
    net.flow(node.id, node.outgoing.get(0).place());
  }

  private void compileEnd(final BpmnNode node) {
    switch (node.eventKind()) {
      case "none" -> {
        net.route(node.id);
        sinks.add(node.id);
      }
      case "message", "signal" -> {
        workflow.thrown(net, node.id, node);
        sinks.add(node.id);
      }
      case "terminate" -> {
        if (Extension.isTrue(node.definitions.get(0), Extension.CANCEL)) {
          net.graph.cancelCase(net.task(node.id));
          connectIn(node.id, node);
          net.flow(node.id, GraphBuilder.OUTPUT);
          cancels = true;
          return;
        }
        abrupt(node.id, List.of(net.place("to " + node.id)));
        forward(node, "to " + node.id);
        return;
      }
      case "error" -> {
        raise(node, ErrorCodes.error(workflow.code(node, "errorRef", "errorCode", true)));
        return;
      }
      case "cancel" -> {
        if (scope.owner == null || !scope.owner.kind.equals("transaction")) {
          problem(node, "cancel end event must be in a transaction");
        }
        new Compensation(this, node).compile(this::cancelTransaction);
        return;
      }
      case "escalation" -> {
        final String code = workflow.code(node, "escalationRef", "escalationCode", false);
        if (workflow.catchesEscalation(node, code)) {
          raise(node, ErrorCodes.escalation(code));
          return;
        }
        workflow.escalation(net, node.id, code);
        sinks.add(node.id);
      }
      case "compensate" -> {
        new Compensation(this, node).compile(sinks::add);
        return;
      }
      default -> unsupportedEvent(node);
    }
    connectIn(node.id, node);
  }

  /** A route with a terminating end's inputs, as that itself is added last. */
  private void forward(final BpmnNode node, final String place) {
    final String task = "reach " + node.id;
    net.route(task);
    connectIn(task, node);
    net.flow(task, place);
  }

  private void raise(final BpmnNode node, final String code) {
    net.graph.variables(ErrorCodes.ERROR);
    net.graph.inlineTask(net.task(node.id), ErrorCodes.raising(code));
    connectIn(node.id, node);
    net.flow(node.id, errorExit());
  }

  private void cancelTransaction(final String before) {
    final String task = "cancel after " + before;
    final String place = net.place("before " + task);
    net.flow(before, place);
    net.graph.inlineTask(net.task(task), ErrorCodes.raising(ErrorCodes.CANCEL));
    net.flow(place, task);
    net.flow(task, errorExit());
  }

  private void compileThrow(final BpmnNode node) {
    switch (node.eventKind()) {
      case "none" -> net.route(node.id);
      case "message", "signal" -> workflow.thrown(net, node.id, node);
      case "link" -> {
        compileLink(node);
        return;
      }
      case "escalation" -> {
        final String code = workflow.code(node, "escalationRef", "escalationCode", false);
        if (workflow.catchesEscalation(node, code)) {
          raise(node, ErrorCodes.escalation(code));
          return;
        }
        workflow.escalation(net, node.id, code);
      }
      case "compensate" -> {
        new Compensation(this, node).compile(task -> connectOut(task, node));
        return;
      }
      default -> unsupportedEvent(node);
    }
    connectIn(node.id, node);
    connectOut(node.id, node);
  }

  private void compileLink(final BpmnNode node) {
    final String name = linkName(node);
    final List<BpmnNode> targets =
        scope.nodes.values().stream()
            .filter(
                other ->
                    other.kind.equals("intermediateCatchEvent")
                        && other.eventKind().equals("link")
                        && linkName(other).equals(name))
            .toList();
    if (targets.size() != 1 || !node.outgoing.isEmpty()) {
      problem(
          node,
          "link must lead to one catching link of its name in the same process, and nowhere else:"
              + " link="
              + name
              + ", found="
              + targets.size());
    }
    net.route(node.id);
    connectIn(node.id, node);
    targets.forEach(target -> net.flow(node.id, net.place("link " + target.id)));
  }

  private static String linkName(final BpmnNode node) {
    return node.definitions.get(0).get("name", "");
  }

  private void compileCatch(final BpmnNode node) {
    if (node.eventKind().equals("link")) {
      net.route(node.id);
      net.flow(net.place("link " + node.id), node.id);
      connectOut(node.id, node);
      return;
    }
    final boolean alternative =
        node.incoming.stream().anyMatch(flow -> flow.from.kind.equals("eventBasedGateway"));
    if (!listen(node, alternative)) {
      return;
    }
    connectIn(node.id, node);
    connectOut(node.id, node);
  }

  /** Adds the task that waits for an event; false where a problem was reported. */
  boolean listen(final BpmnNode node, final boolean alternative) {
    return listen(node, node.id, alternative);
  }

  private boolean listen(final BpmnNode node, final String task, final boolean alternative) {
    switch (node.eventKind()) {
      case "message" -> {
        final String message = workflow.messageName(node);
        if (node.kind.equals("intermediateCatchEvent")) {
          net.graph.awaitMessage(net.task(task), message);
        } else {
          net.graph.awaitNewMessage(net.task(task), message);
        }
        workflow.deadline(node).ifPresent(net.graph::deadline);
      }
      case "signal" -> {
        final String signal = workflow.signalName(node);
        if (signal == null) {
          return false;
        }
        net.graph.awaitSignal(net.task(task), signal);
        workflow.deadline(node).ifPresent(net.graph::deadline);
      }
      case "timer" -> {
        final Duration duration = workflow.duration(node);
        if (duration == null) {
          if (!workflow.options.areChoicesByHand()) {
            return false;
          }
          net.graph.awaitSignal(net.task(task), node.id);
        } else if (alternative) {
          net.graph.awaitTime(net.task(task), duration);
        } else {
          net.graph.delay(net.task(task), duration);
        }
      }
      default -> {
        unsupportedEvent(node);
        return false;
      }
    }
    return true;
  }

  void unsupportedEvent(final BpmnNode node) {
    problem(
        node,
        "event is not supported here: event="
            + node.eventKind().toLowerCase(Locale.ROOT)
            + "; docs/interchange.md lists those that are");
    net.route(node.id);
  }

  // Abrupt ends.

  /** The condition that a token in this scope goes to when it carries an error outward. */
  String errorExit() {
    final String place = net.place("error in " + scope.id);
    if (!errorExit) {
      errorExit = true;
      final List<BpmnNode> catching =
          scope.eventSubProcesses.stream().filter(BpmnNode::catchesErrors).toList();
      if (catching.isEmpty()) {
        leaveByError(place);
      } else {
        deferred.add(() -> catchInEventSubProcess(place, catching));
      }
    }
    return place;
  }

  private void leaveByError(final String place) {
    if (!top && workflow.errorsAreCaught) {
      abrupt("leave " + scope.id + " by error", List.of(place));
    } else {
      final String task = net.task("fail " + scope.id);
      deferred.add(
          () -> {
            net.graph.inlineTask(task, ErrorCodes.failing(scope.id));
            net.graph.cancels(net.allBut(task));
            net.flow(place, task);
            net.flow(task, GraphBuilder.OUTPUT);
          });
    }
  }

  private void abrupt(final String task, final List<String> inputs) {
    net.task(task);
    deferred.add(
        () -> {
          net.route(task);
          net.graph.cancels(net.allBut(task));
          inputs.forEach(input -> net.flow(input, task));
          net.flow(task, GraphBuilder.OUTPUT);
        });
  }

  private void catchInEventSubProcess(final String place, final List<BpmnNode> catching) {
    final String choice = "catch in " + scope.id;
    final String[] everything = net.allBut(choice);
    net.route(choice).xorSplit().cancels(everything);
    net.flow(place, choice);
    final String missed = net.place("not caught in " + scope.id);
    for (final BpmnNode node : specificFirst(catching)) {
      final String code = caught(node);
      final String begin = net.place("begin " + node.id);
      net.graph.flow(
          choice,
          begin,
          code.isEmpty() ? ErrorCodes.isAnyError() : ErrorCodes.is(ErrorCodes.error(code)));
      final String clear = "caught by " + node.id;
      net.graph.inlineTask(net.task(clear), ErrorCodes.clearing());
      net.flow(begin, clear);
      final String caught = net.place(clear + " ready");
      net.flow(clear, caught);
      workflow.composite(net, node.id, node);
      net.flow(caught, node.id);
      endEventSubProcess(node, missed);
    }
    net.graph.defaultFlow(choice, missed);
    final String task = net.task("leave " + scope.id + " by error");
    if (!top && workflow.errorsAreCaught) {
      net.graph.route(task);
    } else {
      net.graph.inlineTask(task, ErrorCodes.failing(scope.id));
    }
    net.flow(missed, task);
    net.flow(task, GraphBuilder.OUTPUT);
  }

  /** The code that an event sub-process catches; empty for any. */
  private String caught(final BpmnNode eventSubProcess) {
    return workflow.code(
        Objects.requireNonNull(eventSubProcess.start()), "errorRef", "errorCode", false);
  }

  /** The order in the file decides nothing: what catches any error comes last. */
  private List<BpmnNode> specificFirst(final List<BpmnNode> catching) {
    final Set<String> codes = new HashSet<>();
    for (final BpmnNode node : catching) {
      if (!codes.add(caught(node))) {
        problem(
            node, "two event sub-processes must not catch the same error: error=" + caught(node));
      }
    }
    return catching.stream().sorted(Comparator.comparing(node -> caught(node).isEmpty())).toList();
  }

  /** An error that comes out of an event sub-process goes on to what is around. */
  private List<String> endEventSubProcess(final BpmnNode node, final @Nullable String onError) {
    final boolean raises =
        workflow.errorsAreCaught && workflow.canRaise(Objects.requireNonNull(node.inner));
    if (!raises) {
      net.flow(node.id, GraphBuilder.OUTPUT);
      return List.of();
    }
    final String place = net.place("after " + node.id);
    final String outcome = "outcome of " + node.id;
    net.flow(node.id, place);
    net.route(outcome).xorSplit();
    net.flow(place, outcome);
    net.graph.flow(outcome, onError == null ? errorExit() : onError, ErrorCodes.isAny());
    net.graph.defaultFlow(outcome, GraphBuilder.OUTPUT);
    return List.of(place, outcome);
  }

  private void compileEventSubProcess(final BpmnNode node) {
    final BpmnNode start = node.start();
    if (start == null
        || Objects.requireNonNull(node.inner).nodes.values().stream()
                .filter(each -> each.kind.equals("startEvent"))
                .count()
            > 1) {
      problem(node, "event sub-process must have one start event");
      return;
    }
    if (start.eventKind().equals("error")) {
      return; // with the errors that come
    }
    final boolean interrupts = start.element.is("isInterrupting", true);
    final String listener = net.task("start of " + node.id);
    final String waits = net.place("waits " + node.id);
    final String begin = net.place("begin " + node.id);
    net.flow(waits, listener);
    net.flow(listener, begin);
    listeners.add(waits);
    listeners.add(listener);
    if (!interrupts && !start.eventKind().equals("timer")) {
      net.flow(listener, waits);
    }
    deferred.add(
        () -> {
          if (listen(start, listener, false) && interrupts) {
            final List<String> region = new ArrayList<>(List.of(net.allBut(listener)));
            region.removeAll(eventElements);
            region.remove(GraphBuilder.OUTPUT);
            net.graph.cancels(region.toArray(String[]::new));
          }
        });
    workflow.composite(net, node.id, node);
    net.flow(begin, node.id);
    eventElements.addAll(List.of(begin, node.id));
    eventElements.addAll(endEventSubProcess(node, null));
  }

  // The end.

  private void finish() {
    if (sinks.isEmpty() && deferred.isEmpty() && !endless && !cancels && !reachesOutput()) {
      workflow.findings.problem(scope.element, "process or sub-process must have an end");
      return;
    }
    final boolean oneEnd = workflow.oneEnd && top && !hasRepeatingEvents();
    if (!listeners.isEmpty() || (workflow.oneEnd && !oneEnd)) {
      net.graph.severalEnds();
    }
    if (sinks.isEmpty() || (listeners.isEmpty() && !oneEnd)) {
      sinks.forEach(sink -> net.flow(sink, GraphBuilder.OUTPUT));
      return;
    }
    final String join = "end of " + scope.id;
    net.route(join).orJoin();
    if (!listeners.isEmpty()) {
      net.graph.cancels(listeners.toArray(String[]::new));
    }
    for (final String sink : sinks) {
      final String end = net.place("ended " + sink);
      net.flow(sink, end);
      net.flow(end, join);
    }
    net.flow(join, GraphBuilder.OUTPUT);
  }

  private boolean reachesOutput() {
    return scope.flows.stream().anyMatch(flow -> flow.place().equals(GraphBuilder.OUTPUT));
  }

  /** Whether an event may happen any number of times, so that its end is reached as often. */
  private boolean hasRepeatingEvents() {
    return scope.nodes.values().stream()
        .anyMatch(
            node ->
                node.host != null
                    && !node.isInterrupting()
                    && Set.of("message", "signal").contains(node.eventKind()));
  }

  void problem(final BpmnNode node, final String message) {
    workflow.findings.problem(node.element, message);
  }
}
