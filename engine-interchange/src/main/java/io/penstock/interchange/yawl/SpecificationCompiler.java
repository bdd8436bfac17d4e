package io.penstock.interchange.yawl;

import io.penstock.interchange.Findings;
import io.penstock.interchange.ImportOptions;
import io.penstock.interchange.Variables;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.net.InvalidNetException;
import io.penstock.workflow.GraphBuilder;
import io.penstock.workflow.UnsoundWorkflowException;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a workflow of a specification: its root net, and each net that a task decomposes to. */
final class SpecificationCompiler {
  private static final Set<String> SILENT =
      Set.of("name", "documentation", "metaData", "schema", "decomposition", "rootNet", "layout");

  private final XmlElement specification;
  private final ImportOptions options;
  private final Findings findings;
  private final Map<String, String> labels;
  private final Map<String, XmlElement> decompositions = new LinkedHashMap<>();
  private final Variables variables;
  private final IdentityHashMap<XmlElement, List<InitialValue<?>>> initialValues =
      new IdentityHashMap<>();
  private int nodes;

  SpecificationCompiler(
      final XmlElement specification,
      final ImportOptions options,
      final Findings findings,
      final Map<String, String> labels) {
    this.specification = specification;
    this.options = options;
    this.findings = findings;
    this.labels = labels;
    variables = new Variables(options.variables());
  }

  void build(final List<Workflow> workflows) {
    final XmlElement root = readDecompositions();
    if (root == null) {
      findings.problem(specification, "specification must have a root net");
      return;
    }
    for (final XmlElement decomposition : decompositions.values()) {
      if (isNet(decomposition)) {
        declare(decomposition);
      }
    }
    if (findings.hasProblems()) {
      return;
    }
    final String name = root.get("id", "");
    final GraphBuilder graph = Workflow.graph(name);
    new NetCompiler(this, root, true, graph).compile();
    for (final XmlElement decomposition : decompositions.values()) {
      if (decomposition != root && isNet(decomposition)) {
        graph.subgraph(
            decomposition.get("id", ""),
            inner -> new NetCompiler(this, decomposition, false, inner).compile());
      }
    }
    for (final Variable<?> variable : variables.all().values()) {
      graph.variables(variable);
    }
    options.unsoundReason().ifPresent(graph::allowUnsound);
    finish(graph, name, root.line(), workflows);
  }

  private void finish(
      final GraphBuilder graph, final String name, final int line, final List<Workflow> workflows) {
    if (findings.hasProblems()) {
      return;
    }
    try {
      workflows.add(graph.build());
    } catch (final UnsoundWorkflowException e) {
      e.faults().forEach(fault -> findings.problem(name, line, fault));
    } catch (final InvalidNetException e) {
      e.faults().forEach(fault -> findings.problem(name, line, fault));
    }
  }

  private @Nullable XmlElement readDecompositions() {
    XmlElement root = null;
    for (final XmlElement child : specification.children()) {
      if (!SILENT.contains(child.name())) {
        findings.problem(child, "element is not supported");
      }
      final boolean isRoot = child.name().equals("rootNet") || child.is("isRootNet", false);
      if (child.name().equals("decomposition") || isRoot) {
        final String id = checkId(child);
        if (decompositions.putIfAbsent(id, child) != null) {
          findings.problem(child, "id must be unique in the specification");
        }
        root = isRoot && root == null ? child : root;
      }
    }
    return root;
  }

  String checkId(final XmlElement element) {
    final String id = element.get("id", "");
    if (id.isBlank() || id.length() > 120 || id.chars().anyMatch(Character::isISOControl)) {
      findings.problem(element, "element must have an id of 1 to 120 visible characters");
    }
    nodes++;
    if (nodes == options.limits().nodesMax() + 1) {
      findings.problem(
          element,
          "file must not have more nodes and flows than the limit",
          "nodesMax=" + options.limits().nodesMax() + ", raise ImportLimits.nodesMax");
      findings.check();
    }
    return id;
  }

  /** The type that XML Schema gives an element. */
  static String type(final XmlElement element) {
    return element
        .find("http://www.w3.org/2001/XMLSchema-instance", "type")
        .orElse(element.get("type", ""));
  }

  static boolean isNet(final XmlElement decomposition) {
    return decomposition.name().equals("rootNet")
        || type(decomposition).contains("NetFactsType")
        || decomposition.child("processControlElements").isPresent();
  }

  @Nullable XmlElement decomposition(final String id) {
    return decompositions.get(id);
  }

  private void declare(final XmlElement net) {
    for (final String kind : List.of("inputParam", "outputParam", "localVariable")) {
      for (final XmlElement parameter : net.children(kind)) {
        final String name =
            parameter.child("name").map(XmlElement::text).orElse(parameter.get("name", ""));
        final String type =
            parameter.child("type").map(XmlElement::text).orElse(parameter.get("type", "string"));
        if (name.isBlank()
            || name.length() > 120
            || name.chars().anyMatch(Character::isISOControl)) {
          findings.problem(parameter, "variable must have a name of 1 to 120 visible characters");
          continue;
        }
        final Variable<?> variable = variable(name, type);
        declare(parameter, variable);
        parameter
            .child("initialValue")
            .map(XmlElement::text)
            .filter(text -> !text.isEmpty())
            .flatMap(text -> InitialValue.of(findings, parameter, variables.all().get(name), text))
            .ifPresent(
                value -> initialValues.computeIfAbsent(net, none -> new ArrayList<>()).add(value));
      }
    }
  }

  private void declare(final XmlElement parameter, final Variable<?> variable) {
    variables.declare(variable);
    final Variable<?> known = variables.all().get(variable.name());
    if (known != null
        && !variable.equals(known)
        && !options.variables().containsKey(variable.name())) {
      findings.problem(
          parameter,
          "variable must have one type in all nets: variable="
              + variable.name()
              + ", types="
              + known
              + " and "
              + variable);
    }
  }

  private static Variable<?> variable(final String name, final String type) {
    return switch (type.substring(type.indexOf(':') + 1).toLowerCase(Locale.ROOT)) {
      case "boolean" -> Variable.ofBoolean(name);
      case "integer", "int", "long", "short", "byte", "nonnegativeinteger", "positiveinteger" ->
          Variable.ofLong(name);
      case "decimal", "double", "float" -> Variable.ofDecimal(name);
      default -> Variable.ofString(name);
    };
  }

  void label(final XmlElement element, final String id) {
    element
        .child("name")
        .map(XmlElement::text)
        .filter(name -> !name.isEmpty())
        .ifPresent(name -> labels.put(id, name));
  }

  /** What the variables of a net are worth at first. */
  List<InitialValue<?>> initialValues(final XmlElement net) {
    return initialValues.getOrDefault(net, List.of());
  }

  Findings findings() {
    return findings;
  }

  ImportOptions options() {
    return options;
  }

  Variables variables() {
    return variables;
  }
}
