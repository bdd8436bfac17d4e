package io.penstock.objective;

/** How much a gate lets through. */
public enum GateState {
  /** A share, which grows step by step as long as the objective is kept. */
  CANARY,
  /** Everything. */
  OPEN,
  /** Nothing, until the cool-down is over; then a share again. */
  TRIPPED
}
