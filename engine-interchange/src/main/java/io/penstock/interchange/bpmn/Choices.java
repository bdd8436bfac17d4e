package io.penstock.interchange.bpmn;

import io.penstock.interchange.Findings;
import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.Variables;
import io.penstock.interchange.expression.Expression;
import io.penstock.interchange.expression.ExpressionException;
import io.penstock.interchange.expression.ExpressionLanguage;
import io.penstock.interchange.expression.Kind;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Variable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes guards and numbers of a file's expressions. Not thread safe. */
final class Choices {
  private final ImportOptions options;
  private final Findings findings;
  private final Variables variables;
  private final String defaultLanguage;

  Choices(
      final ImportOptions options,
      final Findings findings,
      final Variables variables,
      final String defaultLanguage) {
    this.options = options;
    this.findings = findings;
    this.variables = variables;
    this.defaultLanguage = defaultLanguage;
  }

  /** Looks at an expression before any is bound, so that all uses of a variable count. */
  void use(final XmlElement holder, final Kind kind) {
    if (language(holder).isEmpty()) {
      try {
        variables.use(Expression.parse(holder.text()), kind, holder);
      } catch (final ExpressionException e) {
        // Reported when it is bound.
      }
    }
  }

  /** The guard of a flow; null where a problem was reported. */
  @Nullable Guard guard(final BpmnFlow flow) {
    if (flow.condition == null) {
      if (options.areChoicesByHand()) {
        return byHand(flow);
      }
      findings.problem(
          flow.element,
          "flow out of a gateway that chooses must have a condition or be the default",
          "give it one, or import with choicesByHand");
      return null;
    }
    try {
      return guard(flow.condition, Map.of());
    } catch (final ExpressionException e) {
      if (options.areChoicesByHand()) {
        findings.note(flow.element, "condition is not readable, the choice is made by hand");
        return byHand(flow);
      }
      report(flow.element, e);
      return null;
    }
  }

  /** A guard of an element's text; null where a problem was reported. */
  @Nullable Guard guard(
      final XmlElement at, final XmlElement holder, final Map<String, Variable<?>> more) {
    try {
      return guard(holder, more);
    } catch (final ExpressionException e) {
      report(at, e);
      return null;
    }
  }

  private Guard guard(final XmlElement holder, final Map<String, Variable<?>> more) {
    final Optional<ExpressionLanguage> language = language(holder);
    final Map<String, Variable<?>> known = known(more);
    return language.isPresent()
        ? language.get().guard(holder.text(), known)
        : Expression.parse(holder.text()).bind(Kind.TRUTH, known).guard();
  }

  /** A number of an element's text; null where a problem was reported. */
  Expression.@Nullable Bound number(final XmlElement at, final XmlElement holder) {
    try {
      return Expression.parse(holder.text()).bind(Kind.NUMBER, variables.all());
    } catch (final ExpressionException e) {
      report(at, e);
      return null;
    }
  }

  boolean areByHand() {
    return options.areChoicesByHand();
  }

  void problem(final BpmnNode node, final String message) {
    findings.problem(node.element, message);
  }

  private void report(final XmlElement at, final ExpressionException failure) {
    findings.problem(
        at, String.valueOf(failure.getMessage()), "declare it, or give ImportOptions.language one");
  }

  private Map<String, Variable<?>> known(final Map<String, Variable<?>> more) {
    if (more.isEmpty()) {
      return variables.all();
    }
    final Map<String, Variable<?>> known = new HashMap<>(variables.all());
    known.putAll(more);
    return known;
  }

  private Optional<ExpressionLanguage> language(final XmlElement holder) {
    return options.language(holder.get("language", defaultLanguage));
  }

  private Guard byHand(final BpmnFlow flow) {
    final Variable<String> choice = Variable.ofString(flow.from.id);
    variables.declare(choice);
    return Guard.named(
        flow.from.id + " has " + flow.id,
        Set.of(choice),
        values ->
            values
                .find(choice)
                .map(text -> List.of(text.split("[\\s,]+")).contains(flow.id))
                .orElse(false));
  }
}
