package io.penstock.engine;

/** How a case ended. */
public enum Outcome {
  /** It reached its end. */
  COMPLETED,
  /** Somebody, or the workflow itself, cancelled it. */
  CANCELLED,
  /** A task failed for good and nothing was said to happen then. */
  FAILED,
  /** Tokens were left and nothing could move them any more. */
  DEADLOCKED,
  /** A deadline passed and nothing was said to happen then. */
  TIMED_OUT
}
