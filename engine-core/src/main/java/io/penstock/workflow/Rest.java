package io.penstock.workflow;

/** What becomes of those that still run when a step has enough of them. */
public enum Rest {
  /** Nothing new starts; the step ends when those that run have ended. */
  WAIT,

  /**
   * The step ends at once. The rest runs on and changes nothing in the case: what it leaves is not
   * taken over, and its failure is of no consequence.
   */
  RUN_ON,

  /** The step ends at once, and the rest is cancelled. */
  CANCEL
}
