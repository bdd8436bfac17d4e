package io.penstock.net;

/** Who starts a task once it is enabled. */
public enum StartMode {
  /** The machine starts and completes it at once: it only routes. */
  ROUTING,

  /** The machine starts it; somebody outside completes it. */
  AUTOMATIC,

  /**
   * It is offered; the environment starts it, and until then another task may take its tokens
   * (WCP-16).
   */
  OFFERED
}
