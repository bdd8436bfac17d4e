package io.penstock.telemetry.flight;

import io.penstock.objective.GateTransition;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import jdk.jfr.FlightRecorder;

/** Tells the flight recorder, if it is there and somebody has used it. Safe for any thread. */
public final class FlightEvents {
  private static final boolean IS_PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private FlightEvents() {}

  /**
   * Whether a recording may be running: until the first one the recorder is not even loaded.
   *
   * @return false when there is surely none
   */
  public static boolean mayRecord() {
    return IS_PRESENT && FlightRecorder.isInitialized();
  }

  /**
   * An objective has come to another state.
   *
   * @param name its name
   * @param from the state before
   * @param status how it stands now
   */
  public static void objectiveChanged(
      final String name, final ObjectiveState from, final ObjectiveStatus status) {
    if (!mayRecord()) {
      return;
    }
    final ObjectiveChangedEvent event = new ObjectiveChangedEvent();
    if (event.shouldCommit()) {
      event.objective = name;
      event.from = from.name();
      event.to = status.state().name();
      event.good = status.good();
      event.bad = status.bad();
      event.budgetRemaining = status.budgetRemaining();
      event.burnRate = status.burnRate();
      event.commit();
    }
  }

  /**
   * A gate has moved.
   *
   * @param name its name
   * @param transition from where to where
   */
  public static void gateMoved(final String name, final GateTransition transition) {
    if (!mayRecord()) {
      return;
    }
    final GateMovedEvent event = new GateMovedEvent();
    if (event.shouldCommit()) {
      event.gate = name;
      event.from = transition.from().name();
      event.to = transition.to().name();
      event.share = transition.share();
      event.good = transition.good();
      event.bad = transition.bad();
      event.reason = transition.reason();
      event.commit();
    }
  }

  /** A command was slow. */
  static void slowCommand(
      final String operation, final long latencyNs, final long thresholdNs, final long untold) {
    final SlowCommandEvent event = new SlowCommandEvent();
    if (event.shouldCommit()) {
      event.operation = operation;
      event.latency = latencyNs;
      event.threshold = thresholdNs;
      event.untold = untold;
      event.commit();
    }
  }
}
