package io.penstock.objective;

import java.time.Duration;
import java.util.Locale;

/**
 * Where a gate stands and the numbers that decide where it goes. Events are those that completed
 * since it came here.
 *
 * @param name name of the gate
 * @param state how much it lets through
 * @param share the share, from 0 to 1
 * @param sinceNs how long it has been so, in nanoseconds
 * @param good good events of what was let through
 * @param bad bad events of what was let through
 * @param baselineGood good events of the rest
 * @param baselineBad bad events of the rest
 * @param badLower the share of bad events behind those let through is not below this
 * @param badUpper nor above this, each with 99.9 % confidence
 * @param budget the share of bad events that the objective allows
 * @param reason what it waits for, or what it has just decided and why
 */
public record GateReport(
    String name,
    GateState state,
    double share,
    long sinceNs,
    long good,
    long bad,
    long baselineGood,
    long baselineBad,
    double badLower,
    double badUpper,
    double budget,
    String reason) {
  private static String percent(final double share) {
    final double percent = 100 * share;
    return percent == Math.rint(percent)
        ? Long.toString((long) percent)
        : String.format(Locale.ROOT, "%.2f", percent);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "gate %s: %s at %s %% for %s; let through: %d good, %d bad, bad share between %.4g %% and"
            + " %.4g %% of %.4g %% allowed; the rest: %d good, %d bad; %s",
        name,
        state,
        percent(share),
        Duration.ofNanos(sinceNs),
        good,
        bad,
        100 * badLower,
        100 * badUpper,
        100 * budget,
        baselineGood,
        baselineBad,
        reason);
  }
}
