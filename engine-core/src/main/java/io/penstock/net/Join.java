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
  PARTIAL
}
