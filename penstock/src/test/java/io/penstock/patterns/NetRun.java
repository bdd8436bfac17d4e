package io.penstock.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Outcome;
import io.penstock.net.Exit;
import io.penstock.net.Machine;
import io.penstock.net.MachineSink;
import io.penstock.net.Net;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskHandler;
import io.penstock.workflow.TaskKind;
import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** A case on the bare net machine: no engine, no threads, no files. */
final class NetRun extends Run<NetRun> implements MachineSink {
  private final Workflow workflow;
  private final Net net;
  private final byte[] state;
  private final Machine machine = new Machine(this);
  private final Map<Variable<?>, Object> values = new HashMap<>();
  private final Deque<Integer> inline = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();
  private @Nullable Outcome outcome;

  NetRun(final Workflow workflow, final Desk desk, final Consumer<Inputs> inputs) {
    super(desk);
    this.workflow = workflow;
    net = workflow.nets().get(0);
    state = new byte[net.stateLength()];
    machine.wrap(net, new UnsafeBuffer(state), 0);
    inputs.accept(new View(Net.NONE));
    machine.begin();
    settle();
  }

  @Override
  NetRun self() {
    return this;
  }

  @Override
  NetRun start(final String task) {
    assertThat(machine.start(task(task))).as("start of %s", task).isTrue();
    settle();
    return this;
  }

  @Override
  NetRun complete(final String task, final Consumer<Inputs> inputs) {
    final int index = task(task);
    assertThat(machine.isOffered(index) || machine.isBusy(index))
        .as("%s must be offered or busy to be completed", task)
        .isTrue();
    inputs.accept(new View(index));
    machine.start(index);
    machine.complete(index, Exit.NORMAL);
    settle();
    return this;
  }

  @Override
  NetRun refuses(final String task) {
    final byte[] before = state.clone();
    assertThat(machine.start(task(task))).as("start of %s", task).isFalse();
    assertThat(machine.complete(task(task), Exit.NORMAL)).as("completion of %s", task).isFalse();
    assertThat(state).as("state after what was refused").isEqualTo(before);
    return this;
  }

  @Override
  NetRun tokens(final String condition, final int count) {
    final int index =
        IntStream.range(0, net.conditionCount())
            .filter(i -> net.conditionName(i).equals(condition))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no such condition: " + condition));
    assertThat(machine.tokens(index)).as("tokens in %s", condition).isEqualTo(count);
    return this;
  }

  @Override
  Collection<String> offeredTasks() {
    return tasks(machine::isOffered);
  }

  @Override
  Collection<String> busyTasks(final List<String> expected) {
    return tasks(machine::isBusy);
  }

  @Override
  Collection<String> anyBusyTasks() {
    return tasks(machine::isBusy);
  }

  private List<String> tasks(final IntPredicate which) {
    return IntStream.range(0, net.taskCount()).filter(which).mapToObj(net::taskName).toList();
  }

  @Override
  Collection<String> toldTasks(final List<String> expected) {
    final List<String> taken = List.copyOf(told);
    told.clear();
    return taken;
  }

  @Override
  Optional<Outcome> outcome(final boolean expected) {
    return Optional.ofNullable(outcome);
  }

  @Override
  public void close() {}

  private int task(final String name) {
    for (int task = 0; task < net.taskCount(); task++) {
      if (net.taskName(task).equals(name)) {
        return task;
      }
    }
    throw new AssertionError("no such task: " + name);
  }

  private TaskDefinition definition(final int task) {
    return workflow.task(0, task);
  }

  /** Does what is done at once, and looks whether the case is over. */
  private void settle() {
    while (outcome == null) {
      if (machine.isComplete()) {
        end(Outcome.COMPLETED);
      } else if (machine.isAtRest()) {
        end(Outcome.DEADLOCKED);
      } else if (inline.isEmpty()) {
        return;
      } else {
        run(inline.remove());
      }
    }
  }

  private void run(final int task) {
    final TaskHandler handler = definition(task).handler();
    if (definition(task).kind() == TaskKind.CANCEL) {
      end(Outcome.CANCELLED);
    } else if (handler != null && machine.isBusy(task)) {
      try {
        handler.run(new View(task));
      } catch (final Exception e) {
        throw new AssertionError("handler must not fail on the bare net: " + e, e);
      }
      machine.complete(task, Exit.NORMAL);
    }
  }

  private void end(final Outcome ended) {
    outcome = ended;
    machine.cancelAll();
  }

  @Override
  public boolean guard(final int guard) {
    return workflow.guard(guard).test(new View(Net.NONE));
  }

  @Override
  public void started(final int task) {
    if (definition(task).kind() == TaskKind.INLINE || definition(task).kind() == TaskKind.CANCEL) {
      inline.add(task);
    }
  }

  @Override
  public void offered(final int task) {}

  @Override
  public void withdrawn(final int task) {}

  @Override
  public void cancelled(final int task) {
    if (definition(task).kind() == TaskKind.WORKER) {
      told.add(net.taskName(task)); // it has a handler to be told
    }
  }

  @Override
  public void routed(final int task) {}

  @Override
  public void noBranch(final int task) {
    throw new AssertionError("split must have a branch: " + net.taskName(task));
  }

  /** The values of the case, as a task sees them. */
  private final class View implements Work {
    private final int task;

    View(final int task) {
      this.task = task;
    }

    @Override
    @SuppressWarnings("unchecked") // values are put under variables of their type
    public <T> Optional<T> find(final Variable<T> variable) {
      return Optional.ofNullable((T) values.get(variable));
    }

    @Override
    public <T> Work set(final Variable<T> variable, final T value) {
      values.put(variable, value);
      return this;
    }

    @Override
    public long caseId() {
      return 1;
    }

    @Override
    public String task() {
      return net.taskName(task);
    }

    @Override
    public int attempt() {
      return 1;
    }

    @Override
    public int instance() {
      return -1;
    }

    @Override
    public String idempotencyKey() {
      return task();
    }

    @Override
    public boolean isCancelled() {
      return false;
    }
  }
}
