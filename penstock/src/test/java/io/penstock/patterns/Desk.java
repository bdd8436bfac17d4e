package io.penstock.patterns;

import io.penstock.workflow.Inputs;
import io.penstock.workflow.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does the work of a workflow's tasks as a script says.
 *
 * <p>{@link #note} is done at once. {@link #hold} goes on until the script releases it, also after
 * it was told of its cancellation, so that late results can be tried.
 */
final class Desk {
  private static final long PARK_NS = 50_000;

  private final List<String> noted = new CopyOnWriteArrayList<>();
  private final List<Held> held = new CopyOnWriteArrayList<>();
  private volatile boolean holding = true;
  private final List<String> told = new CopyOnWriteArrayList<>();

  /** A handler that the script has not released yet. */
  private static final class Held {
    final String label;
    volatile boolean cancelled;
    volatile @Nullable Consumer<Inputs> result;

    Held(final String label) {
      this.label = label;
    }
  }

  /** The name of a task, with the number of its instance if it has one. */
  static String label(final String task, final int instance) {
    return instance < 0 ? task : task + "#" + instance;
  }

  /** A handler that is done at once. */
  void note(final Work work) {
    noted.add(label(work.task(), work.instance()));
  }

  /** From now on nothing is held: there is no script. */
  void holdNothing() {
    holding = false;
  }

  /** A handler that goes on until the script releases it. */
  void hold(final Work work) {
    if (!holding) {
      return;
    }
    final Held run = new Held(label(work.task(), work.instance()));
    held.add(run);
    Consumer<Inputs> result = run.result;
    while (result == null) {
      if (work.isCancelled() && !run.cancelled) {
        run.cancelled = true;
        told.add(run.label);
      }
      LockSupport.parkNanos(PARK_NS);
      result = run.result;
    }
    result.accept(work);
  }

  /** Lets the first handler of this label go that has been cancelled, or that has not. */
  boolean release(final String label, final boolean cancelled, final Consumer<Inputs> result) {
    for (final Held run : held) {
      if (run.label.equals(label) && run.cancelled == cancelled) {
        held.remove(run);
        run.result = result;
        return true;
      }
    }
    return false;
  }

  void releaseAll() {
    held.forEach(run -> run.result = nothing -> {});
    held.clear();
  }

  /** Labels of the handlers that go on and have not been cancelled. */
  List<String> busy() {
    return held.stream().filter(run -> !run.cancelled).map(run -> run.label).sorted().toList();
  }

  boolean isIdle() {
    return held.isEmpty();
  }

  /** What was noted since the last call. */
  List<String> takeNoted() {
    return take(noted);
  }

  /** Which handlers were told of their cancellation so far; {@link #forgetTold} begins anew. */
  List<String> told() {
    return told.stream().sorted().toList();
  }

  void forgetTold() {
    told.clear();
  }

  private static List<String> take(final List<String> labels) {
    final List<String> taken = new ArrayList<>(labels);
    labels.clear();
    return taken;
  }
}
