package io.penstock.objective;

/** How an objective stands. */
public enum ObjectiveState {
  /** Enough events, few enough of them bad, and the budget does not burn too fast. */
  MET,
  /** The budget lasts, but burns so fast that it soon will not. */
  AT_RISK,
  /** The budget is spent: more events of the window are bad than may be. */
  BREACHED,
  /** No event in the window, which is not compliance. */
  NO_DATA,
  /** Too few events to tell: with 95 % confidence, a target of 99 % takes 299 good ones. */
  INSUFFICIENT
}
