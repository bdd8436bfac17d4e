package io.penstock.telemetry;

import io.penstock.objective.BurnRate;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How an engine's objectives stood when they were last looked at, as numbers by name; NaN where
 * there is nothing to tell. One look serves all numbers of a collection. Any thread may read.
 */
final class StatusGauges {
  private static final double NS_PER_US = 1e3;
  private static final double US_PER_MS = 1e3;
  private static final long US_PRECISE = 100_000;
  private static final long MS_PER_S = 1_000;
  private static final long S_PER_MINUTE = 60;
  private static final long S_PER_HOUR = 3_600;
  private static final long S_PER_DAY = 86_400;

  private final Supplier<Map<String, ObjectiveStatus>> source;
  private volatile Map<String, ObjectiveStatus> statuses = Map.of();

  StatusGauges(final Supplier<Map<String, ObjectiveStatus>> source) {
    this.source = source;
  }

  /** Looks how the objectives stand now. */
  void look() {
    statuses = source.get();
  }

  /** The objectives' names. */
  Set<String> names() {
    return statuses.keySet();
  }

  /** The windows of an objective's burn rates, each once, the most urgent first. */
  Set<Duration> windows(final String name) {
    final Set<Duration> windows = new LinkedHashSet<>();
    final ObjectiveStatus status = statuses.get(name);
    if (status != null) {
      for (final BurnRate rate : status.burnRates()) {
        windows.add(rate.longWindow());
        windows.add(rate.shortWindow());
      }
    }
    return windows;
  }

  /** The share of events that shall be good. */
  double target(final String name) {
    final ObjectiveStatus status = statuses.get(name);
    return status == null ? Double.NaN : status.objective().target();
  }

  /** 1 when it is the state that an objective is in, 0 when it is not. */
  double isIn(final String name, final ObjectiveState state) {
    final ObjectiveStatus status = statuses.get(name);
    return status == null ? Double.NaN : status.state() == state ? 1 : 0;
  }

  /** The share of the error budget that is left; negative when it is overspent. */
  double budgetRemaining(final String name) {
    final ObjectiveStatus status = statuses.get(name);
    return status == null ? Double.NaN : status.budgetRemaining();
  }

  /** The burn rate over one of the {@linkplain #windows windows}. */
  double burnRate(final String name, final Duration window) {
    final ObjectiveStatus status = statuses.get(name);
    if (status != null) {
      for (final BurnRate rate : status.burnRates()) {
        if (rate.longWindow().equals(window)) {
          return rate.longRate();
        }
        if (rate.shortWindow().equals(window)) {
          return rate.shortRate();
        }
      }
    }
    return Double.NaN; // the objective is another one by now
  }

  /**
   * A window as Prometheus writes durations: a whole number of the largest unit that fits, from
   * days to milliseconds, rounded to those; below 100 ms in microseconds.
   */
  static String label(final Duration window) {
    final long us = Math.round(window.toNanos() / NS_PER_US);
    if (us < US_PRECISE) {
      return us + "us";
    }
    final long ms = Math.round(us / US_PER_MS);
    if (ms % MS_PER_S != 0) {
      return ms + "ms";
    }
    final long seconds = ms / MS_PER_S;
    if (seconds % S_PER_DAY == 0) {
      return seconds / S_PER_DAY + "d";
    }
    if (seconds % S_PER_HOUR == 0) {
      return seconds / S_PER_HOUR + "h";
    }
    return seconds % S_PER_MINUTE == 0 ? seconds / S_PER_MINUTE + "m" : seconds + "s";
  }
}
