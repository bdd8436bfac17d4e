package io.penstock.net;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Proves that a run can be repeated for ever and leaves more tokens each time.
 *
 * <p>That a state covers an earlier one is a proof for a plain net only: the machine starts tasks
 * at once and in order, and regions empty conditions, so that with more tokens it may do something
 * else. Therefore the run is repeated until the tokens that it adds are more than any flow takes at
 * once; when each step of each round then differs from that of the round before by the same tokens
 * and in nothing else, so do all rounds that follow.
 *
 * <p>For nets that are counted, not masked. Not thread safe.
 */
final class Pumping {
  private final Net net;
  private final int countersLength;
  private final int rounds;

  Pumping(final Net net) {
    this.net = net;
    countersLength = net.conditionCount() * Integer.BYTES;
    rounds = 2 + Arrays.stream(net.inputWeights).flatMapToInt(Arrays::stream).max().orElse(1);
  }

  /** Whether a state has all that an earlier one has, and more tokens. */
  boolean covers(final byte[] state, final byte[] earlier) {
    if (!Arrays.equals(
        state, countersLength, state.length, earlier, countersLength, earlier.length)) {
      return false;
    }
    boolean more = false;
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      final int difference = tokens(state, condition) - tokens(earlier, condition);
      if (difference < 0) {
        return false;
      }
      more |= difference > 0;
    }
    return more;
  }

  /** Whether these moves, again and again from this state, add the same tokens in every round. */
  boolean repeats(final byte[] from, final List<Move> moves) {
    final Player player = new Player(net);
    player.load(from);
    final List<byte[]> first = round(player, moves);
    List<byte[]> before = first;
    final int[] added = difference(before.get(moves.size()), from);
    for (int i = 0; i < rounds; i++) {
      final List<byte[]> next = round(player, moves);
      for (int step = 0; step < next.size(); step++) {
        if (next.size() != before.size() || !differs(next.get(step), before.get(step), added)) {
          return false;
        }
      }
      before = next;
    }
    return true;
  }

  /** Names the conditions that have more tokens than before. */
  String growing(final byte[] before, final byte[] after) {
    final List<String> names = new ArrayList<>();
    for (int condition = 0; condition < net.conditionCount(); condition++) {
      if (tokens(after, condition) > tokens(before, condition)) {
        names.add(net.conditionName(condition));
      }
    }
    return String.join(", ", names);
  }

  /** The states that the moves lead through, the one at the beginning included. */
  private static List<byte[]> round(final Player player, final List<Move> moves) {
    final List<byte[]> states = new ArrayList<>();
    states.add(player.state());
    for (final Move move : moves) {
      if (player.isOpen(move.task())
          && player.play(move) == Player.Result.DONE
          && player.answers().equals(move.answers())) {
        states.add(player.state());
      }
    }
    return states;
  }

  private int[] difference(final byte[] after, final byte[] before) {
    final int[] difference = new int[net.conditionCount()];
    for (int condition = 0; condition < difference.length; condition++) {
      difference[condition] = tokens(after, condition) - tokens(before, condition);
    }
    return difference;
  }

  private boolean differs(final byte[] after, final byte[] before, final int[] by) {
    return Arrays.equals(difference(after, before), by)
        && Arrays.equals(
            after, countersLength, after.length, before, countersLength, before.length);
  }

  private static int tokens(final byte[] state, final int condition) {
    return ByteBuffer.wrap(state).order(LITTLE_ENDIAN).getInt(condition * Integer.BYTES);
  }
}
