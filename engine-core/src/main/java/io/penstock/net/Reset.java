package io.penstock.net;

/**
 * What becomes of the branches that arrive at a {@link Join#PARTIAL} join after it has fired, and
 * when it can fire again.
 */
public enum Reset {
  /**
   * Their tokens are swallowed; it can fire again when every branch has arrived once (WCP-09,
   * WCP-30).
   */
  STRUCTURED,

  /**
   * As structured, but a second token of a branch is held until every branch has arrived once
   * (WCP-28, WCP-31).
   */
  BLOCKING,

  /**
   * It can fire again at once; its cancellation region, which it needs, empties the other branches
   * (WCP-29, WCP-32).
   */
  CANCELLING
}
