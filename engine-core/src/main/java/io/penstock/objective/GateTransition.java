package io.penstock.objective;

import java.time.Instant;

/**
 * A gate came from one state or share to another.
 *
 * @param time when, by the calendar
 * @param from the state before
 * @param to the state since
 * @param share the share since, from 0 to 1
 * @param good good events that decided
 * @param bad bad events that decided
 * @param reason why, in words
 */
public record GateTransition(
    Instant time, GateState from, GateState to, double share, long good, long bad, String reason) {}
