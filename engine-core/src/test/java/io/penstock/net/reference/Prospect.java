package io.penstock.net.reference;

import io.penstock.net.Exit;
import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.Split;
import io.penstock.net.reference.ReferenceNet.Inflow;
import io.penstock.net.reference.ReferenceNet.Outflow;
import io.penstock.net.reference.ReferenceNet.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What may still become of a marking, found by trying everything forwards.
 *
 * <p>In the reset net of a workflow each half of a task is a move; guards may answer either way,
 * joins other than AND take from one input, nothing is exclusive. A marking that another one covers
 * can do no more than that one, so it is not followed; and what leads to no input of the join is
 * forgotten at once.
 */
final class Prospect {
  private static final int TOKENS_MAX = 3;

  private final ReferenceNet net;
  private final Map<String, Integer> now;

  /** Says that trying everything would take too long. */
  static final class TooHard extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooHard() {
      super("too many markings", null, false, false);
    }
  }

  Prospect(final ReferenceNet net, final Map<String, Integer> now) {
    this.net = net;
    this.now = new TreeMap<>(now);
    this.now.values().removeIf(tokens -> tokens == 0);
  }

  /**
   * Whether a marking can come in which all marked inputs of a join are still marked and one more.
   */
  boolean canComeToAnother(final Task join) {
    final List<String> marked = inputs(join, true);
    final List<String> empty = inputs(join, false);
    if (empty.isEmpty()) {
      return false;
    }
    final Set<String> helpful = helpful(join);
    final List<Map<String, Integer>> seen = new ArrayList<>();
    final Deque<Map<String, Integer>> open = new ArrayDeque<>(List.of(now));
    boolean cut = false;
    while (!open.isEmpty()) {
      final Map<String, Integer> at = new TreeMap<>(open.remove());
      at.keySet().retainAll(helpful);
      if (at.keySet().containsAll(marked) && empty.stream().anyMatch(at::containsKey)) {
        return true;
      }
      if (seen.stream().anyMatch(known -> covers(known, at))) {
        continue;
      }
      seen.add(at);
      if (seen.size() > net.patience) {
        throw new TooHard();
      }
      for (final Map<String, Integer> next : next(at, join)) {
        if (next.entrySet().stream()
            .anyMatch(node -> node.getValue() > TOKENS_MAX && helpful.contains(node.getKey()))) {
          cut = true;
        } else {
          open.add(next);
        }
      }
    }
    if (cut) {
      throw new TooHard();
    }
    return false;
  }

  /** Whether a token can come to an empty input of a join that cannot come to a marked one. */
  boolean canComeToAnEmptyOneOnly(final Task join) {
    return now.keySet().stream()
        .map(node -> reachable(node, join))
        .anyMatch(
            reached ->
                inputs(join, false).stream().anyMatch(reached::contains)
                    && inputs(join, true).stream().noneMatch(reached::contains));
  }

  private Set<String> helpful(final Task join) {
    final Set<String> helpful = new LinkedHashSet<>();
    join.inflows.forEach(in -> helpful.add(in.condition()));
    boolean grows = true;
    while (grows) {
      grows = false;
      for (final Task task : net.tasks.values()) {
        if (task != join && helpful.stream().anyMatch(task::givesTo) && helpful.add(task.name)) {
          task.inflows.forEach(in -> helpful.add(in.condition()));
          helpful.addAll(task.reads);
          grows = true;
        }
      }
    }
    return helpful;
  }

  private List<String> inputs(final Task join, final boolean marked) {
    return join.inflows.stream()
        .map(Inflow::condition)
        .filter(condition -> now.containsKey(condition) == marked)
        .toList();
  }

  private Set<String> reachable(final String from, final Task join) {
    final Set<String> reached = new LinkedHashSet<>(List.of(from));
    final Deque<String> open = new ArrayDeque<>(reached);
    while (!open.isEmpty()) {
      final String node = open.remove();
      for (final Task task : net.tasks.values()) {
        if (task != join && task.takesFrom(node) && reached.add(task.name)) {
          open.add(task.name);
        }
        if (task != join && task.name.equals(node)) {
          for (final String condition : net.conditions) {
            if (task.givesTo(condition) && reached.add(condition)) {
              open.add(condition);
            }
          }
        }
      }
    }
    return reached;
  }

  private static boolean covers(
      final Map<String, Integer> large, final Map<String, Integer> small) {
    return small.entrySet().stream()
        .allMatch(node -> large.getOrDefault(node.getKey(), 0) >= node.getValue());
  }

  private List<Map<String, Integer>> next(final Map<String, Integer> at, final Task join) {
    final List<Map<String, Integer>> next = new ArrayList<>();
    for (final Task task : net.tasks.values()) {
      if (task != join && at.keySet().containsAll(task.reads)) {
        start(at, task, next);
      }
      if (task != join && at.containsKey(task.name)) {
        complete(at, task, next);
      }
    }
    return next;
  }

  private static void start(
      final Map<String, Integer> at, final Task task, final List<Map<String, Integer>> next) {
    final List<List<Inflow>> ways = new ArrayList<>();
    if (task.join == Join.AND) {
      ways.add(task.inflows);
    } else {
      task.inflows.forEach(inflow -> ways.add(List.of(inflow)));
    }
    for (final List<Inflow> way : ways) {
      if (way.stream().allMatch(in -> at.getOrDefault(in.condition(), 0) >= in.weight())) {
        final Map<String, Integer> after = new TreeMap<>(at);
        way.forEach(in -> add(after, in.condition(), -in.weight()));
        add(after, task.name, 1);
        next.add(after);
      }
    }
  }

  private static void complete(
      final Map<String, Integer> at, final Task task, final List<Map<String, Integer>> next) {
    final Map<String, Integer> cancelled = new TreeMap<>(at);
    add(cancelled, task.name, -1);
    task.cancelledConditions.forEach(cancelled::remove);
    task.cancelledTasks.forEach(cancelled::remove);
    for (final Collection<Outflow> way : ways(task)) {
      final Map<String, Integer> after = new TreeMap<>(cancelled);
      way.forEach(out -> add(after, out.condition(), out.weight()));
      next.add(after);
    }
    if (task.handles(Exit.FAILURE)) {
      final Map<String, Integer> after = new TreeMap<>(cancelled);
      add(after, task.onFailure, 1);
      next.add(after);
    }
    if (task.handles(Exit.TIMEOUT)) {
      final Map<String, Integer> after = new TreeMap<>(cancelled);
      add(after, task.onTimeout, 1);
      next.add(after);
    }
  }

  /** The flows that may get a token together. */
  private static Set<Collection<Outflow>> ways(final Task task) {
    final Set<Collection<Outflow>> ways = new LinkedHashSet<>();
    if (task.split == Split.AND) {
      ways.add(task.outflows);
    } else if (task.split == Split.XOR) {
      task.outflows.forEach(out -> ways.add(List.of(out)));
    } else {
      addSubsets(task, ways);
    }
    return ways;
  }

  /** Any of the guarded flows or the default; what complements another may come as well. */
  private static void addSubsets(final Task task, final Set<Collection<Outflow>> ways) {
    final List<Outflow> complements = task.outflows.stream().filter(Outflow::isComplement).toList();
    final List<Outflow> guarded = new ArrayList<>();
    for (int flow = 0; flow < task.outflows.size(); flow++) {
      if (flow != task.defaultFlow && !task.outflows.get(flow).isComplement()) {
        guarded.add(task.outflows.get(flow));
      }
    }
    for (int subset = 1; subset < 1 << guarded.size(); subset++) {
      final List<Outflow> way = new ArrayList<>(complements);
      for (int i = 0; i < guarded.size(); i++) {
        if ((subset & 1 << i) != 0) {
          way.add(guarded.get(i));
        }
      }
      ways.add(way);
    }
    if (task.defaultFlow != Net.NONE) {
      final List<Outflow> way = new ArrayList<>(complements);
      way.add(task.outflows.get(task.defaultFlow));
      ways.add(way);
    }
  }

  private static void add(final Map<String, Integer> marking, final String node, final int tokens) {
    marking.merge(node, tokens, Integer::sum);
    marking.remove(node, 0);
  }
}
