package io.penstock.interchange.yawl;

import io.penstock.interchange.Findings;
import io.penstock.interchange.ModelElement;
import io.penstock.interchange.expression.Expression;
import io.penstock.interchange.expression.ExpressionException;
import io.penstock.interchange.expression.Kind;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.Guard;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Sequence;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.Variable;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a net of a net: the elements are the same, only their names are looked up. */
final class NetCompiler {
  private static final Set<String> PARTS =
      Set.of(
          "name",
          "documentation",
          "flowsInto",
          "join",
          "split",
          "decomposesTo",
          "removesTokens",
          "removesTokensFromFlow",
          "timer",
          "minimum",
          "maximum",
          "threshold",
          "creationMode");
  private static final Set<String> LEFT_OUT =
      Set.of(
          "startingMappings",
          "completedMappings",
          "enablementMappings",
          "miDataInput",
          "miDataOutput",
          "resourcing",
          "customForm",
          "configuration",
          "defaultConfiguration");

  private final SpecificationCompiler specification;
  private final Findings findings;
  private final XmlElement net;
  private final boolean isRoot;
  private final GraphBuilder graph;

  /** Ids of conditions and tasks to the names they have here. */
  private final Map<String, String> names = new LinkedHashMap<>();

  private final Set<String> tasks = new HashSet<>();

  NetCompiler(
      final SpecificationCompiler specification,
      final XmlElement net,
      final boolean isRoot,
      final GraphBuilder graph) {
    this.specification = specification;
    this.isRoot = isRoot;
    this.net = net;
    this.graph = graph;
    findings = specification.findings();
  }

  void compile() {
    graph.explicitTermination();
    final List<XmlElement> elements =
        net.child("processControlElements").map(XmlElement::children).orElse(List.of());
    if (elements.isEmpty()) {
      findings.problem(net, "net must have elements");
    }
    elements.forEach(this::name);
    begin();
    elements.stream().filter(element -> element.name().equals("task")).forEach(this::compileTask);
    elements.stream()
        .filter(element -> !element.name().equals("task"))
        .forEach(element -> flows(element).forEach(flow -> plainFlow(element, flow)));
  }

  /** Sets initial values before anything else. */
  private void begin() {
    final List<InitialValue<?>> values = specification.initialValues(net);
    if (values.isEmpty()) {
      return;
    }
    final String task = "initial values of " + net.get("id", "");
    final String begun = "begun " + net.get("id", "");
    graph.inlineTask(task, work -> values.forEach(value -> value.set(work, isRoot)));
    graph.condition(begun).flow(GraphBuilder.INPUT, task).flow(task, begun);
    names.replaceAll((id, name) -> name.equals(GraphBuilder.INPUT) ? begun : name);
  }

  private void name(final XmlElement element) {
    final String id = specification.checkId(element);
    final String name =
        switch (element.name()) {
          case "inputCondition" -> GraphBuilder.INPUT;
          case "outputCondition" -> GraphBuilder.OUTPUT;
          default -> id;
        };
    if (names.putIfAbsent(id, name) != null
        || (!name.equals(id) && names.values().stream().filter(name::equals).count() > 1)) {
      findings.problem(element, "id must be unique in the net, and so must input and output");
      return;
    }
    specification.label(element, name);
    switch (element.name()) {
      case "inputCondition", "outputCondition" -> {}
      case "condition" -> {
        if (!id.isBlank() && id.length() <= 120) {
          graph.condition(id);
        }
      }
      case "task" -> tasks.add(name);
      default -> findings.problem(element, "element is not supported");
    }
  }

  private List<XmlElement> flows(final XmlElement element) {
    final List<XmlElement> flows = new ArrayList<>(element.children("flowsInto"));
    flows.sort(Comparator.comparingInt(NetCompiler::ordering));
    return flows;
  }

  private static int ordering(final XmlElement flow) {
    final String ordering =
        flow.child("predicate").map(predicate -> predicate.get("ordering", "")).orElse("");
    return ordering.matches("\\d{1,6}") ? Integer.parseInt(ordering) : Integer.MAX_VALUE;
  }

  private @Nullable String target(final XmlElement flow) {
    final String id = flow.child("nextElementRef").map(next -> next.get("id", "")).orElse("");
    final String name = names.get(id);
    if (name == null) {
      findings.problem(flow, "flow must lead to an element of the net: nextElementRef=" + id);
    }
    return name;
  }

  private void plainFlow(final XmlElement from, final XmlElement flow) {
    final String source = names.get(from.get("id", ""));
    final String target = target(flow);
    if (source != null && target != null) {
      graph.flow(source, target);
    }
  }

  // Tasks.

  private void compileTask(final XmlElement task) {
    final String id = task.get("id", "");
    if (findings.hasProblems() && (id.isBlank() || id.length() > 120)) {
      return;
    }
    checkParts(task);
    final Duration timer = timer(task);
    addTask(task, id, timer);
    join(task);
    task.children("removesTokens")
        .forEach(removed -> cancel(removed, names.get(removed.get("id", ""))));
    task.children("removesTokensFromFlow").forEach(this::cancelFlow);
    if (timer != null && isTimed(task)) {
      graph.deadline(timer);
      final String after = "after " + id;
      final String leave = "leave " + id;
      graph.condition(after).flow(id, after).timeoutFlow(id, after);
      graph.route(leave).flow(after, leave);
      split(task, leave);
    } else {
      split(task, id);
    }
  }

  private void checkParts(final XmlElement task) {
    for (final XmlElement part : task.children()) {
      if (LEFT_OUT.contains(part.name())) {
        findings.note(
            task, part.name() + " is left out; variables are shared, and anybody gets the work");
      } else if (!PARTS.contains(part.name())) {
        findings.problem(part, "element is not supported");
      }
    }
  }

  private boolean isTimed(final XmlElement task) {
    return handler(task).isPresent() || task.child("decomposesTo").isPresent() || isMany(task);
  }

  private static boolean isMany(final XmlElement task) {
    return SpecificationCompiler.type(task).contains("MultipleInstance")
        || task.child("minimum").isPresent();
  }

  private void addTask(final XmlElement task, final String id, final @Nullable Duration timer) {
    if (isMany(task)) {
      addInstances(task, id);
      return;
    }
    final Optional<TaskHandler> handler = handler(task);
    final String inside = netOf(task);
    if (inside != null) {
      graph.composite(id, inside);
    } else if (handler.isPresent()) {
      graph.task(id, handler.get());
    } else if (task.child("decomposesTo").isPresent()) {
      graph.manual(id);
    } else if (timer != null) {
      graph.delay(id, timer);
    } else {
      graph.route(id);
    }
  }

  private Optional<TaskHandler> handler(final XmlElement task) {
    final Map<String, String> properties = task.attributes();
    task.child("decomposesTo").ifPresent(to -> properties.put("decomposesTo", to.get("id", "")));
    return specification
        .options()
        .handler(
            new ModelElement(
                task.get("id", ""),
                task.child("name").map(XmlElement::text).orElse(""),
                "task",
                task.line(),
                properties));
  }

  /** The net that a task decomposes to, or null when it is none. */
  private @Nullable String netOf(final XmlElement task) {
    final XmlElement to = task.child("decomposesTo").orElse(null);
    if (to == null) {
      return null;
    }
    final XmlElement decomposition = specification.decomposition(to.get("id", ""));
    if (decomposition == null) {
      findings.problem(
          task,
          "task must decompose to something in the specification: decomposesTo=" + to.get("id"));
      return null;
    }
    return SpecificationCompiler.isNet(decomposition) ? to.get("id", "") : null;
  }

  private void addInstances(final XmlElement task, final String id) {
    final Integer minimum = number(task, "minimum", 1);
    final Integer maximum = number(task, "maximum", MultipleInstance.COUNT_MAX);
    final Integer threshold = number(task, "threshold", MultipleInstance.COUNT_MAX);
    final boolean dynamic =
        task.child("creationMode").map(mode -> mode.get("code", "")).orElse("").equals("dynamic");
    if (minimum == null || maximum == null || threshold == null) {
      graph.route(id);
      return;
    }
    if (dynamic || minimum.equals(maximum)) {
      graph.instances(id, minimum, each -> instance(each, task, id));
    } else {
      final Variable<Long> count = Variable.ofLong("instances of " + id);
      graph.instances(id, count, each -> instance(each, task, id));
    }
    if (dynamic) {
      graph.addable(maximum);
    }
    if (threshold < maximum) {
      graph.until(threshold, Rest.CANCEL);
    }
  }

  private void instance(final Sequence each, final XmlElement task, final String id) {
    final String inside = netOf(task);
    final Optional<TaskHandler> handler = handler(task);
    if (inside != null) {
      each.call(id, inside);
    } else if (handler.isPresent()) {
      each.task(id, handler.get());
    } else {
      each.manual(id);
    }
  }

  private @Nullable Integer number(final XmlElement task, final String part, final int otherwise) {
    final String text = task.child(part).map(XmlElement::text).orElse("");
    if (text.isEmpty() || text.equals("infinite") || text.equals("infinity")) {
      return otherwise;
    }
    if (!text.matches("[0-9]{1,9}")) {
      findings.problem(
          task,
          part + " must be a number: " + part + "=" + XmlElement.shorten(text),
          "queries are not supported, let a variable say how many");
      return null;
    }
    return Math.min(Integer.parseInt(text), MultipleInstance.COUNT_MAX);
  }

  private @Nullable Duration timer(final XmlElement task) {
    final XmlElement timer = task.child("timer").orElse(null);
    if (timer == null) {
      return null;
    }
    final String text = timer.child("duration").map(XmlElement::text).orElse("");
    try {
      final Duration duration = Duration.parse(text);
      if (!duration.isNegative()
          && !duration.isZero()
          && duration.compareTo(Duration.ofDays(36_500)) <= 0) {
        return duration;
      }
    } catch (final DateTimeException | ArithmeticException e) {
      // Reported below, with the others.
    }
    findings.problem(
        task,
        "timer must have a constant duration such as PT30S, positive and at most 100 years:"
            + " duration="
            + XmlElement.shorten(text));
    return null;
  }

  private void join(final XmlElement task) {
    final String code = task.child("join").map(join -> join.get("code", "")).orElse("xor");
    switch (code) {
      case "xor" -> {}
      case "and" -> graph.andJoin();
      case "or" -> graph.orJoin();
      default -> findings.problem(task, "join must be and, or or xor: code=" + code);
    }
  }

  private void cancel(final XmlElement at, final @Nullable String element) {
    if (element == null) {
      findings.problem(at, "cancellation set must name an element of the net");
    } else {
      graph.cancels(element);
    }
  }

  /** An implicit condition is named by the tasks it lies between. */
  private void cancelFlow(final XmlElement flow) {
    final String from =
        names.get(flow.child("flowSource").map(each -> each.get("id", "")).orElse(""));
    final String to =
        names.get(flow.child("flowDestination").map(each -> each.get("id", "")).orElse(""));
    if (from == null || to == null || !tasks.contains(from) || !tasks.contains(to)) {
      findings.problem(flow, "cancelled flow must lie between two tasks of the net");
    } else {
      graph.cancels("c{" + from + "_" + to + "}");
    }
  }

  private void split(final XmlElement task, final String from) {
    final String code = task.child("split").map(split -> split.get("code", "")).orElse("and");
    final List<XmlElement> flows = flows(task);
    if (code.equals("and") || flows.size() < 2) {
      for (final XmlElement flow : flows) {
        final String target = target(flow);
        if (target != null) {
          graph.flow(from, target);
        }
      }
      return;
    }
    switch (code) {
      case "xor" -> graph.xorSplit();
      case "or" -> graph.orSplit();
      default -> findings.problem(task, "split must be and, or or xor: code=" + code);
    }
    for (final XmlElement flow : flows) {
      final String target = target(flow);
      if (target == null) {
        continue;
      }
      if (flow.child("isDefaultFlow").isPresent()) {
        graph.defaultFlow(from, target);
      } else {
        final Guard guard = guard(task, flow, target);
        if (guard != null) {
          graph.flow(from, target, guard);
        }
      }
    }
  }

  /** In the small language, else in what the user has for XQuery. */
  private Guard guard(final String text) {
    final Map<String, Variable<?>> variables = specification.variables().all();
    try {
      return Expression.parse(text).bind(Kind.TRUTH, variables).guard();
    } catch (final ExpressionException e) {
      return specification
          .options()
          .language(YawlImport.XQUERY)
          .orElseThrow(() -> e)
          .guard(text, variables);
    }
  }

  private @Nullable Guard guard(final XmlElement task, final XmlElement flow, final String target) {
    final String text = flow.child("predicate").map(XmlElement::text).orElse("");
    try {
      return guard(text);
    } catch (final ExpressionException e) {
      if (!specification.options().areChoicesByHand()) {
        findings.problem(
            task,
            String.valueOf(e.getMessage()),
            "give ImportOptions.language one for XQuery, or import with choicesByHand");
        return null;
      }
    }
    final Variable<String> choice = Variable.ofString(task.get("id", ""));
    return Guard.named(
        choice.name() + " has " + target,
        Set.of(choice),
        values ->
            values
                .find(choice)
                .map(chosen -> List.of(chosen.split("[\\s,]+")).contains(target))
                .orElse(false));
  }
}
