package io.penstock.net;

import io.penstock.net.Verification.Answer;
import io.penstock.net.Verification.Fault;
import io.penstock.net.Verification.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the states of one net, breadth first, and notes the first fault of each kind.
 *
 * <p>States are numbered in the order in which they are found, which depends on the net alone. Used
 * once.
 */
final class Exploration {
  private final Net net;
  private final BitSet ending;
  private final int statesMax;
  private final int tokensMax;
  private final Player player;
  private final Pumping pumping;
  private final boolean growthIsFault;
  private final List<byte[]> states = new ArrayList<>();
  private final Map<ByteBuffer, Integer> numbers = new HashMap<>();
  private final IntArrayList parents = new IntArrayList();
  private final List<Move> moves = new ArrayList<>();
  private final List<IntArrayList> predecessors = new ArrayList<>();
  private final BitSet closed = new BitSet();
  private final BitSet ends = new BitSet();
  private final Map<Kind, Fault> faults = new EnumMap<>(Kind.class);
  private @Nullable String bound;
  private boolean full;

  Exploration(final Net net, final BitSet ending, final int statesMax, final int tokensMax) {
    this.net = net;
    this.ending = ending;
    this.statesMax = statesMax;
    this.tokensMax = tokensMax;
    player = new Player(net);
    pumping = new Pumping(net);
    growthIsFault = ending.isEmpty() && Reduction.isPlain(net);
  }

  /** Whether a task can be left this way: nobody can make one fail that is only offered. */
  static boolean canLeave(final Net net, final int task, final Exit exit) {
    return net.handles(task, exit)
        && (exit != Exit.FAILURE || net.startMode(task) == StartMode.AUTOMATIC);
  }

  Verification run() {
    final byte[] empty = new byte[net.stateLength()];
    move(empty, Net.NONE, Move.BEGIN);
    for (int at = 0; at < states.size() && !full; at++) {
      if (!closed.get(at)) {
        expand(at);
      }
    }
    final List<Fault> found = new ArrayList<>();
    if (bound == null && !faults.containsKey(Kind.UNBOUNDED)) {
      findLivelock();
      findDeadTasks(found);
    }
    found.addAll(0, faults.values());
    final Answer answer =
        !found.isEmpty() ? Answer.UNSOUND : bound == null ? Answer.SOUND : Answer.UNKNOWN;
    final Verification verification =
        new Verification(net.name(), answer, found, Math.max(1, states.size()), bound, List.of());
    return undecidedJoins().isEmpty()
        ? verification
        : verification.with(
            "OR-join waits where it could not be decided within its budget: tasks="
                + undecidedJoins()
                + ", orJoinStatesMax="
                + net.orJoinStatesMax);
  }

  /** Runs, and tells whether no condition holds two tokens in any state; empty if cut short. */
  Optional<Boolean> isSafe() {
    run();
    for (final byte[] state : states) {
      player.load(state);
      for (int condition = 0; condition < net.conditionCount(); condition++) {
        if (player.machine().tokens(condition) > 1) {
          return Optional.of(false);
        }
      }
    }
    return bound == null && !faults.containsKey(Kind.UNBOUNDED)
        ? Optional.of(true)
        : Optional.empty();
  }

  private List<String> undecidedJoins() {
    return player.undecided.stream().mapToObj(net::taskName).toList();
  }

  private void expand(final int at) {
    final byte[] from = states.get(at);
    for (int task = 0; task < net.taskCount(); task++) {
      player.load(from);
      if (!player.isOpen(task)) {
        continue;
      }
      if (ending.get(task)) {
        ends.set(at);
        continue;
      }
      for (final Exit exit : Exit.values()) {
        if (canLeave(net, task, exit)) {
          move(from, at, new Move(task, exit, List.of()));
        }
      }
    }
  }

  /** Makes a move in every way that its guards may answer. */
  private void move(final byte[] from, final int at, final Move move) {
    List<Boolean> answers = move.answers();
    while (answers != null && !full) {
      player.load(from);
      final Player.Result result = player.play(move.with(answers));
      final Move made = move.with(player.answers());
      switch (result) {
        case DONE -> arrive(at, made);
        case ENDLESS -> note(Kind.LIVELOCK, marking(), witness(at, made));
        case TOO_LONG -> bound = "routing steps within one step of a case";
      }
      answers = player.nextAnswers();
    }
  }

  private void arrive(final int from, final Move made) {
    final byte[] state = player.state();
    Integer number = numbers.get(ByteBuffer.wrap(state));
    if (number == null) {
      if (states.size() == statesMax) {
        full = true;
        bound = "states=" + statesMax;
        return;
      }
      number = states.size();
      numbers.put(ByteBuffer.wrap(state), number);
      states.add(state);
      parents.addInt(from);
      moves.add(made);
      predecessors.add(new IntArrayList(2, IntArrayList.DEFAULT_NULL_VALUE));
      judge(number);
    }
    if (from != Net.NONE) {
      predecessors.get(number).addInt(from);
    }
  }

  /** Looks at a new state, which the player is in. */
  private void judge(final int number) {
    final Machine machine = player.machine();
    final int output = machine.tokens(net.output);
    if (machine.isComplete()) {
      close(number);
      if (!net.explicitTermination && !net.severalEnds && output > 1) {
        note(Kind.IMPROPER_COMPLETION, marking(), witness(number));
      }
    } else if (machine.isAtRest()) {
      close(number);
      note(output > 0 ? Kind.IMPROPER_COMPLETION : Kind.DEADLOCK, deadMarking(), witness(number));
    } else if (!net.isMasked()) {
      checkBounded(number);
    }
  }

  private void close(final int number) {
    closed.set(number);
    ends.set(number);
  }

  private void checkBounded(final int number) {
    final byte[] state = states.get(number);
    for (int at = parents.getInt(number); at != Net.NONE; at = parents.getInt(at)) {
      if (pumping.covers(state, states.get(at))
          && pumping.repeats(states.get(at), path(at, number))) {
        noteGrowth(pumping.growing(states.get(at), state), number);
        return;
      }
    }
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      if (player.machine().tokens(condition) > tokensMax) {
        bound = bound == null ? "tokens=" + tokensMax : bound;
        closed.set(number);
      }
    }
  }

  /** Growth is a fault unless something may take all the tokens away at once, or by a priority. */
  private void noteGrowth(final String conditions, final int number) {
    closed.set(number);
    if (growthIsFault) {
      note(Kind.UNBOUNDED, conditions, witness(number));
    } else if (bound == null) {
      bound = "tokens without bound: conditions=" + conditions;
    }
  }

  /** The moves that lead from one state to another that was found from it. */
  private List<Move> path(final int from, final int to) {
    final List<Move> path = new ArrayList<>();
    for (int at = to; at != from; at = parents.getInt(at)) {
      path.add(moves.get(at));
    }
    Collections.reverse(path);
    return path;
  }

  private List<String> witness(final int number) {
    return path(Net.NONE, number).stream()
        .filter(move -> move.task() != Net.NONE)
        .map(move -> move.name(net))
        .toList();
  }

  private List<String> witness(final int from, final Move last) {
    final List<String> witness = new ArrayList<>();
    if (from != Net.NONE) {
      witness.addAll(witness(from));
      witness.add(last.name(net));
    }
    return witness;
  }

  private void note(final Kind kind, final String element, final List<String> witness) {
    faults.putIfAbsent(kind, new Fault(kind, element, witness));
  }

  /** Names what is where in the state that the player is in. */
  private String marking() {
    final List<String> parts = new ArrayList<>();
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      final int tokens = player.machine().tokens(condition);
      if (tokens > 0) {
        parts.add(net.conditionName(condition) + "=" + tokens);
      }
    }
    for (int task = 0; task < net.taskCount(); task++) {
      if (player.machine().isBusy(task)) {
        parts.add(net.taskName(task) + " (busy)");
      }
      if (player.machine().waiting(task) > 0) {
        parts.add(net.taskName(task) + " (waits with " + player.machine().waiting(task) + ")");
      }
    }
    return parts.isEmpty() ? "(none)" : String.join(", ", parts);
  }

  /** The marking of a state in which nothing moves, and the OR-joins that wait for each other. */
  private String deadMarking() {
    final List<String> waiting =
        Arrays.stream(net.orJoinTasks)
            .filter(player.machine()::isWaitingOrJoin)
            .mapToObj(net::taskName)
            .toList();
    return waiting.size() < 2
        ? marking()
        : marking() + ", OR-joins that wait for each other=" + waiting;
  }

  private void findLivelock() {
    final BitSet ending = new BitSet();
    final Deque<Integer> queue = new ArrayDeque<>();
    ends.stream().forEach(queue::add);
    ending.or(ends);
    while (!queue.isEmpty()) {
      for (final int before : predecessors.get(queue.remove())) {
        if (!ending.get(before)) {
          ending.set(before);
          queue.add(before);
        }
      }
    }
    final int first = ending.nextClearBit(0);
    if (first < states.size()) {
      player.load(states.get(first));
      final Fault known = faults.get(Kind.LIVELOCK);
      final List<String> witness = witness(first);
      if (known == null || witness.size() < known.witness().size()) {
        faults.put(Kind.LIVELOCK, new Fault(Kind.LIVELOCK, marking(), witness));
      }
    }
  }

  private void findDeadTasks(final List<Fault> found) {
    for (int task = 0; task < net.taskCount(); task++) {
      if (!player.started.get(task)) {
        found.add(new Fault(Kind.DEAD_TASK, net.taskName(task), List.of()));
      }
    }
  }
}
