package io.penstock.net;

import java.util.BitSet;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Tells before the first case whether every case of a net will come to a proper end.
 *
 * <p>Sound means [1]: from every state that can be reached, a completion can be reached; a
 * completion is proper, which is one token in the output and nothing else (or just a token in the
 * output, when termination is explicit); and every task can be started. There is no second token
 * game: {@link Machine} itself is driven through all of its states, breadth first, so that a
 * witness is shortest. A guard may answer either way, but the same way within one step, as the data
 * of a case do not change within it. Where nothing but the environment decides between tasks and
 * nothing is cancelled, the net is first made smaller by rules that keep the answer [2].
 *
 * <p>With cancellation soundness is undecidable [1], and any net may be too large: when a bound is
 * reached the answer is {@link Verification.Answer#UNKNOWN}.
 *
 * <p>Immutable; safe to share between threads. A run takes memory for the states that it looks at.
 *
 * <p>[1] van der Aalst et al.: Soundness of workflow nets: classification, decidability, and
 * analysis, 2011
 *
 * <p>[2] Murata: Petri nets: properties, analysis and applications, 1989
 */
public final class Verifier {
  /** States looked at unless said otherwise. */
  public static final int DEFAULT_STATES_MAX = 50_000;

  /** Tokens in one condition unless said otherwise. */
  public static final int DEFAULT_TOKENS_MAX = 1_000;

  private final int statesMax;
  private final int tokensMax;

  /** Creates a verifier with the default bounds. */
  public Verifier() {
    this(DEFAULT_STATES_MAX, DEFAULT_TOKENS_MAX);
  }

  /**
   * Creates a verifier.
   *
   * @param statesMax states that are looked at, at least 1
   * @param tokensMax tokens in one condition beyond which a run is not followed, at least 1
   */
  public Verifier(final int statesMax, final int tokensMax) {
    if (statesMax < 1 || tokensMax < 1) {
      throw new IllegalArgumentException(
          "bounds must be at least 1: statesMax=" + statesMax + ", tokensMax=" + tokensMax);
    }
    this.statesMax = statesMax;
    this.tokensMax = tokensMax;
  }

  /**
   * Verifies a net no task of which ends the case by itself.
   *
   * @param net the net
   * @return the answer
   */
  public Verification verify(final Net net) {
    return verify(net, task -> false);
  }

  /**
   * Verifies a net.
   *
   * @param net the net
   * @param endsCase whether the completion of the task of this index ends the case at once, which
   *     is a proper end (WCP-20)
   * @return the answer
   */
  public Verification verify(final Net net, final IntPredicate endsCase) {
    final BitSet ending = new BitSet();
    for (int task = 0; task < net.taskCount(); task++) {
      ending.set(task, endsCase.test(task));
    }
    if (!Reduction.isApplicable(net)) {
      return explore(net, ending);
    }
    final Reduction reduction = new Reduction(net, ending);
    final Verification reduced = explore(reduction.net(), reduction.ending());
    if (reduced.answer() != Verification.Answer.UNSOUND) {
      return reduced;
    }
    // Once more, for a witness in which no step is missing.
    final Verification whole = explore(net, ending);
    return whole.answer() == Verification.Answer.UNSOUND ? whole : reduced;
  }

  /**
   * Whether the structure of a net lets a case complete without some of the tasks, whatever guards
   * say: a closure, not a run.
   *
   * @param net the net
   * @param without whether the task of this index must not be used
   * @param endsCase whether the task of this index ends the case
   * @return true when the output, or a task that ends the case, can be reached
   */
  public static boolean completesWithout(
      final Net net, final IntPredicate without, final IntPredicate endsCase) {
    final BitSet marked = new BitSet();
    final BitSet done = new BitSet();
    marked.set(net.input);
    boolean more = true;
    while (more) {
      more = false;
      for (int task = 0; task < net.taskCount(); task++) {
        if (!done.get(task) && !without.test(task) && net.canStart(task, marked)) {
          if (endsCase.test(task)) {
            return true;
          }
          net.markOutputs(task, marked);
          done.set(task);
          more = true;
        }
      }
    }
    return marked.get(net.output);
  }

  /**
   * Whether no condition ever holds two tokens when the net comes to rest.
   *
   * @param net the net; one that is not kept as a mask, see {@link Net#isMasked}
   * @param endsCase whether the task of this index ends the case
   * @return the answer, or empty when a bound was reached before it was found
   */
  public Optional<Boolean> isSafe(final Net net, final IntPredicate endsCase) {
    final BitSet ending = new BitSet();
    for (int task = 0; task < net.taskCount(); task++) {
      ending.set(task, endsCase.test(task));
    }
    if (Reduction.isApplicable(net)) {
      final Reduction reduction = new Reduction(net, ending); // its rules keep it, both ways [2]
      final Optional<Boolean> reduced =
          new Exploration(reduction.net(), reduction.ending(), statesMax, 1).isSafe();
      if (reduced.isPresent() && reduced.get()) {
        return reduced;
      }
    }
    return new Exploration(net, ending, statesMax, 1).isSafe();
  }

  /** Verifies a net as it is, without making it smaller first. */
  Verification explore(final Net net, final BitSet ending) {
    return new Exploration(net, ending, statesMax, tokensMax).run();
  }
}
