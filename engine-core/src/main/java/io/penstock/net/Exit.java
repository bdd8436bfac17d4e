package io.penstock.net;

/** How a task was left, which decides where its tokens go. */
public enum Exit {
  /** By its split. */
  NORMAL,

  /** It failed for good: to its failure condition. */
  FAILURE,

  /** Its deadline passed: to its time-out condition. */
  TIMEOUT
}
