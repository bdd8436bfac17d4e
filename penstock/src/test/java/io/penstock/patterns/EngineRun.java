package io.penstock.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.Outcome;
import io.penstock.engine.Rejection;
import io.penstock.engine.WorkItem;
import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.spi.VirtualClock;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A case in a whole engine: shard threads, worker threads, the map, a virtual clock.
 *
 * <p>On a directory the engine is closed and opened again before each step, unless a handler may be
 * under way: whatever a step needs must have been kept.
 */
final class EngineRun extends Run<EngineRun> {
  private static final String WHO = "alice";
  private static final long WAIT_NS = Duration.ofSeconds(20).toNanos();

  private final Workflow workflow;
  private final @Nullable Path directory;
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-05T08:00:00Z"));
  private final AtomicLong results = new AtomicLong();
  private final boolean handsOut;
  private final Map<String, WorkItem> offered = new HashMap<>(); // now or before
  private boolean idle;
  private Engine engine;
  private CaseHandle handle;

  EngineRun(
      final Workflow workflow,
      final Desk desk,
      final Consumer<Inputs> inputs,
      final @Nullable Path directory) {
    super(desk);
    this.workflow = workflow;
    this.directory = directory;
    handsOut = handsOut(workflow);
    engine = open();
    handle = engine.start(workflow, inputs);
  }

  /** Whether some handler runs on a worker thread, so that it may be under way. */
  private static boolean handsOut(final Workflow workflow) {
    for (int net = 0; net < workflow.nets().size(); net++) {
      for (int task = 0; task < workflow.nets().get(net).taskCount(); task++) {
        switch (workflow.task(net, task).kind()) {
          case WORKER -> {
            return true;
          }
          case MULTIPLE_INSTANCE -> {
            final MultipleInstance instances = workflow.task(net, task).instances();
            if (instances != null && instances.items() != null) {
              return true;
            }
          }
          default -> {}
        }
      }
    }
    return false;
  }

  private Engine open() {
    final EngineOptions options =
        EngineOptions.defaults()
            .shards(1)
            .workerThreads(32)
            .clock(clock)
            .telemetry((ownClock, shards) -> new ResultWatch());
    return (directory == null ? Engine.inMemory(options) : Engine.open(directory, options))
        .deploy(workflow);
  }

  /** Counts the results of handlers that were taken up, whatever became of them. */
  private final class ResultWatch implements Telemetry, ShardObserver {
    @Override
    public ShardObserver shard(final int shardIndex) {
      return this;
    }

    @Override
    public void acknowledged(final Operation operation, final long sentNs, final long nowNs) {
      if (operation == Operation.COMPLETE_TASK) {
        results.incrementAndGet();
      }
    }
  }

  /** The case, for what only an engine can be told; nothing has been forgotten on the way there. */
  CaseHandle handle() {
    if (directory != null && (idle || !handsOut)) {
      engine.close();
      engine = open();
      handle = engine.handle(handle.caseId());
    }
    idle = false;
    return handle;
  }

  /** Tells the case something that it accepts. */
  EngineRun tell(final Consumer<CaseHandle> command) {
    command.accept(handle());
    return this;
  }

  /** Tells the case something that it refuses; nothing changes. */
  EngineRun rejects(final Rejection rejection, final Consumer<CaseHandle> command) {
    final CommandRejectedException refused =
        catchThrowableOfType(CommandRejectedException.class, () -> command.accept(handle()));
    assertThat(refused).as("refusal").isNotNull();
    assertThat(refused.rejection()).isEqualTo(rejection);
    return this;
  }

  /** A variable of the case has this value. */
  <T> EngineRun has(final Variable<T> variable, final T value) {
    assertThat(handle().find(variable)).as("variable %s", variable.name()).contains(value);
    return this;
  }

  /** A variable of the case has no value. */
  EngineRun lacks(final Variable<?> variable) {
    assertThat(handle().find(variable)).as("variable %s", variable.name()).isEmpty();
    return this;
  }

  /** Lets time pass, and waits until what it does is done. */
  EngineRun pass(final Duration duration) {
    handle();
    clock.advance(duration);
    offeredTasks(); // may be answered in a round that began before the clock went on
    offeredTasks(); // is answered after one that began later, with its timers
    return this;
  }

  @Override
  EngineRun self() {
    return this;
  }

  @Override
  EngineRun start(final String task) {
    handle().start(task, WHO);
    return this;
  }

  @Override
  EngineRun complete(final String task, final Consumer<Inputs> inputs) {
    if (!release(task, false, inputs)) {
      final WorkItem item = workItem(task);
      handle().complete(item, WHO, inputs);
    }
    return this;
  }

  /** A handler that was cancelled comes back all the same. */
  EngineRun completeLate(final String task, final Consumer<Inputs> inputs) {
    assertThat(release(task, true, inputs)).as("cancelled handler of %s", task).isTrue();
    return this;
  }

  private WorkItem workItem(final String task) {
    offeredTasks();
    final WorkItem item = offered.get(task);
    assertThat(item).as("%s must be offered or busy to be completed", task).isNotNull();
    return item;
  }

  /** Lets a handler go, and waits until the shard has taken its result up. */
  private boolean release(
      final String task, final boolean cancelled, final Consumer<Inputs> inputs) {
    final long before = results.get();
    if (!desk.release(task, cancelled, inputs)) {
      return false;
    }
    await(results::get, before + 1);
    return true;
  }

  @Override
  EngineRun refuses(final String task) {
    final WorkItem before = offered.get(task);
    if (release(task, true, nothing -> {})) {
      return this;
    }
    if (before != null && before.instance() >= 0) {
      return rejects(Rejection.UNKNOWN_CASE, known -> known.complete(before, WHO, nothing -> {}));
    }
    return rejects(
        handle.status().outcome().isPresent() ? Rejection.CASE_ENDED : Rejection.WORK_ITEM_NOT_OPEN,
        known -> known.complete(task, WHO, nothing -> {}));
  }

  @Override
  EngineRun tokens(final String condition, final int count) {
    return this;
  }

  @Override
  Collection<String> offeredTasks() {
    return openItems().stream().filter(item -> !item.started()).map(EngineRun::label).toList();
  }

  private List<WorkItem> openItems() {
    final List<WorkItem> items = handle().workItems();
    items.forEach(item -> offered.put(label(item), item));
    return items;
  }

  private static String label(final WorkItem item) {
    return Desk.label(item.task(), item.instance());
  }

  @Override
  Collection<String> busyTasks(final List<String> expected) {
    final List<String> started =
        openItems().stream().filter(WorkItem::started).map(EngineRun::label).toList();
    final List<String> busy =
        await(
            () -> Stream.concat(desk.busy().stream(), started.stream()).sorted().toList(),
            expected);
    idle = desk.isIdle();
    return busy;
  }

  @Override
  Collection<String> anyBusyTasks() {
    await(() -> !desk.busy().isEmpty(), true);
    return desk.busy();
  }

  @Override
  Collection<String> toldTasks(final List<String> expected) {
    final List<String> told = await(desk::told, expected);
    desk.forgetTold();
    return told;
  }

  @Override
  Optional<Outcome> outcome(final boolean expected) {
    offeredTasks(); // comes after whatever was sent before
    return handle.status().outcome();
  }

  /** Handlers run on threads of their own: gives them time to come to what is expected. */
  private static <T> T await(final Supplier<T> seen, final T expected) {
    final long giveUpNs = System.nanoTime() + WAIT_NS;
    T last = seen.get();
    while (!last.equals(expected) && System.nanoTime() < giveUpNs) {
      Thread.onSpinWait();
      last = seen.get();
    }
    return last;
  }

  @Override
  public void close() {
    desk.releaseAll();
    engine.close();
  }
}
