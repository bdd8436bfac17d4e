package io.penstock.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Outcome;
import io.penstock.workflow.Inputs;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One case that a script leads step by step: it says what is done next and, exactly, what can be
 * done then.
 *
 * <p>Tasks are told apart by name, and by the number of their instance as in {@code pay#2}.
 *
 * @param <R> the run's own type
 */
abstract class Run<R extends Run<R>> implements AutoCloseable {
  final Desk desk;

  Run(final Desk desk) {
    this.desk = desk;
  }

  abstract R self();

  /** Exactly these tasks wait for somebody to start them. */
  final R offered(final String... tasks) {
    assertThat(offeredTasks()).as("offered").containsExactlyInAnyOrder(tasks);
    return self();
  }

  /** Exactly these tasks were started and go on. */
  final R busy(final String... tasks) {
    assertThat(busyTasks(sorted(tasks))).as("busy").containsExactlyInAnyOrder(tasks);
    return self();
  }

  /** The only task that was started and goes on. */
  final String oneBusy() {
    final Collection<String> busy = anyBusyTasks();
    assertThat(busy).as("busy").hasSize(1);
    return busy.iterator().next();
  }

  /** Exactly these tasks that are done at once ran since this was last asked, in this order. */
  final R ran(final String... tasks) {
    assertThat(desk.takeNoted()).as("ran").containsExactly(tasks);
    return self();
  }

  /** Exactly these busy tasks were told of their cancellation since this was last asked. */
  final R told(final String... tasks) {
    assertThat(toldTasks(sorted(tasks))).as("cancelled").containsExactlyInAnyOrder(tasks);
    return self();
  }

  /** Starts a task that is offered: from now on it is busy. */
  abstract R start(String task);

  final R complete(final String task) {
    return complete(task, nothing -> {});
  }

  /** Completes a task that is offered or busy. */
  abstract R complete(String task, Consumer<Inputs> inputs);

  /** A handler that is busy throws. */
  final R fail(final String task) {
    return complete(
        task,
        nothing -> {
          throw new IllegalStateException("the script says so");
        });
  }

  /** A task can be neither started nor completed any more; trying changes nothing. */
  abstract R refuses(String task);

  /** So many tokens are in a condition; checked where tokens are told. */
  abstract R tokens(String condition, int count);

  /** The case goes on. */
  final R goesOn() {
    assertThat(outcome(false)).as("outcome").isEmpty();
    return self();
  }

  /** The case has ended like this, and nothing but what the script named has happened. */
  final void ends(final Outcome outcome) {
    assertThat(outcome(true)).as("outcome").contains(outcome);
    assertThat(desk.takeNoted()).as("ran, but was not asked for").isEmpty();
    assertThat(busyTasks(List.of())).as("busy after the end").isEmpty();
  }

  abstract Collection<String> offeredTasks();

  abstract Collection<String> busyTasks(List<String> expected);

  /** Those that are busy, once there is one. */
  abstract Collection<String> anyBusyTasks();

  abstract Collection<String> toldTasks(List<String> expected);

  abstract Optional<Outcome> outcome(boolean expected);

  @Override
  public abstract void close();

  private static List<String> sorted(final String... tasks) {
    return Arrays.stream(tasks).sorted().toList();
  }
}
