package io.penstock.workflow;

/** Who is taken in first when there is more to start than the engine keeps its objectives with. */
public enum Priority {
  /** Waits as soon as a protected objective's budget burns too fast, or an inbox is half full. */
  LOW,
  /** Waits when a protected objective is breached, or an inbox is three quarters full. */
  NORMAL,
  /** Waits only when an inbox is nearly full. */
  HIGH
}
