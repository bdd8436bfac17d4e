package io.penstock.spi;

/**
 * Makes the telemetry of an engine; found on the class path by {@link java.util.ServiceLoader}, or
 * given to the engine's options.
 */
@FunctionalInterface
public interface TelemetryProvider {
  /**
   * Makes the telemetry of one engine.
   *
   * @param clock the engine's clock
   * @param shardCount number of the engine's shards
   * @return the telemetry
   */
  Telemetry create(EngineClock clock, int shardCount);
}
