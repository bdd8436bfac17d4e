package io.penstock.spi;

import io.penstock.objective.GateReport;
import io.penstock.objective.GateState;

/** What a gate can be asked at any time. Any thread; wait-free, a volatile read. */
public interface GateLevels {
  /**
   * The name.
   *
   * @return names the gate in its engine
   */
  String name();

  /**
   * The state.
   *
   * @return how much it lets through
   */
  GateState state();

  /**
   * The share of keys that it lets through.
   *
   * @return from 0 to 1
   */
  double share();

  /**
   * Where it stands, with the numbers that decide where it goes. Takes a lock that deciding takes:
   * for people, not for a hot path.
   *
   * @return the report
   */
  GateReport explain();
}
