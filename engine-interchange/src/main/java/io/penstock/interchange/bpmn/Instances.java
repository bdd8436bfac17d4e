package io.penstock.interchange.bpmn;

import io.penstock.interchange.ModelElement;
import io.penstock.interchange.expression.Expression;
import io.penstock.interchange.expression.ExpressionException;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.Guard;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.Rest;
import io.penstock.workflow.Sequence;
import io.penstock.workflow.Variable;
import io.penstock.workflow.VariableType;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Multi-instance activities that are one task of the engine: parallel, over a list or a number that
 * stands in a variable or in the file, and done when all or so many have completed. The others need
 * counters of their own.
 */
final class Instances {
  private static final Pattern ENOUGH =
      Pattern.compile("(?:nr|number)OfCompletedInstances\\s*(?:>=|==?)\\s*([1-9][0-9]{0,7})");
  private static final Set<String> COUNTERS =
      Set.of(
          "nrOfInstances",
          "nrOfCompletedInstances",
          "numberOfInstances",
          "numberOfCompletedInstances");

  private Instances() {}

  /** Whether {@link #compile} takes it. */
  static boolean areOneTask(
      final WorkflowCompiler workflow,
      final BpmnNode node,
      final XmlElement multi,
      final boolean raises) {
    if (raises || multi.is("isSequential", false) || Compensation.isNoted(node)) {
      return false;
    }
    final int counted = constant(multi);
    final boolean isNumber = counted > 0 || variable(workflow, node, multi) != null;
    return (isNumber || workflow.options.items(node.modelElement()).isPresent())
        && isSimple(multi, counted);
  }

  private static boolean isSimple(final XmlElement multi, final int counted) {
    final XmlElement condition = multi.child("completionCondition").orElse(null);
    if (condition == null) {
      return true;
    }
    final int threshold = threshold(condition);
    if (threshold > 0) {
      return counted == 0 || threshold <= counted;
    }
    try {
      return Expression.parse(condition.text()).names().stream().noneMatch(COUNTERS::contains);
    } catch (final ExpressionException e) {
      return false;
    }
  }

  /** Adds the task, if it can be one; else nothing was done. */
  static boolean compile(
      final ActivityCompiler activity,
      final WorkflowCompiler workflow,
      final BpmnNode node,
      final XmlElement multi,
      final boolean raises) {
    final ModelElement element = node.modelElement();
    final List<MultipleInstance.Reduction<?>> reductions = workflow.options.reductions(element);
    for (final XmlElement wanted : Extension.elements(node.element, Extension.REDUCE)) {
      final boolean isBound =
          reductions.stream()
              .anyMatch(
                  each ->
                      each.from().name().equals(wanted.get("from"))
                          && each.into().name().equals(wanted.get("into")));
      if (!isBound && !workflow.options.isUnboundByHand()) {
        workflow.findings.problem(
            wanted,
            "reduction must be bound",
            "bind it with ImportOptions.reduction or handlersOf, or import with unboundByHand");
      }
    }
    if (!areOneTask(workflow, node, multi, raises)) {
      if (!reductions.isEmpty()) {
        workflow.findings.problem(
            node.element,
            "reductions are taken of parallel instances only whose completion condition is plain and"
                + " whose errors nothing catches");
      }
      return false;
    }
    activity.addInstances(
        graph -> {
          instances(graph, workflow, node, multi, element);
          reductions.forEach(reduction -> reduce(graph, reduction));
          multi
              .child("completionCondition")
              .ifPresent(condition -> until(graph, workflow, node, condition));
        });
    return true;
  }

  private static void instances(
      final GraphBuilder graph,
      final WorkflowCompiler workflow,
      final BpmnNode node,
      final XmlElement multi,
      final ModelElement element) {
    final boolean isBound = workflow.options.items(element).isPresent();
    final @Nullable Variable<Long> count = isBound ? null : variable(workflow, node, multi);
    final int counted = constant(multi);
    final @Nullable BpmnScope inner = node.inner;
    if (inner != null) {
      final Consumer<GraphBuilder> body =
          each -> new ScopeCompiler(workflow, inner, false, each).compile();
      if (counted > 0) {
        graph.instancesOf(node.id, counted, body);
      } else if (count != null) {
        graph.instancesOf(node.id, count, body);
      } else {
        forEachOf(graph, node.id, workflow.options.items(element).orElseThrow(), body);
      }
      return;
    }
    final Consumer<Sequence> body = each -> workflow.instance(each, node, false);
    if (counted > 0) {
      graph.instances(node.id, counted, body);
    } else if (count != null) {
      graph.instances(node.id, count, body);
    } else {
      forEach(graph, node.id, workflow.options.items(element).orElseThrow(), body);
    }
  }

  private static <T> void forEachOf(
      final GraphBuilder graph,
      final String task,
      final MultipleInstance.ItemList<T> list,
      final Consumer<GraphBuilder> body) {
    graph.forEachOf(task, list.item(), list.items(), body);
  }

  private static <T> void forEach(
      final GraphBuilder graph,
      final String task,
      final MultipleInstance.ItemList<T> list,
      final Consumer<Sequence> body) {
    graph.forEach(task, list.item(), list.items(), body);
  }

  private static <V> void reduce(
      final GraphBuilder graph, final MultipleInstance.Reduction<V> reduction) {
    graph.reduce(reduction.from(), reduction.into(), reduction.operator());
  }

  private static void until(
      final GraphBuilder graph,
      final WorkflowCompiler workflow,
      final BpmnNode node,
      final XmlElement condition) {
    final int threshold = threshold(condition);
    if (threshold > 0) {
      graph.until(threshold, Rest.CANCEL);
      return;
    }
    final Guard enough = workflow.choices.guard(node.element, condition, Map.of());
    if (enough != null) {
      graph.until(enough, Rest.CANCEL);
    }
  }

  private static int threshold(final XmlElement condition) {
    final Matcher matcher = ENOUGH.matcher(condition.text().replaceAll("[${}]", "").strip());
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** A number of instances that stands in the file, or 0. */
  private static int constant(final XmlElement multi) {
    final Expression expression = cardinality(multi);
    final BigDecimal number = expression == null ? null : expression.constant();
    if (number == null) {
      return 0;
    }
    return isCount(number) ? number.intValueExact() : 0;
  }

  /** Whether a number is one of instances. */
  static boolean isCount(final BigDecimal number) {
    return number.signum() >= 0
        && number.compareTo(BigDecimal.valueOf(MultipleInstance.COUNT_MAX)) <= 0
        && number.stripTrailingZeros().scale() <= 0;
  }

  @SuppressWarnings("unchecked") // the type says what the variable holds
  private static @Nullable Variable<Long> variable(
      final WorkflowCompiler workflow, final BpmnNode node, final XmlElement multi) {
    final Expression expression = cardinality(multi);
    if (workflow.options.isUnboundByHand()
        && multi.child("loopCardinality").isEmpty()
        && multi.child("loopDataInputRef").isPresent()) {
      return Variable.ofLong("instances of " + node.id); // what a list would say
    }
    if (expression == null || expression.names().size() != 1) {
      return null;
    }
    final String name = expression.names().iterator().next();
    final Variable<?> variable = workflow.variable(name);
    final boolean isAlone = expression.toString().replace("`", "").equals(name);
    return isAlone && variable != null && variable.type() == VariableType.LONG
        ? (Variable<Long>) variable
        : null;
  }

  private static @Nullable Expression cardinality(final XmlElement multi) {
    final XmlElement cardinality = multi.child("loopCardinality").orElse(null);
    try {
      return cardinality == null ? null : Expression.parse(cardinality.text());
    } catch (final ExpressionException e) {
      return null;
    }
  }
}
