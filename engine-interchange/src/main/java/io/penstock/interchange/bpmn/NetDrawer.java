package io.penstock.interchange.bpmn;

import io.penstock.interchange.ThrownEvent;
import io.penstock.net.Exit;
import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.Reset;
import io.penstock.net.Split;
import io.penstock.workflow.Guard;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Retry;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Values;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Draws one net: a chain of nodes for each task (what its join waits for, the task itself, how its
 * split goes on), and for each condition the flows from those that mark it to those that it feeds.
 * Not thread safe; one net.
 */
final class NetDrawer {
  private final WorkflowDrawer drawer;
  private final Workflow workflow;
  private final int netIndex;
  private final Net net;
  private final DrawnScope scope;
  private final CaughtErrors errors;
  private final BoundaryEvents events;
  private final Chain[] chains;
  private final List<List<Source>> sources = new ArrayList<>();
  private final List<List<Integer>> takers = new ArrayList<>();

  /** Joins that dead-path elimination feeds: an inclusive join says the same. */
  private final boolean[] inclusive;

  /** The nodes of a task, from the first to the last. */
  private record Chain(DrawnNode entry, DrawnNode exit) {}

  /** What marks a condition. */
  private record Source(DrawnNode node, @Nullable String condition, boolean isDefault) {}

  NetDrawer(final WorkflowDrawer drawer, final int netIndex, final DrawnScope scope) {
    this.drawer = drawer;
    this.netIndex = netIndex;
    this.scope = scope;
    workflow = drawer.workflow;
    net = workflow.nets().get(netIndex);
    errors = new CaughtErrors(workflow, netIndex);
    events = new BoundaryEvents(workflow, netIndex);
    chains = new Chain[net.taskCount()];
    inclusive = new boolean[net.taskCount()];
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      sources.add(new ArrayList<>());
      takers.add(new ArrayList<>());
    }
  }

  void draw() {
    final DrawnNode start = scope.add(new DrawnNode(drawer.id("start"), "startEvent", ""));
    sources.get(net.input()).add(new Source(start, null, false));
    for (int task = 0; task < net.taskCount(); task++) {
      for (final int input : net.inputs(task)) {
        if (!errors.isHidden(task) && !events.isEvent(task)) {
          takers.get(input).add(task);
        }
      }
    }
    findInclusiveJoins();
    for (int task = 0; task < net.taskCount(); task++) {
      if (!errors.isHidden(task) && !events.isEvent(task)) {
        checkRules(task);
        chains[task] = drawTask(task);
      }
    }
    for (int task = 0; task < net.taskCount(); task++) {
      if (events.isEvent(task)) {
        drawEvent(task, chains[events.host(task)]);
      }
    }
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      connect(condition);
    }
    scope.fold();
    scope.prune();
  }

  private TaskDefinition definition(final int task) {
    return workflow.task(netIndex, task);
  }

  private void problem(final int task, final String message) {
    drawer.problem(net.taskName(task), message);
  }

  private void findInclusiveJoins() {
    for (int split = 0; split < net.taskCount(); split++) {
      final int task = split;
      final int[] outputs = net.outputs(split);
      final int[] told =
          IntStream.range(0, outputs.length)
              .filter(flow -> net.isComplement(task, flow))
              .map(flow -> outputs[flow])
              .distinct()
              .toArray();
      if (told.length > 0) {
        final List<Integer> joins =
            Arrays.stream(told).boxed().flatMap(at -> takers.get(at).stream()).distinct().toList();
        final boolean isWhole =
            joins.size() == 1
                && net.join(joins.get(0)) == Join.AND
                && Arrays.stream(net.inputs(joins.get(0)))
                    .allMatch(input -> Arrays.stream(told).anyMatch(at -> at == input));
        if (isWhole) {
          inclusive[joins.get(0)] = true;
        } else {
          problem(split, "choice must end at one join with all its branches");
        }
      }
    }
  }

  /** What no element of BPMN says. */
  private void checkRules(final int task) {
    if (net.milestones(task).length > 0) {
      problem(task, "milestone has no element; let an event or a condition on data stand for it");
    }
    if (!net.mutexes(task).isEmpty() && !events.isInvolved(task)) {
      problem(task, "mutex has no element: mutex=" + net.mutexes(task).get(0));
    }
    if (net.cancelledConditions(task).length + net.cancelledTasks(task).length > 0
        && !endsEverything(task)
        && !events.isInvolved(task)
        && !(definition(task).handler() instanceof ErrorCodes.Failing)) {
      problem(task, "cancellation region is not that of an end or of an event at a boundary");
    }
    if (net.join(task) == Join.PARTIAL && net.reset(task) == Reset.CANCELLING) {
      problem(task, "partial join that cancels the other branches has no element");
    }
    checkWeights(task);
    if (net.milestones(task).length == 0 && definition(task).kind() == TaskKind.MANUAL) {
      for (final int input : net.inputs(task)) {
        if (takers.get(input).size() > 1) {
          problem(task, "work item must not be an alternative of something else");
        }
      }
    }
  }

  /** An activity can take several tokens from its only flow in, and put as many into each out. */
  private void checkWeights(final int task) {
    final int[] in = net.inputWeights(task);
    final int[] out = net.outputWeights(task);
    final boolean isActivity =
        switch (definition(task).kind()) {
          case WORKER, INLINE, MANUAL, COMPOSITE -> net.split(task) == Split.AND;
          case ROUTING, CANCEL, MESSAGE, SIGNAL, DELAY, MULTIPLE_INSTANCE -> false;
        };
    final boolean fits = in.length == 1 && Arrays.stream(out).distinct().count() == 1;
    final IntPredicate several = weight -> weight != 1;
    if ((Arrays.stream(in).anyMatch(several) || Arrays.stream(out).anyMatch(several))
        && !(isActivity && fits)) {
      problem(task, "flow must carry one token, or as many as all others out of the same activity");
    }
  }

  /** Whether a routing task does what a terminate end event does. */
  private boolean endsEverything(final int task) {
    final int[] outputs = net.outputs(task);
    final Set<Integer> conditions = set(net.cancelledConditions(task));
    final Set<Integer> tasks = set(net.cancelledTasks(task));
    return definition(task).kind() == TaskKind.ROUTING
        && outputs.length == 1
        && outputs[0] == net.output()
        && IntStream.range(0, net.conditionCount())
            .allMatch(condition -> condition == net.input() || conditions.contains(condition))
        && IntStream.range(0, net.taskCount())
            .allMatch(other -> other == task || tasks.contains(other));
  }

  private static Set<Integer> set(final int[] indices) {
    return Set.copyOf(Arrays.stream(indices).boxed().toList());
  }

  // Tasks.

  private Chain drawTask(final int task) {
    final List<DrawnNode> nodes = new ArrayList<>();
    final TaskDefinition definition = definition(task);
    if (definition.kind() == TaskKind.CANCEL || endsEverything(task)) {
      addJoin(task, nodes);
      nodes.add(drawTerminate(task));
      return link(nodes);
    }
    if (definition.handler() instanceof ErrorCodes.Raising error) {
      addJoin(task, nodes);
      nodes.add(drawRaise(task, error.text()));
      return link(nodes);
    }
    final List<Integer> arcs = arcs(task);
    addJoin(task, nodes);
    if (definition.kind() != TaskKind.ROUTING) {
      nodes.add(drawWork(task));
    }
    addSplit(task, nodes, arcs);
    if (nodes.isEmpty()) {
      nodes.add(gateway(task, "exclusiveGateway"));
    }
    if (nodes.get(0).synchronizes() && net.join(task) == Join.XOR && net.inputs(task).length > 1) {
      nodes.add(0, gateway(task, "exclusiveGateway"));
    }
    final Chain chain = link(nodes);
    addSources(task, chain.exit, arcs);
    return chain;
  }

  private Chain link(final List<DrawnNode> nodes) {
    for (int i = 1; i < nodes.size(); i++) {
      scope.connect(
          flowId(nodes.get(i - 1), nodes.get(i)), nodes.get(i - 1), nodes.get(i), null, false);
    }
    return new Chain(nodes.get(0), nodes.get(nodes.size() - 1));
  }

  private String flowId(final DrawnNode from, final DrawnNode to) {
    return drawer.id(from.id + "_" + to.id);
  }

  private DrawnNode gateway(final int task, final String kind) {
    final boolean routes = definition(task).kind() == TaskKind.ROUTING;
    return scope.add(new DrawnNode(drawer.id(routes ? net.taskName(task) : kind), kind, ""));
  }

  private void addJoin(final int task, final List<DrawnNode> nodes) {
    if (net.inputs(task).length < 2 || net.join(task) == Join.XOR) {
      return;
    }
    switch (net.join(task)) {
      case AND ->
          nodes.add(gateway(task, inclusive[task] ? "inclusiveGateway" : "parallelGateway"));
      case INCLUSIVE -> nodes.add(gateway(task, "inclusiveGateway"));
      case OR -> {
        final DrawnNode join = gateway(task, "inclusiveGateway");
        join.attributes.put("penstock:" + Extension.JOIN, "or");
        nodes.add(join);
      }
      case PARTIAL -> {
        final DrawnNode join = gateway(task, "complexGateway");
        if (net.reset(task) == Reset.BLOCKING) {
          join.attributes.put("penstock:" + Extension.JOIN, "blocking");
        }
        join.parts.add(
            "<activationCondition>activationCount &gt;= "
                + net.threshold(task)
                + "</activationCondition>");
        nodes.add(join);
      }
      case XOR -> throw new AssertionError(task);
    }
  }

  /** The flows that say where tokens go, without those that say where none goes. */
  private List<Integer> arcs(final int task) {
    final int[] outputs = net.outputs(task);
    final List<Integer> arcs = new ArrayList<>();
    for (int flow = 0; flow < outputs.length; flow++) {
      if (!net.isComplement(task, flow)
          && !isNeverTaken(task, flow)
          && !events.isWaiting(outputs[flow])) {
        arcs.add(flow);
      }
    }
    return arcs;
  }

  /** Of an OR-split whose other flows always hold one, the default is a form. */
  private boolean isNeverTaken(final int task, final int flow) {
    if (net.split(task) != Split.OR || flow != net.defaultFlow(task)) {
      return false;
    }
    final int[] outputs = net.outputs(task);
    return IntStream.range(0, outputs.length)
        .anyMatch(
            other ->
                other != flow && outputs[other] == outputs[flow] && !net.isComplement(task, other));
  }

  private void addSplit(final int task, final List<DrawnNode> nodes, final List<Integer> arcs) {
    if (arcs.size() < 2) {
      return;
    }
    final DrawnNode last = nodes.isEmpty() ? null : nodes.get(nodes.size() - 1);
    switch (net.split(task)) {
      case AND -> {
        final boolean splits =
            last != null && (!last.isGateway() || last.kind.equals("parallelGateway"));
        if (!splits) {
          nodes.add(gateway(task, "parallelGateway"));
        }
      }
      case XOR -> nodes.add(gateway(task, "exclusiveGateway"));
      case OR -> {
        if (last == null || !last.kind.equals("inclusiveGateway")) {
          nodes.add(gateway(task, "inclusiveGateway"));
        }
      }
    }
  }

  private void addSources(final int task, final DrawnNode exit, final List<Integer> arcs) {
    final int[] outputs = net.outputs(task);
    if (errors.next(task) != Net.NONE) {
      sources.get(errors.next(task)).add(new Source(exit, null, false));
      return;
    }
    if (arcs.size() == 1 || net.split(task) == Split.AND) {
      arcs.forEach(flow -> sources.get(outputs[flow]).add(new Source(exit, null, false)));
      return;
    }
    final int[] guards = net.guards(task);
    FailingChoice failing = null;
    int guarded = 0;
    for (final int flow : arcs) {
      final Guard guard = guards[flow] == Net.NONE ? null : workflow.guard(guards[flow]);
      if (guard instanceof FailingChoice choice) {
        failing = choice;
      }
    }
    for (final int flow : arcs) {
      final boolean byDefault = flow == net.defaultFlow(task);
      final Guard guard = guards[flow] == Net.NONE ? null : workflow.guard(guards[flow]);
      final boolean isCondition = guard != null || !byDefault;
      final String condition;
      if (failing != null && (guard != null || byDefault)) {
        condition = drawer.condition(definition(task), failing.all().get(guarded++));
      } else if (isCondition) {
        condition = guard == null ? "true" : drawer.condition(definition(task), guard);
      } else {
        condition = null;
      }
      sources.get(outputs[flow]).add(new Source(exit, condition, condition == null));
    }
  }

  private DrawnNode drawTerminate(final int task) {
    final DrawnNode end = scope.add(new DrawnNode(drawer.id(net.taskName(task)), "endEvent", ""));
    end.parts.add(
        definition(task).kind() == TaskKind.CANCEL
            ? "<terminateEventDefinition penstock:" + Extension.CANCEL + "=\"true\"/>"
            : "<terminateEventDefinition/>");
    return end;
  }

  /** A message, signal or timer that waits at the boundary of an activity. */
  private void drawEvent(final int task, final Chain host) {
    final TaskDefinition definition = definition(task);
    final DrawnNode event = boundary(work(host), net.taskName(task));
    if (!events.interrupts(task)) {
      event.attributes.put("cancelActivity", "false");
    }
    event.parts.add(
        switch (definition.kind()) {
          case MESSAGE -> messageDefinition(definition);
          case SIGNAL -> signalDefinition(definition);
          default -> timer(definition);
        });
    final List<Integer> arcs = arcs(task);
    if (arcs.size() > 1 && net.split(task) != Split.AND) {
      problem(task, "event at a boundary must not choose by itself");
    }
    arcs.forEach(flow -> sources.get(net.outputs(task)[flow]).add(new Source(event, null, false)));
  }

  /** The node of a chain that does the work. */
  private static DrawnNode work(final Chain chain) {
    return chain.exit.isGateway() ? chain.entry : chain.exit;
  }

  private String messageDefinition(final TaskDefinition definition) {
    final String name = Objects.requireNonNull(definition.message());
    return "<messageEventDefinition messageRef=\"" + drawer.messageId(name) + "\"/>";
  }

  private String signalDefinition(final TaskDefinition definition) {
    final String name = Objects.requireNonNull(definition.message());
    return "<signalEventDefinition signalRef=\"" + drawer.signalId(name) + "\"/>";
  }

  private DrawnNode drawRaise(final int task, final String error) {
    final DrawnNode end = scope.add(new DrawnNode(drawer.id(net.taskName(task)), "endEvent", ""));
    end.parts.add(errorDefinition(task, error, false));
    return end;
  }

  /** The definition of an event that throws or catches an error or an escalation. */
  private String errorDefinition(final int task, final String error, final boolean isAny) {
    for (final String kind : List.of("error", "escalation")) {
      if (error.startsWith(kind + ":")) {
        final String code = error.substring(kind.length() + 1);
        final boolean isNamed = !isAny && !(code.isEmpty() && kind.equals("escalation"));
        final String id =
            !isNamed ? "" : kind.equals("error") ? drawer.errorId(code) : drawer.escalationId(code);
        return "<"
            + kind
            + "EventDefinition"
            + (isNamed ? " " + kind + "Ref=\"" + id + "\"" : "")
            + "/>";
      }
    }
    problem(task, "event that cancels a transaction is not drawn back: event=" + error);
    return "";
  }

  private DrawnNode drawWork(final int task) {
    final TaskDefinition definition = definition(task);
    final String id = drawer.id(definition.name());
    final DrawnNode node =
        switch (definition.kind()) {
          case WORKER, INLINE -> drawHandler(definition, id);
          case MANUAL -> node(definition, id, "userTask");
          case MESSAGE -> drawMessage(task, definition, id);
          case SIGNAL -> {
            final DrawnNode signal = node(definition, id, "intermediateCatchEvent");
            signal.parts.add(signalDefinition(definition));
            yield signal;
          }
          case DELAY -> {
            final DrawnNode timer = node(definition, id, "intermediateCatchEvent");
            timer.parts.add(timer(definition));
            yield timer;
          }
          case COMPOSITE -> drawComposite(workflow.bodyNet(netIndex, task), definition, id);
          case MULTIPLE_INSTANCE -> drawInstances(task, definition, id);
          case ROUTING, CANCEL -> throw new AssertionError(task);
        };
    scope.add(node);
    if (net.inputWeights(task)[0] > 1) {
      node.attributes.put("startQuantity", String.valueOf(net.inputWeights(task)[0]));
    }
    if (net.outputWeights(task)[0] > 1) {
      node.attributes.put("completionQuantity", String.valueOf(net.outputWeights(task)[0]));
    }
    drawRetry(definition, node);
    drawExits(task, definition, node);
    for (final CaughtErrors.Catch caught : errors.of(task)) {
      final DrawnNode event = boundary(node, net.taskName(caught.event()));
      event.parts.add(
          errorDefinition(caught.event(), caught.guard().text(), caught.guard().isPrefix()));
      for (final int output : net.outputs(caught.event())) {
        sources.get(output).add(new Source(event, null, false));
      }
    }
    return node;
  }

  private DrawnNode node(final TaskDefinition definition, final String id, final String kind) {
    return new DrawnNode(id, kind, drawer.label(definition.name()));
  }

  private static String timer(final TaskDefinition definition) {
    return "<timerEventDefinition><timeDuration xsi:type=\"tFormalExpression\">"
        + definition.deadline()
        + "</timeDuration></timerEventDefinition>";
  }

  private DrawnNode drawHandler(final TaskDefinition definition, final String id) {
    if (definition.kind() == TaskKind.WORKER && definition.handler() instanceof ThrownEvent event) {
      final DrawnNode thrown = node(definition, id, "intermediateThrowEvent");
      thrown.parts.add(
          switch (event.kind()) {
            case MESSAGE ->
                "<messageEventDefinition messageRef=\"" + drawer.messageId(event.name()) + "\"/>";
            case SIGNAL ->
                "<signalEventDefinition signalRef=\"" + drawer.signalId(event.name()) + "\"/>";
            case ESCALATION ->
                "<escalationEventDefinition escalationRef=\""
                    + drawer.escalationId(event.name())
                    + "\"/>";
          });
      return thrown;
    }
    final DrawnNode node = node(definition, id, "serviceTask");
    if (definition.kind() == TaskKind.INLINE) {
      node.attributes.put("penstock:" + Extension.INLINE, "true");
    }
    return node;
  }

  /** An event, or a task where something is attached to it. */
  private DrawnNode drawMessage(final int task, final TaskDefinition definition, final String id) {
    final String message = drawer.messageId(Objects.requireNonNull(definition.message()));
    if (net.exitCondition(task, Exit.TIMEOUT) != Net.NONE) {
      final DrawnNode receive = node(definition, id, "receiveTask");
      receive.attributes.put("messageRef", message);
      return receive;
    }
    final DrawnNode event = node(definition, id, "intermediateCatchEvent");
    event.parts.add(messageDefinition(definition));
    return event;
  }

  private DrawnNode drawComposite(
      final int body, final TaskDefinition definition, final String id) {
    if (drawer.isEmbedded(body)) {
      final DrawnNode node = node(definition, id, "subProcess");
      node.inner = drawer.draw(body, id, node.name);
      return node;
    }
    final DrawnNode node = node(definition, id, "callActivity");
    node.attributes.put("calledElement", drawer.calledId(body));
    return node;
  }

  private DrawnNode drawInstances(
      final int task, final TaskDefinition definition, final String id) {
    final MultipleInstance instances = Objects.requireNonNull(definition.instances());
    if (instances.isDetached() || instances.isAddable() || instances.isKeptOpen()) {
      problem(task, "instances that are detached, added or kept open have no element");
    }
    if ((instances.threshold() > 0 || instances.enough() != null)
        && instances.rest() != Rest.CANCEL) {
      problem(
          task,
          "rest of the instances must be cancelled when there are enough: rest="
              + instances.rest());
    }
    final DrawnNode node = drawBody(instances.bodyNet(), definition, id);
    for (final MultipleInstance.Reduction<?> reduction : instances.reductions()) {
      node.extensions.add(
          "<penstock:"
              + Extension.REDUCE
              + " from=\""
              + BpmnWriter.escape(reduction.from().name())
              + "\" into=\""
              + BpmnWriter.escape(reduction.into().name())
              + "\"/>");
    }
    node.parts.add(loop(definition, instances));
    return node;
  }

  /** The activity that is repeated: a single task of the same name, or a sub-process. */
  private DrawnNode drawBody(final int body, final TaskDefinition definition, final String id) {
    final Net inside = workflow.nets().get(body);
    if (inside.taskCount() == 1 && inside.taskName(0).equals(definition.name())) {
      final TaskDefinition only = workflow.task(body, 0);
      final boolean plain =
          only.deadline() == null
              && only.retry().equals(Retry.never())
              && inside.exitCondition(0, Exit.FAILURE) == Net.NONE;
      if (plain && only.kind() == TaskKind.COMPOSITE) {
        return drawComposite(workflow.bodyNet(body, 0), definition, id);
      }
      if (plain && only.kind() == TaskKind.MANUAL) {
        return node(definition, id, "userTask");
      }
      if (plain && (only.kind() == TaskKind.WORKER || only.kind() == TaskKind.INLINE)) {
        return drawHandler(only, id);
      }
    }
    final DrawnNode node = node(definition, id, "subProcess");
    node.inner = drawer.draw(body, id, node.name);
    return node;
  }

  private String loop(final TaskDefinition definition, final MultipleInstance instances) {
    final StringBuilder loop = new StringBuilder("<multiInstanceLoopCharacteristics>");
    if (instances.items() != null) {
      loop.append("<loopDataInputRef>")
          .append(drawer.id("items_of_" + definition.name()))
          .append("</loopDataInputRef><inputDataItem id=\"")
          .append(drawer.id("item_of_" + definition.name()))
          .append("\" name=\"")
          .append(BpmnWriter.escape(instances.items().item().name()))
          .append("\"/>");
    } else {
      final String count =
          instances.countVariable() == null
              ? String.valueOf(instances.count(NoValues.INSTANCE))
              : instances.countVariable().nameInExpressions().orElse("0");
      loop.append("<loopCardinality xsi:type=\"tFormalExpression\">${")
          .append(BpmnWriter.escape(count))
          .append("}</loopCardinality>");
    }
    final Guard enough = instances.enough();
    if (instances.threshold() > 0 || enough != null) {
      loop.append("<completionCondition xsi:type=\"tFormalExpression\">${")
          .append(
              BpmnWriter.escape(
                  enough == null
                      ? "nrOfCompletedInstances >= " + instances.threshold()
                      : drawer.condition(definition, enough)))
          .append("}</completionCondition>");
    }
    return loop.append("</multiInstanceLoopCharacteristics>").toString();
  }

  private void drawRetry(final TaskDefinition definition, final DrawnNode node) {
    final Retry retry = definition.retry();
    if (!retry.notRetried().isEmpty()) {
      drawer.problem(definition.name(), "exceptions that are not tried again have no element");
    } else if (retry.attemptsMax() > 1) {
      node.attributes.put(
          "penstock:" + Extension.RETRY,
          retry.attemptsMax()
              + " "
              + retry.initialDelay()
              + " "
              + retry.multiplier()
              + " "
              + retry.delayMax());
    }
  }

  private void drawExits(final int task, final TaskDefinition definition, final DrawnNode node) {
    final int failure = net.exitCondition(task, Exit.FAILURE);
    if (failure != Net.NONE) {
      final DrawnNode event = boundary(node, "failure_of_" + node.id);
      event.parts.add("<errorEventDefinition penstock:" + Extension.FAILURE + "=\"true\"/>");
      sources.get(failure).add(new Source(event, null, false));
    }
    final int timeout = net.exitCondition(task, Exit.TIMEOUT);
    if (timeout != Net.NONE) {
      final DrawnNode event = boundary(node, "timeout_of_" + node.id);
      event.parts.add(timer(definition));
      sources.get(timeout).add(new Source(event, null, false));
      if (node.isEvent()) {
        problem(task, "signal must not have a deadline with a way on; wait for whichever is first");
      }
    } else if (definition.deadline() != null && definition.kind() != TaskKind.DELAY) {
      node.attributes.put("penstock:" + Extension.DEADLINE, definition.deadline().toString());
    }
  }

  private DrawnNode boundary(final DrawnNode host, final String id) {
    final DrawnNode event = scope.add(new DrawnNode(drawer.id(id), "boundaryEvent", ""));
    event.attributes.put("attachedToRef", host.id);
    event.host = host;
    return event;
  }

  // Conditions.

  private void connect(final int condition) {
    final List<Source> marks = sources.get(condition);
    final List<Integer> fed = takers.get(condition);
    final DrawnNode target;
    if (condition == net.output()) {
      target = scope.add(new DrawnNode(drawer.id("end"), "endEvent", ""));
      if (net.endsExplicitly()) {
        target.parts.add("<terminateEventDefinition/>");
      }
      if (!fed.isEmpty()) {
        problem(fed.get(0), "output must not feed a task");
      }
    } else if (fed.isEmpty()) {
      if (!marks.isEmpty()) {
        drawer.problem(net.conditionName(condition), "condition must feed a task");
      }
      return;
    } else {
      target = fed.size() == 1 ? merged(condition, fed.get(0), marks) : drawAlternatives(fed);
    }
    for (final Source source : marks) {
      final String wanted = net.conditionName(condition);
      final boolean named = marks.size() == 1 && wanted.matches("[A-Za-z_][A-Za-z0-9_.-]*");
      scope.connect(
          named ? drawer.id(wanted) : flowId(source.node, target),
          source.node,
          target,
          source.condition,
          source.isDefault);
    }
  }

  /** What a condition leads to: the task, or a gateway before it that brings flows together. */
  private DrawnNode merged(final int condition, final int task, final List<Source> marks) {
    final DrawnNode entry = chains[task].entry;
    if (marks.isEmpty() && entry.synchronizes() && net.inputs(task).length > 1) {
      problem(
          task,
          "join must not wait for a branch that ends the case: condition="
              + net.conditionName(condition));
    }
    if (marks.size() > 1 && entry.synchronizes()) {
      final DrawnNode merge =
          scope.add(new DrawnNode(drawer.id("merge_before_" + entry.id), "exclusiveGateway", ""));
      scope.connect(flowId(merge, entry), merge, entry, null, false);
      return merge;
    }
    return entry;
  }

  /** The gateway before tasks of which the first to happen takes the token. */
  private DrawnNode drawAlternatives(final List<Integer> fed) {
    final DrawnNode gateway = scope.add(new DrawnNode(drawer.id("first"), "eventBasedGateway", ""));
    for (final int task : fed) {
      final DrawnNode event = chains[task].entry;
      final boolean waits = event.kind.equals("intermediateCatchEvent");
      if (!waits || net.inputs(task).length > 1) {
        problem(task, "alternative must be a message, a signal or a time, with one way in");
      }
      scope.connect(flowId(gateway, event), gateway, event, null, false);
    }
    return gateway;
  }

  /** For what is constant. */
  private enum NoValues implements Values {
    INSTANCE;

    @Override
    public <T> Optional<T> find(final Variable<T> variable) {
      return Optional.empty();
    }
  }
}
