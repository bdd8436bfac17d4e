package io.penstock.nested;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.CaseStatus;
import io.penstock.engine.CommandRejectedException;
import io.penstock.engine.Engine;
import io.penstock.engine.Rejection;
import io.penstock.engine.WorkItem;
import io.penstock.nested.ModelCase.LeafStep;
import io.penstock.nested.ModelCase.ManyStep;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Plays the same moves on a real case and on the model and compares, after each, what is open. */
final class NestedDuel {
  private static final int MOVES = 30;

  private final Tree tree;
  private final Random random;
  private final CaseHandle handle;
  private final ModelCase model;
  private final Map<Long, ModelCase> known = new HashMap<>();
  private final List<WorkItem> gone = new ArrayList<>();
  private List<WorkItem> items = List.of();
  final List<String> moves = new ArrayList<>();

  private NestedDuel(final Engine engine, final long seed) {
    tree = Tree.random(seed);
    random = new Random(seed);
    final Workflow workflow = Tree.workflow("nested " + seed, tree);
    engine.deploy(workflow);
    handle = engine.start(workflow, in -> {});
    model = ModelCase.start(tree);
    known.put(handle.caseId(), model);
  }

  /** Plays the tree of a seed and returns what was done. */
  static List<String> play(final Engine engine, final long seed) {
    final NestedDuel duel = new NestedDuel(engine, seed);
    try {
      duel.compare();
      for (int i = 0; i < MOVES && duel.model.isRunning; i++) {
        duel.move();
        duel.compare();
      }
      duel.end();
    } catch (final AssertionError | RuntimeException failed) {
      throw new AssertionError(
          "seed " + seed + "\nafter " + duel.moves + "\nof " + duel.tree + "\n" + failed, failed);
    }
    return duel.moves;
  }

  private void end() {
    if (model.isRunning) {
      handle.cancel();
      model.cancel();
      moves.add("cancel");
      assertThat(handle.status()).isEqualTo(CaseStatus.CANCELLED);
    } else {
      assertThat(handle.status()).isEqualTo(CaseStatus.COMPLETED);
    }
    final List<WorkItem> late = gone.isEmpty() ? items : gone;
    if (!late.isEmpty()) {
      rejected(() -> handle.complete(late.get(0), "somebody", in -> {}));
    }
  }

  private void move() {
    switch (random.nextInt(8)) {
      case 0 -> step("add", this::add);
      case 1 -> step("close", this::close);
      case 2 -> step("complete early", this::completeEarly);
      case 3 -> completeLate();
      default -> complete();
    }
  }

  private void complete() {
    if (items.isEmpty()) {
      return; // only instances that may be added keep it open
    }
    final WorkItem item = items.get(random.nextInt(items.size()));
    moves.add("complete " + item.task() + "/" + item.instance());
    handle.complete(item, "somebody", in -> {});
    leaf(item).done();
    gone.add(item);
  }

  private LeafStep leaf(final WorkItem item) {
    return known.get(item.caseId()).open.stream()
        .filter(step -> step instanceof LeafStep && step.name.equals(item.task()))
        .map(LeafStep.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private void completeLate() {
    if (!gone.isEmpty()) {
      final WorkItem item = gone.get(random.nextInt(gone.size()));
      moves.add("late " + item.task());
      rejected(() -> handle.complete(item, "somebody", in -> {}));
    }
  }

  private interface StepMove {
    void make(String name, List<ManyStep> running);
  }

  /** Makes a move with a multiple-instance step, running or not. */
  private void step(final String what, final StepMove move) {
    final List<String> names = new ArrayList<>();
    collect(tree, names);
    if (names.isEmpty()) {
      return;
    }
    final String name = names.get(random.nextInt(names.size()));
    final List<ManyStep> running = new ArrayList<>();
    for (final ModelCase part : model.family()) {
      part.open.stream()
          .filter(step -> step instanceof ManyStep && step.name.equals(name))
          .forEach(step -> running.add((ManyStep) step));
    }
    moves.add(what + " " + name);
    if (running.isEmpty()) {
      assertThat(rejected(() -> handle.addInstance(name, in -> {})))
          .isEqualTo(Rejection.STEP_NOT_RUNNING);
    } else if (running.size() > 1) {
      assertThat(rejected(() -> handle.completeInstances(name)))
          .isEqualTo(Rejection.WORK_ITEM_AMBIGUOUS);
    } else {
      move.make(name, running);
    }
  }

  private void add(final String name, final List<ManyStep> running) {
    final ManyStep step = running.get(0);
    final Rejection expected =
        step.many.maximum() == 0
            ? Rejection.INSTANCES_NOT_ADDABLE
            : step.isClosed
                ? Rejection.INSTANCES_CLOSED
                : step.isFull() ? Rejection.INSTANCES_MAXIMUM_REACHED : null;
    if (expected == null) {
      handle.addInstance(name, in -> {});
      step.add();
    } else {
      assertThat(rejected(() -> handle.addInstance(name, in -> {}))).isEqualTo(expected);
    }
  }

  private void close(final String name, final List<ManyStep> running) {
    if (running.get(0).many.maximum() == 0) {
      assertThat(rejected(() -> handle.closeInstances(name)))
          .isEqualTo(Rejection.INSTANCES_NOT_ADDABLE);
    } else {
      handle.closeInstances(name);
      running.get(0).close();
    }
  }

  private void completeEarly(final String name, final List<ManyStep> running) {
    handle.completeInstances(name);
    running.get(0).completeEarly();
  }

  private static void collect(final Tree tree, final List<String> names) {
    if (tree instanceof Tree.Row row) {
      row.steps().forEach(step -> collect(step, names));
    } else if (tree instanceof Tree.Fork fork) {
      fork.branches().forEach(branch -> collect(branch, names));
    } else if (tree instanceof Tree.Call call) {
      collect(call.body(), names);
    } else if (tree instanceof Tree.Many many) {
      names.add(many.name());
      collect(many.body(), names);
    }
  }

  private static Rejection rejected(final ThrowingCallable call) {
    final Throwable thrown = catchThrowable(call);
    assertThat(thrown).isInstanceOf(CommandRejectedException.class);
    return ((CommandRejectedException) thrown).rejection();
  }

  private void compare() {
    assertThat(handle.status() == CaseStatus.RUNNING).as("running").isEqualTo(model.isRunning);
    final List<WorkItem> now = model.isRunning ? handle.workItems() : List.of();
    items.stream().filter(item -> !now.contains(item)).forEach(gone::add);
    items = now;
    final List<String> expected = new ArrayList<>();
    for (final ModelCase part : model.family()) {
      part.open.stream()
          .filter(LeafStep.class::isInstance)
          .forEach(step -> expected.add(step.name + "/" + part.instance));
    }
    assertThat(items)
        .map(item -> item.task() + "/" + item.instance())
        .containsExactlyInAnyOrderElementsOf(expected);
    items.forEach(this::recognise);
  }

  /** Finds the part of the model that a case not seen before is. */
  private void recognise(final WorkItem item) {
    if (known.containsKey(item.caseId())) {
      leaf(item);
      return;
    }
    final List<ModelCase> candidates =
        model.family().stream()
            .filter(part -> !known.containsValue(part) && part.instance == item.instance())
            .filter(
                part ->
                    part.open.stream()
                        .anyMatch(
                            step -> step instanceof LeafStep && step.name.equals(item.task())))
            .toList();
    assertThat(candidates).as("cases that %s may be", item).hasSize(1);
    known.put(item.caseId(), candidates.get(0));
  }
}
