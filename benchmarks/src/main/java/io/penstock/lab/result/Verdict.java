package io.penstock.lab.result;

/** How a figure stands to its goal. */
public enum Verdict {
  /** Nothing was promised. */
  NONE,
  /** The goal is kept. */
  MET,
  /** Over the limit, but not by more than the machine's own hiccups of the same run explain. */
  WITHIN_HICCUPS,
  /** The goal is not kept. */
  MISSED
}
