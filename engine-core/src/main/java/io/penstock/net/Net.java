package io.penstock.net;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The compiled form of a workflow's control flow: immutable arrays of integers, indexed by task and
 * by condition.
 *
 * <p>Safe to share between threads; what changes in it are guesses and answers that save work and
 * change nothing. Made by {@link NetBuilder}.
 */
public final class Net {
  /** Most conditions, and most tasks, for which marking and activity fit one {@code long} each. */
  public static final int MASK_LIMIT = 64;

  /** Stands for "no such index". */
  public static final int NONE = -1;

  final String name;
  final String[] conditionNames;
  final String[] taskNames;
  final int input;
  final int output;
  final Join[] joins;
  final Split[] splits;
  final StartMode[] starts;
  final int[][] inputs;
  final int[][] inputWeights;
  final int[][] outputs;
  final int[][] outputWeights;
  final int[][] guards;
  final int[][] complements;
  final int[] defaults;
  final int[] failureConditions;
  final int[] timeoutConditions;
  final int[][] cancelledConditions;
  final int[][] cancelledTasks;
  final int[][] reads;

  /** A guess, for each AND-join, which input lacks a token; racy, and right or not as it may be. */
  final int[] lastMissing;

  final int[][] endedRounds;
  final int[] thresholds;
  final Reset[] resets;
  final int[] arrivalIndices;
  final int arrivalCount;
  final int[] orJoinTasks;
  final int orJoinStatesMax;
  final OrJoin[] orJoins;
  final Mutex[] mutexes;
  final int[][] entered;
  final int[][] enterers;
  final int[][] fedTasks;
  final boolean masked;
  final long[] inputMasks;
  final long[] readMasks;
  final long[] outputMasks;
  final boolean explicitTermination;

  /** For the verifier: whether the output may hold several tokens at a proper end. */
  final boolean severalEnds;

  /** Whether a task, left normally, does nothing but put one token into one condition. */
  final boolean[] passesOn;

  /** The only task that a condition concerns and that its token alone enables, or none. */
  final int[] receivers;

  Net(final NetBuilder from) {
    name = from.name;
    final int tasks = from.tasks.size();
    final int conditions = from.conditions.size();
    conditionNames = from.conditions.toArray(String[]::new);
    taskNames = new String[tasks];
    input = from.input;
    output = from.output;
    joins = new Join[tasks];
    splits = new Split[tasks];
    starts = new StartMode[tasks];
    inputs = new int[tasks][];
    inputWeights = new int[tasks][];
    outputs = new int[tasks][];
    outputWeights = new int[tasks][];
    guards = new int[tasks][];
    complements = new int[tasks][];
    defaults = new int[tasks];
    failureConditions = new int[tasks];
    timeoutConditions = new int[tasks];
    cancelledConditions = new int[tasks][];
    cancelledTasks = new int[tasks][];
    reads = new int[tasks][];
    lastMissing = new int[tasks];
    thresholds = new int[tasks];
    resets = new Reset[tasks];
    arrivalIndices = new int[tasks];
    int partialJoins = 0;
    for (int t = 0; t < tasks; t++) {
      compileTask(t, from.tasks.get(t));
      arrivalIndices[t] = joins[t] == Join.PARTIAL ? partialJoins++ : NONE;
    }
    arrivalCount = partialJoins;
    endedRounds = endedRounds();
    mutexes = from.mutexes.stream().map(Mutex::new).toArray(Mutex[]::new);
    entered = perTask(mutex -> mutex.entries);
    enterers = enterers();
    fedTasks = fedTasks(conditions);
    explicitTermination = from.explicitTermination;
    severalEnds = from.severalEnds;
    orJoinStatesMax = from.orJoinStatesMax;
    orJoinTasks = IntStream.range(0, tasks).filter(t -> joins[t].looksAtWholeNet()).toArray();
    masked =
        from.safe
            && !from.severalTokensPossible
            && conditions <= MASK_LIMIT
            && tasks <= MASK_LIMIT
            && orJoinTasks.length == 0;
    inputMasks = masks(inputs);
    readMasks = masks(reads);
    outputMasks = masks(outputs);
    passesOn = new boolean[tasks];
    for (int t = 0; t < tasks; t++) {
      passesOn[t] = masked && passesOn(t);
    }
    receivers = IntStream.range(0, conditions).map(this::receiver).toArray();
    orJoins = new OrJoin[orJoinTasks.length];
    for (int i = 0; i < orJoins.length; i++) {
      orJoins[i] = new OrJoin(this, orJoinTasks[i], from.orJoinStatesMax);
    }
  }

  private boolean passesOn(final int task) {
    return (splits[task] == Split.XOR || (splits[task] == Split.AND && outputs[task].length == 1))
        && cancelledTasks[task].length == 0
        && cancelledConditions[task].length == 0
        && enterers[task].length == 0
        && joins[task] != Join.PARTIAL;
  }

  private int receiver(final int condition) {
    if (fedTasks[condition].length != 1) {
      return NONE;
    }
    final int task = fedTasks[condition][0];
    final boolean isEnabledAlone =
        joins[task] == Join.XOR || (joins[task] == Join.AND && inputs[task].length == 1);
    final boolean isFree =
        reads[task].length == 0 && entered[task].length == 0 && enterers[task].length == 0;
    return isEnabledAlone && isFree && starts[task] != StartMode.ROUTING ? task : NONE;
  }

  /** For each task, the partial joins that its region names with all their inputs. */
  private int[][] endedRounds() {
    final int[][] ended = new int[taskNames.length][];
    for (int t = 0; t < ended.length; t++) {
      final Set<Integer> conditions =
          Arrays.stream(cancelledConditions[t]).boxed().collect(Collectors.toSet());
      ended[t] =
          Arrays.stream(cancelledTasks[t])
              .filter(join -> joins[join] == Join.PARTIAL)
              .filter(join -> Arrays.stream(inputs[join]).allMatch(conditions::contains))
              .toArray();
    }
    return ended;
  }

  /** For each task, the mutexes in one of whose lists it stands. */
  private int[][] perTask(final Function<Mutex, int[]> list) {
    final int[][] found = new int[taskNames.length][];
    for (int t = 0; t < found.length; t++) {
      final int task = t;
      found[t] =
          IntStream.range(0, mutexes.length)
              .filter(m -> Arrays.stream(list.apply(mutexes[m])).anyMatch(in -> in == task))
              .toArray();
    }
    return found;
  }

  /** For each task, those to look at when it begins or ends to hold a mutex. */
  private int[][] enterers() {
    return Arrays.stream(perTask(mutex -> mutex.tasks))
        .map(
            held ->
                Arrays.stream(held)
                    .flatMap(mutex -> Arrays.stream(mutexes[mutex].entries))
                    .distinct()
                    .toArray())
        .toArray(int[][]::new);
  }

  private void compileTask(final int t, final NetBuilder.TaskSpec task) {
    taskNames[t] = task.name;
    joins[t] = task.join;
    splits[t] = task.split;
    starts[t] = task.start;
    inputs[t] = task.in.stream().mapToInt(NetBuilder.Arc::condition).toArray();
    inputWeights[t] = task.in.stream().mapToInt(NetBuilder.Arc::weight).toArray();
    outputs[t] = task.out.stream().mapToInt(NetBuilder.Arc::condition).toArray();
    outputWeights[t] = task.out.stream().mapToInt(NetBuilder.Arc::weight).toArray();
    guards[t] = task.out.stream().mapToInt(NetBuilder.Arc::guard).toArray();
    complements[t] = task.out.stream().mapToInt(NetBuilder.Arc::complementOf).toArray();
    defaults[t] = task.defaultArc;
    failureConditions[t] = task.failureCondition;
    timeoutConditions[t] = task.timeoutCondition;
    cancelledConditions[t] =
        task.cancelledConditions.stream().mapToInt(Integer::intValue).toArray();
    reads[t] = task.read.stream().mapToInt(Integer::intValue).toArray();
    thresholds[t] = task.threshold;
    resets[t] = task.reset;
    cancelledTasks[t] = task.cancelledTasks.stream().mapToInt(Integer::intValue).toArray();
  }

  private int[][] fedTasks(final int conditions) {
    final List<List<Integer>> fed = NetBuilder.listOfLists(conditions);
    for (int t = 0; t < inputs.length; t++) {
      for (final int condition : concat(inputs[t], reads[t])) {
        if (!fed.get(condition).contains(t)) {
          fed.get(condition).add(t);
        }
      }
    }
    for (final Mutex mutex : mutexes) {
      for (final int condition : mutex.conditions) {
        for (final int task : mutex.entries) {
          if (!fed.get(condition).contains(task)) {
            fed.get(condition).add(task);
          }
        }
      }
    }
    return fed.stream()
        .map(tasks -> tasks.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }

  private static int[] concat(final int[] one, final int[] other) {
    return IntStream.concat(Arrays.stream(one), Arrays.stream(other)).toArray();
  }

  private long[] masks(final int[][] conditionsOfTasks) {
    final long[] masks = new long[conditionsOfTasks.length];
    for (int t = 0; masked && t < masks.length; t++) {
      for (final int condition : conditionsOfTasks[t]) {
        masks[t] |= 1L << condition;
      }
    }
    return masks;
  }

  /**
   * Name of the net.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Number of tasks, routing tasks included.
   *
   * @return at least 1
   */
  public int taskCount() {
    return taskNames.length;
  }

  /**
   * Number of conditions.
   *
   * @return at least 2
   */
  public int conditionCount() {
    return conditionNames.length;
  }

  /**
   * Name of a task.
   *
   * @param task its index
   * @return the name, unique in the net
   */
  public String taskName(final int task) {
    return taskNames[task];
  }

  /**
   * Whether several branches meet at a task.
   *
   * @param task its index
   * @return true when it has several input conditions and may need tokens in more than one
   */
  public boolean joinsBranches(final int task) {
    return inputs[task].length > 1 && joins[task] != Join.XOR;
  }

  /**
   * Name of a condition.
   *
   * @param condition its index
   * @return the name, unique in the net
   */
  public String conditionName(final int condition) {
    return conditionNames[condition];
  }

  /**
   * Who starts a task.
   *
   * @param task its index
   * @return the mode
   */
  public StartMode startMode(final int task) {
    return starts[task];
  }

  /**
   * Whether a task that is left this way has somewhere to go.
   *
   * @param task its index
   * @param exit how it is left
   * @return true for {@link Exit#NORMAL}, or when a condition was named for the exit
   */
  public boolean handles(final int task, final Exit exit) {
    return switch (exit) {
      case NORMAL -> true;
      case FAILURE -> failureConditions[task] != NONE;
      case TIMEOUT -> timeoutConditions[task] != NONE;
    };
  }

  /**
   * Whether the marking is one {@code long}: the net is 1-safe by construction and has at most
   * {@link #MASK_LIMIT} conditions and tasks.
   *
   * @return false when it is kept as counters
   */
  public boolean isMasked() {
    return masked;
  }

  /**
   * Length of the state that {@link Machine} plays on.
   *
   * @return bytes, a multiple of 8
   */
  public int stateLength() {
    return Machine.stateLength(this);
  }

  /** Whether a task could start if enough tokens were in each of these conditions. */
  boolean canStart(final int task, final BitSet marked) {
    final long present = Arrays.stream(inputs[task]).filter(marked::get).count();
    final long wanted =
        switch (joins[task]) {
          case AND -> inputs[task].length;
          case PARTIAL -> thresholds[task];
          case XOR, OR, INCLUSIVE -> 1;
        };
    return present >= wanted && Arrays.stream(reads[task]).allMatch(marked::get);
  }

  /** Marks whatever a task could mark, by whichever exit. */
  void markOutputs(final int task, final BitSet marked) {
    Arrays.stream(outputs[task]).forEach(marked::set);
    for (final int condition : new int[] {failureConditions[task], timeoutConditions[task]}) {
      if (condition != NONE) {
        marked.set(condition);
      }
    }
  }

  /**
   * The condition where a case begins.
   *
   * @return its index
   */
  public int input() {
    return input;
  }

  /**
   * The condition where a case ends.
   *
   * @return its index
   */
  public int output() {
    return output;
  }

  /**
   * The conditions that a task takes tokens from.
   *
   * @param task index of the task
   * @return indices of conditions, in the order of the flows; a copy
   */
  public int[] inputs(final int task) {
    return inputs[task].clone();
  }

  /**
   * The conditions that a task puts tokens into when it is left the normal way.
   *
   * @param task index of the task
   * @return indices of conditions, in the order of the flows; a copy
   */
  public int[] outputs(final int task) {
    return outputs[task].clone();
  }

  /**
   * The guards of a task's flows out.
   *
   * @param task index of the task
   * @return for each of {@link #outputs} the index of its guard in the workflow, or {@link #NONE}
   */
  public int[] guards(final int task) {
    return guards[task].clone();
  }

  /**
   * The flow that a task takes when no guard holds.
   *
   * @param task index of the task
   * @return its index in {@link #outputs}, or {@link #NONE}
   */
  public int defaultFlow(final int task) {
    return defaults[task];
  }

  /**
   * Whether a flow gets its token exactly when another one does not: it only tells the join that
   * nothing comes from there.
   *
   * @param task index of the task
   * @param flow its index in {@link #outputs}
   * @return true for such a flow
   */
  public boolean isComplement(final int task, final int flow) {
    return complements[task][flow] != NONE;
  }

  /**
   * Where the token goes when a task is left otherwise.
   *
   * @param task index of the task
   * @param exit how it is left; not the normal way
   * @return index of a condition, or {@link #NONE}
   */
  public int exitCondition(final int task, final Exit exit) {
    return exit == Exit.TIMEOUT ? timeoutConditions[task] : failureConditions[task];
  }

  /**
   * What a task waits for.
   *
   * @param task index of the task
   * @return its join
   */
  public Join join(final int task) {
    return joins[task];
  }

  /**
   * Where a task's tokens go.
   *
   * @param task index of the task
   * @return its split
   */
  public Split split(final int task) {
    return splits[task];
  }

  /**
   * How many tokens a task takes.
   *
   * @param task index of the task
   * @return for each of {@link #inputs} the number, at least 1; a copy
   */
  public int[] inputWeights(final int task) {
    return inputWeights[task].clone();
  }

  /**
   * How many tokens a task gives.
   *
   * @param task index of the task
   * @return for each of {@link #outputs} the number, at least 1; a copy
   */
  public int[] outputWeights(final int task) {
    return outputWeights[task].clone();
  }

  /**
   * The conditions that a task needs marked and does not empty (WCP-18).
   *
   * @param task index of the task
   * @return indices of conditions; a copy
   */
  public int[] milestones(final int task) {
    return reads[task].clone();
  }

  /**
   * The conditions that the completion of a task empties.
   *
   * @param task index of the task
   * @return indices of conditions; a copy
   */
  public int[] cancelledConditions(final int task) {
    return cancelledConditions[task].clone();
  }

  /**
   * The tasks that the completion of a task cancels.
   *
   * @param task index of the task
   * @return indices of tasks; a copy
   */
  public int[] cancelledTasks(final int task) {
    return cancelledTasks[task].clone();
  }

  /**
   * How many inputs a partial join waits for.
   *
   * @param task index of a task whose join is {@link Join#PARTIAL}
   * @return the number, at least 1
   */
  public int threshold(final int task) {
    return thresholds[task];
  }

  /**
   * What becomes of the other inputs of a partial join.
   *
   * @param task index of a task whose join is {@link Join#PARTIAL}
   * @return the mode
   */
  public Reset reset(final int task) {
    return resets[task];
  }

  /**
   * The mutexes that a task holds or has to wait for (WCP-39).
   *
   * @param task index of the task
   * @return their names, in the order in which they were declared
   */
  public List<String> mutexes(final int task) {
    return Arrays.stream(mutexes)
        .filter(mutex -> IntStream.of(mutex.tasks).anyMatch(each -> each == task))
        .map(mutex -> mutex.name)
        .toList();
  }

  /**
   * Whether a case ends as soon as the output is marked, whatever else is going on (WCP-43).
   *
   * @return true for explicit termination
   */
  public boolean endsExplicitly() {
    return explicitTermination;
  }

  /**
   * Whether the verifier takes several tokens in the output for a proper end.
   *
   * @return true when {@link NetBuilder#severalEnds} said so
   */
  public boolean endsSeverally() {
    return severalEnds;
  }

  /**
   * How far the search for the decision of an OR-join goes.
   *
   * @return markings kept for each set of marked inputs, at least 1
   */
  public int orJoinStatesMax() {
    return orJoinStatesMax;
  }

  /**
   * The flow that a complement replaces, see {@link #isComplement}.
   *
   * @param task index of the task
   * @param flow index of the complement in {@link #outputs}
   * @return index of the other flow in {@link #outputs}, or {@link #NONE} when it is no complement
   */
  public int complementOf(final int task, final int flow) {
    return complements[task][flow];
  }

  /**
   * The critical sections, mutex by mutex.
   *
   * @return the sections in the order of their declaration
   */
  public List<CriticalSections> criticalSections() {
    return Arrays.stream(mutexes).map(mutex -> mutex.sections).toList();
  }

  /**
   * A text that two nets share exactly when they have the same elements in the same order and keep
   * their state in the same form, for fingerprints. The elements do not say whether a small net is
   * kept as a mask: who makes it says that it is safe, or does not.
   *
   * @return the text; its form may change between versions
   */
  public String canonicalForm() {
    final StringBuilder text = new StringBuilder(name).append('|').append(explicitTermination);
    text.append('|').append(input).append('|').append(output);
    text.append('|').append(String.join(",", conditionNames));
    for (int t = 0; t < taskNames.length; t++) {
      text.append('|')
          .append(taskNames[t])
          .append(',')
          .append(joins[t])
          .append(',')
          .append(splits[t])
          .append(',')
          .append(starts[t]);
      for (final int[] row :
          List.of(
              inputs[t],
              inputWeights[t],
              outputs[t],
              outputWeights[t],
              complements[t],
              cancelledConditions[t],
              cancelledTasks[t],
              guards[t],
              reads[t])) {
        text.append(Arrays.toString(row));
      }
      text.append(defaults[t])
          .append(',')
          .append(failureConditions[t])
          .append(',')
          .append(timeoutConditions[t])
          .append(',')
          .append(thresholds[t])
          .append(',')
          .append(resets[t]);
    }
    for (final Mutex mutex : mutexes) {
      text.append('|').append(mutex.canonicalForm());
    }
    if (!masked) {
      text.append("|counted");
    }
    return text.toString();
  }
}
