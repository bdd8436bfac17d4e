package io.penstock.workflow;

import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.NetBuilder;
import io.penstock.net.Reset;
import io.penstock.net.Split;
import io.penstock.net.StartMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A run of steps, one after the other; each verb appends one. Not thread safe.
 *
 * <p>{@link #retry}, {@link #deadline}, {@link #onFailure}, {@link #onTimeout} and {@link #reduce}
 * say more of the step just appended. Nets made this way are 1-safe and have one way in and one way
 * out.
 *
 * @param <B> the block's own type
 */
public abstract class Block<B extends Block<B>> {
  final WorkflowParts parts;
  private final int netIndex;
  private final NetBuilder net;
  private final List<TaskDefinition> tasks;
  private int first = Net.NONE;
  private int current = Net.NONE;
  private int last = Net.NONE;

  /** The mutex that each step holds by itself, or none. */
  private int exclusive = Net.NONE;

  Block(final WorkflowParts parts, final int netIndex) {
    this.parts = parts;
    this.netIndex = netIndex;
    net = parts.nets.get(netIndex);
    tasks = parts.tasks.get(netIndex);
  }

  abstract B self();

  /** Begins a net of its own: this block is the whole of it. */
  final void begin() {
    net.safeByConstruction();
    beginAt(net.condition("start"));
    net.input(first);
  }

  /** Begins at a condition of the net that another block began. */
  final void beginAt(final int condition) {
    first = condition;
    current = condition;
  }

  /** Ends a net of its own. */
  final void end() {
    if (current == first) {
      net.fault("block must have at least one step: workflow=" + parts.name);
    }
    net.output(current);
  }

  /**
   * Appends a task whose handler runs on a worker thread and may block.
   *
   * @param name unique in the workflow
   * @param handler what it does
   * @return this
   */
  public final B task(final String name, final TaskHandler handler) {
    append(TaskDefinition.of(name, TaskKind.WORKER).withHandler(handler), StartMode.AUTOMATIC);
    return self();
  }

  /**
   * Appends a task whose handler runs on the shard's own thread: it must be quick and must not
   * block, as it holds up every case of the shard. Saves the hop to a worker thread.
   *
   * @param name unique in the workflow
   * @param handler what it does
   * @return this
   */
  public final B inlineTask(final String name, final TaskHandler handler) {
    append(TaskDefinition.of(name, TaskKind.INLINE).withHandler(handler), StartMode.AUTOMATIC);
    return self();
  }

  /**
   * Appends a work item that somebody outside completes.
   *
   * @param name unique in the workflow
   * @return this
   */
  public final B manual(final String name) {
    append(TaskDefinition.of(name, TaskKind.MANUAL), StartMode.OFFERED);
    return self();
  }

  /**
   * Waits for a message of this name; one that came before is taken at once (WCP-24).
   *
   * @param message name of the message, and of the task
   * @return this
   */
  public final B awaitMessage(final String message) {
    append(TaskDefinition.of(message, TaskKind.MESSAGE).withMessage(message), StartMode.OFFERED);
    return self();
  }

  /**
   * Waits for a signal; one that came before is lost (WCP-23).
   *
   * @param signal name of the signal, and of the task
   * @return this
   */
  public final B awaitSignal(final String signal) {
    append(TaskDefinition.of(signal, TaskKind.SIGNAL).withMessage(signal), StartMode.OFFERED);
    return self();
  }

  /**
   * Waits for whichever of several things happens first, and goes on with what belongs to it; the
   * others are withdrawn (WCP-16: the environment chooses, not the data).
   *
   * @param alternatives adds what may happen
   * @return this
   */
  public final B awaitFirst(final Consumer<Alternatives> alternatives) {
    final Alternatives collected = new Alternatives();
    alternatives.accept(collected);
    final String name = generated("first");
    if (collected.tasks.size() < 2) {
      net.fault(
          "awaitFirst must have at least two alternatives: element="
              + name
              + ", alternatives="
              + collected.tasks.size());
    }
    final int before = current;
    final int after = net.condition("after " + name);
    for (int i = 0; i < collected.tasks.size(); i++) {
      moveTo(before, Net.NONE);
      append(collected.tasks.get(i), StartMode.OFFERED);
      net.merge(after, inner(current, collected.blocks.get(i)));
    }
    moveTo(after, Net.NONE);
    return self();
  }

  /**
   * Runs a sub-workflow as a case inside the case (WCP-22). It begins with a copy of the variables;
   * when it completes, exactly those that it wrote come back. The workflow's own name may be said
   * too.
   *
   * @param name unique in the workflow
   * @param subworkflow name of the sub-workflow, declared anywhere
   * @return this
   */
  public final B call(final String name, final String subworkflow) {
    append(
        TaskDefinition.of(name, TaskKind.COMPOSITE).withSubworkflow(subworkflow),
        StartMode.AUTOMATIC);
    return self();
  }

  /**
   * Waits for a time to pass.
   *
   * @param name unique in the workflow
   * @param duration how long; positive
   * @return this
   */
  public final B delay(final String name, final Duration duration) {
    append(
        TaskDefinition.of(name, TaskKind.DELAY).withDeadline(checkPositive("delay", duration)),
        StartMode.AUTOMATIC);
    return self();
  }

  /**
   * Ends the case as cancelled: nothing else of it goes on (WCP-20).
   *
   * @return this
   */
  public final B cancel() {
    append(TaskDefinition.of(generated("cancel"), TaskKind.CANCEL), StartMode.AUTOMATIC);
    return self();
  }

  /**
   * Runs branches at the same time and goes on when all are done (WCP-02, WCP-03), or so many of
   * them as {@link Branches#waitFor} says.
   *
   * @param branches adds the branches
   * @return this
   */
  public final B parallel(final Consumer<Branches> branches) {
    return branch("parallel", branches, exclusive);
  }

  /**
   * Runs the steps of all branches, those of each branch in their order, but never two at the same
   * time; which branch comes next is open (WCP-17; with one step a branch, WCP-40).
   *
   * @param branches adds the branches
   * @return this
   */
  public final B interleaved(final Consumer<Branches> branches) {
    return branch("interleaved", branches, net.mutex(generated("interleaved")));
  }

  /**
   * Runs a block while nothing else is within a critical section of the same mutex in this case
   * (WCP-39). The mutex is free again however the block is left, by completion, failure or
   * cancellation.
   *
   * @param mutex name of the mutex
   * @param block adds the steps
   * @return this
   */
  public final B critical(final String mutex, final Consumer<Sequence> block) {
    final String name = generated("critical section");
    final int enter = route(name, Join.XOR, Split.AND);
    net.flowIn(current, enter, 1);
    final int begin = net.condition(name + " body");
    net.flowOut(enter, begin, 1, Net.NONE);
    final int end = inner(begin, block);
    if (end == begin) {
      net.fault("critical section must have at least one step: element=" + name);
    }
    final int leave = route(name + " done", Join.XOR, Split.AND);
    net.flowIn(end, leave, 1);
    net.criticalSection(parts.mutex(netIndex, Names.check("mutex", mutex)), tasks(enter, leave));
    leave(leave, name);
    return self();
  }

  private B branch(final String what, final Consumer<Branches> branches, final int exclusiveTasks) {
    final Branches collected = new Branches();
    branches.accept(collected);
    final String name = generated(what);
    if (collected.branches.size() < 2) {
      net.fault(
          what
              + " must have at least two branches: element="
              + name
              + ", branches="
              + collected.branches.size());
    }
    final int split = route(name, Join.XOR, Split.AND);
    net.flowIn(current, split, 1);
    final int join = route(name + " done", Join.AND, Split.AND);
    final int firstCondition = net.condition(name + " branch 1");
    for (int i = 0; i < collected.branches.size(); i++) {
      final int begin = i == 0 ? firstCondition : net.condition(name + " branch " + (i + 1));
      net.flowOut(split, begin, 1, Net.NONE);
      net.flowIn(inner(begin, collected.branches.get(i), exclusiveTasks), join, 1);
    }
    if (collected.threshold != Branches.ALL) {
      waitFor(collected, name, join, firstCondition);
    }
    leave(join, name);
    return self();
  }

  private void waitFor(
      final Branches branches, final String name, final int join, final int firstCondition) {
    if (branches.threshold < 1 || branches.threshold > branches.branches.size()) {
      net.fault(
          "parallel must wait for 1 to all of its branches: element="
              + name
              + ", threshold="
              + branches.threshold
              + ", branches="
              + branches.branches.size());
    }
    if (branches.rest == Rest.RUN_ON) {
      // In a loop the next round may begin before this one is over: its tokens are held until then.
      net.partialJoin(join, branches.threshold, Reset.BLOCKING);
      net.severalTokensPossible();
      return;
    }
    net.partialJoin(join, branches.threshold, Reset.CANCELLING);
    tasks(join + 1, tasks.size() - 1).forEach(task -> net.cancelsTask(join, task));
    net.conditionsFrom(firstCondition).forEach(condition -> net.cancelsCondition(join, condition));
  }

  private static Set<Integer> tasks(final int from, final int to) {
    return IntStream.rangeClosed(from, to)
        .boxed()
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /**
   * Takes the first branch whose guard holds, else the one named otherwise (WCP-04, WCP-05).
   *
   * @param choices adds the branches
   * @return this
   */
  public final B choice(final Consumer<Choices> choices) {
    final Choices collected = collect(choices, "choice");
    final String name = generated("choice");
    final int split = route(name, Join.XOR, Split.XOR);
    net.flowIn(current, split, 1);
    final int after = net.condition("after " + name);
    for (int i = 0; i < collected.guards.size(); i++) {
      final int begin = net.condition(name + " branch " + (i + 1));
      net.flowOut(split, begin, 1, parts.guard(collected.guards.get(i)));
      net.merge(after, inner(begin, collected.branches.get(i)));
    }
    final int begin = net.condition(name + " otherwise");
    net.defaultFlow(split, net.flowOut(split, begin, 1, Net.NONE));
    net.merge(after, inner(begin, collected.otherwise()));
    moveTo(after, Net.NONE);
    return self();
  }

  /**
   * Takes every branch whose guard holds, all judged on the same data, else the one named
   * otherwise; goes on when those taken are done (WCP-06, WCP-07).
   *
   * @param choices adds the branches
   * @return this
   */
  public final B inclusiveChoice(final Consumer<Choices> choices) {
    final Choices collected = collect(choices, "inclusive choice");
    final String name = generated("inclusive choice");
    final int split = route(name, Join.XOR, Split.OR);
    net.flowIn(current, split, 1);
    final int join = route(name + " done", Join.AND, Split.AND);
    for (int i = 0; i < collected.guards.size(); i++) {
      final int begin = net.condition(name + " branch " + (i + 1));
      final int flow = net.flowOut(split, begin, 1, parts.guard(collected.guards.get(i)));
      inclusiveBranch(split, flow, join, inner(begin, collected.branches.get(i)));
    }
    final int begin = net.condition(name + " otherwise");
    final int flow = net.flowOut(split, begin, 1, Net.NONE);
    net.defaultFlow(split, flow);
    inclusiveBranch(split, flow, join, inner(begin, collected.otherwise()));
    leave(join, name);
    return self();
  }

  /** A branch not taken puts its token straight where the join looks for it. */
  private void inclusiveBranch(final int split, final int flow, final int join, final int end) {
    net.complementFlowOut(split, end, flow);
    net.flowIn(end, join, 1);
  }

  /**
   * Repeats a block as long as a guard holds; not even once when it does not hold at the beginning
   * (WCP-21).
   *
   * @param guard judged before each round
   * @param body adds the steps
   * @return this
   */
  public final B whileTrue(final Guard guard, final Consumer<Sequence> body) {
    final String name = generated("while");
    final int head = enterLoop(name);
    final int test = route(name + " test", Join.XOR, Split.XOR);
    net.flowIn(head, test, 1);
    final int begin = net.condition(name + " body");
    net.flowOut(test, begin, 1, parts.guard(guard));
    net.merge(head, inner(begin, body));
    leaveLoop(test, name);
    return self();
  }

  /**
   * Repeats a block until a guard holds; at least once (WCP-21).
   *
   * @param body adds the steps
   * @param guard judged after each round
   * @return this
   */
  public final B repeatUntil(final Guard guard, final Consumer<Sequence> body) {
    final String name = generated("repeat");
    final int head = enterLoop(name);
    final int end = inner(head, body);
    if (end == head) {
      net.fault("repeated block must have at least one step: element=" + name);
    }
    final int test = route(name + " test", Join.XOR, Split.XOR);
    net.flowIn(end, test, 1);
    net.flowOut(test, head, 1, parts.guard(guard.not()));
    leaveLoop(test, name);
    return self();
  }

  /**
   * Runs a block so many times at once and goes on when all are done (WCP-13). When an instance
   * ends otherwise than completed, the others are cancelled and the step fails.
   *
   * <p>{@link #until}, {@link #addable}, {@link #keptOpen} and {@link #detached} change when it
   * goes on, {@link #reduce} what the instances leave.
   *
   * @param name unique in the workflow
   * @param count how many instances, from 1 to {@link MultipleInstance#COUNT_MAX}
   * @param body adds the steps of an instance; {@link Work#instance()} is its number
   * @return this
   */
  public final B instances(final String name, final int count, final Consumer<Sequence> body) {
    return append(name, MultipleInstance.constant(Sequence.net(parts, name, body), count));
  }

  /**
   * As {@link #instances(String, int, Consumer)}, with a number that a variable says when the step
   * starts (WCP-14). With 0 it is passed over; without a value, or one out of range, it fails.
   *
   * @param name unique in the workflow
   * @param count says how many instances, from 0 to {@link MultipleInstance#COUNT_MAX}
   * @param body adds the steps of an instance; {@link Work#instance()} is its number
   * @return this
   */
  public final B instances(
      final String name, final Variable<Long> count, final Consumer<Sequence> body) {
    parts.variables.add(count);
    return append(name, MultipleInstance.computed(Sequence.net(parts, name, body), count));
  }

  /**
   * Runs a block once for each item of a list, all at the same time, and goes on when all are done
   * (WCP-14). An empty list is passed over. When an instance ends otherwise than completed, the
   * others are cancelled and the step fails.
   *
   * @param <T> type of the items
   * @param name unique in the workflow
   * @param item variable in which each instance finds its item
   * @param items makes the list; runs on a worker thread
   * @param body adds the steps of an instance
   * @return this
   */
  public final <T> B forEach(
      final String name,
      final Variable<T> item,
      final MultipleInstance.Items<T> items,
      final Consumer<Sequence> body) {
    parts.variables.add(item);
    return append(name, MultipleInstance.forEach(Sequence.net(parts, name, body), item, items));
  }

  private B append(final String name, final MultipleInstance instances) {
    append(
        TaskDefinition.of(name, TaskKind.MULTIPLE_INSTANCE).withInstances(instances),
        StartMode.AUTOMATIC);
    return self();
  }

  /**
   * Lets the multiple-instance step just appended go on when so many instances have completed
   * (WCP-34, WCP-35).
   *
   * @param threshold from 1 to the number of instances
   * @param rest what becomes of those that still run
   * @return this
   */
  public final B until(final int threshold, final Rest rest) {
    lastInstances("until").until(threshold, rest);
    return self();
  }

  /**
   * Lets the multiple-instance step just appended go on when a guard holds (WCP-36).
   *
   * @param enough judged on the case's variables after each completed instance has been reduced
   * @param rest what becomes of those that still run
   * @return this
   */
  public final B until(final Guard enough, final Rest rest) {
    lastInstances("until").until(enough, rest);
    parts.declareRead(enough);
    return self();
  }

  /**
   * Lets instances be added to the multiple-instance step just appended while it is busy; it goes
   * on when all created so far have completed (WCP-15).
   *
   * @param maximum up to how many instances in all may be added
   * @return this
   */
  public final B addable(final int maximum) {
    lastInstances("addable").addable(maximum);
    return self();
  }

  /**
   * Lets the addable step just appended wait for more instances, even when all have completed,
   * until somebody closes it.
   *
   * @return this
   */
  public final B keptOpen() {
    lastInstances("keptOpen").keepOpen();
    return self();
  }

  /**
   * Lets the multiple-instance step just appended go on as soon as its instances run; they run on,
   * and the case waits for them before it completes (WCP-12).
   *
   * @return this
   */
  public final B detached() {
    lastInstances("detached").detach();
    return self();
  }

  /**
   * Folds a variable of each instance of the multiple-instance step just appended into a variable
   * of the case.
   *
   * @param <V> type of both
   * @param from variable of the instance
   * @param into variable of the case
   * @param operator associative and commutative, quick, without effects
   * @return this
   */
  public final <V> B reduce(
      final Variable<V> from, final Variable<V> into, final BinaryOperator<V> operator) {
    lastInstances("reduce").reduce(new MultipleInstance.Reduction<>(from, into, operator));
    parts.variables.add(from);
    parts.variables.add(into);
    return self();
  }

  private MultipleInstance lastInstances(final String verb) {
    return lastTask(verb).instances(verb);
  }

  /**
   * Tries the task just appended again when it fails.
   *
   * @param retry how often and when
   * @return this
   */
  public final B retry(final Retry retry) {
    final TaskDefinition task = lastTask("retry");
    task.checkCanBeRetried("retry");
    tasks.set(last, task.withRetry(retry));
    return self();
  }

  /**
   * Limits how long the step just appended may wait or run, all tries together. When it takes
   * longer, {@link #onTimeout} is next, or the case ends as timed out.
   *
   * @param deadline from its start or its offer; positive
   * @return this
   */
  public final B deadline(final Duration deadline) {
    final TaskDefinition task = lastTask("deadline");
    task.checkCanTimeOut("deadline");
    tasks.set(last, task.withDeadline(checkPositive("deadline", deadline)));
    return self();
  }

  /**
   * What happens, instead of the case failing, when the task just appended fails for good; then the
   * case goes on after it.
   *
   * @param block adds the steps
   * @return this
   */
  public final B onFailure(final Consumer<Sequence> block) {
    final TaskDefinition task = lastTask("onFailure");
    task.checkCanFail("onFailure");
    final int begin = net.condition("failure of " + task.name());
    net.failureFlow(last, begin);
    net.merge(current, inner(begin, block));
    return self();
  }

  /**
   * What happens, instead of the case timing out, when the deadline of the step just appended
   * passes; then the case goes on after it.
   *
   * @param block adds the steps
   * @return this
   */
  public final B onTimeout(final Consumer<Sequence> block) {
    final TaskDefinition task = lastTask("onTimeout");
    if (task.deadline() == null || task.kind() == TaskKind.DELAY) {
      throw new IllegalStateException("onTimeout must follow deadline: task=" + task.name());
    }
    final int begin = net.condition("time-out of " + task.name());
    net.timeoutFlow(last, begin);
    net.merge(current, inner(begin, block));
    return self();
  }

  static Duration checkPositive(final String what, final Duration duration) {
    if (duration.isZero()
        || duration.isNegative()
        || duration.compareTo(Duration.ofDays(36_500)) > 0) {
      throw new IllegalArgumentException(
          what + " must be positive and at most 100 years: duration=" + duration);
    }
    return duration;
  }

  private void append(final TaskDefinition definition, final StartMode start) {
    final int task = net.task(Names.check("task", definition.name()), start, Join.XOR, Split.AND);
    tasks.add(definition);
    net.flowIn(current, task, 1);
    if (exclusive != Net.NONE) {
      net.criticalSection(exclusive, Set.of(task));
    }
    leave(task, definition.name());
    last = task;
  }

  private int route(final String name, final Join join, final Split split) {
    tasks.add(TaskDefinition.of(name, TaskKind.ROUTING));
    return net.task(name, StartMode.ROUTING, join, split);
  }

  private void leave(final int task, final String name) {
    final int after = net.condition("after " + name);
    net.flowOut(task, after, 1, Net.NONE);
    moveTo(after, Net.NONE);
  }

  private void moveTo(final int condition, final int lastTask) {
    current = condition;
    last = lastTask;
  }

  private int enterLoop(final String name) {
    final int enter = route(name, Join.XOR, Split.AND);
    net.flowIn(current, enter, 1);
    final int head = net.condition(name + " head");
    net.flowOut(enter, head, 1, Net.NONE);
    return head;
  }

  private void leaveLoop(final int test, final String name) {
    final int after = net.condition("after " + name);
    net.defaultFlow(test, net.flowOut(test, after, 1, Net.NONE));
    moveTo(after, Net.NONE);
  }

  private int inner(final int begin, final Consumer<Sequence> block) {
    return inner(begin, block, exclusive);
  }

  private int inner(final int begin, final Consumer<Sequence> block, final int exclusiveTasks) {
    final Sequence sequence = new Sequence(parts, netIndex);
    ((Block<?>) sequence).exclusive = exclusiveTasks;
    sequence.beginAt(begin);
    block.accept(sequence);
    return ((Block<?>) sequence).current;
  }

  private Choices collect(final Consumer<Choices> choices, final String what) {
    final Choices collected = new Choices();
    choices.accept(collected);
    if (collected.guards.isEmpty()) {
      net.fault(what + " must have at least one guarded branch: after=" + nameOfLast());
    }
    if (collected.otherwise == null) {
      net.fault(
          what
              + " must say what happens otherwise: after="
              + nameOfLast()
              + "; an empty otherwise(skip -> {}) goes on");
    }
    return collected;
  }

  private String nameOfLast() {
    return last == Net.NONE ? "(start of block)" : tasks.get(last).name();
  }

  private String generated(final String what) {
    return what + " #" + (tasks.size() + 1);
  }

  private TaskDefinition lastTask(final String verb) {
    if (last == Net.NONE) {
      throw new IllegalStateException(verb + " must follow a step: workflow=" + parts.name);
    }
    return tasks.get(last);
  }

  /** Collects what {@link Block#awaitFirst} waits for. */
  public static final class Alternatives {
    private final List<TaskDefinition> tasks = new ArrayList<>();
    private final List<Consumer<Sequence>> blocks = new ArrayList<>();

    Alternatives() {}

    /**
     * Adds a message; one that came before counts as coming now.
     *
     * @param message name of the message, and of the task
     * @param block adds what happens then
     * @return this
     */
    public Alternatives message(final String message, final Consumer<Sequence> block) {
      return add(TaskDefinition.of(message, TaskKind.MESSAGE).withMessage(message), block);
    }

    /**
     * Adds a signal; one that came before is lost.
     *
     * @param signal name of the signal, and of the task
     * @param block adds what happens then
     * @return this
     */
    public Alternatives signal(final String signal, final Consumer<Sequence> block) {
      return add(TaskDefinition.of(signal, TaskKind.SIGNAL).withMessage(signal), block);
    }

    /**
     * Adds a work item that somebody may complete.
     *
     * @param name unique in the workflow
     * @param block adds what happens then
     * @return this
     */
    public Alternatives manual(final String name, final Consumer<Sequence> block) {
      return add(TaskDefinition.of(name, TaskKind.MANUAL), block);
    }

    /**
     * Adds the passing of a time.
     *
     * @param name unique in the workflow
     * @param duration how long; positive
     * @param block adds what happens then
     * @return this
     */
    public Alternatives after(
        final String name, final Duration duration, final Consumer<Sequence> block) {
      final TaskDefinition delay = TaskDefinition.of(name, TaskKind.DELAY);
      return add(delay.withDeadline(checkPositive("delay", duration)), block);
    }

    private Alternatives add(final TaskDefinition task, final Consumer<Sequence> block) {
      tasks.add(task);
      blocks.add(block);
      return this;
    }
  }

  /** Collects the branches of {@link Block#parallel} and {@link Block#interleaved}. */
  public static final class Branches {
    private static final int ALL = -1;

    private final List<Consumer<Sequence>> branches = new ArrayList<>();
    private int threshold = ALL;
    private Rest rest = Rest.WAIT;

    Branches() {}

    /**
     * Adds a branch.
     *
     * @param block adds its steps
     * @return this
     */
    public Branches branch(final Consumer<Sequence> block) {
      branches.add(block);
      return this;
    }

    /**
     * Goes on when so many branches are done.
     *
     * @param branchCount from 1 to the number of branches
     * @param others {@link Rest#RUN_ON}: the others run to their end, which changes nothing, and
     *     the case does not end before them (WCP-30; 1 is WCP-09); {@link Rest#CANCEL}: they are
     *     cancelled (WCP-32; 1 is WCP-29)
     * @return this
     */
    public Branches waitFor(final int branchCount, final Rest others) {
      if (others == Rest.WAIT) {
        throw new IllegalArgumentException(
            "others must run on or be cancelled: rest=WAIT; leave waitFor away to wait for all");
      }
      threshold = branchCount;
      rest = others;
      return this;
    }
  }

  /** Collects the branches of {@link Block#choice} and {@link Block#inclusiveChoice}. */
  public static final class Choices {
    private final List<Guard> guards = new ArrayList<>();
    private final List<Consumer<Sequence>> branches = new ArrayList<>();
    private @Nullable Consumer<Sequence> otherwise;

    Choices() {}

    /**
     * Adds a branch with a guard.
     *
     * @param guard when it is taken
     * @param block adds its steps
     * @return this
     */
    public Choices when(final Guard guard, final Consumer<Sequence> block) {
      guards.add(guard);
      branches.add(block);
      return this;
    }

    /**
     * Says what happens when no guard holds.
     *
     * @param block adds its steps; none to go on
     * @return this
     */
    public Choices otherwise(final Consumer<Sequence> block) {
      if (otherwise != null) {
        throw new IllegalStateException("choice must have one otherwise");
      }
      otherwise = block;
      return this;
    }

    private Consumer<Sequence> otherwise() {
      return otherwise == null ? skip -> {} : otherwise;
    }
  }
}
