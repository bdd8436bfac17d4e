package io.penstock.engine;

import io.penstock.objective.GateReport;
import io.penstock.workflow.Inputs;
import io.penstock.workflow.Workflow;
import java.util.function.Consumer;

/**
 * A new version of a workflow on its way to all new cases: its {@link Gate} gives it a share of
 * them, by their keys, and more as it keeps its objective; none when it does not. Cases that run
 * stay on the version that they were started with.
 *
 * <p>Safe for any thread.
 */
public final class Rollout {
  private final Engine engine;
  private final Workflow stable;
  private final Workflow candidate;
  private final Gate gate;

  Rollout(final Engine engine, final Workflow stable, final Workflow candidate, final Gate gate) {
    this.engine = engine;
    this.stable = stable;
    this.candidate = candidate;
    this.gate = gate;
  }

  /**
   * The version for a new case.
   *
   * @param key key of the case
   * @return the old version or the new one
   */
  public Workflow version(final String key) {
    return gate.admits(key) ? candidate : stable;
  }

  /**
   * Starts a case of whichever version its key falls to, once for each key: a second start with the
   * same key gives the first case, whatever its version, and changes nothing.
   *
   * @param key names the case, 1 to 200 characters
   * @param inputs sets the first values of variables, which both versions must have
   * @return the case
   * @throws CommandRejectedException when the start is refused
   */
  public CaseHandle start(final String key, final Consumer<Inputs> inputs) {
    return engine.start(version(key), key, inputs);
  }

  /**
   * The gate that decides.
   *
   * @return the gate
   */
  public Gate gate() {
    return gate;
  }

  /**
   * Where the roll-out stands, and the numbers that decide where it goes.
   *
   * @return the report, which prints as a line
   */
  public GateReport explain() {
    return gate.explain();
  }
}
