package io.penstock.net;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Verifier} found out about a net. Immutable.
 *
 * @param net name of the net
 * @param answer one of three
 * @param faults at least one when the answer is {@link Answer#UNSOUND}, else none; dead tasks each,
 *     of every other kind the one with the shortest witness
 * @param states how many states were looked at, at least 1
 * @param bound the bound that was reached, or null when everything was looked at
 * @param warnings what is allowed but may surprise, each a sentence that names the element
 */
public record Verification(
    String net,
    Answer answer,
    List<Fault> faults,
    int states,
    @Nullable String bound,
    List<String> warnings) {

  /**
   * Keeps a copy of the faults.
   *
   * @param net name of the net
   * @param answer one of three
   * @param faults what is wrong
   * @param states how many states were looked at
   * @param bound the bound that was reached, or null
   * @param warnings what may surprise
   */
  public Verification {
    faults = List.copyOf(faults);
    warnings = List.copyOf(warnings);
  }

  /** Whether every case comes to a proper end. */
  public enum Answer {
    /** From every state a proper completion can be reached, and every task can be started. */
    SOUND,

    /** It is proved that not; each fault has a witness. */
    UNSOUND,

    /** A bound was reached before anything was proved. */
    UNKNOWN
  }

  /** What can be wrong with a net. */
  public enum Kind {
    /** Tokens are left, none in the output, and nothing can move them. */
    DEADLOCK("deadlock, nothing can move any more"),

    /** Something always moves, but no end can be reached. */
    LIVELOCK("livelock, something moves but no end can be reached"),

    /** The output is marked more than once, or tokens are left besides it. */
    IMPROPER_COMPLETION("improper completion, tokens are left or the end is reached twice"),

    /** A task that no run ever starts. */
    DEAD_TASK("dead task, no run ever starts it"),

    /** Tokens become more and more in a condition. */
    UNBOUNDED("unbounded, tokens become more with every round");

    private final String text;

    Kind(final String text) {
      this.text = text;
    }
  }

  /**
   * One thing that is wrong.
   *
   * @param kind what it is
   * @param element the dead task, the conditions that grow, or the marking that was reached
   * @param witness the shortest run that shows it: the tasks that are completed, in this order,
   *     with the exit if it is not the normal one; empty when it shows at the start, and for a dead
   *     task
   */
  public record Fault(Kind kind, String element, List<String> witness) {
    /**
     * Keeps a copy of the witness.
     *
     * @param kind what it is
     * @param element where it shows
     * @param witness the run that shows it
     */
    public Fault {
      witness = List.copyOf(witness);
    }

    /**
     * The fault as one line.
     *
     * @return kind, element and witness
     */
    @Override
    public String toString() {
      return switch (kind) {
        case DEAD_TASK -> kind.text + ": task=" + element;
        case UNBOUNDED -> kind.text + ": conditions=" + element + trace();
        case DEADLOCK, LIVELOCK, IMPROPER_COMPLETION ->
            kind.text + ": marking=" + element + trace();
      };
    }

    private String trace() {
      return witness.isEmpty() ? ", at the start" : ", after=" + String.join(" > ", witness);
    }
  }

  /**
   * The same with one more warning.
   *
   * @param warning a sentence that names the element
   * @return a copy
   */
  public Verification with(final String warning) {
    final List<String> more = new ArrayList<>(warnings);
    more.add(warning);
    return new Verification(net, answer, faults, states, bound, more);
  }

  /**
   * Whether soundness was proved.
   *
   * @return true for {@link Answer#SOUND}
   */
  public boolean isSound() {
    return answer == Answer.SOUND;
  }

  /**
   * The answer with its reasons.
   *
   * @return one line, and one more for each fault and each warning
   */
  @Override
  public String toString() {
    return answer
        + ": net="
        + net
        + ", states="
        + states
        + (bound == null ? "" : ", bound=" + bound)
        + faults.stream().map(fault -> "\n  - " + fault).collect(Collectors.joining())
        + warnings.stream()
            .map(warning -> "\n  - warning: " + warning)
            .collect(Collectors.joining());
  }
}
