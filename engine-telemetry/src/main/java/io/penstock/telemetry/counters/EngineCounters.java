package io.penstock.telemetry.counters;

import io.penstock.objective.GateReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What an engine's counters said at one moment; whole, never half of an older and half of a newer
 * state.
 *
 * @param engine name of the engine
 * @param processId the process it runs in
 * @param opened when it was opened
 * @param heartbeat when the counters were last written
 * @param closed whether the engine said that it was closed
 * @param objectives how its objectives stood, the classes first
 * @param gates where its gates stood, in the order in which they were made
 * @param untold how many objectives and gates more there were than the counters have room for
 */
public record EngineCounters(
    String engine,
    long processId,
    Instant opened,
    Instant heartbeat,
    boolean closed,
    List<ObjectiveCounters> objectives,
    List<GateReport> gates,
    int untold) {
  /** An engine that has not written for so long is gone, or does not get to run. */
  public static final Duration SILENCE_MAX = Duration.ofSeconds(5);

  /**
   * Copies the lists.
   *
   * @param engine name of the engine
   * @param processId the process it runs in
   * @param opened when it was opened
   * @param heartbeat when the counters were last written
   * @param closed whether the engine said that it was closed
   * @param objectives how its objectives stood, the classes first
   * @param gates where its gates stood, in the order in which they were made
   * @param untold how many objectives and gates more there were than the counters have room for
   */
  public EngineCounters {
    objectives = List.copyOf(objectives);
    gates = List.copyOf(gates);
  }

  /**
   * Whether the engine gives a sign of life: it writes once a second and says when it closes.
   *
   * @param now the calendar
   * @return false when it was closed, or has been silent for longer than {@link #SILENCE_MAX}
   */
  public boolean isAlive(final Instant now) {
    return !closed && Duration.between(heartbeat, now).compareTo(SILENCE_MAX) <= 0;
  }
}
