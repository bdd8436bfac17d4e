package io.penstock.interchange.bpmn;

import io.penstock.interchange.Findings;
import io.penstock.interchange.ImportLimits;
import io.penstock.interchange.xml.XmlElement;
import io.penstock.workflow.Variable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What stands in a BPMN file, with its references resolved; whatever is not known is reported. */
final class BpmnFile {
  static final String NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL";

  private static final int ID_LENGTH_MAX = 120;

  /** Each takes all others of its activity back. */
  private static final int BOUNDARY_MAX = 100;

  private static final int PROPERTIES_MAX = 1_000;
  private static final Set<String> EVENTS =
      Set.of(
          "startEvent",
          "endEvent",
          "intermediateCatchEvent",
          "intermediateThrowEvent",
          "boundaryEvent");
  private static final Set<String> NODES =
      Set.of(
          "startEvent",
          "endEvent",
          "intermediateCatchEvent",
          "intermediateThrowEvent",
          "boundaryEvent",
          "task",
          "manualTask",
          "userTask",
          "serviceTask",
          "scriptTask",
          "businessRuleTask",
          "sendTask",
          "receiveTask",
          "callActivity",
          "subProcess",
          "transaction",
          "exclusiveGateway",
          "parallelGateway",
          "inclusiveGateway",
          "eventBasedGateway",
          "complexGateway");

  /** What takes the place of a node and is not supported; flows may lead there. */
  static final Set<String> UNSUPPORTED_NODES =
      Set.of(
          "adHocSubProcess",
          "callChoreography",
          "choreographyTask",
          "subChoreography",
          "implicitThrowEvent");

  /** What says nothing about what happens. */
  private static final Set<String> SILENT =
      Set.of(
          "documentation",
          "incoming",
          "outgoing",
          "textAnnotation",
          "association",
          "group",
          "auditing",
          "monitoring",
          "supportedInterfaceRef",
          "itemDefinition",
          "category",
          "participantMultiplicity",
          "interface",
          "message",
          "signal",
          "error",
          "escalation",
          "resource",
          "collaboration");

  /** What Penstock has other means for. */
  private static final Map<String, String> NOTED =
      Map.ofEntries(
          Map.entry("laneSet", "lanes say who does something, not when, and are left out"),
          Map.entry("extensionElements", "extensions of other tools are left out"),
          Map.entry("dataObject", "data objects are left out; variables hold the data"),
          Map.entry("dataObjectReference", "data objects are left out; variables hold the data"),
          Map.entry("dataStore", "data stores are left out; handlers know theirs"),
          Map.entry("dataStoreReference", "data stores are left out; handlers know theirs"),
          Map.entry("ioSpecification", "data mappings are left out; handlers read variables"),
          Map.entry("dataInputAssociation", "data mappings are left out; handlers read variables"),
          Map.entry("dataOutputAssociation", "data mappings are left out; handlers read variables"),
          Map.entry("dataInput", "data mappings are left out; handlers read variables"),
          Map.entry("dataOutput", "data mappings are left out; handlers read variables"),
          Map.entry("inputSet", "data mappings are left out; handlers read variables"),
          Map.entry("outputSet", "data mappings are left out; handlers read variables"),
          Map.entry(
              "property",
              "property without a known type is left out; declare variables with ImportOptions"),
          Map.entry("rendering", "forms are left out"),
          Map.entry("resourceRole", "roles are left out; whoever asks gets the work item"),
          Map.entry("performer", "roles are left out; whoever asks gets the work item"),
          Map.entry("humanPerformer", "roles are left out; whoever asks gets the work item"),
          Map.entry("potentialOwner", "roles are left out; whoever asks gets the work item"),
          Map.entry("import", "imported files are not read"),
          Map.entry("extension", "extensions of other tools are left out"),
          Map.entry("relationship", "relationships are left out"),
          Map.entry("partnerEntity", "partners are left out"),
          Map.entry("partnerRole", "partners are left out"));

  /** Attributes that are truths of XML Schema. */
  private static final Set<String> TRUTHS =
      Set.of(
          "isExecutable",
          "isInterrupting",
          "cancelActivity",
          "triggeredByEvent",
          "isForCompensation",
          "isSequential",
          "testBefore",
          "instantiate",
          "parallelMultiple",
          "waitForCompletion",
          "isClosed");

  private static final Set<String> NODE_PARTS =
      Set.of(
          "eventDefinitionRef",
          "standardLoopCharacteristics",
          "multiInstanceLoopCharacteristics",
          "script",
          "activationCondition");

  final List<BpmnScope> processes = new ArrayList<>();
  final Map<String, BpmnScope> callable = new LinkedHashMap<>();
  final Map<String, String> labels = new LinkedHashMap<>();

  /** Properties of processes whose types are known. */
  final List<Variable<?>> properties = new ArrayList<>();

  final String expressionLanguage;
  private final Findings findings;
  private final ImportLimits limits;
  private final Map<String, XmlElement> roots = new HashMap<>();
  private final Map<String, XmlElement> operations = new HashMap<>();

  /** The first message flow that leads to or from an element, by its id. */
  private final Map<String, XmlElement> messageFlows = new HashMap<>();

  private final Set<String> ids = new HashSet<>();

  /** All ids of the file, so that those that are made up do not meet them. */
  private final Set<String> given = new HashSet<>();

  private final IdentityHashMap<XmlElement, String> madeUp = new IdentityHashMap<>();
  private final String targetNamespace;
  private int nodes;

  /** Whether something has an id that nothing can be named by. */
  private boolean unnamed;

  BpmnFile(final XmlElement root, final Findings findings, final ImportLimits limits) {
    this.findings = findings;
    this.limits = limits;
    expressionLanguage = root.get("expressionLanguage", "");
    targetNamespace = root.get("targetNamespace", "");
    if (!root.name().equals("definitions") || !root.namespace().equals(NAMESPACE)) {
      findings.problem(
          root,
          "document must be BPMN 2.0, definitions in the namespace " + NAMESPACE,
          "namespace=" + XmlElement.shorten(root.namespace()));
      return;
    }
    checkAttributes(root);
    for (final XmlElement child : root.children()) {
      readRoot(child);
    }
    for (final XmlElement child : root.children("process")) {
      final BpmnScope process = readScope(child, null);
      callable.putIfAbsent(process.id, process);
      if (child.is("isExecutable", true) && !process.nodes.isEmpty()) {
        processes.add(process);
      } else {
        findings.note(child, "process is not executable or empty and is only called");
      }
    }
    if (unnamed) {
      findings.check();
    }
    if (processes.isEmpty() && !findings.hasProblems()) {
      findings.problem(root, "file must hold an executable process");
    }
  }

  /** Checks what is a truth, and collects the ids. */
  private void checkAttributes(final XmlElement element) {
    if (!element.namespace().equals(NAMESPACE)) {
      return;
    }
    given.add(element.get("id", ""));
    for (final String truth : TRUTHS) {
      final String value = element.get(truth);
      if (value != null && XmlElement.truth(value).isEmpty()) {
        findings.problem(
            element,
            truth + " must be true, false, 1 or 0: " + truth + "=" + XmlElement.shorten(value));
      }
    }
    element.children().forEach(this::checkAttributes);
  }

  private void readRoot(final XmlElement child) {
    if (!child.namespace().equals(NAMESPACE)) {
      return; // diagrams and the like
    }
    final String id = child.get("id");
    if (id != null && roots.putIfAbsent(id, child) != null) {
      findings.problem(child, "id must be unique in the file");
    }
    switch (child.name()) {
      case "process" -> {}
      case "collaboration" -> readCollaboration(child);
      case "interface" -> {
        for (final XmlElement operation : child.children("operation")) {
          operations.putIfAbsent(operation.get("id", ""), operation);
        }
      }
      case "globalTask",
          "globalUserTask",
          "globalManualTask",
          "globalScriptTask",
          "globalBusinessRuleTask" ->
          callable.putIfAbsent(idOf(child), globalTask(child));
      default -> {
        if (!child.name().endsWith("EventDefinition")) {
          judgeOther(child);
        }
      }
    }
  }

  private void readCollaboration(final XmlElement collaboration) {
    for (final XmlElement child : collaboration.children()) {
      switch (child.name()) {
        case "messageFlow" -> {
          messageFlows.putIfAbsent(inFile(child, child.get("sourceRef", "")), child);
          messageFlows.putIfAbsent(inFile(child, child.get("targetRef", "")), child);
        }
        case "participant" -> {
          if (child.get("processRef") == null) {
            findings.note(child, "participant without a process is left out");
          }
        }
        default -> {
          if (child.namespace().equals(NAMESPACE)) {
            judgeOther(child);
          }
        }
      }
    }
  }

  /** A global task is a scope with one task in it. */
  private BpmnScope globalTask(final XmlElement element) {
    final String id = checkId(element);
    final BpmnScope scope = new BpmnScope(element, id, null);
    final BpmnNode node = new BpmnNode(element, id, scope);
    scope.nodes.put(id, node);
    label(element, id);
    return scope;
  }

  private BpmnScope readScope(final XmlElement element, final @Nullable BpmnNode owner) {
    final String id = owner == null ? checkId(element) : owner.id;
    final BpmnScope scope = new BpmnScope(element, id, owner == null ? null : owner.scope);
    scope.owner = owner;
    final Map<String, BpmnNode> all = new LinkedHashMap<>();
    for (final XmlElement child : element.children()) {
      readElement(scope, child, all);
    }
    for (final XmlElement flow : element.children("sequenceFlow")) {
      readFlow(scope, flow, all);
    }
    for (final BpmnNode node : all.values()) {
      order(node);
      if (node.kind.equals("boundaryEvent")) {
        attach(node, all);
      }
      final String byDefault = node.element.get("default");
      if (byDefault != null && node.outgoing.stream().noneMatch(BpmnFlow::isDefault)) {
        findings.problem(
            node.element, "default must be a flow that leaves the element: default=" + byDefault);
      }
    }
    for (final XmlElement association : element.children("association")) {
      readAssociation(association, all);
    }
    for (final BpmnNode node : all.values()) {
      if (node.host != null
          && node.eventKind().equals("compensate")
          && node.host.compensation == null) {
        findings.problem(
            node.element,
            "boundary event for compensation must have a handler",
            "join it by an association to an activity with isForCompensation");
      }
    }
    return scope;
  }

  /** The flows that leave a node stand in the order of its outgoing elements. */
  private static void order(final BpmnNode node) {
    final List<String> order =
        node.element.children("outgoing").stream()
            .map(outgoing -> localName(outgoing.text()))
            .toList();
    if (!order.isEmpty()) {
      node.outgoing.sort(
          Comparator.comparingInt(
              flow -> {
                final int at = order.indexOf(flow.id);
                return at < 0 ? order.size() : at;
              }));
    }
  }

  private void readElement(
      final BpmnScope scope, final XmlElement child, final Map<String, BpmnNode> all) {
    if (!child.namespace().equals(NAMESPACE)) {
      findings.note(child, "element of another namespace is left out");
    } else if (NODES.contains(child.name())) {
      count(child);
      final BpmnNode node = new BpmnNode(child, checkId(child), scope);
      label(child, node.id);
      all.putIfAbsent(node.id, node);
      readNode(node);
      if (BpmnNode.SUB_PROCESSES.contains(node.kind)) {
        node.inner = readScope(child, node);
      }
      if (node.isTriggeredByEvent()) {
        scope.eventSubProcesses.add(node);
      } else {
        scope.nodes.putIfAbsent(node.id, node);
      }
    } else if (UNSUPPORTED_NODES.contains(child.name())) {
      judgeOther(child);
      final BpmnNode node = new BpmnNode(child, checkId(child), scope);
      all.putIfAbsent(node.id, node);
      scope.nodes.putIfAbsent(node.id, node);
    } else if (child.name().equals("property") && scope.owner == null && declares(child)) {
      checkId(child);
    } else if (!child.name().equals("sequenceFlow")
        && !(scope.owner != null && NODE_PARTS.contains(child.name()))) {
      judgeOther(child);
    }
  }

  /** Takes a property for a variable, where its item definition is of a type that one can have. */
  private boolean declares(final XmlElement property) {
    final String name = property.get("name", "");
    final XmlElement item = roots.get(inFile(property, property.get("itemSubjectRef", "")));
    if (item == null
        || name.isBlank()
        || name.length() > ID_LENGTH_MAX
        || name.chars().anyMatch(Character::isISOControl)) {
      return false;
    }
    final Variable<?> variable =
        switch (type(item)) {
          case "long", "int", "integer" -> Variable.ofLong(name);
          case "double" -> Variable.ofDouble(name);
          case "decimal" -> Variable.ofDecimal(name);
          case "string" -> Variable.ofString(name);
          case "boolean" -> Variable.ofBoolean(name);
          case "dateTime" -> Variable.ofInstant(name);
          case "duration" -> Variable.ofDuration(name);
          case "base64Binary" -> Variable.ofBytes(name);
          default -> null;
        };
    if (variable != null) {
      properties.add(variable);
      if (properties.size() == PROPERTIES_MAX + 1) {
        findings.problem(
            property,
            "file must not declare more properties than the limit: propertiesMax="
                + PROPERTIES_MAX);
        findings.check();
      }
    }
    return variable != null;
  }

  /** The type of XML Schema that an item has, or an empty text. */
  private static String type(final XmlElement item) {
    final String name = item.get("structureRef", "");
    final boolean isOfSchema =
        item.namespaceOf(prefix(name)).map("http://www.w3.org/2001/XMLSchema"::equals).orElse(true);
    return isOfSchema ? localName(name) : "";
  }

  private void readNode(final BpmnNode node) {
    final boolean isEvent = EVENTS.contains(node.kind);
    for (final XmlElement child : node.element.children()) {
      if (!child.namespace().equals(NAMESPACE)) {
        continue; // of other tools
      }
      if (isEvent && child.name().endsWith("EventDefinition")) {
        node.definitions.add(child);
      } else if (isEvent && child.name().equals("eventDefinitionRef")) {
        final XmlElement definition = roots.get(inFile(child, child.text()));
        if (definition == null || !definition.name().endsWith("EventDefinition")) {
          findings.problem(
              node.element,
              "event definition must be in the file: eventDefinitionRef=" + child.text());
        } else {
          node.definitions.add(definition);
        }
      } else if (!BpmnNode.SUB_PROCESSES.contains(node.kind)
          && !NODE_PARTS.contains(child.name())) {
        judgeOther(child);
      }
    }
    if (node.definitions.size() > 1) {
      findings.problem(
          node.element,
          "event with several definitions is not supported",
          "draw an event for each of them");
    }
  }

  private void readFlow(
      final BpmnScope scope, final XmlElement element, final Map<String, BpmnNode> all) {
    count(element);
    final String id = checkId(element);
    final BpmnNode from = all.get(element.get("sourceRef", ""));
    final BpmnNode to = all.get(element.get("targetRef", ""));
    if (from == null || to == null) {
      findings.problem(
          element,
          "sequence flow must join two elements of its process or sub-process: sourceRef="
              + element.get("sourceRef")
              + ", targetRef="
              + element.get("targetRef"));
      return;
    }
    final BpmnFlow flow = new BpmnFlow(element, id, from, to);
    checkEnds(flow);
    from.outgoing.add(flow);
    to.incoming.add(flow);
    scope.flows.add(flow);
  }

  private void checkEnds(final BpmnFlow flow) {
    if (flow.to.kind.equals("startEvent")
        || flow.to.kind.equals("boundaryEvent")
        || flow.to.isTriggeredByEvent()) {
      findings.problem(
          flow.element,
          "sequence flow must not lead into a start event, a boundary event or an event"
              + " sub-process: targetRef="
              + flow.to.id);
    }
    if (flow.from.kind.equals("endEvent") || flow.from.isTriggeredByEvent()) {
      findings.problem(
          flow.element,
          "sequence flow must not leave an end event or an event sub-process: sourceRef="
              + flow.from.id);
    }
  }

  private void attach(final BpmnNode event, final Map<String, BpmnNode> all) {
    final BpmnNode host = all.get(inFile(event.element, event.element.get("attachedToRef", "")));
    if (host == null
        || EVENTS.contains(host.kind)
        || host.kind.endsWith("Gateway")
        || host.isTriggeredByEvent()) {
      findings.problem(
          event.element,
          "boundary event must be attached to an activity of its process or sub-process:"
              + " attachedToRef="
              + event.element.get("attachedToRef"));
      return;
    }
    event.host = host;
    host.boundary.add(event);
    if (host.boundary.size() == BOUNDARY_MAX + 1) {
      findings.problem(
          host.element,
          "activity must not have more boundary events than the limit: boundaryMax="
              + BOUNDARY_MAX);
    }
  }

  /** An association joins an event for compensation to its handler, whichever way it points. */
  private void readAssociation(final XmlElement association, final Map<String, BpmnNode> all) {
    final BpmnNode from = all.get(inFile(association, association.get("sourceRef", "")));
    final BpmnNode to = all.get(inFile(association, association.get("targetRef", "")));
    if (from == null || to == null) {
      return;
    }
    final boolean isForward = from.host != null && from.eventKind().equals("compensate");
    final BpmnNode event = isForward ? from : to;
    final BpmnNode handler = isForward ? to : from;
    if (event.host == null || !event.eventKind().equals("compensate")) {
      return;
    }
    if (!handler.isForCompensation()) {
      findings.problem(
          association,
          "association of an event for compensation must lead to an activity with"
              + " isForCompensation: event="
              + event.id
              + ", activity="
              + handler.id);
    } else if (event.host.compensation != null && event.host.compensation != handler) {
      findings.problem(
          association,
          "activity must have one handler for compensation: activity=" + event.host.id);
    }
    event.host.compensation = handler;
  }

  private void judgeOther(final XmlElement child) {
    final String note = NOTED.get(child.name());
    if (Extension.isOwn(child)) {
      return; // read where it is used
    }
    if (note != null) {
      findings.note(child, note);
    } else if (!SILENT.contains(child.name())) {
      findings.problem(
          child, "element is not supported", "docs/interchange.md lists those that are");
    }
  }

  private void count(final XmlElement at) {
    nodes++;
    if (nodes == limits.nodesMax() + 1) {
      findings.problem(
          at,
          "file must not have more nodes and flows than the limit",
          "nodesMax=" + limits.nodesMax() + ", raise ImportLimits.nodesMax");
      findings.check();
    }
  }

  private void label(final XmlElement element, final String id) {
    final String name = element.get("name", "").strip();
    if (!name.isEmpty()) {
      labels.put(id, name);
    }
  }

  /** The id of an element, or one that is made up of its kind: the schema does not want one. */
  private String idOf(final XmlElement element) {
    final String id = element.get("id");
    if (id != null) {
      return id;
    }
    return madeUp.computeIfAbsent(
        element,
        none -> {
          int number = 1;
          while (!given.add(element.name() + "-" + number)) {
            number++;
          }
          return element.name() + "-" + number;
        });
  }

  private String checkId(final XmlElement element) {
    final String id = idOf(element);
    if (id.isBlank()
        || id.length() > ID_LENGTH_MAX
        || id.chars().anyMatch(character -> Character.isWhitespace(character))) {
      findings.problem(
          element,
          "element must have an id of 1 to " + ID_LENGTH_MAX + " characters without white space");
      unnamed = true;
    } else if (!ids.add(id)) {
      findings.problem(element, "id must be unique in the file");
    }
    return id;
  }

  /** The name of what a message, signal, error or escalation event refers to. */
  @Nullable String reference(
      final XmlElement definition, final String attribute, final String nameAttribute) {
    final String reference = definition.get(attribute);
    if (reference == null) {
      return null;
    }
    final XmlElement target = roots.get(inFile(definition, reference));
    final String kind = attribute.substring(0, attribute.length() - "Ref".length());
    if (target == null || !target.name().equals(kind)) {
      findings.problem(
          definition,
          attribute
              + " must be "
              + (target == null ? "in the file: " : "a " + kind + ", found=" + target.name() + ": ")
              + attribute
              + "="
              + XmlElement.shorten(reference));
      return null;
    }
    final String name = target.get(nameAttribute, "").strip();
    return name.isEmpty() ? target.get("id", "") : name;
  }

  /**
   * The message that a node sends or receives: by its reference, its operation, its message flow.
   */
  String message(final BpmnNode node) {
    final XmlElement holder = node.definitions.isEmpty() ? node.element : node.definitions.get(0);
    final String direct = reference(holder, "messageRef", "name");
    if (direct != null) {
      return direct;
    }
    final String operationId =
        holder.get("operationRef", holder.child("operationRef").map(XmlElement::text).orElse(""));
    final XmlElement operation = operations.get(inFile(holder, operationId));
    if (operation != null) {
      final XmlElement message =
          roots.get(
              inFile(operation, operation.child("inMessageRef").map(XmlElement::text).orElse("")));
      if (message != null) {
        final String name = message.get("name", "").strip();
        return name.isEmpty() ? message.get("id", node.id) : name;
      }
    }
    final XmlElement flow = messageFlows.get(node.id);
    if (flow != null) {
      final String named = flow.get("name", "").strip();
      return named.isEmpty() ? flow.get("id", node.id) : named;
    }
    return node.id;
  }

  /**
   * The id that a qualified name stands for in this file; where it leads to another namespace, the
   * name as it is, which nothing has as its id.
   */
  String inFile(final XmlElement at, final String name) {
    final boolean isElsewhere =
        at.namespaceOf(prefix(name)).map(uri -> !uri.equals(targetNamespace)).orElse(false);
    return isElsewhere ? name : localName(name);
  }

  private static String prefix(final String name) {
    return name.substring(0, Math.max(0, name.indexOf(':')));
  }

  private static String localName(final String name) {
    return name.substring(name.indexOf(':') + 1);
  }
}
