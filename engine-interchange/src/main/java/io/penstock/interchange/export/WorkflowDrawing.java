package io.penstock.interchange.export;

import io.penstock.interchange.export.Picture.Edge;
import io.penstock.interchange.export.Picture.Line;
import io.penstock.interchange.export.Picture.Node;
import io.penstock.interchange.export.Picture.Shape;
import io.penstock.interchange.log.CaseProgress;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Draws a workflow: as a self-contained SVG, as Mermaid and as DOT. A net for each sub-workflow
 * stands below the workflow's own. Immutable; each verb gives a copy.
 */
public final class WorkflowDrawing {
  private final Workflow workflow;
  private final Map<String, String> labels;
  private final Map<String, Integer> marking;
  private final Map<String, String> notes;
  private final Set<String> done;
  private final Set<String> failed;

  private WorkflowDrawing(
      final Workflow workflow,
      final Map<String, String> labels,
      final Map<String, Integer> marking,
      final Map<String, String> notes,
      final Set<String> done,
      final Set<String> failed) {
    this.done = done;
    this.failed = failed;
    this.workflow = workflow;
    this.labels = labels;
    this.marking = marking;
    this.notes = notes;
  }

  /**
   * Draws a workflow with the names that its tasks have.
   *
   * @param workflow the workflow
   * @return the drawing
   */
  public static WorkflowDrawing of(final Workflow workflow) {
    return new WorkflowDrawing(workflow, Map.of(), Map.of(), Map.of(), Set.of(), Set.of());
  }

  /**
   * Writes other texts instead of names, such as those that an imported model gives to its ids.
   *
   * @param newLabels name to text
   * @return a copy
   */
  public WorkflowDrawing labels(final Map<String, String> newLabels) {
    return new WorkflowDrawing(workflow, Map.copyOf(newLabels), marking, notes, done, failed);
  }

  /**
   * Shows where a case is.
   *
   * @param newMarking names of conditions and busy tasks to tokens, as {@link
   *     io.penstock.interchange.ModelRunner#marking} gives them; those of cases inside, after a
   *     slash, are shown on the task's own name
   * @return a copy
   */
  public WorkflowDrawing marking(final Map<String, Integer> newMarking) {
    return new WorkflowDrawing(workflow, labels, Map.copyOf(newMarking), notes, done, failed);
  }

  /**
   * Writes a short text below tasks, such as how long they took.
   *
   * @param newNotes name of a task to text, of one or more lines
   * @return a copy
   */
  public WorkflowDrawing notes(final Map<String, String> newNotes) {
    return new WorkflowDrawing(workflow, labels, marking, Map.copyOf(newNotes), done, failed);
  }

  /**
   * Shows how far a case has come: what is open, what was done, how often and how long, and in red
   * what has failed. Takes the place of {@link #marking} and {@link #notes}.
   *
   * @param progress the case's progress
   * @return a copy
   */
  public WorkflowDrawing progress(final CaseProgress progress) {
    return new WorkflowDrawing(
        workflow,
        labels,
        progress.open(),
        progress.notes(),
        progress.completed().keySet(),
        progress.failed());
  }

  private List<Picture> pictures() {
    final List<Picture> pictures = new ArrayList<>();
    for (int net = 0; net < workflow.nets().size(); net++) {
      pictures.add(new Picture(workflow, net, labels));
    }
    return pictures;
  }

  /** What a node looks like, beside its shape. */
  enum Look {
    PLAIN,
    MARKED,
    DONE,
    FAILED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private Look look(final String name) {
    if (failed.contains(name)) {
      return Look.FAILED;
    }
    return tokens().containsKey(name) ? Look.MARKED : done.contains(name) ? Look.DONE : Look.PLAIN;
  }

  /** Tokens by the name that is last on their path. */
  private Map<String, Integer> tokens() {
    final Map<String, Integer> tokens = new LinkedHashMap<>();
    marking.forEach(
        (path, count) ->
            tokens.merge(path.substring(path.lastIndexOf('/') + 1), count, Integer::sum));
    return tokens;
  }

  /**
   * The drawing as SVG, without anything outside of it: no script, no font, no style sheet.
   *
   * @return the document
   */
  public String svg() {
    return new SvgWriter(this::look, tokens(), notes).write(pictures());
  }

  /**
   * The drawing as a Mermaid flowchart.
   *
   * @return the text, without the fence around it
   */
  public String mermaid() {
    final StringBuilder text = new StringBuilder("flowchart LR\n");
    final List<Picture> pictures = pictures();
    for (int i = 0; i < pictures.size(); i++) {
      if (pictures.size() > 1) {
        text.append("  subgraph n").append(i).append("[").append(mermaid(pictures.get(i).title));
        text.append("]\n");
      }
      mermaid(pictures.get(i), "n" + i + "_", text);
      if (pictures.size() > 1) {
        text.append("  end\n");
      }
    }
    return text.toString();
  }

  private void mermaid(final Picture picture, final String prefix, final StringBuilder text) {
    final Set<Look> looks = EnumSet.noneOf(Look.class);
    for (final Node node : picture.nodes) {
      final String label = mermaid(text(node));
      text.append("  ").append(prefix).append(node.id());
      text.append(
          switch (node.shape()) {
            case START, END, CONDITION -> "((" + label + "))";
            case ROUTE, JOIN_ALL, JOIN_SOME -> "{" + label + "}";
            case WAIT -> "([" + label + "])";
            case COMPOSITE, INSTANCES -> "[[" + label + "]]";
            case TASK, INLINE, MANUAL -> "[" + label + "]";
          });
      final Look look = look(node.name());
      looks.add(look);
      text.append(look == Look.PLAIN ? "\n" : ":::" + look.word() + "\n");
    }
    for (final Edge edge : picture.edges) {
      text.append("  ").append(prefix).append(edge.from());
      text.append(edge.line() == Line.NORMAL ? " -->" : " -.->");
      if (!edge.label().isEmpty()) {
        text.append('|').append(mermaid(edge.label())).append('|');
      }
      text.append(' ').append(prefix).append(edge.to()).append('\n');
    }
    looks.remove(Look.PLAIN);
    for (final Look look : looks) {
      text.append("  classDef ").append(look.word()).append(" fill:").append(fill(look));
      text.append(",stroke:").append(stroke(look)).append('\n');
    }
  }

  private String text(final Node node) {
    final String sign = Picture.sign(node.shape());
    final String label = node.label().isEmpty() ? (sign.isEmpty() ? " " : sign) : node.label();
    final String note = notes.get(node.name());
    return note == null ? label : label + ", " + note.replace("\n", ", ");
  }

  static String fill(final Look look) {
    return switch (look) {
      case PLAIN -> "#ffffff";
      case MARKED -> "#fde68a";
      case DONE -> "#dcfce7";
      case FAILED -> "#fecaca";
    };
  }

  static String stroke(final Look look) {
    return switch (look) {
      case PLAIN -> "#475569";
      case MARKED -> "#b45309";
      case DONE -> "#15803d";
      case FAILED -> "#b91c1c";
    };
  }

  private static String mermaid(final String text) {
    final StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            character -> {
              if (character < ' ' || "\"#&<>`".indexOf(character) >= 0) {
                quoted.append('#').append(character).append(';');
              } else {
                quoted.append((char) character);
              }
            });
    return quoted.append('"').toString();
  }

  /**
   * The drawing in the DOT language of Graphviz.
   *
   * @return the text
   */
  public String dot() {
    final StringBuilder text = new StringBuilder("digraph workflow {\n  rankdir=LR;\n");
    text.append("  node [fontname=\"sans-serif\", fontsize=11];\n");
    final List<Picture> pictures = pictures();
    for (int i = 0; i < pictures.size(); i++) {
      final Picture picture = pictures.get(i);
      text.append("  subgraph cluster_").append(i).append(" {\n    label=");
      text.append(dot(picture.title)).append(";\n");
      for (final Node node : picture.nodes) {
        text.append("    n").append(i).append('_').append(node.id()).append(" [label=");
        text.append(dot(text(node).strip())).append(", shape=").append(dotShape(node.shape()));
        final Look look = look(node.name());
        text.append(
            look == Look.PLAIN
                ? "];\n"
                : ", style=filled, fillcolor=\""
                    + fill(look)
                    + "\", color=\""
                    + stroke(look)
                    + "\"];\n");
      }
      for (final Edge edge : picture.edges) {
        text.append("    n").append(i).append('_').append(edge.from()).append(" -> n").append(i);
        text.append('_').append(edge.to()).append(" [label=").append(dot(edge.label()));
        text.append(edge.line() == Line.NORMAL ? "];\n" : ", style=dashed];\n");
      }
      text.append("  }\n");
    }
    return text.append("}\n").toString();
  }

  private static String dotShape(final Shape shape) {
    return switch (shape) {
      case START, END, CONDITION -> "circle";
      case ROUTE, JOIN_ALL, JOIN_SOME -> "diamond";
      case WAIT -> "ellipse";
      case COMPOSITE, INSTANCES -> "box3d";
      case TASK, INLINE, MANUAL -> "box";
    };
  }

  private static String dot(final String text) {
    return '"'
        + text.replaceAll("\\p{Cntrl}", " ").replace("\\", "\\\\").replace("\"", "\\\"")
        + '"';
  }
}
