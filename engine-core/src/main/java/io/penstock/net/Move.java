package io.penstock.net;

import java.util.List;

/**
 * A step of a run: somebody completes a task, or the case begins.
 *
 * @param task index of the task, or {@link Net#NONE} for the beginning
 * @param exit how it is left
 * @param answers what the guards say, in the order in which they are first asked
 */
record Move(int task, Exit exit, List<Boolean> answers) {
  static final Move BEGIN = new Move(Net.NONE, Exit.NORMAL, List.of());

  Move with(final List<Boolean> otherAnswers) {
    return new Move(task, exit, List.copyOf(otherAnswers));
  }

  String name(final Net net) {
    return switch (exit) {
      case NORMAL -> net.taskName(task);
      case FAILURE -> net.taskName(task) + " (failure)";
      case TIMEOUT -> net.taskName(task) + " (time-out)";
    };
  }
}
