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
 */
abstract class Run implements AutoCloseable {
  final Desk desk;

  Run(final Desk desk) {
    this.desk = desk;
  }

  /** Exactly these tasks wait for somebody to start them. */
  final Run offered(final String... tasks) {
    assertThat(offeredTasks()).as("offered").containsExactlyInAnyOrder(tasks);
    return this;
  }

  /** Exactly these tasks were started and go on. */
  final Run busy(final String... tasks) {
    assertThat(busyTasks(sorted(tasks))).as("busy").containsExactlyInAnyOrder(tasks);
    return this;
  }

  /** Exactly these tasks that are done at once ran since this was last asked, in this order. */
  final Run ran(final String... tasks) {
    assertThat(desk.takeNoted()).as("ran").containsExactly(tasks);
    return this;
  }

  /** Exactly these busy tasks were told of their cancellation since this was last asked. */
  final Run told(final String... tasks) {
    assertThat(toldTasks(sorted(tasks))).as("cancelled").containsExactlyInAnyOrder(tasks);
    return this;
  }

  final Run complete(final String task) {
    return complete(task, nothing -> {});
  }

  /** Completes a task that is offered or busy. */
  abstract Run complete(String task, Consumer<Inputs> inputs);

  /** A task can be neither started nor completed any more; trying changes nothing. */
  abstract Run refuses(String task);

  /** So many tokens are in a condition; checked where tokens are told. */
  abstract Run tokens(String condition, int count);

  /** The case goes on. */
  final Run goesOn() {
    assertThat(outcome(false)).as("outcome").isEmpty();
    return this;
  }

  /** The case has ended like this, and nothing but what the script named has happened. */
  final void ends(final Outcome outcome) {
    assertThat(outcome(true)).as("outcome").contains(outcome);
    assertThat(desk.takeNoted()).as("ran, but was not asked for").isEmpty();
    assertThat(busyTasks(List.of())).as("busy after the end").isEmpty();
  }

  abstract Collection<String> offeredTasks();

  abstract Collection<String> busyTasks(List<String> expected);

  abstract Collection<String> toldTasks(List<String> expected);

  abstract Optional<Outcome> outcome(boolean expected);

  @Override
  public abstract void close();

  private static List<String> sorted(final String... tasks) {
    return Arrays.stream(tasks).sorted().toList();
  }
}
