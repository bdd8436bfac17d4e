package io.penstock.interchange.form;

import io.penstock.interchange.Findings;
import io.penstock.interchange.expression.Expression;
import io.penstock.interchange.expression.ExpressionException;
import io.penstock.interchange.expression.Kind;
import io.penstock.workflow.Combination;
import io.penstock.workflow.Comparison;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Variable;
import io.penstock.workflow.VariableType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes guards of what a document says of them. Used for one document. */
final class GuardReader {
  /** Stands for a guard that could not be made; the problem is noted. */
  private static final Guard NONE = values -> false;

  private final FormOptions options;
  private final Findings findings;
  private final Map<String, Variable<?>> variables;

  GuardReader(
      final FormOptions options,
      final Findings findings,
      final Map<String, Variable<?>> variables) {
    this.options = options;
    this.findings = findings;
    this.variables = variables;
  }

  Guard read(final Node node, final String owner) {
    final Fields fields = new Fields(node, "guard of " + owner, findings);
    final Guard guard = read(fields, owner);
    fields.end();
    return guard;
  }

  private Guard read(final Fields fields, final String owner) {
    final List<String> forms =
        List.of("variable", "all", "any", "not", "expression", "reference").stream()
            .filter(fields::has)
            .toList();
    if (forms.size() != 1) {
      fields.problem(
          fields.line(),
          "must have exactly one of variable, all, any, not, expression, reference: found="
              + forms);
      return NONE;
    }
    return switch (forms.get(0)) {
      case "variable" -> comparison(fields);
      case "all" -> chain(fields, "all", owner, Combination.Operator.AND);
      case "any" -> chain(fields, "any", owner, Combination.Operator.OR);
      case "not" -> {
        final Node inner = fields.any("not");
        yield inner == null
            ? NONE
            : combination(fields, Combination.Operator.NOT, List.of(read(inner, owner)));
      }
      case "expression" -> expression(fields);
      default -> reference(fields);
    };
  }

  private Guard chain(
      final Fields fields,
      final String member,
      final String owner,
      final Combination.Operator operator) {
    final List<Node> operands = fields.list(member);
    if (operands.size() < 2 || operands.size() > Combination.GUARDS_MAX) {
      fields.problem(
          fields.line(),
          "must have 2 to "
              + Combination.GUARDS_MAX
              + " guards: member="
              + member
              + ", found="
              + operands.size());
      return NONE;
    }
    return combination(fields, operator, operands.stream().map(each -> read(each, owner)).toList());
  }

  private static Guard combination(
      final Fields fields, final Combination.Operator operator, final List<Guard> operands) {
    try {
      return new Combination(operator, operands);
    } catch (final IllegalArgumentException e) {
      fields.problem(fields.line(), String.valueOf(e.getMessage()));
      return NONE;
    }
  }

  private Guard comparison(final Fields fields) {
    final Variable<?> variable = variable(fields, fields.neededText("variable"));
    final String sign = fields.neededText("is");
    final Node value = fields.any("value");
    Comparison.Operator operator = null;
    for (final Comparison.Operator each : Comparison.Operator.values()) {
      operator = each.sign().equals(sign) ? each : operator;
    }
    if (operator == null) {
      fields.problem(fields.line(), "must compare by =, >=, > or <: is=" + sign);
    }
    if (value == null) {
      fields.problem(fields.line(), "must have a member: member=value");
    }
    if (operator == null || value == null || variable == null) {
      return NONE;
    }
    final Object compared = Scalars.read(variable.type(), value);
    if (compared == null) {
      fields.problem(
          value.line, "must compare with a value of the variable's type: variable=" + variable);
      return NONE;
    }
    return new Comparison(variable, operator, compared);
  }

  private @Nullable Variable<?> variable(final Fields fields, final String name) {
    final Variable<?> variable = variables.get(name);
    if (variable == null) {
      fields.problem(fields.line(), "must name a declared variable: variable=" + name);
    }
    return variable;
  }

  private Guard expression(final Fields fields) {
    final String text = fields.neededText("expression");
    try {
      final Guard guard = Expression.parse(text).bind(Kind.TRUTH, variables).guard();
      return Guard.expressed(guard.toString(), Optional.of(text), guard.variables(), guard);
    } catch (final ExpressionException e) {
      fields.problem(fields.line(), "must be an expression: fault=" + e.getMessage());
      return NONE;
    }
  }

  private Guard reference(final Fields fields) {
    final String reference = fields.neededText("reference");
    final Set<Variable<?>> read = new HashSet<>();
    for (final Node name : fields.texts("reads")) {
      final Variable<?> variable = variable(fields, name.text);
      if (variable != null) {
        read.add(variable);
      }
    }
    final Guard bound = options.guard(reference);
    if (bound != null) {
      read.addAll(bound.variables());
      return new Referred.Condition(reference, Set.copyOf(read), bound);
    }
    switch (options.unbound()) {
      case REFUSED ->
          fields.problem(
              fields.line(),
              "must be bound: reference=" + reference + "; give FormOptions.guard one");
      case STAND_IN -> {
        final Guard standIn =
            values -> {
              throw new IllegalStateException("guard must be bound: reference=" + reference);
            };
        return new Referred.Condition(reference, Set.copyOf(read), standIn);
      }
      case BY_HAND -> {
        return byHand(fields, reference, read);
      }
    }
    return NONE;
  }

  private Guard byHand(final Fields fields, final String reference, final Set<Variable<?>> read) {
    final Variable<?> known = variables.get(reference);
    if (known != null && known.type() != VariableType.BOOLEAN) {
      fields.problem(
          fields.line(), "cannot be judged by hand, there is such a variable: variable=" + known);
      return NONE;
    }
    try {
      final Variable<Boolean> variable = Variable.ofBoolean(reference);
      read.add(variable);
      return new Referred.Condition(reference, Set.copyOf(read), variable.isTrue());
    } catch (final IllegalArgumentException e) {
      fields.problem(
          fields.line(), "must have a reference that can name a variable: " + e.getMessage());
      return NONE;
    }
  }
}
