package io.penstock.net;

import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Draws a workflow's nets as a Mermaid flowchart: tasks as boxes, those that only route as
 * diamonds, conditions as circles. A condition between two tasks that has no other flow is left
 * out: an arrow stands for it.
 */
public final class NetPicture {
  private final Workflow workflow;
  private final int netIndex;
  private final Net net;
  private final String prefix;
  private final List<String> lines = new ArrayList<>();

  private NetPicture(final Workflow workflow, final int netIndex) {
    this.workflow = workflow;
    this.netIndex = netIndex;
    net = workflow.nets().get(netIndex);
    prefix = workflow.nets().size() == 1 ? "" : "n" + netIndex;
  }

  /** The picture, without the fence around it. */
  public static String mermaid(final Workflow workflow) {
    final List<String> picture = new ArrayList<>(List.of("flowchart LR"));
    for (int i = 0; i < workflow.nets().size(); i++) {
      final NetPicture part = new NetPicture(workflow, i);
      part.draw();
      if (workflow.nets().size() == 1) {
        part.lines.forEach(line -> picture.add("  " + line));
      } else {
        picture.add("  subgraph n" + i + "[" + quoted(workflow.nets().get(i).name()) + "]");
        part.lines.forEach(line -> picture.add("    " + line));
        picture.add("  end");
      }
    }
    return String.join("\n", picture);
  }

  private void draw() {
    for (int c = 0; c < net.conditionCount(); c++) {
      if (!isImplicit(c)) {
        lines.add(condition(c) + "((" + quoted(label(c)) + "))");
      }
    }
    for (int t = 0; t < net.taskCount(); t++) {
      lines.add(task(t) + shape(t));
    }
    for (int t = 0; t < net.taskCount(); t++) {
      drawInputs(t);
      drawOutputs(t);
      drawRegion(t);
    }
  }

  private void drawInputs(final int t) {
    for (int i = 0; i < net.inputs[t].length; i++) {
      if (!isImplicit(net.inputs[t][i])) {
        arrow(condition(net.inputs[t][i]), weight(net.inputWeights[t][i]), task(t));
      }
    }
    for (final int read : net.reads[t]) {
      lines.add(condition(read) + " -.->|while| " + task(t));
    }
  }

  private void drawOutputs(final int t) {
    for (int arc = 0; arc < net.outputs[t].length; arc++) {
      final int target = net.outputs[t][arc];
      if (net.complements[t][arc] == Net.NONE) {
        arrow(
            task(t),
            arcLabel(t, arc),
            isImplicit(target) ? task(consumer(target)) : condition(target));
      }
    }
    exit(t, "fails", net.failureConditions[t]);
    exit(t, "too late", net.timeoutConditions[t]);
  }

  private void exit(final int t, final String label, final int target) {
    if (target != Net.NONE) {
      arrow(task(t), label, condition(target));
    }
  }

  private void drawRegion(final int t) {
    for (final int cancelled : net.cancelledTasks[t]) {
      lines.add(task(t) + " -.-x " + task(cancelled));
    }
    for (final int cancelled : net.cancelledConditions[t]) {
      if (!isImplicit(cancelled)) {
        lines.add(task(t) + " -.-x " + condition(cancelled));
      }
    }
  }

  private void arrow(final String from, final String label, final String to) {
    lines.add(from + " -->" + (label.isEmpty() ? " " : "|" + label + "| ") + to);
  }

  private String arcLabel(final int t, final int arc) {
    if (net.splits[t] == Split.AND || net.outputs[t].length == 1) {
      return weight(net.outputWeights[t][arc]);
    }
    return net.guards[t][arc] == Net.NONE
        ? "else"
        : quoted(workflow.guard(net.guards[t][arc]).toString());
  }

  private static String weight(final int weight) {
    return weight == 1 ? "" : quoted(weight + " tokens");
  }

  private String shape(final int t) {
    final boolean generated = net.taskNames[t].contains(" #");
    final List<String> words = new ArrayList<>();
    if (!generated) {
      words.add(net.taskNames[t]);
    }
    switch (workflow.task(netIndex, t).kind()) {
      case COMPOSITE -> words.add("runs " + body(t));
      case MULTIPLE_INSTANCE -> words.add("many at once");
      case CANCEL -> words.add("cancels the case");
      case MESSAGE -> words.add("awaits a message");
      case SIGNAL -> words.add("awaits a signal");
      case DELAY -> words.add("waits");
      case ROUTING, WORKER, INLINE, MANUAL -> {}
    }
    if (Arrays.stream(net.mutexes).anyMatch(mutex -> contains(mutex.tasks, t))) {
      words.add("alone");
    }
    if (net.inputs[t].length > 1 || net.joins[t] == Join.PARTIAL) {
      words.add(join(t));
    }
    if (net.outputs[t].length > 1) {
      words.add(net.splits[t] + "-split");
    }
    if (words.isEmpty()) {
      words.add("·");
    }
    final String text = quoted(String.join("<br/>", words));
    return net.starts[t] == StartMode.ROUTING ? "{" + text + "}" : "[" + text + "]";
  }

  private String body(final int t) {
    return workflow.nets().get(workflow.bodyNet(netIndex, t)).name();
  }

  private static boolean contains(final int[] indices, final int index) {
    return Arrays.stream(indices).anyMatch(other -> other == index);
  }

  private String join(final int t) {
    return net.joins[t] == Join.PARTIAL
        ? net.thresholds[t]
            + " of "
            + net.inputs[t].length
            + ", "
            + net.resets[t].name().toLowerCase(java.util.Locale.ROOT)
        : net.joins[t] + "-join";
  }

  private String label(final int c) {
    final String name = net.conditionNames[c];
    if (c == net.input) {
      return "start";
    }
    if (c == net.output) {
      return "end";
    }
    return isGenerated(name) ? "·" : name;
  }

  /** Whether nobody gave this condition its name: blocks name theirs after their tasks. */
  private static boolean isGenerated(final String name) {
    return name.contains("#")
        || name.startsWith("after ")
        || name.startsWith("failure of ")
        || name.startsWith("time-out of ");
  }

  private boolean isImplicit(final int c) {
    final String name = net.conditionNames[c];
    if (c == net.input || c == net.output || !(name.startsWith("c{") || isGenerated(name))) {
      return false;
    }
    int into = 0;
    int out = 0;
    for (int t = 0; t < net.taskCount(); t++) {
      for (int arc = 0; arc < net.outputs[t].length; arc++) {
        into += net.outputs[t][arc] == c && net.complements[t][arc] == Net.NONE ? 1 : 0;
      }
      into += net.failureConditions[t] == c || net.timeoutConditions[t] == c ? 2 : 0;
      for (int i = 0; i < net.inputs[t].length; i++) {
        out += net.inputs[t][i] == c ? net.inputWeights[t][i] : 0;
      }
      out += contains(net.reads[t], c) ? 2 : 0;
    }
    return into == 1 && out == 1;
  }

  private int consumer(final int c) {
    return IntStream.range(0, net.taskCount())
        .filter(t -> contains(net.inputs[t], c))
        .findFirst()
        .orElseThrow();
  }

  private String condition(final int c) {
    return prefix + "c" + c;
  }

  private String task(final int t) {
    return prefix + "t" + t;
  }

  private static String quoted(final String text) {
    return '"' + text.replace("\"", "'") + '"';
  }
}
