package io.penstock.workflow;

import io.penstock.net.Net;
import io.penstock.net.Verification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A workflow: its control flow as {@link Net}s, what its tasks do, its variables and its objective.
 *
 * <p>Immutable and safe to share between threads and engines. Written with {@link #define} in
 * blocks, or with {@link #graph} as a graph of tasks and conditions.
 */
public final class Workflow {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final String name;
  private final int version;
  private final List<Net> nets;
  private final TaskDefinition[][] tasks;
  private final int[] taskBases;
  private final Guard[] guards;
  private final List<Variable<?>> variables;
  private final Map<Variable<?>, Integer> variableIndices;
  private final int[][] bodyNets;
  private final List<String> messages;
  private final List<String> signals;
  private final Set<String> keptMessages;
  private final @Nullable Duration deadline;
  private final Priority priority;
  private final @Nullable Objective objective;
  private final Map<String, Objective> serviceObjectives;
  private final Map<String, Objective> waitObjectives;
  private final @Nullable String unsoundReason;
  private final List<Verification> verifications;
  private final long fingerprint;

  Workflow(
      final WorkflowParts parts, final List<Net> nets, final List<Verification> verifications) {
    name = parts.name;
    version = parts.version;
    this.nets = List.copyOf(nets);
    tasks =
        parts.tasks.stream()
            .map(list -> list.toArray(TaskDefinition[]::new))
            .toArray(TaskDefinition[][]::new);
    taskBases = new int[tasks.length];
    for (int i = 1; i < tasks.length; i++) {
      taskBases[i] = taskBases[i - 1] + tasks[i - 1].length;
    }
    guards = parts.guards.toArray(Guard[]::new);
    variables = List.copyOf(parts.variables);
    variableIndices = new HashMap<>();
    for (int i = 0; i < variables.size(); i++) {
      variableIndices.put(variables.get(i), i);
    }
    bodyNets =
        Arrays.stream(tasks)
            .map(list -> Arrays.stream(list).mapToInt(parts::bodyNet).toArray())
            .toArray(int[][]::new);
    messages = triggers(TaskKind.MESSAGE);
    signals = triggers(TaskKind.SIGNAL);
    keptMessages =
        Arrays.stream(tasks)
            .flatMap(Arrays::stream)
            .filter(task -> task.kind() == TaskKind.MESSAGE && !task.whileWaiting())
            .map(TaskDefinition::message)
            .collect(Collectors.toUnmodifiableSet());
    deadline = parts.deadline;
    priority = parts.priority;
    objective = parts.objective;
    serviceObjectives = Map.copyOf(parts.serviceObjectives);
    waitObjectives = Map.copyOf(parts.waitObjectives);
    unsoundReason = parts.unsoundReason;
    this.verifications = List.copyOf(verifications);
    fingerprint = computeFingerprint();
  }

  private List<String> triggers(final TaskKind kind) {
    return Arrays.stream(tasks)
        .flatMap(Arrays::stream)
        .filter(task -> task.kind() == kind)
        .map(TaskDefinition::message)
        .distinct()
        .collect(Collectors.toUnmodifiableList());
  }

  /**
   * Starts a workflow written in blocks.
   *
   * @param name name of the workflow
   * @return the builder
   */
  public static WorkflowBuilder define(final String name) {
    return new WorkflowBuilder(new WorkflowParts(name));
  }

  /**
   * Starts a workflow written as a graph of tasks, conditions and flows, for what blocks cannot
   * say.
   *
   * @param name name of the workflow
   * @return the builder
   */
  public static GraphBuilder graph(final String name) {
    return new GraphBuilder(new WorkflowParts(name));
  }

  /**
   * Starts a workflow that is put together from nets, for tools that keep workflows in a form of
   * their own.
   *
   * @param name name of the workflow
   * @return the assembly, without a net
   */
  public static WorkflowAssembly assemble(final String name) {
    return new WorkflowAssembly(new WorkflowParts(name));
  }

  /**
   * Name of the workflow.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Version of the workflow; running cases stay on theirs.
   *
   * @return at least 1
   */
  public int version() {
    return version;
  }

  /**
   * The nets: the workflow's own first, then one for each repeated block and sub-workflow.
   *
   * @return the nets
   */
  public List<Net> nets() {
    return nets;
  }

  /**
   * What the workflow says of a task.
   *
   * @param net index of the net
   * @param task index of the task in the net
   * @return the definition
   */
  public TaskDefinition task(final int net, final int task) {
    return tasks[net][task];
  }

  /**
   * The net that the cases inside a task run on.
   *
   * @param net index of the net
   * @param task index of the task in the net
   * @return index into {@link #nets()}, or {@link Net#NONE} for a task without cases inside
   */
  public int bodyNet(final int net, final int task) {
    return bodyNets[net][task];
  }

  /**
   * A number for each task, over all nets.
   *
   * @param net index of the net
   * @param task index of the task in the net
   * @return from 0 to {@link #taskCount()} - 1
   */
  public int taskNumber(final int net, final int task) {
    return taskBases[net] + task;
  }

  /**
   * Number of tasks over all nets.
   *
   * @return at least 1
   */
  public int taskCount() {
    return taskBases[tasks.length - 1] + tasks[tasks.length - 1].length;
  }

  /**
   * A guard.
   *
   * @param guard its index, as the nets have it
   * @return the guard
   */
  public Guard guard(final int guard) {
    return guards[guard];
  }

  /**
   * The variables, in the order of their slots.
   *
   * @return the variables
   */
  public List<Variable<?>> variables() {
    return variables;
  }

  /**
   * The slot of a variable.
   *
   * @param variable the variable
   * @return its index in {@link #variables()}
   * @throws UnknownVariableException when the workflow does not declare it
   */
  public int slot(final Variable<?> variable) {
    final Integer index = variableIndices.get(variable);
    if (index == null) {
      throw new UnknownVariableException(name, variable);
    }
    return index;
  }

  /**
   * Finds a variable by name, for data that comes from outside.
   *
   * @param variableName its name
   * @return the variable, or empty when the workflow declares none of that name
   */
  public Optional<Variable<?>> variable(final String variableName) {
    return variables.stream().filter(variable -> variable.name().equals(variableName)).findFirst();
  }

  /**
   * The names of the messages that the workflow can wait for.
   *
   * @return the names
   */
  public List<String> messages() {
    return messages;
  }

  /**
   * Whether a message that comes early is kept until a task waits for it.
   *
   * @param message name of a message
   * @return false when all that wait for it want one that comes while they wait
   */
  public boolean keeps(final String message) {
    return keptMessages.contains(message);
  }

  /**
   * The names of the signals that the workflow can wait for.
   *
   * @return the names
   */
  public List<String> signals() {
    return signals;
  }

  /**
   * How long a case may take.
   *
   * @return the deadline, or empty when it may take for ever
   */
  public Optional<Duration> deadline() {
    return Optional.ofNullable(deadline);
  }

  /**
   * When its cases are taken in, if the engine has more to start than it keeps its objectives with.
   *
   * @return the priority of cases that are started without one of their own
   */
  public Priority priority() {
    return priority;
  }

  /**
   * The objective for whole cases, from start to outcome.
   *
   * @return the objective, or empty when none was declared
   */
  public Optional<Objective> objective() {
    return Optional.ofNullable(objective);
  }

  /**
   * The objective for the service time of a task.
   *
   * @param task name of a task
   * @return the objective, or empty when none was declared
   */
  public Optional<Objective> objective(final String task) {
    return Optional.ofNullable(serviceObjectives.get(task));
  }

  /**
   * The objective for the wait of a task, from the handing out of its work to the start of its
   * handler.
   *
   * @param task name of a task
   * @return the objective, or empty when none was declared
   */
  public Optional<Objective> waitObjective(final String task) {
    return Optional.ofNullable(waitObjectives.get(task));
  }

  /**
   * What the verifier found out about each net when the workflow was built, for unit tests: a net
   * that is too large or that cancels may be neither proved sound nor unsound.
   *
   * @return one verification for each of {@link #nets()}, in the same order
   */
  public List<Verification> verify() {
    return verifications;
  }

  /**
   * Why this workflow may be unsound, as its author said.
   *
   * @return the reason, or empty when the author said nothing
   */
  public Optional<String> unsoundReason() {
    return Optional.ofNullable(unsoundReason);
  }

  /**
   * A number that two workflows share exactly when their case records mean the same: same nets,
   * tasks and variables. What handlers and guards do is no part of it.
   *
   * @return the fingerprint
   */
  public long fingerprint() {
    return fingerprint;
  }

  private long computeFingerprint() {
    final List<String> texts = new ArrayList<>();
    texts.add(name + '|' + version);
    nets.forEach(net -> texts.add(net.canonicalForm()));
    final Function<TaskDefinition, String> text =
        task ->
            task.name()
                + ','
                + task.kind()
                + ','
                + task.message()
                + ','
                + (task.instances() == null ? "" : task.instances().bodyNet())
                + (task.subworkflow() == null ? "" : task.subworkflow())
                + (task.whileWaiting() ? ",while waiting" : "");
    Arrays.stream(tasks).flatMap(Arrays::stream).map(text).forEach(texts::add);
    variables.forEach(variable -> texts.add(variable.toString()));
    long hash = FNV_OFFSET;
    for (final byte b : String.join("\n", texts).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  @Override
  public String toString() {
    return name + " v" + version;
  }
}
