package io.penstock.interchange.form;

import io.penstock.interchange.ThrownEvent;
import io.penstock.interchange.expression.Expression;
import io.penstock.interchange.expression.ExpressionException;
import io.penstock.interchange.expression.Kind;
import io.penstock.net.CriticalSections;
import io.penstock.net.Exit;
import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.NetBuilder;
import io.penstock.net.Reset;
import io.penstock.net.Split;
import io.penstock.net.StartMode;
import io.penstock.workflow.Combination;
import io.penstock.workflow.Comparison;
import io.penstock.workflow.Guard;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Priority;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Retry;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Takes a workflow apart into a document. Used for one workflow. */
final class FormWriter {
  private final Workflow workflow;
  private final Map<String, Variable<?>> variables = new HashMap<>();

  /** What each reference stands for, so that two things never share one. */
  private final Map<String, Object> references = new HashMap<>();

  private final Set<Class<? extends Throwable>> exceptions = new LinkedHashSet<>();
  private final boolean numbersGuards;

  FormWriter(final Workflow workflow) {
    this.workflow = workflow;
    workflow.variables().forEach(variable -> variables.put(variable.name(), variable));
    numbersGuards = !guardsStandInOrder();
  }

  /** What the references stand for: by kind and reference, with a blank between. */
  Map<String, Object> references() {
    return references;
  }

  /** Types of exceptions that are named. */
  Set<Class<? extends Throwable>> exceptions() {
    return exceptions;
  }

  private boolean guardsStandInOrder() {
    final int[] guards =
        workflow.nets().stream()
            .flatMapToInt(
                net ->
                    IntStream.range(0, net.taskCount())
                        .flatMap(task -> IntStream.of(net.guards(task))))
            .filter(guard -> guard != Net.NONE)
            .toArray();
    return IntStream.range(0, guards.length).allMatch(at -> guards[at] == at);
  }

  Node write() {
    final Node document = Node.object().put("$schema", WorkflowForm.SCHEMA);
    document.put("name", workflow.name());
    document.put("version", Node.number(workflow.version()));
    final Node declared = Node.list();
    for (final Variable<?> variable : workflow.variables()) {
      declared.add(
          Node.object().put("name", variable.name()).put("type", Words.of(variable.type())));
    }
    document.put("variables", declared);
    workflow.deadline().ifPresent(deadline -> document.put("deadline", deadline.toString()));
    if (workflow.priority() != Priority.NORMAL) {
      document.put("priority", Words.of(workflow.priority()));
    }
    objectives(document);
    workflow.unsoundReason().ifPresent(reason -> document.put("unsound", reason));
    final Node nets = Node.list();
    for (int net = 0; net < workflow.nets().size(); net++) {
      nets.add(net(net));
    }
    return document.put("nets", nets);
  }

  private void objectives(final Node document) {
    final Node objectives = Node.object();
    workflow.objective().ifPresent(objective -> objectives.put("case", objective(objective)));
    put(objectives, "service", task -> workflow.objective(task).orElse(null));
    put(objectives, "wait", task -> workflow.waitObjective(task).orElse(null));
    if (!objectives.members.isEmpty()) {
      document.put("objectives", objectives);
    }
  }

  private void put(
      final Node objectives,
      final String member,
      final Function<String, @Nullable Objective> objectiveOf) {
    final Node byTask = Node.object();
    for (final Net net : workflow.nets()) {
      for (int task = 0; task < net.taskCount(); task++) {
        final Objective objective = objectiveOf.apply(net.taskName(task));
        if (objective != null) {
          byTask.put(net.taskName(task), objective(objective));
        }
      }
    }
    if (!byTask.members.isEmpty()) {
      objectives.put(member, byTask);
    }
  }

  private static Node objective(final Objective objective) {
    return Node.object()
        .put("target", Node.number(objective.target()))
        .put("threshold", objective.threshold().toString())
        .put("window", objective.window().toString());
  }

  private Node net(final int index) {
    final Net net = workflow.nets().get(index);
    final Node node = Node.object().put("name", net.name());
    if (index > 0 && !isBody(index)) {
      node.put("subworkflow", Node.truth(true));
    }
    if (net.isMasked()) {
      node.put("safe", Node.truth(true));
    }
    if (net.endsExplicitly()) {
      node.put("explicitTermination", Node.truth(true));
    }
    if (net.endsSeverally()) {
      node.put("severalEnds", Node.truth(true));
    }
    if (net.orJoinStatesMax() != NetBuilder.DEFAULT_OR_JOIN_STATES_MAX) {
      node.put("orJoinStatesMax", Node.number(net.orJoinStatesMax()));
    }
    node.put("input", net.conditionName(net.input()));
    node.put("output", net.conditionName(net.output()));
    node.put("conditions", Node.texts(conditions(net, IntStream.range(0, net.conditionCount()))));
    final Node tasks = Node.list();
    for (int task = 0; task < net.taskCount(); task++) {
      tasks.add(task(index, net, task));
    }
    node.put("tasks", tasks);
    if (!net.criticalSections().isEmpty()) {
      final Node mutexes = Node.list();
      net.criticalSections().forEach(sections -> mutexes.add(mutex(net, sections)));
      node.put("mutexes", mutexes);
    }
    return node;
  }

  private boolean isBody(final int index) {
    for (int net = 0; net < workflow.nets().size(); net++) {
      for (int task = 0; task < workflow.nets().get(net).taskCount(); task++) {
        final MultipleInstance instances = workflow.task(net, task).instances();
        if (instances != null && instances.bodyNet() == index) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<String> conditions(final Net net, final IntStream indices) {
    return indices.mapToObj(net::conditionName).toList();
  }

  private static Node mutex(final Net net, final CriticalSections mutex) {
    final Node sections = Node.list();
    for (final List<Integer> section : mutex.sections()) {
      sections.add(Node.texts(section.stream().map(net::taskName).toList()));
    }
    return Node.object().put("name", mutex.mutex()).put("sections", sections);
  }

  private Node task(final int netIndex, final Net net, final int task) {
    final TaskDefinition definition = workflow.task(netIndex, task);
    final Node node = Node.object().put("name", definition.name());
    node.put("kind", Words.of(definition.kind()));
    if (definition.handler() instanceof ThrownEvent event) {
      node.put(
          "throws", Node.object().put("kind", Words.of(event.kind())).put("name", event.name()));
    } else if (definition.handler() != null) {
      node.put(
          "handler", reference("handler", definition.handler(), definition.name(), net.name()));
    }
    if (definition.message() != null) {
      node.put(definition.kind() == TaskKind.SIGNAL ? "signal" : "message", definition.message());
    }
    if (definition.whileWaiting()) {
      node.put("whileWaiting", Node.truth(true));
    }
    if (definition.subworkflow() != null) {
      node.put("subworkflow", definition.subworkflow());
    }
    if (definition.instances() != null) {
      node.put("instances", instances(definition, definition.instances().terms(), net));
    }
    if (definition.kind() == TaskKind.DELAY && net.startMode(task) == StartMode.OFFERED) {
      node.put("offered", Node.truth(true));
    }
    if (definition.deadline() != null) {
      node.put(
          definition.kind() == TaskKind.DELAY ? "delay" : "deadline",
          definition.deadline().toString());
    }
    if (!definition.retry().equals(Retry.never())) {
      node.put("retry", retry(definition.retry()));
    }
    joinAndSplit(net, task, node);
    node.put("from", inputs(net, task));
    node.put("to", outputs(net, task));
    exit(net, task, Exit.FAILURE, "failure", node);
    exit(net, task, Exit.TIMEOUT, "timeout", node);
    if (net.milestones(task).length > 0) {
      node.put("enabledWhile", Node.texts(conditions(net, IntStream.of(net.milestones(task)))));
    }
    final List<String> cancelled =
        new ArrayList<>(conditions(net, IntStream.of(net.cancelledConditions(task))));
    IntStream.of(net.cancelledTasks(task)).mapToObj(net::taskName).forEach(cancelled::add);
    if (!cancelled.isEmpty()) {
      node.put("cancels", Node.texts(cancelled));
    }
    return node;
  }

  private static void joinAndSplit(final Net net, final int task, final Node node) {
    if (net.join(task) == Join.PARTIAL) {
      final Node partial = Node.object().put("threshold", Node.number(net.threshold(task)));
      if (net.reset(task) != Reset.STRUCTURED) {
        partial.put("reset", Words.of(net.reset(task)));
      }
      node.put("join", partial);
    } else if (net.join(task) != Join.XOR) {
      node.put("join", Words.of(net.join(task)));
    }
    if (net.split(task) != Split.AND) {
      node.put("split", Words.of(net.split(task)));
    }
  }

  private static void exit(
      final Net net, final int task, final Exit exit, final String member, final Node node) {
    final int condition = net.exitCondition(task, exit);
    if (condition != Net.NONE) {
      node.put(member, net.conditionName(condition));
    }
  }

  private static Node inputs(final Net net, final int task) {
    final Node inputs = Node.list();
    for (int i = 0; i < net.inputs(task).length; i++) {
      final String condition = net.conditionName(net.inputs(task)[i]);
      final int weight = net.inputWeights(task)[i];
      inputs.add(
          weight == 1
              ? Node.text(condition)
              : Node.object().put("condition", condition).put("weight", Node.number(weight)));
    }
    return inputs;
  }

  private Node outputs(final Net net, final int task) {
    final Node outputs = Node.list();
    for (int i = 0; i < net.outputs(task).length; i++) {
      final String condition = net.conditionName(net.outputs(task)[i]);
      final Node flow = Node.object().put("condition", condition);
      if (net.outputWeights(task)[i] != 1) {
        flow.put("weight", Node.number(net.outputWeights(task)[i]));
      }
      final int guard = net.guards(task)[i];
      if (guard != Net.NONE) {
        final String name = net.taskName(task) + " to " + condition;
        flow.put("when", guard(workflow.guard(guard), name, net.name()));
        if (numbersGuards) {
          flow.put("number", Node.number(guard));
        }
      }
      if (net.defaultFlow(task) == i) {
        flow.put("default", Node.truth(true));
      }
      if (net.isComplement(task, i)) {
        flow.put("unless", Node.number(net.complementOf(task, i)));
      }
      outputs.add(flow.members.size() == 1 ? Node.text(condition) : flow);
    }
    return outputs;
  }

  private Node retry(final Retry retry) {
    final Node node = Node.object().put("attempts", Node.number(retry.attemptsMax()));
    node.put("delay", retry.initialDelay().toString());
    node.put("multiplier", Node.number(retry.multiplier()));
    node.put("delayMax", retry.delayMax().toString());
    if (!retry.notRetried().isEmpty()) {
      exceptions.addAll(retry.notRetried());
      node.put("notOn", Node.texts(retry.notRetried().stream().map(Class::getName).toList()));
    }
    return node;
  }

  private Node instances(
      final TaskDefinition task, final MultipleInstance.Terms terms, final Net net) {
    final Node node = Node.object().put("body", Node.number(terms.bodyNet()));
    if (terms.countVariable() != null) {
      node.put("countFrom", terms.countVariable().name());
    } else if (terms.items() != null) {
      node.put("item", terms.items().item().name());
      node.put(
          "items",
          reference("items", terms.items().items(), "items of " + task.name(), net.name()));
    } else {
      node.put("count", Node.number(terms.count()));
    }
    if (terms.threshold() > 0) {
      node.put("threshold", Node.number(terms.threshold()));
    }
    if (terms.enough() != null) {
      node.put("until", guard(terms.enough(), task.name() + " is enough", net.name()));
    }
    if (terms.rest() != Rest.WAIT) {
      node.put("rest", Words.of(terms.rest()));
    }
    if (terms.maximum() > 0) {
      node.put("maximum", Node.number(terms.maximum()));
    }
    if (terms.keptOpen()) {
      node.put("keptOpen", Node.truth(true));
    }
    if (terms.detached()) {
      node.put("detached", Node.truth(true));
    }
    if (!terms.reductions().isEmpty()) {
      final Node reductions = Node.list();
      terms.reductions().forEach(each -> reductions.add(reduction(task, each, net)));
      node.put("reduce", reductions);
    }
    return node;
  }

  private Node reduction(
      final TaskDefinition task, final MultipleInstance.Reduction<?> reduction, final Net net) {
    final Node node = Node.object().put("from", reduction.from().name());
    node.put("into", reduction.into().name());
    if ((Object) reduction.operator() instanceof Fold fold) {
      return node.put("by", fold.word());
    }
    final String name = task.name() + " into " + reduction.into().name();
    return node.put(
        "by",
        Node.object()
            .put("reference", reference("operator", reduction.operator(), name, net.name())));
  }

  private Node guard(final Guard guard, final String place, final String net) {
    if (guard instanceof Comparison comparison && isDeclared(comparison.variable())) {
      return Node.object()
          .put("variable", comparison.variable().name())
          .put("is", comparison.operator().sign())
          .put("value", Scalars.write(comparison.value()));
    }
    if (guard instanceof Combination combination) {
      return combination(combination, place, net);
    }
    if (guard.expression().isPresent() && isReadable(guard, guard.expression().get())) {
      return Node.object().put("expression", guard.expression().get());
    }
    final Node node =
        Node.object().put("reference", reference("guard", guard, nameOf(guard, place), net));
    if (!guard.variables().isEmpty()) {
      node.put(
          "reads", Node.texts(guard.variables().stream().map(Variable::name).sorted().toList()));
    }
    return node;
  }

  /** A guard made in code can ask for a variable that the workflow does not have. */
  private boolean isDeclared(final Variable<?> variable) {
    return Objects.equals(variable, variables.get(variable.name()));
  }

  private boolean isReadable(final Guard guard, final String expression) {
    try {
      final Set<Variable<?>> read =
          Expression.parse(expression).bind(Kind.TRUTH, variables).variables();
      return read.equals(guard.variables());
    } catch (final ExpressionException e) {
      return false;
    }
  }

  /** The text that a guard was given, or where it stands if it has none of its own. */
  private static String nameOf(final Guard guard, final String place) {
    final String text = guard.toString();
    return text.isBlank()
            || text.length() > WorkflowForm.REFERENCE_LENGTH_MAX
            || text.contains(guard.getClass().getName())
        ? place
        : text;
  }

  private Node combination(final Combination guard, final String place, final String net) {
    if (guard.operator() == Combination.Operator.NOT) {
      return Node.object().put("not", guard(guard.operands().get(0), place, net));
    }
    final List<Guard> chain = guard.operands();
    final Node list = Node.list();
    for (int i = 0; i < chain.size(); i++) {
      list.add(guard(chain.get(i), place + " " + (i + 1), net));
    }
    return Node.object().put(guard.operator() == Combination.Operator.AND ? "all" : "any", list);
  }

  /** The reference that it was read with, else a name that nothing else has. */
  private String reference(
      final String kind, final Object what, final String name, final String net) {
    if (what instanceof Referred named) {
      references.put(kind + " " + named.reference(), what);
      return named.reference();
    }
    String reference = name;
    for (int i = 0; isTaken(kind, reference, what); i++) {
      reference = net + "/" + name + (i == 0 ? "" : " " + i);
    }
    references.put(kind + " " + reference, what);
    return reference;
  }

  @SuppressWarnings("ReferenceEquality") // what is written twice is one thing
  private boolean isTaken(final String kind, final String reference, final Object what) {
    final Object other = references.get(kind + " " + reference);
    return other != null && other != what;
  }
}
