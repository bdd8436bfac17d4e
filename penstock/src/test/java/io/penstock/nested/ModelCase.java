package io.penstock.nested;

import io.penstock.nested.Tree.Call;
import io.penstock.nested.Tree.Fork;
import io.penstock.nested.Tree.Leaf;
import io.penstock.nested.Tree.Many;
import io.penstock.nested.Tree.Row;
import io.penstock.workflow.Rest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What becomes of a tree, by the book: a case with its open steps, some of which are cases
 * themselves.
 */
final class ModelCase {
  final int instance;
  final Set<Step> open = new LinkedHashSet<>();
  private final Set<ModelCase> runningOn = new LinkedHashSet<>();
  private final Runnable whenComplete;
  private boolean reachedEnd;
  boolean isRunning = true;

  private ModelCase(final int instance, final Runnable whenComplete) {
    this.instance = instance;
    this.whenComplete = whenComplete;
  }

  static ModelCase start(final Tree tree) {
    final ModelCase started = new ModelCase(-1, () -> {});
    started.begin(tree);
    return started;
  }

  private void begin(final Tree tree) {
    start(
        tree,
        done -> {},
        () -> {
          reachedEnd = true;
        });
    settle();
  }

  /** The case is complete when its end is reached and nothing of it runs on. */
  private void settle() {
    if (isRunning && reachedEnd && open.isEmpty() && runningOn.isEmpty()) {
      isRunning = false;
      whenComplete.run();
    }
  }

  void cancel() {
    isRunning = false;
    List.copyOf(open).forEach(Step::cancel);
    runningOn.forEach(ModelCase::cancel);
    open.clear();
    runningOn.clear();
  }

  /** This case and all that run inside it. */
  List<ModelCase> family() {
    final List<ModelCase> family = new ArrayList<>(List.of(this));
    open.forEach(step -> step.children().forEach(child -> family.addAll(child.family())));
    runningOn.forEach(child -> family.addAll(child.family()));
    return family;
  }

  /** Starts a block; whoever may have to cancel it later is told of each step that opens in it. */
  private void start(final Tree tree, final Consumer<Step> opened, final Runnable whenDone) {
    if (tree instanceof Row row) {
      startRow(row.steps(), opened, whenDone);
    } else if (tree instanceof Fork fork) {
      startFork(fork, opened, whenDone);
    } else {
      final Step step =
          tree instanceof Leaf leaf
              ? new LeafStep(leaf.name(), whenDone)
              : tree instanceof Call call
                  ? new CallStep(call, whenDone)
                  : new ManyStep((Many) tree, whenDone);
      open.add(step);
      opened.accept(step);
      step.begin();
    }
  }

  private void startRow(
      final List<Tree> steps, final Consumer<Step> opened, final Runnable whenDone) {
    if (steps.isEmpty()) {
      whenDone.run();
      return;
    }
    start(steps.get(0), opened, () -> startRow(steps.subList(1, steps.size()), opened, whenDone));
  }

  private void startFork(final Fork fork, final Consumer<Step> opened, final Runnable whenDone) {
    final Set<Step> inside = new LinkedHashSet<>();
    final int[] branches = {0, 0}; // started, done
    final Runnable joinWhenEnough =
        () -> {
          if (branches[0] == fork.branches().size() && branches[1] >= fork.threshold()) {
            branches[0] = -1;
            if (fork.rest() == Rest.CANCEL) {
              inside.stream().filter(open::contains).toList().forEach(Step::cancel);
              open.removeAll(inside);
            }
            whenDone.run();
          }
        };
    for (final Tree branch : fork.branches()) {
      start(
          branch,
          step -> {
            inside.add(step);
            opened.accept(step);
          },
          () -> {
            branches[1]++;
            joinWhenEnough.run();
          });
      branches[0]++;
    }
    joinWhenEnough.run();
  }

  /** Something that is open in a case. */
  abstract class Step {
    final String name;
    private final Runnable whenDone;

    Step(final String name, final Runnable whenDone) {
      this.name = name;
      this.whenDone = whenDone;
    }

    ModelCase owner() {
      return ModelCase.this;
    }

    void begin() {}

    void cancel() {}

    Set<ModelCase> children() {
      return Set.of();
    }

    final void done() {
      open.remove(this);
      whenDone.run();
      settle();
    }
  }

  /** A work item. */
  final class LeafStep extends Step {
    LeafStep(final String name, final Runnable whenDone) {
      super(name, whenDone);
    }
  }

  /** A sub-workflow that runs. */
  final class CallStep extends Step {
    private final Call call;
    private final Set<ModelCase> children = new LinkedHashSet<>();

    CallStep(final Call call, final Runnable whenDone) {
      super(call.name(), whenDone);
      this.call = call;
    }

    @Override
    void begin() {
      final ModelCase child = new ModelCase(instance, this::done);
      children.add(child);
      child.begin(call.body());
    }

    @Override
    void cancel() {
      children.forEach(ModelCase::cancel);
    }

    @Override
    Set<ModelCase> children() {
      return children;
    }
  }

  /** A step of several instances that runs. */
  final class ManyStep extends Step {
    final Many many;
    private final Set<ModelCase> pending = new LinkedHashSet<>();
    private int created;
    private int completed;
    boolean isClosed;

    ManyStep(final Many many, final Runnable whenDone) {
      super(many.name(), whenDone);
      this.many = many;
    }

    @Override
    void begin() {
      for (int i = 0; i < many.count(); i++) {
        add();
      }
      if (many.detached()) {
        letRunOn();
        done();
      }
    }

    boolean isFull() {
      return created == many.maximum();
    }

    void add() {
      final ModelCase[] child = new ModelCase[1];
      child[0] = new ModelCase(created++, () -> instanceComplete(child[0]));
      pending.add(child[0]);
      child[0].begin(many.body());
    }

    private void instanceComplete(final ModelCase child) {
      if (runningOn.remove(child)) {
        settle();
        return;
      }
      pending.remove(child);
      completed++;
      if (many.threshold() == 0 || completed < many.threshold()) {
        doneIfAllAre();
        return;
      }
      switch (many.rest()) {
        case WAIT -> close();
        case RUN_ON -> {
          letRunOn();
          done();
        }
        case CANCEL -> completeEarly();
      }
    }

    void close() {
      isClosed = true;
      doneIfAllAre();
    }

    void completeEarly() {
      cancel();
      done();
    }

    private void doneIfAllAre() {
      if (pending.isEmpty() && (isClosed || !many.keptOpen())) {
        done();
      }
    }

    private void letRunOn() {
      runningOn.addAll(pending);
      pending.clear();
    }

    @Override
    void cancel() {
      pending.forEach(ModelCase::cancel);
      pending.clear();
    }

    @Override
    Set<ModelCase> children() {
      return pending;
    }
  }
}
