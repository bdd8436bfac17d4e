package io.penstock.interchange.form;

import io.penstock.interchange.Findings;
import io.penstock.net.InvalidNetException;
import io.penstock.net.Net;
import io.penstock.net.NetBuilder;
import io.penstock.net.Verifier;
import io.penstock.workflow.Guard;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Priority;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.UnsoundWorkflowException;
import io.penstock.workflow.Variable;
import io.penstock.workflow.VariableType;
import io.penstock.workflow.Workflow;
import io.penstock.workflow.WorkflowAssembly;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts a workflow together from a document. Used for one document. */
final class FormReader {
  private static final Pattern NAMED =
      Pattern.compile("\\b(task|condition|net|element)=([^;]*?)(,|;|$)");

  private final FormOptions options;
  private final Findings findings;
  private final Map<String, Variable<?>> variables = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new HashMap<>();

  FormReader(final FormOptions options, final Findings findings) {
    this.options = options;
    this.findings = findings;
  }

  /** The workflow, or null when there are problems. */
  @Nullable Workflow read(final Node root) {
    final Fields document = new Fields(root, "workflow", findings);
    final String schema = document.neededText("$schema");
    if (!schema.equals(WorkflowForm.SCHEMA)) {
      document.problem(
          document.line(),
          "must be of a known form: $schema=" + schema + ", known=" + WorkflowForm.SCHEMA);
      return null;
    }
    final String name = document.neededText("name");
    declareVariables(document);
    final List<NetReader> nets = nets(document);
    if (findings.hasProblems()) {
      skip(document);
      return null;
    }
    try {
      final WorkflowAssembly assembly = Workflow.assemble(name);
      assembly.variables(List.copyOf(variables.values()));
      settings(document, assembly);
      document.end();
      final IdentityHashMap<Guard, Integer> guards = new IdentityHashMap<>();
      inOrder(nets).forEach(guard -> guards.put(guard, assembly.guard(guard)));
      for (final NetReader net : nets) {
        assembly.net(
            net.name(), net.isSubworkflow(), builder -> net.fill(builder, guards), net.tasks());
      }
      if (findings.hasProblems()) {
        return null;
      }
      nets.forEach(this::checkSafety);
      return findings.hasProblems() ? null : assembly.build();
    } catch (final InvalidNetException e) {
      e.faults().forEach(fault -> findings.problem("workflow", line(fault), fault));
    } catch (final UnsoundWorkflowException e) {
      e.faults().forEach(fault -> findings.problem("workflow", line(fault), fault));
    } catch (final IllegalArgumentException e) {
      findings.problem("workflow", document.line(), String.valueOf(e.getMessage()));
    }
    return null;
  }

  /** What else may be wrong at the top is said in the same report. */
  private void skip(final Fields document) {
    try {
      settings(document, Workflow.assemble("skipped"));
    } catch (final IllegalArgumentException e) {
      findings.problem("workflow", document.line(), String.valueOf(e.getMessage()));
    }
    document.end();
  }

  /** The line of the element that a fault names. */
  private int line(final String fault) {
    final Matcher named = NAMED.matcher(fault);
    while (named.find()) {
      final Integer line = lines.get(named.group(2));
      if (line != null) {
        return line;
      }
    }
    return 1;
  }

  private void declareVariables(final Fields document) {
    for (final Node node : document.list("variables")) {
      final Fields fields = new Fields(node, "variable", findings);
      final String name = fields.neededText("name");
      final VariableType type = fields.word("type", VariableType.class);
      if (!fields.has("type")) {
        fields.problem(fields.line(), "must have a member: member=type");
      }
      fields.end();
      if (type != null) {
        try {
          if (variables.put(name, variable(name, type)) != null) {
            fields.problem(fields.line(), "must be declared once: variable=" + name);
          }
        } catch (final IllegalArgumentException e) {
          fields.problem(fields.line(), "must have a name: " + e.getMessage());
        }
      }
    }
  }

  private static Variable<?> variable(final String name, final VariableType type) {
    return switch (type) {
      case LONG -> Variable.ofLong(name);
      case DOUBLE -> Variable.ofDouble(name);
      case BOOLEAN -> Variable.ofBoolean(name);
      case INSTANT -> Variable.ofInstant(name);
      case DURATION -> Variable.ofDuration(name);
      case DECIMAL -> Variable.ofDecimal(name);
      case STRING -> Variable.ofString(name);
      case BYTES -> Variable.ofBytes(name);
    };
  }

  private List<NetReader> nets(final Fields document) {
    final List<Node> nodes = document.neededList("nets");
    if (nodes.isEmpty()) {
      document.problem(document.line(), "must have at least one net");
    }
    final GuardReader guards = new GuardReader(options, findings, variables);
    final List<NetReader> nets = new ArrayList<>();
    int elements = 0;
    for (final Node node : nodes) {
      final NetReader net =
          new NetReader(new Fields(node, "net", findings), options, findings, guards, variables);
      net.read(nets.isEmpty(), nodes.size());
      lines.putAll(net.lines());
      elements += net.elements();
      nets.add(net);
    }
    if (elements > options.limits().nodesMax()) {
      document.problem(
          document.line(),
          "must not have more tasks and conditions: found="
              + elements
              + ", nodesMax="
              + options.limits().nodesMax());
    }
    return nets;
  }

  /** The guards in the order of their numbers, or as they stand where none has one. */
  private List<Guard> inOrder(final List<NetReader> nets) {
    final List<NetReader.NumberedGuard> all =
        nets.stream().flatMap(net -> net.guards().stream()).toList();
    final List<Guard> ordered = new ArrayList<>();
    final Guard[] slots = new Guard[all.size()];
    for (final NetReader.NumberedGuard each : all) {
      ordered.add(each.guard());
      if (each.number() >= 0 && each.number() < slots.length) {
        slots[each.number()] = each.guard();
      }
    }
    if (all.stream().allMatch(each -> each.number() < 0)) {
      return ordered;
    }
    for (final Guard slot : slots) {
      if (slot == null) {
        findings.problem(
            "workflow",
            all.get(0).line(),
            "guards must be numbered from 0 without gaps, or not at all: guards=" + slots.length);
        return ordered;
      }
    }
    return List.of(slots);
  }

  private void settings(final Fields document, final WorkflowAssembly assembly) {
    assembly.version(document.number("version", 1, 1));
    final Duration deadline = document.duration("deadline");
    if (deadline != null) {
      assembly.caseDeadline(deadline);
    }
    final Priority priority = document.word("priority", Priority.class);
    if (priority != null) {
      assembly.priority(priority);
    }
    final String unsound = document.text("unsound");
    if (unsound != null) {
      assembly.allowUnsound(unsound);
    } else if (options.unsoundReason() != null) {
      assembly.allowUnsound(options.unsoundReason());
    }
    document.any("name");
    final Fields objectives = document.object("objectives", "objectives");
    if (objectives != null) {
      final Node ofCase = objectives.any("case");
      if (ofCase != null) {
        objective(ofCase, "case").ifPresent(assembly::objective);
      }
      objectives(objectives.members("service"), assembly::objective);
      objectives(objectives.members("wait"), assembly::waitObjective);
      objectives.end();
    }
  }

  private void objectives(
      final Map<String, Node> byTask, final BiConsumer<String, Objective> assembly) {
    byTask.forEach(
        (task, node) ->
            objective(node, task).ifPresent(objective -> assembly.accept(task, objective)));
  }

  private Optional<Objective> objective(final Node node, final String of) {
    final Fields fields = new Fields(node, "objective of " + of, findings);
    final double target = fields.neededFraction("target");
    final Duration threshold = fields.neededDuration("threshold");
    final Duration window = fields.duration("window");
    fields.end();
    try {
      return Optional.of(
          new Objective(target, threshold, window == null ? Objective.WINDOW_DEFAULT : window));
    } catch (final IllegalArgumentException e) {
      fields.problem(fields.line(), "must be one: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * A net that is said to be safe is kept as a mask, in which two tokens in one place would be one:
   * whether it is safe is found out on the same net without a mask.
   */
  private void checkSafety(final NetReader reader) {
    if (!reader.isMask()) {
      return;
    }
    final NetBuilder builder = new NetBuilder(reader.name());
    reader.fillUnsafe(builder);
    final Net net = builder.build();
    final Optional<Boolean> safe =
        new Verifier(Verifier.DEFAULT_STATES_MAX, 1)
            .isSafe(net, task -> isEnd(reader.tasks().get(task)));
    if (safe.isPresent() && !safe.get()) {
      findings.problem(
          "net",
          reader.line(),
          "net must be safe where it says so, a condition can hold two tokens: net="
              + reader.name());
    } else if (safe.isEmpty() && !options.isTrusted()) {
      findings.problem(
          "net",
          reader.line(),
          "net must be found safe where it says so: net="
              + reader.name()
              + ", states="
              + Verifier.DEFAULT_STATES_MAX
              + "; leave safe away, or say FormOptions.trusted(), on the command line --trust-safe");
    }
  }

  private static boolean isEnd(final TaskDefinition task) {
    return task.kind() == TaskKind.CANCEL;
  }
}
