package io.penstock.interchange.bpmn;

import io.penstock.interchange.expression.Expression;
import io.penstock.interchange.expression.ExpressionException;
import io.penstock.interchange.expression.Kind;
import io.penstock.net.Net;
import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.Guard;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Draws a workflow as processes: its own, and one for each net that is called from several places
 * or from within itself. What BPMN cannot say is collected. Not thread safe; one workflow.
 */
final class WorkflowDrawer {
  final Workflow workflow;
  final List<String> problems = new ArrayList<>();

  /** Names of messages, signals and codes to the ids of their elements. */
  final Map<String, String> messages = new LinkedHashMap<>();

  final Map<String, String> signals = new LinkedHashMap<>();
  final Map<String, String> escalations = new LinkedHashMap<>();
  final Map<String, String> errors = new LinkedHashMap<>();
  final Map<Variable<?>, String> properties = new LinkedHashMap<>();
  final List<DrawnScope> processes = new ArrayList<>();
  private final Map<String, String> labels;
  private final Set<String> ids = new HashSet<>(Set.of(GraphBuilder.INPUT, GraphBuilder.OUTPUT));
  private final Map<Integer, String> called = new LinkedHashMap<>();
  private final int[] callers;

  WorkflowDrawer(final Workflow workflow, final Map<String, String> labels) {
    this.workflow = workflow;
    this.labels = labels;
    callers = new int[workflow.nets().size()];
    callers[0]++;
    for (int net = 0; net < callers.length; net++) {
      for (int task = 0; task < workflow.nets().get(net).taskCount(); task++) {
        if (workflow.bodyNet(net, task) != Net.NONE) {
          callers[workflow.bodyNet(net, task)]++;
        }
      }
    }
  }

  void draw() {
    if (workflow.deadline().isPresent()) {
      problem("(workflow)", "deadline of the whole workflow has no element; limit its tasks");
    }
    final String processId = id(workflow.name());
    called.put(0, processId);
    for (final Variable<?> variable : workflow.variables()) {
      if (variable.equals(ErrorCodes.ERROR)) {
        continue; // an import adds it where there is an error to catch
      }
      properties.put(variable, id("variable_" + variable.name()));
    }
    processes.add(draw(0, processId, label(workflow.name())));
    boolean more = true;
    while (more) {
      more = false;
      for (final Map.Entry<Integer, String> each : List.copyOf(called.entrySet())) {
        if (processes.stream().noneMatch(process -> process.id.equals(each.getValue()))) {
          final String name = workflow.nets().get(each.getKey()).name();
          processes.add(draw(each.getKey(), each.getValue(), label(name)));
          more = true;
        }
      }
    }
  }

  DrawnScope draw(final int net, final String id, final String name) {
    final DrawnScope scope = new DrawnScope(id, name);
    new NetDrawer(this, net, scope).draw();
    return scope;
  }

  /** Whether a net has one place that runs it, so that it can stand there. */
  boolean isEmbedded(final int net) {
    return callers[net] == 1;
  }

  /** The id of the process that a call activity calls. */
  String calledId(final int net) {
    return called.computeIfAbsent(net, index -> id(workflow.nets().get(index).name()));
  }

  void problem(final String task, final String message) {
    problems.add(message + ": task=" + task);
  }

  String label(final String name) {
    return labels.getOrDefault(name, name);
  }

  /** An id for a name: the name itself where XML and this file let it be one. */
  String id(final String name) {
    final StringBuilder id = new StringBuilder();
    name.codePoints()
        .limit(100)
        .forEach(
            character -> {
              final boolean fits =
                  (character >= 'a' && character <= 'z')
                      || (character >= 'A' && character <= 'Z')
                      || (character >= '0' && character <= '9')
                      || character == '_'
                      || character == '-'
                      || character == '.';
              id.append(fits ? (char) character : '_');
            });
    if (id.length() == 0 || !(Character.isLetter(id.charAt(0)) || id.charAt(0) == '_')) {
      id.insert(0, '_');
    }
    String unique = id.toString();
    for (int i = 2; !ids.add(unique); i++) {
      unique = id + "_" + i;
    }
    return unique;
  }

  String messageId(final String name) {
    return messages.computeIfAbsent(name, text -> id("message_" + text));
  }

  String signalId(final String name) {
    return signals.computeIfAbsent(name, text -> id("signal_" + text));
  }

  String errorId(final String code) {
    return errors.computeIfAbsent(code, text -> id("error_" + text));
  }

  String escalationId(final String code) {
    return escalations.computeIfAbsent(code, text -> id("escalation_" + text));
  }

  /** A guard as an expression that reads as it does, or a problem. */
  String condition(final TaskDefinition task, final Guard guard) {
    final Optional<String> text = guard.expression();
    if (text.isPresent() && isReadable(text.get(), guard)) {
      return text.get();
    }
    problem(
        task.name(),
        "guard must be made of comparisons of variables with literals, not of code: guard="
            + guard);
    return "true";
  }

  private static boolean isReadable(final String text, final Guard guard) {
    final Map<String, Variable<?>> variables = new HashMap<>();
    guard.variables().forEach(variable -> variables.put(variable.name(), variable));
    try {
      final Expression expression = Expression.parse(text);
      final Set<String> read =
          guard.variables().stream().map(Variable::name).collect(Collectors.toSet());
      if (!expression.names().equals(read)) {
        return false;
      }
      expression.bind(Kind.TRUTH, variables);
      return true;
    } catch (final ExpressionException e) {
      return false;
    }
  }
}
