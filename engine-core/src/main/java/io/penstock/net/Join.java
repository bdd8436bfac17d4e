package io.penstock.net;

/** How many of a task's input conditions must be marked before it can start. */
public enum Join {
  /** All of them; one token is taken from each, times the flow's weight (WCP-03, WCP-33). */
  AND,

  /** Any one; the first marked one in the order of the flows is taken from (WCP-05, WCP-08). */
  XOR,

  /**
   * So many of them as its threshold says, each counted once; what comes later is treated as its
   * {@link Reset} says (WCP-09, WCP-28 to WCP-32).
   */
  PARTIAL,

  /**
   * At least one, once no token can come to any other while these stay marked; one token is taken
   * from each marked one (WCP-07, WCP-37, WCP-38). Decided on the whole net, see {@link OrJoin}.
   */
  OR,

  /**
   * As {@link #OR}, but it also starts when every token that could still come to an empty input
   * could as well come to a marked one: the inclusive gateway of BPMN 2.0 [1].
   *
   * <p>[1] Völzer: A new semantics for the inclusive converging gateway in safe processes, BPM 2010
   */
  INCLUSIVE;

  /** Whether it looks at more of the net than its own inputs. */
  boolean looksAtWholeNet() {
    return this == OR || this == INCLUSIVE;
  }
}
