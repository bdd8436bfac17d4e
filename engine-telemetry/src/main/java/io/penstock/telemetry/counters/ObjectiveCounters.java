package io.penstock.telemetry.counters;

import io.penstock.objective.ObjectiveState;
import io.penstock.workflow.Objective;

/**
 * How one objective stood when the counters were last written.
 *
 * @param name name of the objective; of a long one the first 136 bytes
 * @param state the verdict
 * @param objective what was promised
 * @param good events of the window within the threshold
 * @param bad events of the window over it
 * @param budgetRemaining share of the window's error budget that is left, negative when overspent;
 *     NaN without an event
 * @param burnRate how fast it burns over the most urgent pair's long window; NaN without an event
 * @param p50 median since the opening, in nanoseconds
 * @param p99 99th percentile since the opening, in nanoseconds
 * @param count events since the opening
 */
public record ObjectiveCounters(
    String name,
    ObjectiveState state,
    Objective objective,
    long good,
    long bad,
    double budgetRemaining,
    double burnRate,
    double p50,
    double p99,
    long count) {}
