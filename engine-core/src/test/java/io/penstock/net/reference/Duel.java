package io.penstock.net.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.net.Exit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Plays the same moves on the reference and on the machine and compares, after each, all that can
 * be seen: what was told, in its order, the tokens, what is busy and offered, and whether the case
 * is at rest or complete.
 */
final class Duel {
  final ReferenceNet net;
  final ReferenceInterpreter reference;
  private final List<MachineUnderTest> machines = new ArrayList<>();
  private final List<String> moves = new ArrayList<>();
  private final List<String> log = new ArrayList<>();

  /**
   * Sets the two, or three, at the beginning.
   *
   * @param net what is played
   * @param safe whether the net is 1-safe: then it is also played as masks
   * @param seed decides what guards answer
   */
  Duel(final ReferenceNet net, final boolean safe, final long seed) {
    this.net = net;
    reference = new ReferenceInterpreter(net, new GuardOracle(seed));
    machines.add(new MachineUnderTest(net, false, new GuardOracle(seed)));
    if (safe) {
      machines.add(new MachineUnderTest(net, true, new GuardOracle(seed)));
    }
  }

  /** Every move so far and what it brought about. */
  List<String> log() {
    return log;
  }

  void begin() {
    play("begin", ReferenceInterpreter::begin, machine -> machine.begin());
  }

  boolean start(final String task) {
    return playAnswered(
        "start " + task, reference -> reference.start(task), machine -> machine.start(task));
  }

  boolean complete(final String task, final Exit exit) {
    return playAnswered(
        "complete " + task + " " + exit,
        reference -> reference.complete(task, exit),
        machine -> machine.complete(task, exit));
  }

  boolean complete(final String task) {
    return complete(task, Exit.NORMAL);
  }

  /** Starts an offered task and completes it. */
  void perform(final String task) {
    assertThat(start(task)).as("start %s", task).isTrue();
    assertThat(complete(task)).as("complete %s", task).isTrue();
  }

  void cancelAll() {
    play("cancelAll", ReferenceInterpreter::cancelAll, machine -> machine.cancelAll());
    for (final MachineUnderTest machine : machines) {
      assertThat(machine.isEmpty()).as("nothing is left").isTrue();
    }
  }

  private void play(
      final String move,
      final Consumer<ReferenceInterpreter> onReference,
      final Consumer<MachineUnderTest> onMachine) {
    playAnswered(
        move,
        reference -> {
          onReference.accept(reference);
          return true;
        },
        machine -> {
          onMachine.accept(machine);
          return true;
        });
  }

  private boolean playAnswered(
      final String move,
      final Function<ReferenceInterpreter, Boolean> onReference,
      final Function<MachineUnderTest, Boolean> onMachine) {
    moves.add(move);
    reference.events.clear();
    final boolean accepted = onReference.apply(reference);
    log.add(move + " " + accepted + " " + reference.events);
    equal("reference: rest", List.of(), reference.unrest());
    for (final MachineUnderTest machine : machines) {
      machine.events.clear();
      final byte[] before = machine.state();
      equal(machine + ": accepted", accepted, onMachine.apply(machine));
      if (machine.events.stream().anyMatch(event -> event.startsWith("undecided"))) {
        throw new Prospect.TooHard();
      }
      if (!accepted) {
        assertThat(machine.state())
            .as("%s must change nothing, %s", machine, moves)
            .isEqualTo(before);
      }
      compare(machine);
    }
    return accepted;
  }

  private void compare(final MachineUnderTest machine) {
    equal(machine + ": events", reference.events, machine.events);
    for (final String condition : net.conditions) {
      equal(
          machine + ": tokens in " + condition,
          reference.tokens(condition),
          machine.tokens(condition));
    }
    for (final String task : net.tasks.keySet()) {
      equal(machine + ": busy " + task, reference.isBusy(task), machine.isBusy(task));
      equal(machine + ": offered " + task, reference.isOffered(task), machine.isOffered(task));
    }
    equal(machine + ": at rest", reference.isAtRest(), machine.isAtRest());
    equal(machine + ": complete", reference.isComplete(), machine.isComplete());
  }

  private void equal(final String what, final Object expected, final Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError(
          what
              + "\nexpected "
              + expected
              + "\nactual   "
              + actual
              + "\nafter "
              + String.join(", ", moves)
              + "\nnet\n"
              + net);
    }
  }
}
