package io.penstock.interchange.bpmn;

import io.penstock.interchange.export.DiagramLayout;
import io.penstock.interchange.export.DiagramLayout.Arrow;
import io.penstock.interchange.export.DiagramLayout.Place;
import io.penstock.interchange.export.DiagramLayout.Point;
import io.penstock.interchange.export.DiagramLayout.Size;
import io.penstock.workflow.Variable;
import io.penstock.workflow.VariableType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a drawn workflow as XML, with a diagram of it. Not thread safe; one document. */
final class BpmnWriter {
  private static final double EVENT = 36;
  private static final double GATEWAY = 50;
  private static final double TASK_WIDTH = 110;
  private static final double TASK_HEIGHT = 80;
  private static final double PADDING = 24;
  private static final double GAP = 40;

  private final WorkflowDrawer drawer;
  private final StringBuilder out = new StringBuilder();
  private final StringBuilder shapes = new StringBuilder();
  private int depth = 1;

  BpmnWriter(final WorkflowDrawer drawer) {
    this.drawer = drawer;
  }

  /** The type of a variable in XML Schema. */
  static String typeOf(final VariableType type) {
    return switch (type) {
      case LONG -> "long";
      case DOUBLE -> "double";
      case DECIMAL -> "decimal";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case INSTANT -> "dateTime";
      case DURATION -> "duration";
      case BYTES -> "base64Binary";
    };
  }

  String write() {
    out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.append("<definitions xmlns=\"").append(BpmnFile.NAMESPACE).append("\"\n");
    out.append("    xmlns:bpmndi=\"http://www.omg.org/spec/BPMN/20100524/DI\"\n");
    out.append("    xmlns:dc=\"http://www.omg.org/spec/DD/20100524/DC\"\n");
    out.append("    xmlns:di=\"http://www.omg.org/spec/DD/20100524/DI\"\n");
    out.append("    xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"\n");
    out.append("    xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n");
    out.append("    xmlns:penstock=\"").append(Extension.NAMESPACE).append("\"\n");
    out.append("    id=\"").append(drawer.id("definitions"));
    out.append("\" targetNamespace=\"urn:penstock:models\">\n");
    final Map<VariableType, String> types = new LinkedHashMap<>();
    for (final Variable<?> variable : drawer.properties.keySet()) {
      types.computeIfAbsent(variable.type(), type -> drawer.id("type_" + typeOf(type)));
    }
    types.forEach(
        (type, id) ->
            line("<itemDefinition id=\"%s\" structureRef=\"xsd:%s\"/>", id, typeOf(type)));
    drawer.messages.forEach((name, id) -> line("<message id=\"%s\" name=\"%s\"/>", id, name));
    drawer.signals.forEach((name, id) -> line("<signal id=\"%s\" name=\"%s\"/>", id, name));
    drawer.errors.forEach((code, id) -> line("<error id=\"%s\" errorCode=\"%s\"/>", id, code));
    drawer.escalations.forEach(
        (code, id) -> line("<escalation id=\"%s\" escalationCode=\"%s\"/>", id, code));
    for (final DrawnScope process : drawer.processes) {
      final boolean first = process == drawer.processes.get(0);
      line(
          "<process id=\"%s\" name=\"%s\" isExecutable=\"%s\">",
          process.id, process.name, String.valueOf(first));
      depth++;
      if (first) {
        drawer.properties.forEach(
            (variable, id) ->
                line(
                    "<property id=\"%s\" name=\"%s\" itemSubjectRef=\"%s\"/>",
                    id, variable.name(), types.getOrDefault(variable.type(), "")));
      }
      writeScope(process);
      depth--;
      line("</process>");
    }
    for (final DrawnScope process : drawer.processes) {
      draw(process);
    }
    return out.append("</definitions>\n").toString();
  }

  private void line(final String format, final String... values) {
    final Object[] escaped = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      escaped[i] = escape(values[i]);
    }
    out.append("  ".repeat(depth)).append(String.format(Locale.ROOT, format, escaped)).append('\n');
  }

  private void raw(final String text) {
    out.append("  ".repeat(depth)).append(text).append('\n');
  }

  /** Text as XML takes it, in content and in attributes. */
  static String escape(final String text) {
    final StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\n', '\r', '\t' -> escaped.append("&#").append(character).append(';');
                default -> escaped.appendCodePoint(isCharacter(character) ? character : 0xfffd);
              }
            });
    return escaped.toString();
  }

  /** Whether XML 1.0 has room for a character. */
  private static boolean isCharacter(final int character) {
    return (character >= 0x20 && character < 0xd800)
        || (character >= 0xe000 && character <= 0xfffd)
        || character >= 0x10000;
  }

  private void writeScope(final DrawnScope scope) {
    scope.nodes.forEach(this::writeNode);
    for (final DrawnNode node : scope.nodes) {
      node.outgoing.forEach(this::writeFlow);
    }
  }

  private void writeNode(final DrawnNode node) {
    final StringBuilder open = new StringBuilder("<" + node.kind + " id=\"" + node.id + "\"");
    if (!node.name.isEmpty()) {
      open.append(" name=\"").append(escape(node.name)).append('"');
    }
    node.attributes.forEach(
        (name, value) ->
            open.append(' ').append(name).append("=\"").append(escape(value)).append('"'));
    if (node.outgoing.size() > 1) {
      node.outgoing.stream()
          .filter(flow -> flow.isDefault)
          .forEach(flow -> open.append(" default=\"").append(flow.id).append('"'));
    }
    raw(open.append('>').toString());
    depth++;
    if (!node.extensions.isEmpty()) {
      raw("<extensionElements>" + String.join("", node.extensions) + "</extensionElements>");
    }
    node.incoming.forEach(flow -> line("<incoming>%s</incoming>", flow.id));
    node.outgoing.forEach(flow -> line("<outgoing>%s</outgoing>", flow.id));
    node.parts.forEach(this::raw);
    if (node.inner != null) {
      writeScope(node.inner);
    }
    depth--;
    raw("</" + node.kind + ">");
  }

  private void writeFlow(final DrawnFlow flow) {
    final String open =
        "<sequenceFlow id=\""
            + flow.id
            + "\" sourceRef=\""
            + flow.from.id
            + "\" targetRef=\""
            + flow.to.id
            + "\"";
    final boolean isChosen = flow.condition != null && flow.from.outgoing.size() > 1;
    raw(
        isChosen
            ? open
                + "><conditionExpression xsi:type=\"tFormalExpression\">${"
                + escape(String.valueOf(flow.condition))
                + "}</conditionExpression></sequenceFlow>"
            : open + "/>");
  }

  // The diagram.

  private void draw(final DrawnScope process) {
    line("<bpmndi:BPMNDiagram id=\"%s\">", drawer.id("diagram_" + process.id));
    depth++;
    line(
        "<bpmndi:BPMNPlane id=\"%s\" bpmnElement=\"%s\">",
        drawer.id("plane_" + process.id), process.id);
    depth++;
    new ScopePlan(process).write(GAP, GAP);
    out.append(shapes);
    shapes.setLength(0);
    depth--;
    raw("</bpmndi:BPMNPlane>");
    depth--;
    raw("</bpmndi:BPMNDiagram>");
  }

  /** Where the nodes of a process or sub-process go; those within it first, for its size. */
  private final class ScopePlan {
    private final List<DrawnNode> nodes = new ArrayList<>();
    private final List<DrawnFlow> flows = new ArrayList<>();
    private final Map<DrawnNode, ScopePlan> inner = new LinkedHashMap<>();
    private final DiagramLayout layout;

    ScopePlan(final DrawnScope scope) {
      final Map<DrawnNode, Integer> numbers = new LinkedHashMap<>();
      final List<Size> sizes = new ArrayList<>();
      for (final DrawnNode node : scope.nodes) {
        if (node.host == null) {
          numbers.put(node, sizes.size());
          nodes.add(node);
          sizes.add(size(node));
        }
      }
      final List<Arrow> arrows = new ArrayList<>();
      for (final DrawnNode node : scope.nodes) {
        for (final DrawnFlow flow : node.outgoing) {
          flows.add(flow);
          arrows.add(
              new Arrow(
                  numbers.getOrDefault(node.host == null ? node : node.host, 0),
                  numbers.getOrDefault(flow.to, 0),
                  flow.condition == null ? "" : flow.condition));
        }
      }
      layout = DiagramLayout.of(sizes, arrows);
    }

    private Size size(final DrawnNode node) {
      if (node.isEvent()) {
        return new Size(EVENT, EVENT);
      }
      if (node.isGateway()) {
        return new Size(GATEWAY, GATEWAY);
      }
      if (node.inner == null) {
        return new Size(TASK_WIDTH, TASK_HEIGHT);
      }
      final ScopePlan plan = new ScopePlan(node.inner);
      inner.put(node, plan);
      return new Size(plan.layout.width() + 2 * PADDING, plan.layout.height() + 2 * PADDING);
    }

    void write(final double left, final double top) {
      for (int i = 0; i < nodes.size(); i++) {
        final DrawnNode node = nodes.get(i);
        final Place place = layout.place(i);
        final double x = left + place.x();
        final double y = top + place.y();
        final ScopePlan within = inner.get(node);
        shape(node, x, y, place.width(), place.height(), within != null);
        if (within != null) {
          within.write(x + PADDING, y + PADDING);
        }
      }
      for (int i = 0; i < nodes.size(); i++) {
        final Place place = layout.place(i);
        double x = left + place.x() + place.width() - EVENT * 1.25;
        for (final DrawnNode event : attached(nodes.get(i))) {
          shape(event, x, top + place.y() + place.height() - EVENT / 2, EVENT, EVENT, false);
          x -= EVENT * 1.25;
        }
      }
      for (int i = 0; i < flows.size(); i++) {
        edge(flows.get(i), left, top, i);
      }
    }

    private List<DrawnNode> attached(final DrawnNode host) {
      return flows.stream()
          .map(flow -> flow.from)
          .filter(node -> node.host == host)
          .distinct()
          .toList();
    }

    private void edge(final DrawnFlow flow, final double left, final double top, final int number) {
      final List<Point> points = new ArrayList<>(layout.points(number));
      final @Nullable DrawnNode host = flow.from.host;
      if (host != null) {
        final Place place = layout.place(nodes.indexOf(host));
        final int at = attached(host).indexOf(flow.from);
        points.set(
            0,
            new Point(
                place.x() + place.width() - EVENT * (0.75 + 1.25 * at),
                place.y() + place.height() + EVENT / 2));
      }
      shapes.append("  ".repeat(depth));
      shapes.append("<bpmndi:BPMNEdge id=\"").append(drawer.id("edge_" + flow.id));
      shapes.append("\" bpmnElement=\"").append(flow.id).append("\">");
      for (final Point point : points) {
        shapes.append(
            String.format(
                Locale.ROOT,
                "<di:waypoint x=\"%.0f\" y=\"%.0f\"/>",
                left + point.x(),
                top + point.y()));
      }
      shapes.append("</bpmndi:BPMNEdge>\n");
    }

    private void shape(
        final DrawnNode node,
        final double x,
        final double y,
        final double width,
        final double height,
        final boolean expanded) {
      shapes.append("  ".repeat(depth));
      shapes.append("<bpmndi:BPMNShape id=\"").append(drawer.id("shape_" + node.id));
      shapes.append("\" bpmnElement=\"").append(node.id).append('"');
      if (expanded) {
        shapes.append(" isExpanded=\"true\"");
      } else if (node.kind.equals("exclusiveGateway")) {
        shapes.append(" isMarkerVisible=\"true\"");
      }
      shapes.append(
          String.format(
              Locale.ROOT,
              "><dc:Bounds x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\"/>",
              x,
              y,
              width,
              height));
      shapes.append("</bpmndi:BPMNShape>\n");
    }
  }
}
