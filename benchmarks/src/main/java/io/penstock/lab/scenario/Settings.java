package io.penstock.lab.scenario;

import io.penstock.engine.EngineOptions;
import io.penstock.spi.Durability;
import java.time.Duration;

/**
 * How long and at what durability scenarios run.
 *
 * @param quick a tenth of everything, to see that it works; figures mean nothing
 * @param durability of the engines that scenarios open
 * @param soakS how long a soak lasts, in seconds
 */
public record Settings(boolean quick, Durability durability, double soakS) {
  private static final double QUICK_SHARE = 0.1;
  private static final double SOAK_S = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * Seconds for each scenario, {@code PROCESS_CRASH}.
   *
   * @return the defaults
   */
  public static Settings defaults() {
    return new Settings(false, Durability.PROCESS_CRASH, SOAK_S);
  }

  /**
   * A length in time.
   *
   * @param full when it is not to be quick, in seconds
   * @return as the settings have it, in seconds
   */
  double seconds(final double full) {
    return quick ? full * QUICK_SHARE : full;
  }

  /**
   * A number of repetitions.
   *
   * @param full when it is not to be quick
   * @return as the settings have it, at least 1
   */
  int count(final int full) {
    return quick ? Math.max(1, (int) (full * QUICK_SHARE)) : full;
  }

  /**
   * Options of an engine whose callers would rather wait than be refused: a stall of the machine
   * must not end a scenario.
   *
   * @param shards how many
   * @return the options
   */
  static EngineOptions patient(final int shards) {
    return EngineOptions.defaults().shards(shards).inboxWait(PATIENCE);
  }
}
