package io.penstock.net;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A net to draw and change at random: condition 0 is the input, condition 1 the output. */
final class SketchedNet {
  final int conditions;
  final List<Task> tasks;

  SketchedNet(final int conditions, final List<Task> tasks) {
    this.conditions = conditions;
    this.tasks = tasks;
  }

  /** Makes the net; throws {@link InvalidNetException} when its structure is wrong. */
  Net build() {
    final NetBuilder net = new NetBuilder("sketch");
    for (int condition = 0; condition < conditions; condition++) {
      net.condition("C" + condition);
    }
    net.input(0);
    net.output(1);
    int guards = 0;
    for (int t = 0; t < tasks.size(); t++) {
      final Task task = tasks.get(t);
      net.task("t" + t, task.start, task.join, task.split);
      for (final int in : task.in) {
        net.flowIn(in, t, 1);
      }
      for (int i = 0; i < task.out.size(); i++) {
        final boolean last = i == task.out.size() - 1;
        final boolean guarded = task.split != Split.AND && !last;
        net.flowOut(t, task.out.get(i), 1, guarded ? guards++ : Net.NONE);
        if (task.split != Split.AND && last) {
          net.defaultFlow(t, i);
        }
      }
      if (task.failure >= 0) {
        net.failureFlow(t, task.failure);
      }
      for (final int cancelled : task.cancelled) {
        net.cancelsCondition(t, cancelled);
      }
      for (final int cancelled : task.cancelledTasks) {
        net.cancelsTask(t, cancelled);
      }
    }
    return net.build();
  }

  /**
   * Whether it does not matter in which order the machine looks at tasks: between two that could
   * take a token the environment decides, routing does not go round and cancels nothing, and what
   * is cancelled is not chosen by an XOR-join.
   */
  boolean isUnambiguous() {
    for (int condition = 0; condition < conditions; condition++) {
      final int at = condition;
      final List<Task> takers = tasks.stream().filter(task -> task.in.contains(at)).toList();
      final boolean chosenByOrder =
          takers.stream().anyMatch(task -> task.join == Join.XOR && task.in.size() > 1);
      final boolean automatic = takers.stream().anyMatch(task -> task.start != StartMode.OFFERED);
      final boolean cancelled = tasks.stream().anyMatch(task -> task.cancelled.contains(at));
      if ((takers.size() > 1 && (automatic || chosenByOrder)) || (cancelled && chosenByOrder)) {
        return false;
      }
    }
    return tasks.stream()
            .filter(task -> task.start == StartMode.ROUTING)
            .allMatch(task -> task.cancelled.isEmpty() && task.cancelledTasks.isEmpty())
        && IntStream.range(0, tasks.size()).noneMatch(t -> routesTo(t, t, tasks.size()));
  }

  private boolean routesTo(final int from, final int to, final int steps) {
    if (steps == 0 || tasks.get(from).start != StartMode.ROUTING) {
      return false;
    }
    return IntStream.range(0, tasks.size())
        .filter(next -> tasks.get(from).out.stream().anyMatch(tasks.get(next).in::contains))
        .anyMatch(
            next ->
                (next == to && tasks.get(next).start == StartMode.ROUTING)
                    || routesTo(next, to, steps - 1));
  }

  @Override
  public String toString() {
    return "conditions=" + conditions + ", tasks=" + tasks;
  }

  /** A task of a sketch. */
  static final class Task {
    StartMode start = StartMode.AUTOMATIC;
    Join join = Join.XOR;
    Split split = Split.AND;
    final List<Integer> in = new ArrayList<>();
    final List<Integer> out = new ArrayList<>();
    final List<Integer> cancelled = new ArrayList<>();
    final List<Integer> cancelledTasks = new ArrayList<>();
    int failure = -1;

    @Override
    public String toString() {
      return "\n  "
          + start
          + " "
          + join
          + in
          + " "
          + split
          + out
          + " failure="
          + failure
          + " cancels="
          + cancelled
          + cancelledTasks;
    }
  }
}
