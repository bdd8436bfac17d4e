package io.penstock.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.agrona.collections.IntArrayList;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Makes single moves with the real {@link Machine} and answers its guards as the move says.
 *
 * <p>A guard that is asked twice within a move answers the same, as it sees the same data. Guards
 * beyond those that the move has answers for say no; {@link #nextAnswers} then gives the next way
 * to answer, until all were had. Not thread safe.
 */
final class Player implements MachineSink {
  /** Routing steps within one move after which a state that comes back is looked for. */
  private static final int ROUTINGS_SUSPICIOUS = 4_096;

  /** How a move went. */
  enum Result {
    /** The net is in its next state. */
    DONE,
    /** Routing tasks go round for ever. */
    ENDLESS,
    /** Routing tasks went on for longer than is looked at. */
    TOO_LONG
  }

  final BitSet started = new BitSet();
  final BitSet undecided = new BitSet();
  private final Net net;
  private final byte[] bytes;
  private final UnsafeBuffer state;
  private final IntArrayList asked = new IntArrayList();
  private final List<Boolean> answers = new ArrayList<>();
  private Machine machine = new Machine(this);
  private int routings;
  private byte[] suspect = new byte[0];

  Player(final Net net) {
    this.net = net;
    bytes = new byte[net.stateLength()];
    state = new UnsafeBuffer(bytes);
    machine.wrap(net, state, 0);
  }

  /** Puts the net into a state. */
  void load(final byte[] from) {
    System.arraycopy(from, 0, bytes, 0, bytes.length);
  }

  /** The state that the net is in, as a copy. */
  byte[] state() {
    return bytes.clone();
  }

  /** The machine, to read the state that the net is in. */
  Machine machine() {
    return machine;
  }

  /** Whether the environment can make a move with this task. */
  boolean isOpen(final int task) {
    return machine.isOffered(task)
        || (machine.isBusy(task) && net.startMode(task) != StartMode.ROUTING);
  }

  /** Makes a move from the state that the net is in. */
  Result play(final Move move) {
    asked.clear();
    answers.clear();
    answers.addAll(move.answers());
    routings = 0;
    try {
      drive(move);
      return Result.DONE;
    } catch (final Stopped e) {
      machine = new Machine(this).wrap(net, state, 0); // the old one was left in the middle
      return Arrays.equals(bytes, suspect) ? Result.ENDLESS : Result.TOO_LONG;
    }
  }

  private void drive(final Move move) {
    if (move.task() == Net.NONE) {
      machine.begin();
      return;
    }
    if (machine.isOffered(move.task())) {
      started.set(move.task());
      machine.start(move.task());
    }
    machine.complete(move.task(), move.exit());
  }

  /** The answers that were used, in the order in which the guards were first asked. */
  List<Boolean> answers() {
    return List.copyOf(answers);
  }

  /** The next way to answer the guards of the move just made, or null when all were had. */
  @Nullable List<Boolean> nextAnswers() {
    final int lastNo = answers.lastIndexOf(false);
    if (lastNo < 0) {
      return null;
    }
    final List<Boolean> next = new ArrayList<>(answers.subList(0, lastNo));
    next.add(true);
    return next;
  }

  @Override
  public boolean guard(final int guard) {
    int at = asked.indexOf(guard);
    if (at < 0) {
      at = asked.size();
      asked.addInt(guard);
    }
    if (at == answers.size()) {
      answers.add(false);
    }
    return answers.get(at);
  }

  @Override
  public void started(final int task) {
    started.set(task);
  }

  @Override
  public void routed(final int task) {
    started.set(task);
    routings++;
    if (routings == ROUTINGS_SUSPICIOUS) {
      suspect = bytes.clone();
    } else if (routings > ROUTINGS_SUSPICIOUS
        && (routings == 2 * ROUTINGS_SUSPICIOUS || Arrays.equals(bytes, suspect))) {
      throw new Stopped();
    }
  }

  @Override
  public void offered(final int task) {}

  @Override
  public void withdrawn(final int task) {}

  @Override
  public void cancelled(final int task) {}

  @Override
  public void noBranch(final int task) {}

  @Override
  public void undecided(final int task) {
    undecided.set(task);
  }

  /** Leaves a machine that does not come to rest. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stopped() {
      super("routing does not end", null, false, false);
    }
  }
}
