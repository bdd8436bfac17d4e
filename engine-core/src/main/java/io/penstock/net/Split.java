package io.penstock.net;

/** Which of a task's output flows get a token when it completes. */
public enum Split {
  /** All of them (WCP-02). */
  AND,

  /** The first, in the order of the flows, whose guard is true, else the default (WCP-04). */
  XOR,

  /** Every one whose guard is true, all judged on the same data, else the default (WCP-06). */
  OR
}
