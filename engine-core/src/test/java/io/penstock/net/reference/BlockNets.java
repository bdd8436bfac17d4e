package io.penstock.net.reference;

import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.Reset;
import io.penstock.net.Split;
import io.penstock.net.StartMode;
import io.penstock.net.reference.ReferenceNet.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Nets of nested blocks, from a seed: no condition can hold two tokens, so they can be played as
 * masks.
 *
 * <p>Regions and milestones are put anywhere: they only take tokens away or hold them back. A join
 * that swallows or holds the other branches stands outside loops only, because a loop could come
 * back before they arrive; one that cancels them may stand anywhere.
 */
final class BlockNets {
  private static final int DEPTH_MAX = 3;

  private final Random random;
  private final ReferenceNet net = new ReferenceNet();
  private int names;

  private BlockNets(final Random random) {
    this.random = random;
  }

  static ReferenceNet net(final long seed) {
    return new BlockNets(new Random(seed)).make();
  }

  private ReferenceNet make() {
    block(ReferenceNet.INPUT, ReferenceNet.OUTPUT, 0, false);
    final List<String> conditions = List.copyOf(net.conditions);
    final List<String> tasks = List.copyOf(net.tasks.keySet());
    for (final Task task : net.tasks.values()) {
      if (random.nextInt(12) == 0) {
        task.reading(pick(conditions)).reading(pick(conditions));
      }
      if (random.nextInt(8) == 0) {
        task.cancelling(Set.of(pick(conditions)), Set.of(pick(tasks)));
      }
    }
    net.explicitTermination = random.nextInt(5) == 0;
    return net;
  }

  private void block(final String from, final String to, final int depth, final boolean inLoop) {
    final int kind = depth == DEPTH_MAX ? 0 : random.nextInt(9);
    final int next = depth + 1;
    switch (kind) {
      case 0 -> single(from, to);
      case 1 -> parallel(from, to, next, inLoop);
      case 2 -> exclusive(from, to, next, inLoop);
      case 3 -> inclusive(from, to, next, inLoop);
      case 4 -> deferred(from, to, next, inLoop);
      case 5 -> loop(from, to, next);
      case 6 -> partial(from, to, next, inLoop);
      default -> {
        final String between = condition();
        block(from, between, next, inLoop);
        block(between, to, next, inLoop);
      }
    }
  }

  private void single(final String from, final String to) {
    final Task task = task(anyMode(), Join.XOR, Split.AND).from(from).to(to);
    if (task.mode != StartMode.ROUTING && random.nextInt(3) == 0) {
      task.failingTo(repaired(to));
    }
    if (task.mode != StartMode.ROUTING && random.nextInt(3) == 0) {
      task.timingOutTo(to);
    }
  }

  private String repaired(final String to) {
    final String failed = condition();
    task(StartMode.AUTOMATIC, Join.AND, Split.AND).from(failed).to(to);
    return failed;
  }

  private void parallel(final String from, final String to, final int depth, final boolean inLoop) {
    final Task fork = task(anyMode(), Join.XOR, Split.AND).from(from);
    final Task join = task(anyMode(), Join.AND, Split.AND).to(to);
    branches(fork, join, depth, inLoop);
  }

  private void partial(final String from, final String to, final int depth, final boolean inLoop) {
    final Task fork = task(anyMode(), Join.XOR, Split.AND).from(from);
    final Task join = task(anyMode(), Join.AND, Split.AND).to(to);
    final int conditionsBefore = net.conditions.size();
    final int tasksBefore = net.tasks.size();
    branches(fork, join, depth, inLoop);
    final Reset reset = inLoop ? Reset.CANCELLING : pick(List.of(Reset.values()));
    join.waitingFor(1 + random.nextInt(join.inflows.size()), reset);
    if (reset == Reset.CANCELLING) {
      join.cancelling(
          net.conditions.stream().skip(conditionsBefore).toList(),
          net.tasks.keySet().stream().skip(tasksBefore).toList());
    }
  }

  private void branches(final Task fork, final Task join, final int depth, final boolean inLoop) {
    for (int i = 2 + random.nextInt(2); i > 0; i--) {
      final String begin = condition();
      final String end = condition();
      fork.to(begin);
      join.from(end);
      block(begin, end, depth, inLoop);
    }
  }

  private void exclusive(
      final String from, final String to, final int depth, final boolean inLoop) {
    final Task choice = task(anyMode(), Join.XOR, Split.XOR).from(from);
    final Task merge = task(anyMode(), Join.XOR, Split.AND).to(to);
    final int branches = 2 + random.nextInt(2);
    for (int i = 0; i < branches; i++) {
      final String begin = condition();
      final String end = condition();
      choice.to(begin, 1, i == branches - 1 ? Net.NONE : i);
      merge.from(end);
      block(begin, end, depth, inLoop);
    }
    if (random.nextBoolean()) {
      choice.otherwise(branches - 1);
    }
  }

  /** An OR-split whose flows not taken go around their branches to an AND-join. */
  private void inclusive(
      final String from, final String to, final int depth, final boolean inLoop) {
    final Task choice = task(anyMode(), Join.XOR, Split.OR).from(from);
    final Task merge = task(anyMode(), Join.AND, Split.AND).to(to);
    for (int i = 0; i < 3; i++) {
      final String begin = condition();
      final String end = condition();
      choice.to(begin, 1, i).toWhenNot(2 * i, end);
      merge.from(end);
      block(begin, end, depth, inLoop);
    }
    choice.otherwise(2 * random.nextInt(3));
  }

  private void deferred(final String from, final String to, final int depth, final boolean inLoop) {
    for (int i = 2 + random.nextInt(2); i > 0; i--) {
      final String taken = condition();
      task(StartMode.OFFERED, Join.XOR, Split.AND).from(from).to(taken);
      block(taken, to, depth, inLoop);
    }
  }

  private void loop(final String from, final String to, final int depth) {
    final String top = condition();
    final String body = condition();
    final String bottom = condition();
    task(StartMode.ROUTING, Join.XOR, Split.AND).from(from).to(top);
    task(pick(List.of(StartMode.AUTOMATIC, StartMode.OFFERED)), Join.XOR, Split.AND)
        .from(top)
        .to(body);
    block(body, bottom, depth, true);
    task(anyMode(), Join.XOR, Split.XOR).from(bottom).to(top, 1, 0).to(to);
  }

  private StartMode anyMode() {
    return pick(List.of(StartMode.values()));
  }

  private <T> T pick(final List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private String condition() {
    return net.condition("c" + names++);
  }

  private Task task(final StartMode mode, final Join join, final Split split) {
    return net.task("t" + names++, mode, join, split);
  }

  /** Nets without any way to make or lose a token: each task takes one and gives one. */
  static ReferenceNet conserving(final long seed) {
    final Random random = new Random(seed);
    final ReferenceNet net = new ReferenceNet();
    final List<String> conditions = new ArrayList<>(List.of(ReferenceNet.INPUT));
    for (int i = 0; i < 1 + random.nextInt(5); i++) {
      final String condition = net.condition("c" + i);
      net.task("to" + condition, StartMode.OFFERED, Join.XOR, Split.AND)
          .from(conditions.get(random.nextInt(conditions.size())))
          .to(condition);
      conditions.add(condition);
    }
    for (int i = 0; i < conditions.size(); i++) {
      final StartMode mode = random.nextBoolean() ? StartMode.OFFERED : StartMode.AUTOMATIC;
      net.task("from" + i, mode, Join.XOR, Split.XOR)
          .from(conditions.get(i))
          .to(
              conditions.size() == 1 ? ReferenceNet.OUTPUT : conditions.get(conditions.size() - 1),
              1,
              i)
          .to(ReferenceNet.OUTPUT);
    }
    return net;
  }
}
