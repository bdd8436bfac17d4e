package io.penstock.interchange.form;

import io.penstock.interchange.Findings;
import io.penstock.interchange.form.Node.Kind;
import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.NetBuilder;
import io.penstock.net.Reset;
import io.penstock.net.Split;
import io.penstock.net.StartMode;
import io.penstock.workflow.Guard;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One net of a document. Used for one net. */
final class NetReader {
  private final Fields fields;
  private final Findings findings;
  private final GuardReader guardReader;
  private final TaskReader taskReader;
  private final Map<String, Integer> conditions = new HashMap<>();
  private final List<String> conditionNames = new ArrayList<>();
  private final Map<String, Integer> taskIndices = new HashMap<>();
  private final Map<String, Integer> lines = new HashMap<>();
  private final List<Draft> drafts = new ArrayList<>();
  private final List<TaskDefinition> tasks = new ArrayList<>();
  private final List<NumberedGuard> guards = new ArrayList<>();
  private final List<Mutex> mutexes = new ArrayList<>();
  private String name = "";
  private boolean subworkflow;
  private boolean safe;
  private boolean explicitTermination;
  private boolean severalEnds;
  private int orJoinStatesMax;
  private int input = Net.NONE;
  private int output = Net.NONE;

  /** A guard, with the number that it says it has, or -1. */
  record NumberedGuard(Guard guard, int number, int line) {}

  private record FlowIn(int condition, int weight) {}

  private record FlowOut(int condition, int weight, @Nullable Guard guard, int complementOf) {}

  private record Mutex(String name, List<Set<Integer>> sections) {}

  /** What is said of a task, before its net is made. */
  private static final class Draft {
    StartMode start = StartMode.AUTOMATIC;
    Join join = Join.XOR;
    Split split = Split.AND;
    int threshold;
    @Nullable Reset reset;
    final List<FlowIn> from = new ArrayList<>();
    final List<FlowOut> to = new ArrayList<>();
    int defaultFlow = Net.NONE;
    int failure = Net.NONE;
    int timeout = Net.NONE;
    final List<Integer> milestones = new ArrayList<>();
    final List<Integer> cancelledConditions = new ArrayList<>();
    final List<Integer> cancelledTasks = new ArrayList<>();
  }

  NetReader(
      final Fields fields,
      final FormOptions options,
      final Findings findings,
      final GuardReader guardReader,
      final Map<String, Variable<?>> variables) {
    this.fields = fields;
    this.findings = findings;
    this.guardReader = guardReader;
    taskReader = new TaskReader(options, findings, guardReader, variables);
  }

  String name() {
    return name;
  }

  int line() {
    return fields.line();
  }

  boolean isSubworkflow() {
    return subworkflow;
  }

  List<TaskDefinition> tasks() {
    return tasks;
  }

  List<NumberedGuard> guards() {
    return guards;
  }

  Map<String, Integer> lines() {
    return lines;
  }

  /** Whether it is said to be safe, and small enough that a case keeps its marking as a mask. */
  boolean isMask() {
    return safe && conditionNames.size() <= Net.MASK_LIMIT && tasks.size() <= Net.MASK_LIMIT;
  }

  int elements() {
    return conditionNames.size() + taskIndices.size();
  }

  void read(final boolean isFirst, final int netCount) {
    name = fields.neededText("name");
    lines.put(name, fields.line());
    subworkflow = fields.truth("subworkflow");
    if (isFirst && subworkflow) {
      fields.problem(fields.line(), "that is the first cannot be a sub-workflow: net=" + name);
    }
    safe = fields.truth("safe");
    explicitTermination = fields.truth("explicitTermination");
    severalEnds = fields.truth("severalEnds");
    orJoinStatesMax = fields.number("orJoinStatesMax", 1, NetBuilder.DEFAULT_OR_JOIN_STATES_MAX);
    for (final Node condition : fields.texts("conditions")) {
      if (conditions.putIfAbsent(condition.text, conditionNames.size()) != null) {
        fields.problem(
            condition.line, "must name its conditions once: condition=" + condition.text);
      } else {
        conditionNames.add(condition.text);
        lines.put(condition.text, condition.line);
      }
    }
    input = condition(fields, fields.neededText("input"), fields.line());
    output = condition(fields, fields.neededText("output"), fields.line());
    final List<Fields> each = new ArrayList<>();
    for (final Node node : fields.neededList("tasks")) {
      final Fields task = new Fields(node, "task", findings);
      final String taskName = task.neededText("name");
      if (taskIndices.putIfAbsent(taskName, each.size()) != null) {
        task.problem(task.line(), "must have a name of its own: task=" + taskName);
      } else {
        lines.put(taskName, node.line);
      }
      each.add(new Fields(node, "task " + taskName, findings));
    }
    each.forEach(task -> read(task, netCount));
    mutexes();
    fields.end();
  }

  private int condition(final Fields owner, final String condition, final int line) {
    final Integer index = conditions.get(condition);
    if (index == null) {
      owner.problem(line, "must name a condition of its net: condition=" + condition);
      return Net.NONE;
    }
    return index;
  }

  private void read(final Fields task, final int netCount) {
    final Draft draft = new Draft();
    final TaskDefinition definition = taskReader.read(task, netCount);
    if (definition != null) {
      tasks.add(definition);
      draft.start = start(task, definition.kind());
    }
    join(task, draft);
    final Split split = task.word("split", Split.class);
    draft.split = split == null ? Split.AND : split;
    for (final Node flow : task.neededList("from")) {
      from(task, flow, draft);
    }
    for (final Node flow : task.neededList("to")) {
      to(task, flow, draft);
    }
    for (int i = 0; i < draft.to.size(); i++) {
      if (draft.to.get(i).complementOf >= draft.to.size() || draft.to.get(i).complementOf == i) {
        task.problem(
            task.line(), "must name another of its flows: unless=" + draft.to.get(i).complementOf);
      }
    }
    final String failure = task.text("failure");
    draft.failure = failure == null ? Net.NONE : condition(task, failure, task.line());
    final String timeout = task.text("timeout");
    draft.timeout = timeout == null ? Net.NONE : condition(task, timeout, task.line());
    task.texts("enabledWhile")
        .forEach(each -> draft.milestones.add(condition(task, each.text, each.line)));
    for (final Node cancelled : task.texts("cancels")) {
      final Integer index = taskIndices.get(cancelled.text);
      if (index != null) {
        draft.cancelledTasks.add(index);
      } else {
        draft.cancelledConditions.add(condition(task, cancelled.text, cancelled.line));
      }
    }
    task.end();
    drafts.add(draft);
  }

  private static StartMode start(final Fields task, final TaskKind kind) {
    final boolean offered = task.truth("offered");
    if (offered && kind != TaskKind.DELAY) {
      task.problem(task.line(), "must be a delay where it says that it is offered");
    }
    return switch (kind) {
      case ROUTING -> StartMode.ROUTING;
      case MANUAL, MESSAGE, SIGNAL -> StartMode.OFFERED;
      case DELAY -> offered ? StartMode.OFFERED : StartMode.AUTOMATIC;
      case CANCEL, WORKER, INLINE, MULTIPLE_INSTANCE, COMPOSITE -> StartMode.AUTOMATIC;
    };
  }

  private static void join(final Fields task, final Draft draft) {
    final Node node = task.any("join");
    if (node != null && node.kind == Kind.OBJECT) {
      final Fields partial = task.object("join", "join");
      if (partial != null) {
        draft.threshold = partial.neededNumber("threshold", 1);
        final Reset reset = partial.word("reset", Reset.class);
        draft.reset = reset == null ? Reset.STRUCTURED : reset;
        partial.end();
      }
      return;
    }
    final Join join = task.word("join", Join.class);
    if (join == Join.PARTIAL) {
      task.problem(task.line(), "must say a partial join with its threshold, as an object");
    }
    draft.join = join == null ? Join.XOR : join;
  }

  private void from(final Fields task, final Node flow, final Draft draft) {
    if (flow.kind == Kind.TEXT) {
      draft.from.add(new FlowIn(condition(task, flow.text, flow.line), 1));
      return;
    }
    final Fields from = new Fields(flow, "flow into a task", findings);
    final int condition = condition(from, from.neededText("condition"), from.line());
    draft.from.add(new FlowIn(condition, from.number("weight", 1, 1)));
    from.end();
  }

  private void to(final Fields task, final Node flow, final Draft draft) {
    if (flow.kind == Kind.TEXT) {
      draft.to.add(new FlowOut(condition(task, flow.text, flow.line), 1, null, Net.NONE));
      return;
    }
    final Fields to = new Fields(flow, "flow out of a task", findings);
    final String target = to.neededText("condition");
    final int condition = condition(to, target, to.line());
    final Node when = to.any("when");
    final int number = to.number("number", 0, -1);
    final int complementOf = to.number("unless", 0, Net.NONE);
    final int weight = to.number("weight", 1, 1);
    Guard guard = null;
    if (when != null) {
      // An object of its own, so that each flow has its guard.
      final Guard read = guardReader.read(when, "the flow to " + target);
      guard = read;
      guards.add(new NumberedGuard(read, number, to.line()));
    } else if (number >= 0) {
      to.problem(to.line(), "must have a guard where it has a number: number=" + number);
    }
    if (complementOf != Net.NONE && (guard != null || weight != 1)) {
      to.problem(to.line(), "that stands for another must have neither guard nor weight");
    }
    if (to.truth("default")) {
      if (draft.defaultFlow != Net.NONE) {
        to.problem(to.line(), "must be the only default of its task");
      }
      draft.defaultFlow = draft.to.size();
    }
    to.end();
    draft.to.add(new FlowOut(condition, weight, guard, complementOf));
  }

  private void mutexes() {
    for (final Node node : fields.list("mutexes")) {
      final Fields mutex = new Fields(node, "mutex", findings);
      final String mutexName = mutex.neededText("name");
      final List<Set<Integer>> sections = new ArrayList<>();
      for (final Node section : mutex.neededList("sections")) {
        final Set<Integer> members = new LinkedHashSet<>();
        for (final Node member : section.items) {
          final Integer task = taskIndices.get(member.text);
          if (task == null || member.kind != Kind.TEXT) {
            mutex.problem(member.line, "must name tasks of its net: task=" + member.text);
          } else {
            members.add(task);
          }
        }
        if (section.kind != Kind.LIST || members.isEmpty()) {
          mutex.problem(section.line, "must have sections that are lists of tasks");
        }
        sections.add(members);
      }
      mutex.end();
      mutexes.add(new Mutex(mutexName, sections));
    }
  }

  /** Tells a builder everything; nothing must be wrong. */
  void fill(final NetBuilder net, final IdentityHashMap<Guard, Integer> numbers) {
    if (safe) {
      net.safeByConstruction();
    }
    write(net, numbers);
  }

  /** As {@link #fill}, for a net that is not kept as a mask, and is not for cases. */
  void fillUnsafe(final NetBuilder net) {
    final IdentityHashMap<Guard, Integer> numbers = new IdentityHashMap<>();
    guards.forEach(each -> numbers.put(each.guard(), numbers.size()));
    write(net, numbers);
  }

  private void write(final NetBuilder net, final IdentityHashMap<Guard, Integer> numbers) {
    conditionNames.forEach(net::condition);
    net.input(input);
    net.output(output);
    if (explicitTermination) {
      net.explicitTermination();
    }
    if (severalEnds) {
      net.severalEnds();
    }
    net.orJoinStatesMax(orJoinStatesMax);
    for (int task = 0; task < drafts.size(); task++) {
      final Draft draft = drafts.get(task);
      net.task(tasks.get(task).name(), draft.start, draft.join, draft.split);
      if (draft.reset != null) {
        net.partialJoin(task, draft.threshold, draft.reset);
      }
    }
    for (int task = 0; task < drafts.size(); task++) {
      write(net, task, drafts.get(task), numbers);
    }
    for (final Mutex mutex : mutexes) {
      final int index = net.mutex(mutex.name);
      mutex.sections.forEach(section -> net.criticalSection(index, section));
    }
  }

  private static void write(
      final NetBuilder net,
      final int task,
      final Draft draft,
      final IdentityHashMap<Guard, Integer> numbers) {
    draft.from.forEach(flow -> net.flowIn(flow.condition, task, flow.weight));
    for (final FlowOut flow : draft.to) {
      if (flow.complementOf == Net.NONE) {
        final Integer guard = flow.guard == null ? null : numbers.get(flow.guard);
        net.flowOut(task, flow.condition, flow.weight, guard == null ? Net.NONE : guard);
      } else {
        net.complementFlowOut(task, flow.condition, flow.complementOf);
      }
    }
    if (draft.defaultFlow != Net.NONE) {
      net.defaultFlow(task, draft.defaultFlow);
    }
    if (draft.failure != Net.NONE) {
      net.failureFlow(task, draft.failure);
    }
    if (draft.timeout != Net.NONE) {
      net.timeoutFlow(task, draft.timeout);
    }
    draft.milestones.forEach(condition -> net.readFlow(condition, task));
    draft.cancelledConditions.forEach(condition -> net.cancelsCondition(task, condition));
    draft.cancelledTasks.forEach(cancelled -> net.cancelsTask(task, cancelled));
  }
}
