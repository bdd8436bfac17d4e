package io.penstock.net;

import io.penstock.net.Verification.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The obvious way to judge a sketched net: bags of tokens in sets, every truth of every guard, no
 * haste. Shares nothing with the verifier; right for {@linkplain SketchedNet#isUnambiguous
 * unambiguous} nets.
 */
final class PlainExploration {
  private static final int TOKENS_MAX = 4;
  private static final int STATES_MAX = 500;

  private final SketchedNet net;
  private final Map<State, Set<State>> next = new LinkedHashMap<>();
  private final Set<Integer> started = new HashSet<>();
  private boolean tooLarge;

  PlainExploration(final SketchedNet net) {
    this.net = net;
    final Deque<State> queue = new ArrayDeque<>();
    for (final int truth : truths()) {
      final State begin = new State(new HashMap<>(Map.of(0, 1)), new HashSet<>());
      settle(begin, truth);
      queue.add(begin);
    }
    while (!queue.isEmpty() && !tooLarge) {
      final State state = queue.remove();
      if (!next.containsKey(state)) {
        next.put(state, successors(state));
        queue.addAll(next.get(state));
        tooLarge =
            next.size() > STATES_MAX
                || state.tokens.values().stream().anyMatch(count -> count > TOKENS_MAX);
      }
    }
  }

  /** Whether the net has more states, or more tokens, than are looked at. */
  boolean isTooLarge() {
    return tooLarge;
  }

  /** Everything that is wrong with the net. */
  Set<Kind> kinds() {
    final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    final Set<State> ends = new HashSet<>();
    for (final State state : next.keySet()) {
      if (next.get(state).isEmpty()) {
        ends.add(state);
        if (!state.tokens.containsKey(1)) {
          kinds.add(Kind.DEADLOCK);
        } else if (!state.tokens.equals(Map.of(1, 1))) {
          kinds.add(Kind.IMPROPER_COMPLETION);
        }
      }
    }
    boolean grows = true;
    while (grows) {
      grows = false;
      for (final State state : next.keySet()) {
        grows |= !Collections.disjoint(next.get(state), ends) && ends.add(state);
      }
    }
    if (!ends.containsAll(next.keySet())) {
      kinds.add(Kind.LIVELOCK);
    }
    if (started.size() < net.tasks.size()) {
      kinds.add(Kind.DEAD_TASK);
    }
    return kinds;
  }

  private List<Integer> truths() {
    final int guards =
        net.tasks.stream()
            .mapToInt(task -> task.split == Split.AND ? 0 : task.out.size() - 1)
            .sum();
    final List<Integer> truths = new ArrayList<>();
    for (int truth = 0; truth < 1 << guards; truth++) {
      truths.add(truth);
    }
    return truths;
  }

  private Set<State> successors(final State from) {
    final Set<State> found = new HashSet<>();
    for (int t = 0; t < net.tasks.size(); t++) {
      final SketchedNet.Task task = net.tasks.get(t);
      final boolean open =
          task.start == StartMode.OFFERED ? isEnabled(from, t) : from.busy.contains(t);
      if (!open) {
        continue;
      }
      for (final int truth : truths()) {
        final State to = begin(from, t);
        finish(to, t, truth);
        settle(to, truth);
        found.add(to);
      }
      if (task.failure >= 0 && task.start == StartMode.AUTOMATIC) {
        for (final int truth : truths()) {
          final State to = begin(from, t);
          cancel(to, t);
          to.put(task.failure);
          settle(to, truth);
          found.add(to);
        }
      }
    }
    return found;
  }

  private State begin(final State from, final int t) {
    final State to = new State(new HashMap<>(from.tokens), new HashSet<>(from.busy));
    if (!to.busy.remove(t)) {
      take(to, t);
    }
    return to;
  }

  private boolean isEnabled(final State state, final int t) {
    final SketchedNet.Task task = net.tasks.get(t);
    return !state.busy.contains(t)
        && (task.join == Join.AND
            ? state.tokens.keySet().containsAll(task.in)
            : !Collections.disjoint(state.tokens.keySet(), task.in));
  }

  private void take(final State state, final int t) {
    started.add(t);
    final SketchedNet.Task task = net.tasks.get(t);
    if (task.join == Join.AND) {
      task.in.forEach(state::take);
    } else {
      state.take(task.in.stream().filter(state.tokens::containsKey).findFirst().orElseThrow());
    }
  }

  private void cancel(final State state, final int t) {
    net.tasks.get(t).cancelled.forEach(state.tokens::remove);
    net.tasks.get(t).cancelledTasks.forEach(state.busy::remove);
  }

  private void finish(final State state, final int t, final int truth) {
    cancel(state, t);
    final SketchedNet.Task task = net.tasks.get(t);
    if (task.split == Split.AND) {
      task.out.forEach(state::put);
      return;
    }
    int guard = 0;
    for (int before = 0; before < t; before++) {
      final SketchedNet.Task other = net.tasks.get(before);
      guard += other.split == Split.AND ? 0 : other.out.size() - 1;
    }
    boolean any = false;
    for (int i = 0; i < task.out.size() - 1; i++) {
      final boolean holds = (truth >> (guard + i) & 1) == 1;
      if (holds && !(any && task.split == Split.XOR)) {
        state.put(task.out.get(i));
        any = true;
      }
    }
    if (!any) {
      state.put(task.out.get(task.out.size() - 1));
    }
  }

  private void settle(final State state, final int truth) {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (int t = 0; t < net.tasks.size(); t++) {
        final StartMode start = net.tasks.get(t).start;
        if (start != StartMode.OFFERED && isEnabled(state, t)) {
          take(state, t);
          moved = true;
          if (start == StartMode.ROUTING) {
            finish(state, t, truth);
          } else {
            state.busy.add(t);
          }
        }
      }
    }
  }

  private record State(Map<Integer, Integer> tokens, Set<Integer> busy) {
    void put(final int condition) {
      tokens.merge(condition, 1, Integer::sum);
    }

    void take(final int condition) {
      tokens.merge(condition, -1, (have, one) -> have + one == 0 ? null : have + one);
    }
  }
}
