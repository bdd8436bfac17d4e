package io.penstock.engine;

import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;

/**
 * An objective came from one state to another.
 *
 * @param name name of the objective: {@code W1}, {@code start}, {@code atm v1}, {@code atm v1 /
 *     check (wait)}
 * @param from the state before; {@link ObjectiveState#NO_DATA} at first
 * @param status how it stands now
 */
public record ObjectiveChange(String name, ObjectiveState from, ObjectiveStatus status) {
  /**
   * The state since.
   *
   * @return the state
   */
  public ObjectiveState to() {
    return status.state();
  }
}
