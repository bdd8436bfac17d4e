package io.penstock.objective;

import java.time.Duration;
import java.util.List;

/**
 * By what a gate goes on, and falls back. Immutable: each method gives a changed copy.
 *
 * <p>A gate goes to its next step when it has been at this one for the dwell, so many events have
 * completed there, and with 99.9 % confidence fewer of them are bad than the objective allows. It
 * trips when with 99.9 % confidence more are; once open, also when the error budget burns 14.4 or 6
 * times too fast over the windows of {@link ObjectiveStatus}. Where the events prove neither, it
 * stays where it is. After the cool-down it begins again with its first share; each time it trips
 * before it was open the cool-down doubles.
 *
 * @param shares what the gate lets through at each step before it is open, ascending, above 0 and
 *     below 1
 * @param eventsMin how many events a step takes, at least 1
 * @param dwell how long a step takes, at least
 * @param coolDown how long nothing is let through after the first trip
 * @param coolDownMax how long at most after any
 */
public record GateRules(
    List<Double> shares, long eventsMin, Duration dwell, Duration coolDown, Duration coolDownMax) {
  private static final Duration DURATION_MAX = Duration.ofDays(36_500);
  private static final GateRules DEFAULTS =
      new GateRules(
          List.of(0.01, 0.05, 0.25),
          500,
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofHours(1));

  /**
   * Checks all of them.
   *
   * @param shares what the gate lets through at each step before it is open
   * @param eventsMin how many events a step takes
   * @param dwell how long a step takes
   * @param coolDown how long nothing is let through after the first trip
   * @param coolDownMax how long at most after any
   */
  public GateRules {
    shares = List.copyOf(shares);
    double last = 0;
    for (final double share : shares) {
      if (!(share > last && share < 1)) {
        throw new IllegalArgumentException(
            "gate shares must ascend between 0 and 1, both excluded: shares=" + shares);
      }
      last = share;
    }
    if (shares.isEmpty() || eventsMin < 1) {
      throw new IllegalArgumentException(
          "gate must have a share and take an event: shares="
              + shares
              + ", eventsMin="
              + eventsMin);
    }
    if (dwell.isNegative()
        || coolDown.isNegative()
        || coolDown.isZero()
        || coolDownMax.compareTo(coolDown) < 0
        || dwell.compareTo(DURATION_MAX) > 0
        || coolDownMax.compareTo(DURATION_MAX) > 0) {
      throw new IllegalArgumentException(
          "gate durations must not be negative or more than "
              + DURATION_MAX
              + ", and the cool-down positive and at most its maximum:"
              + " dwell="
              + dwell
              + ", coolDown="
              + coolDown
              + ", coolDownMax="
              + coolDownMax);
    }
  }

  /**
   * 1 %, 5 %, 25 %, then all; 500 events and a minute each; five minutes of cool-down, doubling to
   * an hour.
   *
   * @return the defaults
   */
  public static GateRules defaults() {
    return DEFAULTS;
  }

  /**
   * Other shares.
   *
   * @param newShares ascending, above 0 and below 1
   * @return the changed rules
   */
  public GateRules shares(final Double... newShares) {
    return new GateRules(List.of(newShares), eventsMin, dwell, coolDown, coolDownMax);
  }

  /**
   * Another minimum of evidence.
   *
   * @param newEventsMin how many events a step takes, at least 1
   * @return the changed rules
   */
  public GateRules eventsMin(final long newEventsMin) {
    return new GateRules(shares, newEventsMin, dwell, coolDown, coolDownMax);
  }

  /**
   * Another dwell.
   *
   * @param newDwell how long a step takes, at least; not negative
   * @return the changed rules
   */
  public GateRules dwell(final Duration newDwell) {
    return new GateRules(shares, eventsMin, newDwell, coolDown, coolDownMax);
  }

  /**
   * Another cool-down.
   *
   * @param newCoolDown how long nothing is let through after the first trip; positive
   * @param newCoolDownMax how long at most after any
   * @return the changed rules
   */
  public GateRules coolDown(final Duration newCoolDown, final Duration newCoolDownMax) {
    return new GateRules(shares, eventsMin, dwell, newCoolDown, newCoolDownMax);
  }
}
