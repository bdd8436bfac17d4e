package io.penstock.interchange;

import io.penstock.engine.Outcome;
import io.penstock.net.Exit;
import io.penstock.net.Net;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Steps one case of a workflow by hand, without an engine, a thread or a clock: what can go on is
 * listed, and nothing does before it is told to. The token game is the engine's own {@link
 * io.penstock.net.Machine}; data, instances, sub-workflows, time-outs and failures follow the same
 * rules as in an engine, which a test holds it against.
 *
 * <p>Inline handlers run at once; those of worker tasks when {@link #run} or {@link #runHandlers}
 * says so. Nothing is kept. Not thread safe.
 */
public final class ModelRunner {
  private static final int CASES_MAX = 10_000;
  private static final int DEPTH_MAX = 64;
  private static final int STEPS_MAX = 100_000;

  private final Workflow workflow;
  private final Deque<Step> agenda = new ArrayDeque<>();
  private final Map<String, Deque<Map<Variable<?>, Object>>> mail = new LinkedHashMap<>();
  private final List<RunnerCase> running = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();
  private final RunnerCase root;
  private @Nullable Consumer<ThrownEvent> listener;
  private long nowNs;
  private int cases;
  private int itemNumbers;

  /** Something that is done when the machine has come to rest. */
  private record Step(RunnerCase owner, int task, RunnerCase.@Nullable Item cancelled) {}

  private ModelRunner(final Workflow workflow) {
    this.workflow = workflow;
    root = add(0, null, Net.NONE, -1);
  }

  /**
   * Starts a case.
   *
   * @param workflow the workflow
   * @param inputs sets the first values of variables
   * @return a runner for it, at its first rest
   */
  public static ModelRunner start(final Workflow workflow, final Consumer<Inputs> inputs) {
    final ModelRunner runner = new ModelRunner(workflow);
    runner.apply(runner.root, inputs);
    runner.root.written.clear();
    runner.root.machine.begin();
    runner.settle(runner.root);
    runner.drain();
    return runner;
  }

  /**
   * Takes the events that the case throws, instead of delivering them to the case itself.
   *
   * @param newListener is told of each
   * @return this
   */
  public ModelRunner onThrown(final Consumer<ThrownEvent> newListener) {
    listener = newListener;
    return this;
  }

  // What can be asked.

  /**
   * How the case has ended.
   *
   * @return the outcome, or empty while it runs
   */
  public Optional<Outcome> outcome() {
    return Optional.ofNullable(root.outcome);
  }

  /**
   * Why the case has failed or got stuck.
   *
   * @return the reason, or empty
   */
  public Optional<String> failure() {
    return Optional.ofNullable(root.failure);
  }

  /**
   * What can go on: worker and manual tasks, and whatever waits for a message, a signal or time.
   *
   * @return the items, case by case
   */
  public List<RunnerItem> items() {
    final List<RunnerItem> items = new ArrayList<>();
    for (final RunnerCase each : running) {
      each.items.forEach(
          (task, item) -> {
            final TaskDefinition definition = each.definition(task);
            if (definition.kind() != TaskKind.COMPOSITE
                && definition.kind() != TaskKind.MULTIPLE_INSTANCE) {
              items.add(
                  new RunnerItem(
                      each.number,
                      definition.name(),
                      definition.kind(),
                      each.machine.isBusy(task),
                      item.number));
            }
          });
    }
    return items;
  }

  /**
   * The first item of a task.
   *
   * @param task name of the task
   * @return the item, or empty when none is open
   */
  public Optional<RunnerItem> item(final String task) {
    return items().stream().filter(item -> item.task().equals(task)).findFirst();
  }

  /**
   * Where the tokens are: conditions, and tasks that are busy. Those of cases inside are named
   * after the task that they are in.
   *
   * @return name to tokens, in the order of the names
   */
  public Map<String, Integer> marking() {
    final Map<String, Integer> marking = new TreeMap<>();
    for (final RunnerCase each : running) {
      final String prefix = prefix(each);
      each.marking().forEach((name, tokens) -> marking.merge(prefix + name, tokens, Integer::sum));
    }
    return marking;
  }

  private static String prefix(final RunnerCase inner) {
    return inner.parent == null
        ? ""
        : prefix(inner.parent) + inner.parent.net.taskName(inner.parentTask) + "/";
  }

  /**
   * The values of the case.
   *
   * @return variables that have one, by name
   */
  public Map<String, Object> variables() {
    final Map<String, Object> values = new TreeMap<>();
    root.values.forEach((variable, value) -> values.put(variable.name(), value));
    return values;
  }

  /**
   * The value of a variable of the case.
   *
   * @param <T> its type
   * @param variable the variable
   * @return its value, or empty
   */
  public <T> Optional<T> find(final Variable<T> variable) {
    return root.find(variable);
  }

  /**
   * What has happened: the names of all tasks but routing ones, in the order in which they
   * completed.
   *
   * @return the names
   */
  public List<String> trace() {
    return List.copyOf(trace);
  }

  /**
   * How much time has passed since the start.
   *
   * @return the time
   */
  public Duration now() {
    return Duration.ofNanos(nowNs);
  }

  // What can be done.

  /**
   * Starts an enabled item: it takes its tokens, and alternatives are withdrawn.
   *
   * @param item an item of a manual task
   * @return false when it is not enabled any more; then nothing changed
   */
  public boolean start(final RunnerItem item) {
    final RunnerCase owner = owner(item);
    if (owner == null || item.kind() != TaskKind.MANUAL || item.started()) {
      return false;
    }
    owner.machine.start(task(owner, item.task()));
    settle(owner);
    drain();
    return true;
  }

  /**
   * Completes an item with what it brings, without running its handler.
   *
   * @param item any item
   * @param inputs sets variables of the case it belongs to
   * @return false when it is not open any more; then nothing changed
   */
  public boolean complete(final RunnerItem item, final Consumer<Inputs> inputs) {
    final RunnerCase owner = owner(item);
    if (owner == null) {
      return false;
    }
    apply(owner, inputs);
    leave(owner, task(owner, item.task()), Exit.NORMAL);
    drain();
    return true;
  }

  /**
   * Completes an item without data.
   *
   * @param item any item
   * @return false when it is not open any more
   */
  public boolean complete(final RunnerItem item) {
    return complete(item, none -> {});
  }

  /**
   * Lets an item fail for good.
   *
   * @param item an item of a worker task
   * @param reason why
   * @return false when it is not open any more
   */
  public boolean fail(final RunnerItem item, final String reason) {
    final RunnerCase owner = owner(item);
    if (owner == null || item.kind() != TaskKind.WORKER) {
      return false;
    }
    fail(owner, task(owner, item.task()), false, reason);
    drain();
    return true;
  }

  /**
   * Runs the handler of an item and takes its result. A failure is tried again as the task's retry
   * says.
   *
   * @param item an item of a worker task
   * @return false when it is not open any more, or waits to be tried again
   */
  public boolean run(final RunnerItem item) {
    final RunnerCase owner = owner(item);
    if (owner == null || item.kind() != TaskKind.WORKER) {
      return false;
    }
    final int task = task(owner, item.task());
    if (item(owner, task).retryNs != Long.MAX_VALUE) {
      return false;
    }
    work(owner, task);
    drain();
    return true;
  }

  /**
   * Runs handlers of worker tasks, in the order of {@link #items}, until there is none to run.
   *
   * @return how many ran
   */
  public int runHandlers() {
    int ran = 0;
    boolean more = true;
    while (more && ran < STEPS_MAX) {
      more = false;
      for (final RunnerItem item : items()) {
        if (item.kind() == TaskKind.WORKER && run(item)) {
          ran++;
          more = true;
        }
      }
    }
    return ran;
  }

  /**
   * Sends a message: it is taken by a task that waits for it, or kept until one does. What waits
   * only for a message that comes meanwhile, as an event at the boundary of an activity, has none
   * kept for it.
   *
   * @param message name of the message
   * @param inputs sets variables of the case that takes it
   * @return false when the workflow does not know it, or when nothing waits and it is not kept
   */
  public boolean send(final String message, final Consumer<Inputs> inputs) {
    if (!workflow.messages().contains(message) || !root.isRunning()) {
      return false;
    }
    if (!workflow.keeps(message)
        && items().stream()
            .noneMatch(item -> item.kind() == TaskKind.MESSAGE && waitsFor(item, message))) {
      return false;
    }
    final Collected collected = new Collected(workflow);
    inputs.accept(collected);
    mail.computeIfAbsent(message, none -> new ArrayDeque<>()).add(collected.values);
    deliver(message);
    drain();
    return true;
  }

  private void deliver(final String message) {
    for (final RunnerCase each : List.copyOf(running)) {
      for (final int task : List.copyOf(each.items.keySet())) {
        if (each.definition(task).kind() == TaskKind.MESSAGE
            && message.equals(each.definition(task).message())
            && each.items.containsKey(task)) {
          later(each, task);
        }
      }
    }
  }

  /**
   * Sends a signal to everything that waits for it now.
   *
   * @param signal name of the signal
   * @return how many went on
   */
  public int signal(final String signal) {
    final List<RunnerItem> waiting =
        items().stream()
            .filter(item -> item.kind() == TaskKind.SIGNAL && waitsFor(item, signal))
            .toList();
    int taken = 0;
    for (final RunnerItem item : waiting) {
      taken += complete(item) ? 1 : 0;
    }
    return taken;
  }

  private boolean waitsFor(final RunnerItem item, final String signal) {
    final RunnerCase owner = owner(item);
    return owner != null && signal.equals(owner.definition(task(owner, item.task())).message());
  }

  /**
   * Lets time pass: delays, deadlines and retries that are due by then happen in their order.
   *
   * @param duration how much; not negative
   */
  public void advance(final Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time must not go back: duration=" + duration);
    }
    final long endNs = nowNs + duration.toNanos();
    final long deadlineNs = workflow.deadline().map(Duration::toNanos).orElse(Long.MAX_VALUE);
    for (int steps = 0; steps < STEPS_MAX; steps++) {
      RunnerCase first = null;
      int firstTask = Net.NONE;
      long dueNs = endNs + 1;
      for (final RunnerCase each : running) {
        for (final Map.Entry<Integer, RunnerCase.Item> entry : each.items.entrySet()) {
          final long itemNs = Math.min(entry.getValue().dueNs, entry.getValue().retryNs);
          if (itemNs < dueNs) {
            first = each;
            firstTask = entry.getKey();
            dueNs = itemNs;
          }
        }
      }
      if (root.isRunning() && deadlineNs <= Math.min(dueNs, endNs)) {
        nowNs = deadlineNs; // it counts before what is due at the same time, as in an engine
        end(root, Outcome.TIMED_OUT, null);
        break;
      }
      if (first == null) {
        break;
      }
      nowNs = Math.max(nowNs, dueNs);
      pass(first, firstTask);
      drain();
    }
    nowNs = endNs;
  }

  private void pass(final RunnerCase owner, final int task) {
    final RunnerCase.Item item = item(owner, task);
    if (item.dueNs > nowNs) {
      item.retryNs = Long.MAX_VALUE;
      item.attempt++;
    } else if (owner.definition(task).kind() == TaskKind.DELAY) {
      leave(owner, task, Exit.NORMAL);
    } else if (owner.handles(task, Exit.TIMEOUT)) {
      cancelChildren(item);
      leave(owner, task, Exit.TIMEOUT);
    } else {
      end(owner, Outcome.TIMED_OUT, owner.net.taskName(task) + ": deadline passed");
    }
  }

  // The rules.

  long nowNs() {
    return nowNs;
  }

  int nextItem() {
    return ++itemNumbers;
  }

  void later(final RunnerCase owner, final int task) {
    agenda.add(new Step(owner, task, null));
  }

  void cancelLater(final RunnerCase owner, final RunnerCase.Item item) {
    agenda.add(new Step(owner, Net.NONE, item));
  }

  private RunnerCase add(
      final int netIndex, final @Nullable RunnerCase parent, final int task, final int instance) {
    final RunnerCase added =
        new RunnerCase(this, ++cases, workflow, netIndex, parent, task, instance);
    running.add(added);
    return added;
  }

  private @Nullable RunnerCase owner(final RunnerItem item) {
    for (final RunnerCase each : running) {
      if (each.number == item.caseNumber()) {
        final RunnerCase.Item open = each.items.get(task(each, item.task()));
        return open != null && open.number == item.number() ? each : null;
      }
    }
    return null;
  }

  private static int task(final RunnerCase owner, final String name) {
    for (int task = 0; task < owner.net.taskCount(); task++) {
      if (owner.net.taskName(task).equals(name)) {
        return task;
      }
    }
    return Net.NONE;
  }

  private static RunnerCase.Item item(final RunnerCase owner, final int task) {
    final RunnerCase.Item item = owner.items.get(task);
    if (item == null) {
      throw new AssertionError("item must be open: task=" + task);
    }
    return item;
  }

  private void apply(final RunnerCase owner, final Consumer<Inputs> inputs) {
    final Collected collected = new Collected(workflow);
    inputs.accept(collected);
    collected.values.forEach(owner::put);
  }

  private void leave(final RunnerCase owner, final int task, final Exit exit) {
    if (owner.machine.isOffered(task)) {
      owner.machine.start(task);
    }
    complete(owner, task, exit);
  }

  private void complete(final RunnerCase owner, final int task, final Exit exit) {
    owner.items.remove(task);
    trace.add(owner.net.taskName(task));
    owner.machine.complete(task, exit);
    settle(owner);
  }

  private void drain() {
    int steps = 0;
    while (!agenda.isEmpty()) {
      final Step step = agenda.remove();
      if (++steps > STEPS_MAX) {
        end(root, Outcome.FAILED, "steps without rest must end: stepsMax=" + STEPS_MAX);
        agenda.clear();
        return;
      }
      if (step.cancelled != null) {
        cancelChildren(step.cancelled);
      } else if (step.owner.isRunning() && step.owner.items.containsKey(step.task)) {
        carryOut(step.owner, step.task);
      }
    }
  }

  private void carryOut(final RunnerCase owner, final int task) {
    switch (owner.definition(task).kind()) {
      case INLINE -> work(owner, task);
      case MESSAGE -> takeMessage(owner, task);
      case CANCEL -> end(owner, Outcome.CANCELLED, null);
      case COMPOSITE, MULTIPLE_INSTANCE -> createChildren(owner, task);
      case ROUTING, WORKER, MANUAL, SIGNAL, DELAY -> {}
    }
  }

  private void takeMessage(final RunnerCase owner, final int task) {
    final Deque<Map<Variable<?>, Object>> waiting = mail.get(owner.definition(task).message());
    if (waiting != null && !waiting.isEmpty() && owner.machine.isOffered(task)) {
      waiting.remove().forEach(owner::put);
      leave(owner, task, Exit.NORMAL);
    }
  }

  private void work(final RunnerCase owner, final int task) {
    final TaskDefinition definition = owner.definition(task);
    final TaskHandler handler = definition.handler();
    if (handler instanceof ThrownEvent event) {
      final RunnerCase.Item thrown = item(owner, task);
      deliver(event);
      if (owner.items.get(task) == thrown) {
        complete(owner, task, Exit.NORMAL);
      }
      return;
    }
    final HandlerWork work = new HandlerWork(owner, definition.name(), item(owner, task));
    try {
      if (handler != null) {
        handler.run(work);
      }
    } catch (final Exception e) {
      fail(owner, task, definition.retry().retries(e), describe(e));
      return;
    }
    work.collected.values.forEach(owner::put);
    complete(owner, task, Exit.NORMAL);
  }

  private void deliver(final ThrownEvent event) {
    if (listener != null) {
      listener.accept(event);
    } else if (event.kind() == ThrownEvent.Kind.SIGNAL) {
      signal(event.name());
    } else if (event.kind() == ThrownEvent.Kind.MESSAGE) {
      send(event.name(), none -> {});
    }
  }

  private void fail(
      final RunnerCase owner, final int task, final boolean retry, final String reason) {
    final RunnerCase.Item item = item(owner, task);
    final TaskDefinition definition = owner.definition(task);
    if (retry && item.attempt < definition.retry().attemptsMax()) {
      item.retryNs = nowNs + definition.retry().delayNs(item.attempt);
      return;
    }
    final String text = definition.name() + ": " + reason;
    if (owner.handles(task, Exit.FAILURE)) {
      cancelChildren(item);
      complete(owner, task, Exit.FAILURE);
    } else {
      end(owner, Outcome.FAILED, text);
    }
  }

  private void createChildren(final RunnerCase owner, final int task) {
    final RunnerCase.Item item = item(owner, task);
    final TaskDefinition definition = owner.definition(task);
    final int body = workflow.bodyNet(owner.netIndex, task);
    final MultipleInstance instances = definition.instances();
    final MultipleInstance.ItemList<?> list = instances == null ? null : instances.items();
    final List<Object> values = new ArrayList<>();
    if (list != null) {
      try {
        values.addAll(list.items().of(new HandlerWork(owner, definition.name(), item)));
      } catch (final Exception e) {
        fail(owner, task, false, describe(e));
        return;
      }
    }
    final Long count = count(instances, list == null ? -1 : values.size(), owner);
    if (count == null || count < 0 || count > MultipleInstance.COUNT_MAX) {
      fail(owner, task, false, "number of instances must be from 0 to the limit: value=" + count);
      return;
    }
    if (owner.depth >= DEPTH_MAX || cases + count > CASES_MAX) {
      fail(
          owner,
          task,
          false,
          "cases inside must be within the limits: depthMax="
              + DEPTH_MAX
              + ", casesMax="
              + CASES_MAX);
      return;
    }
    item.target = count.intValue();
    for (int i = 0; i < count && owner.items.get(task) == item && owner.isRunning(); i++) {
      final RunnerCase child = add(body, owner, task, instances == null ? owner.instance : i);
      if (list != null) {
        child.put(list.item(), values.get(i));
      }
      child.written.clear();
      item.children.add(child);
      item.created++;
      child.machine.begin();
      settle(child);
    }
    if (instances != null && owner.items.get(task) == item) {
      if (instances.isDetached()) {
        owner.runningOn += item.children.size();
        complete(owner, task, Exit.NORMAL);
      } else {
        leaveIfDone(owner, task);
      }
    }
  }

  /**
   * Adds an instance to an addable multiple-instance step (WCP-15).
   *
   * @param task name of the task, in the case itself
   * @return false when it is not open, not addable, or has as many as it may
   */
  public boolean addInstance(final String task) {
    final int index = task(root, task);
    final RunnerCase.Item item = root.items.get(index);
    if (item == null
        || root.definition(index).instances() == null
        || !root.instances(index).isAddable()
        || item.created >= root.instances(index).maximum()
        || cases >= CASES_MAX) {
      return false;
    }
    item.target++;
    final RunnerCase child = add(workflow.bodyNet(0, index), root, index, item.created);
    item.children.add(child);
    item.created++;
    child.machine.begin();
    settle(child);
    drain();
    return true;
  }

  private static @Nullable Long count(
      final @Nullable MultipleInstance instances, final int listed, final RunnerCase owner) {
    if (instances == null) {
      return 1L;
    }
    return listed >= 0 ? Long.valueOf(listed) : instances.count(owner);
  }

  private void leaveIfDone(final RunnerCase owner, final int task) {
    final RunnerCase.Item item = item(owner, task);
    final boolean open = owner.instances(task).isKeptOpen() && !item.closed;
    if (!open && item.children.isEmpty() && item.created >= item.target) {
      complete(owner, task, Exit.NORMAL);
    }
  }

  private void settle(final RunnerCase owner) {
    if (!owner.isRunning()) {
      return;
    }
    final String problem = owner.takeProblem();
    if (problem != null) {
      end(owner, Outcome.FAILED, problem);
    } else if (owner.machine.isComplete()) {
      if (owner.runningOn == 0 || owner.net.endsExplicitly()) {
        end(owner, Outcome.COMPLETED, null);
      }
    } else if (owner.machine.isAtRest()) {
      end(
          owner,
          Outcome.DEADLOCKED,
          "tokens are left and nothing can move them: " + owner.marking());
    }
  }

  private void end(final RunnerCase owner, final Outcome outcome, final @Nullable String reason) {
    if (!owner.isRunning()) {
      return;
    }
    owner.outcome = outcome;
    owner.failure = reason;
    stop(owner);
    if (owner.parent != null) {
      childEnded(owner, owner.parent);
    }
  }

  /** Takes a case and all inside it out of the game. */
  private void stop(final RunnerCase owner) {
    running.remove(owner);
    owner.items.clear();
    for (final RunnerCase each : List.copyOf(running)) {
      if (each.parent == owner) {
        each.outcome = Outcome.CANCELLED;
        stop(each);
      }
    }
  }

  private void cancelChildren(final RunnerCase.Item item) {
    for (final RunnerCase child : List.copyOf(item.children)) {
      if (child.isRunning()) {
        child.outcome = Outcome.CANCELLED;
        stop(child);
      }
    }
    item.children.clear();
  }

  private void childEnded(final RunnerCase child, final RunnerCase owner) {
    if (!owner.isRunning()) {
      return;
    }
    final RunnerCase.Item item = owner.items.get(child.parentTask);
    if (item == null || item.number != child.parentItem || !item.children.remove(child)) {
      owner.runningOn--;
      if (owner.runningOn == 0) {
        settle(owner);
      }
      return;
    }
    final int task = child.parentTask;
    if (owner.definition(task).kind() == TaskKind.COMPOSITE) {
      if (child.outcome == Outcome.COMPLETED) {
        child.written.forEach(
            variable -> owner.put(variable, Objects.requireNonNull(child.values.get(variable))));
        complete(owner, task, Exit.NORMAL);
      } else {
        fail(owner, task, true, "sub-workflow ended " + child.outcome + ": " + child.failure);
      }
    } else {
      instanceEnded(child, owner, task, item);
    }
  }

  private void instanceEnded(
      final RunnerCase child, final RunnerCase owner, final int task, final RunnerCase.Item item) {
    if (child.outcome != Outcome.COMPLETED) {
      fail(
          owner,
          task,
          false,
          "instance " + child.instance + " ended " + child.outcome + ": " + child.failure);
      return;
    }
    final MultipleInstance instances = owner.instances(task);
    final boolean enough;
    try {
      instances.reductions().forEach(reduction -> reduce(reduction, child, owner));
      item.completed++;
      enough = instances.isEnough(item.completed, owner);
    } catch (final RuntimeException e) {
      fail(owner, task, false, describe(e));
      return;
    }
    if (!enough) {
      leaveIfDone(owner, task);
      return;
    }
    switch (instances.rest()) {
      case WAIT -> {
        item.target = item.created;
        item.closed = true;
        leaveIfDone(owner, task);
      }
      case RUN_ON -> {
        owner.runningOn += item.children.size();
        complete(owner, task, Exit.NORMAL);
      }
      case CANCEL -> {
        cancelChildren(item);
        complete(owner, task, Exit.NORMAL);
      }
    }
  }

  private static <V> void reduce(
      final MultipleInstance.Reduction<V> reduction,
      final RunnerCase child,
      final RunnerCase owner) {
    final V value = child.find(reduction.from()).orElse(null);
    if (value != null) {
      owner.put(
          reduction.into(),
          owner
              .find(reduction.into())
              .map(before -> reduction.operator().apply(before, value))
              .orElse(value));
    }
  }

  static String describe(final Throwable failure) {
    return failure.getMessage() == null
        ? failure.getClass().getName()
        : failure.getClass().getName() + ": " + failure.getMessage();
  }

  /** Values that a command or handler brings, before they reach a case. */
  private static final class Collected implements Inputs {
    final Map<Variable<?>, Object> values = new LinkedHashMap<>();
    private final Workflow workflow;

    Collected(final Workflow workflow) {
      this.workflow = workflow;
    }

    @Override
    public <T> Inputs set(final Variable<T> variable, final T value) {
      workflow.slot(variable);
      values.put(variable, value);
      return this;
    }
  }

  /** What a handler sees. */
  private final class HandlerWork implements Work {
    final Collected collected = new Collected(workflow);
    private final RunnerCase owner;
    private final String task;
    private final RunnerCase.Item item;

    HandlerWork(final RunnerCase owner, final String task, final RunnerCase.Item item) {
      this.owner = owner;
      this.task = task;
      this.item = item;
    }

    @Override
    public <T> Work set(final Variable<T> variable, final T value) {
      collected.set(variable, value);
      return this;
    }

    @Override
    @SuppressWarnings("unchecked") // each value was put under a variable of its type
    public <T> Optional<T> find(final Variable<T> variable) {
      final Object own = collected.values.get(variable);
      return own == null ? owner.find(variable) : Optional.of((T) own);
    }

    @Override
    public long caseId() {
      return owner.number;
    }

    @Override
    public String task() {
      return task;
    }

    @Override
    public int attempt() {
      return item.attempt;
    }

    @Override
    public int instance() {
      return owner.instance;
    }

    @Override
    public String idempotencyKey() {
      return owner.number + "/" + task + "/" + item.number;
    }

    @Override
    public boolean isCancelled() {
      return !owner.isRunning();
    }
  }
}
