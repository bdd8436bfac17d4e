package io.penstock.net.reference;

import io.penstock.net.Exit;
import io.penstock.net.Join;
import io.penstock.net.Net;
import io.penstock.net.Reset;
import io.penstock.net.StartMode;
import io.penstock.net.reference.ReferenceNet.Inflow;
import io.penstock.net.reference.ReferenceNet.Mutex;
import io.penstock.net.reference.ReferenceNet.Outflow;
import io.penstock.net.reference.ReferenceNet.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * The meaning of a net with maps, sets and names, and not a thought of speed.
 *
 * <p>Which of several tasks that could start by themselves comes first is part of the meaning,
 * because they may take each other's tokens. The rule: each change of a condition, a task that was
 * left and a task that was cancelled put tasks into a line (those that take from the condition or
 * read it, in the order of the net); whoever is at its head is looked at next. A branch arrives at
 * a partial join when the join is looked at. Joins that look at the whole net wait until nobody is
 * in the line; then they are looked at in the order of the net, and whatever that puts into the
 * line goes first again. A mutex puts those that would enter it into the line whenever something
 * within changes. {@link #unrest()} does not trust this rule: it looks at the whole net.
 */
final class ReferenceInterpreter {
  /** More looks than any net of the tests needs; a net that only routes for ever reaches it. */
  private static final int LOOKS_MAX = 1_000_000;

  final List<String> events = new ArrayList<>();
  private final ReferenceNet net;
  private final IntPredicate guards;
  private final Map<String, Integer> marking = new LinkedHashMap<>();
  private final Set<String> busy = new LinkedHashSet<>();
  private final Set<String> offered = new LinkedHashSet<>();
  private final Map<String, Round> rounds = new LinkedHashMap<>();
  private final Deque<String> line = new ArrayDeque<>();

  /** What a partial join remembers: the inputs that have arrived, and whether it has fired. */
  private static final class Round {
    final Set<String> arrived = new LinkedHashSet<>();
    boolean fired;

    void forget() {
      arrived.clear();
      fired = false;
    }

    boolean waits() {
      return !fired && !arrived.isEmpty();
    }
  }

  ReferenceInterpreter(final ReferenceNet net, final IntPredicate guards) {
    this.net = net;
    this.guards = guards;
    for (final Task task : net.tasks.values()) {
      rounds.put(task.name, new Round());
    }
  }

  // What can be asked.

  int tokens(final String condition) {
    return marking.getOrDefault(condition, 0);
  }

  boolean isBusy(final String task) {
    return busy.contains(task);
  }

  boolean isOffered(final String task) {
    return offered.contains(task);
  }

  Set<String> busy() {
    return busy;
  }

  Set<String> offered() {
    return offered;
  }

  boolean isAtRest() {
    return busy.isEmpty() && offered.isEmpty();
  }

  boolean isComplete() {
    if (tokens(ReferenceNet.OUTPUT) == 0) {
      return false;
    }
    return net.explicitTermination || (isAtRest() && nothingIsLeftBesidesTheOutput());
  }

  private boolean nothingIsLeftBesidesTheOutput() {
    return net.conditions.stream()
            .allMatch(name -> name.equals(ReferenceNet.OUTPUT) || tokens(name) == 0)
        && rounds.values().stream().noneMatch(Round::waits);
  }

  /** What ought to have happened by itself and has not; empty between two moves. */
  List<String> unrest() {
    final List<String> unrest = new ArrayList<>();
    for (final Task task : net.tasks.values()) {
      final boolean mayStart = !isBusy(task.name) && isEnabled(task);
      if (mayStart && task.mode != StartMode.OFFERED) {
        unrest.add("must have started: " + task.name);
      }
      if (task.mode == StartMode.OFFERED && mayStart != isOffered(task.name)) {
        unrest.add("must be offered exactly while it is enabled: " + task.name);
      }
      if (task.join == Join.PARTIAL && task.inflows.stream().anyMatch(in -> mayArrive(task, in))) {
        unrest.add("must have counted what arrived: " + task.name);
      }
    }
    return unrest;
  }

  // What can be done.

  void begin() {
    put(ReferenceNet.INPUT, 1);
    play();
  }

  boolean start(final String name) {
    if (!isOffered(name)) {
      return false;
    }
    offered.remove(name);
    takeInputs(net.task(name));
    becomeBusy(name);
    play();
    return true;
  }

  boolean complete(final String name, final Exit exit) {
    if (!isBusy(name)) {
      return false;
    }
    leave(net.task(name), exit);
    play();
    return true;
  }

  void cancelAll() {
    net.tasks.keySet().forEach(this::stop);
    line.clear();
    marking.clear();
    rounds.values().forEach(Round::forget);
  }

  // What follows by itself.

  private void play() {
    int looks = 0;
    do {
      while (!line.isEmpty()) {
        final Task task = net.task(line.remove());
        if (task.join == Join.PARTIAL) {
          arrive(task);
        }
        if (!looksAtWholeNet(task)) {
          lookAt(task);
        }
        if (looks++ == LOOKS_MAX) {
          throw new IllegalStateException("net does not come to rest");
        }
      }
      net.tasks.values().stream()
          .filter(ReferenceInterpreter::looksAtWholeNet)
          .takeWhile(join -> line.isEmpty())
          .forEach(this::lookAt);
    } while (!line.isEmpty());
  }

  private static boolean looksAtWholeNet(final Task task) {
    return task.join == Join.OR || task.join == Join.INCLUSIVE;
  }

  private void lookAt(final Task task) {
    if (isBusy(task.name)) {
      return;
    }
    if (isOffered(task.name) && !isEnabled(task)) {
      offered.remove(task.name);
      events.add("withdrawn " + task.name);
    } else if (!isOffered(task.name) && isEnabled(task)) {
      enable(task);
    }
  }

  private void enable(final Task task) {
    switch (task.mode) {
      case OFFERED -> {
        offered.add(task.name);
        events.add("offered " + task.name);
      }
      case AUTOMATIC -> {
        takeInputs(task);
        becomeBusy(task.name);
        events.add("started " + task.name);
      }
      case ROUTING -> {
        takeInputs(task);
        becomeBusy(task.name);
        leave(task, Exit.NORMAL);
        events.add("routed " + task.name);
      }
    }
  }

  private boolean isEnabled(final Task task) {
    if (task.reads.stream().anyMatch(condition -> tokens(condition) == 0)) {
      return false;
    }
    if (net.mutexes.stream()
        .anyMatch(mutex -> mutex.entries().contains(task.name) && isHeld(mutex))) {
      return false;
    }
    return switch (task.join) {
      case AND -> task.inflows.stream().allMatch(this::isSatisfied);
      case XOR -> task.inflows.stream().anyMatch(this::isSatisfied);
      case PARTIAL -> {
        final Round round = round(task);
        yield !round.fired && round.arrived.size() >= task.threshold;
      }
      case OR -> hasToken(task) && !whatMayCome().canComeToAnother(task);
      case INCLUSIVE -> hasToken(task) && !whatMayCome().canComeToAnEmptyOneOnly(task);
    };
  }

  private boolean hasToken(final Task task) {
    return task.inflows.stream().anyMatch(this::isSatisfied);
  }

  private Prospect whatMayCome() {
    final Map<String, Integer> nodes = new TreeMap<>();
    net.conditions.forEach(condition -> nodes.put(condition, tokens(condition)));
    for (final Task task : net.tasks.values()) {
      final int waiting = round(task).waits() ? round(task).arrived.size() : 0;
      nodes.put(task.name, waiting + (isBusy(task.name) ? 1 : 0));
    }
    return new Prospect(net, nodes);
  }

  private boolean isHeld(final Mutex mutex) {
    return busy.stream().anyMatch(mutex::isHeldBy)
        || mutex.within().stream().anyMatch(condition -> tokens(condition) > 0);
  }

  private void becomeBusy(final String task) {
    busy.add(task);
    lineUpThoseThatEnter(mutex -> mutex.isHeldBy(task));
  }

  private boolean becomeIdle(final String task) {
    final boolean was = busy.remove(task);
    if (was) {
      lineUpThoseThatEnter(mutex -> mutex.isHeldBy(task));
    }
    return was;
  }

  private void lineUpThoseThatEnter(final Predicate<Mutex> which) {
    net.mutexes.stream()
        .filter(which)
        .flatMap(mutex -> mutex.entries().stream())
        .distinct()
        .forEach(line::add);
  }

  private boolean isSatisfied(final Inflow inflow) {
    return tokens(inflow.condition()) >= inflow.weight();
  }

  private void takeInputs(final Task task) {
    switch (task.join) {
      case AND -> task.inflows.forEach(this::take);
      case XOR -> take(task.inflows.stream().filter(this::isSatisfied).findFirst().orElseThrow());
      case PARTIAL -> fire(task);
      case OR, INCLUSIVE ->
          task.inflows.stream().filter(this::isSatisfied).toList().forEach(this::take);
    }
  }

  private void fire(final Task task) {
    final Round round = round(task);
    if (task.reset == Reset.CANCELLING) {
      round.forget();
    } else {
      round.fired = true;
      endRoundWhenAllHaveArrived(task);
    }
    arrive(task);
  }

  /** Lets branches arrive one token at a time, until no token waits that may be counted now. */
  private void arrive(final Task task) {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (final Inflow inflow : task.inflows) {
        if (mayArrive(task, inflow)) {
          take(inflow);
          round(task).arrived.add(inflow.condition());
          endRoundWhenAllHaveArrived(task);
          changed = true;
          break;
        }
      }
    }
  }

  private boolean mayArrive(final Task task, final Inflow inflow) {
    final boolean again = round(task).arrived.contains(inflow.condition());
    return tokens(inflow.condition()) > 0 && (!again || task.reset == Reset.STRUCTURED);
  }

  private void endRoundWhenAllHaveArrived(final Task task) {
    final Round round = round(task);
    if (round.fired && round.arrived.size() == task.inflows.size()) {
      round.forget();
    }
  }

  private Round round(final Task task) {
    return rounds.get(task.name);
  }

  private void leave(final Task task, final Exit exit) {
    becomeIdle(task.name);
    cancelRegion(task);
    switch (exit) {
      case NORMAL -> split(task);
      case FAILURE -> put(task.onFailure, 1);
      case TIMEOUT -> put(task.onTimeout, 1);
    }
    line.add(task.name);
  }

  private void cancelRegion(final Task task) {
    for (final String cancelled : task.cancelledTasks) {
      stop(cancelled);
      line.add(cancelled);
    }
    for (final String condition : task.cancelledConditions) {
      if (tokens(condition) > 0) {
        take(new Inflow(condition, tokens(condition)));
      }
      forgetWhatArrivedFrom(condition);
    }
    task.cancelledTasks.stream()
        .filter(
            join ->
                net.task(join).inflows.stream()
                    .allMatch(in -> task.cancelledConditions.contains(in.condition())))
        .forEach(join -> rounds.get(join).forget());
  }

  /** Ends a task without a result, with whatever waited for its start in a join. */
  private void stop(final String task) {
    if (rounds.get(task).waits()) {
      rounds.get(task).forget();
    }
    if (becomeIdle(task)) {
      events.add("cancelled " + task);
    }
    if (offered.remove(task)) {
      events.add("withdrawn " + task);
    }
  }

  /** A token that waits in a join counts as one of the condition that it came from. */
  private void forgetWhatArrivedFrom(final String condition) {
    for (final Task join : net.tasks.values()) {
      if (join.join == Join.PARTIAL && join.takesFrom(condition) && round(join).waits()) {
        round(join).arrived.remove(condition);
        line.add(join.name);
      }
    }
  }

  private void split(final Task task) {
    switch (task.split) {
      case AND -> task.outflows.forEach(this::put);
      case XOR -> splitXor(task);
      case OR -> splitOr(task);
    }
  }

  private void splitXor(final Task task) {
    for (int flow = 0; flow < task.outflows.size(); flow++) {
      if (flow != task.defaultFlow && holds(task.outflows.get(flow))) {
        put(task.outflows.get(flow));
        return;
      }
    }
    if (task.defaultFlow == Net.NONE) {
      events.add("no branch " + task.name);
    } else {
      put(task.outflows.get(task.defaultFlow));
    }
  }

  private void splitOr(final Task task) {
    final Set<Integer> chosen = new HashSet<>();
    for (int flow = 0; flow < task.outflows.size(); flow++) {
      final Outflow outflow = task.outflows.get(flow);
      if (!outflow.isComplement() && flow != task.defaultFlow && holds(outflow)) {
        chosen.add(flow);
      }
    }
    if (chosen.isEmpty() && task.defaultFlow == Net.NONE) {
      events.add("no branch " + task.name);
      return;
    }
    if (chosen.isEmpty()) {
      chosen.add(task.defaultFlow);
    }
    for (int flow = 0; flow < task.outflows.size(); flow++) {
      final Outflow outflow = task.outflows.get(flow);
      if (outflow.isComplement()
          ? !chosen.contains(outflow.complementOf())
          : chosen.contains(flow)) {
        put(outflow);
      }
    }
  }

  private boolean holds(final Outflow outflow) {
    if (!outflow.isGuarded()) {
      return true;
    }
    final boolean holds = guards.test(outflow.guard());
    events.add("guard " + outflow.guard() + " " + holds);
    return holds;
  }

  private void put(final Outflow outflow) {
    put(outflow.condition(), outflow.weight());
  }

  private void put(final String condition, final int count) {
    marking.put(condition, tokens(condition) + count);
    lineUp(condition);
  }

  private void take(final Inflow inflow) {
    if (!isSatisfied(inflow)) {
      throw new IllegalStateException("no token to take: " + inflow);
    }
    marking.put(inflow.condition(), tokens(inflow.condition()) - inflow.weight());
    lineUp(inflow.condition());
  }

  private void lineUp(final String condition) {
    final Set<String> fed = new LinkedHashSet<>(net.fedBy(condition));
    net.mutexes.stream()
        .filter(mutex -> mutex.within().contains(condition))
        .flatMap(mutex -> mutex.entries().stream())
        .forEach(fed::add);
    line.addAll(fed);
  }
}
