package io.penstock.net.reference;

import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.OrJoinProbe;
import io.penstock.net.reference.ReferenceNet.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** An OR-join of a random net with some inputs marked and some not, in any marking. */
record OrJoinSituation(ReferenceNet net, Task join, Map<String, Integer> marking) {

  /** The situation of a seed; none when its net has no such join. */
  static Optional<OrJoinSituation> of(final long seed) {
    final Random random = new Random(seed);
    final ReferenceNet net = RandomNets.net(seed);
    final List<Task> joins =
        net.tasks.values().stream()
            .filter(task -> task.join == Join.OR && task.inflows.size() > 1)
            .toList();
    if (joins.isEmpty()) {
      return Optional.empty();
    }
    final Task join = joins.get(random.nextInt(joins.size()));
    final Map<String, Integer> marking = new TreeMap<>();
    for (final String condition : net.conditions) {
      marking.put(condition, random.nextInt(4) > 0 ? 0 : 1 + random.nextInt(2));
    }
    for (final Task task : net.tasks.values()) {
      marking.put(task.name, task != join && random.nextInt(6) == 0 ? 1 : 0);
    }
    final List<String> inputs = new ArrayList<>();
    join.inflows.forEach(in -> inputs.add(in.condition()));
    Collections.shuffle(inputs, random);
    marking.put(inputs.get(0), 1 + random.nextInt(2));
    marking.put(inputs.get(1), 0);
    return Optional.of(new OrJoinSituation(net, join, marking));
  }

  /** Asks the real join. */
  OrJoinProbe probe() {
    return probe(net);
  }

  /** Asks the real join of a net in which everything stands in another order. */
  OrJoinProbe probeShuffled(final Random random) {
    final ReferenceNet shuffled = new ReferenceNet();
    final List<String> conditions = new ArrayList<>(net.conditions);
    final List<String> inner = conditions.subList(2, conditions.size());
    Collections.shuffle(inner, random);
    shuffled.conditions.addAll(conditions);
    final List<Task> tasks = new ArrayList<>(net.tasks.values());
    Collections.shuffle(tasks, random);
    final Map<String, Task> ordered = new LinkedHashMap<>();
    tasks.forEach(task -> ordered.put(task.name, task));
    shuffled.tasks.putAll(ordered);
    return probe(shuffled);
  }

  private OrJoinProbe probe(final ReferenceNet of) {
    final List<String> conditions = List.copyOf(of.conditions);
    final List<String> tasks = List.copyOf(of.tasks.keySet());
    final Net compiled = of.compile(false);
    return new OrJoinProbe(
        compiled,
        tasks.indexOf(join.name),
        condition -> marking.get(conditions.get(condition)),
        task -> marking.get(tasks.get(task)));
  }

  /** What comes of trying everything forwards. */
  String tried() {
    return new Prospect(net, marking).canComeToAnother(join) ? "WAITS" : "STARTS";
  }

  @Override
  public String toString() {
    return join.name + " at " + marking + " in\n" + net;
  }
}
