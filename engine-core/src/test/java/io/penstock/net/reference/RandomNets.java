package io.penstock.net.reference;

import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.Reset;
import io.penstock.net.Split;
import io.penstock.net.StartMode;
import io.penstock.net.reference.ReferenceNet.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Nets of any shape, from a seed: every join and split, weights, milestones, cycles, regions and
 * exits. They are seldom safe and seldom sound.
 *
 * <p>Conditions are ranked from the input, 0, to the output. Each inner one is fed from a lower
 * rank and leads to a higher one, so every element lies on a path; more flows are added at random.
 * A task that only leads upwards may be a routing task: so no net routes for ever.
 */
final class RandomNets {
  private static final int GUARDS = 6;

  private final Random random;
  private final int output;
  private final boolean orJoins;
  private final List<Draft> drafts = new ArrayList<>();
  private final ReferenceNet net = new ReferenceNet();
  private final List<String> ranked = new ArrayList<>();

  /** A task of which only the ranks of its conditions are known. */
  private record Draft(TreeSet<Integer> from, List<Integer> to) {
    boolean leadsUpwards() {
      return from.last() < Collections.min(to);
    }
  }

  private RandomNets(final Random random) {
    this.random = random;
    // A few have more tasks than one word has bits.
    output = 2 + (oneOutOf(40) ? 60 : random.nextInt(7));
    orJoins = oneOutOf(2);
  }

  static ReferenceNet net(final long seed) {
    return new RandomNets(new Random(seed)).make();
  }

  private ReferenceNet make() {
    ranked.add(ReferenceNet.INPUT);
    for (int rank = 1; rank < output; rank++) {
      ranked.add(net.condition("c" + rank));
    }
    ranked.add(ReferenceNet.OUTPUT);
    connectEachCondition();
    addFlows();
    Collections.shuffle(drafts, random);
    for (int i = 0; i < drafts.size(); i++) {
      addTask("t" + i, drafts.get(i));
    }
    net.tasks.values().forEach(this::addRegion);
    addMutex();
    net.explicitTermination = oneOutOf(5);
    return net;
  }

  private void connectEachCondition() {
    for (int rank = 1; rank < output; rank++) {
      connect(random.nextInt(rank), rank);
      connect(rank, rank + 1 + random.nextInt(output - rank));
    }
  }

  private void connect(final int from, final int to) {
    final List<Draft> known =
        drafts.stream()
            .filter(draft -> draft.from().contains(from) != draft.to().contains(to))
            .toList();
    if (known.isEmpty() || oneOutOf(2)) {
      drafts.add(new Draft(new TreeSet<>(List.of(from)), new ArrayList<>(List.of(to))));
      return;
    }
    final Draft draft = pick(known);
    if (draft.from().contains(from)) {
      draft.to().add(to);
    } else {
      draft.from().add(from);
    }
  }

  private void addFlows() {
    for (int i = random.nextInt(output + 1); i > 0; i--) {
      final Draft draft = pick(drafts);
      switch (random.nextInt(3)) {
        case 0 -> draft.from().add(random.nextInt(output));
        case 1 -> draft.to().add(anyButInput());
        default ->
            drafts.add(
                new Draft(
                    new TreeSet<>(List.of(random.nextInt(output))),
                    new ArrayList<>(List.of(anyButInput()))));
      }
    }
  }

  private int anyButInput() {
    return 1 + random.nextInt(output);
  }

  private void addTask(final String name, final Draft draft) {
    final int modes = draft.leadsUpwards() ? 3 : 2;
    final StartMode mode =
        List.of(StartMode.OFFERED, StartMode.AUTOMATIC, StartMode.ROUTING)
            .get(random.nextInt(modes));
    final Split split = pick(List.of(Split.values()));
    final Join join =
        orJoins
            ? pick(List.of(Join.AND, Join.AND, Join.XOR, Join.OR, Join.OR, Join.INCLUSIVE))
            : pick(List.of(Join.AND, Join.AND, Join.XOR));
    final Task task = net.task(name, mode, join, split);
    addInflows(task, List.copyOf(draft.from()));
    addOutflows(task, draft.to());
    if (oneOutOf(7)) {
      task.reading(pick(ranked));
    }
    if (mode != StartMode.ROUTING && oneOutOf(4)) {
      task.failingTo(ranked.get(anyButInput()));
    }
    if (mode != StartMode.ROUTING && oneOutOf(4)) {
      task.timingOutTo(ranked.get(anyButInput()));
    }
  }

  private void addInflows(final Task task, final List<Integer> from) {
    final boolean wholeNet = task.join == Join.OR || task.join == Join.INCLUSIVE;
    final boolean partial = !wholeNet && oneOutOf(3);
    final List<Integer> shuffled = new ArrayList<>(from);
    Collections.shuffle(shuffled, random);
    shuffled.forEach(rank -> task.from(ranked.get(rank), partial || wholeNet ? 1 : weight()));
    if (partial) {
      final Reset reset = pick(List.of(Reset.values()));
      task.waitingFor(1 + random.nextInt(from.size()), reset);
      if (reset == Reset.CANCELLING) {
        from.stream()
            .limit(oneOutOf(3) ? 1 : from.size())
            .map(ranked::get)
            .forEach(task.cancelledConditions::add);
      }
    }
  }

  private int weight() {
    return oneOutOf(4) ? 2 : 1;
  }

  private void addOutflows(final Task task, final List<Integer> to) {
    final boolean byDefault = task.split == Split.OR || (task.split == Split.XOR && oneOutOf(2));
    for (int i = 0; i < to.size(); i++) {
      task.to(ranked.get(to.get(i)), weight(), guard(task.split, byDefault, i == to.size() - 1));
    }
    if (byDefault) {
      task.otherwise(random.nextInt(to.size()));
    }
    if (task.split == Split.OR && oneOutOf(3)) {
      task.toWhenNot(random.nextInt(to.size()), ranked.get(pick(to)));
    }
  }

  private int guard(final Split split, final boolean byDefault, final boolean last) {
    final boolean none =
        switch (split) {
          case AND -> true;
          case XOR -> last && !byDefault;
          case OR -> oneOutOf(8);
        };
    return none ? Net.NONE : random.nextInt(GUARDS);
  }

  private void addRegion(final Task task) {
    if (!oneOutOf(4)) {
      return;
    }
    final List<String> tasks = List.copyOf(net.tasks.keySet());
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      if (oneOutOf(3)) {
        task.cancelledTasks.add(pick(tasks));
      } else {
        task.cancelledConditions.add(pick(ranked));
      }
    }
  }

  private void addMutex() {
    if (!oneOutOf(3)) {
      return;
    }
    final List<String> tasks = new ArrayList<>(net.tasks.keySet());
    Collections.shuffle(tasks, random);
    final List<List<String>> sections = new ArrayList<>();
    for (int i = 1 + random.nextInt(2); i > 0 && !tasks.isEmpty(); i--) {
      final int size = 1 + random.nextInt(Math.min(3, tasks.size()));
      final List<String> section = List.copyOf(tasks.subList(0, size));
      tasks.subList(0, size).clear();
      if (isClear(section)) {
        sections.add(section);
      }
    }
    net.exclude(sections);
  }

  /** Whether each task that may start by one of several inputs has none or all of them within. */
  private boolean isClear(final List<String> section) {
    final Set<String> within = net.within(section);
    return section.stream()
        .map(net::task)
        .filter(task -> task.join != Join.AND)
        .allMatch(
            task ->
                task.inflows.stream().allMatch(in -> within.contains(in.condition()))
                    || task.inflows.stream().noneMatch(in -> within.contains(in.condition())));
  }

  private <T> T pick(final List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private boolean oneOutOf(final int n) {
    return random.nextInt(n) == 0;
  }
}
