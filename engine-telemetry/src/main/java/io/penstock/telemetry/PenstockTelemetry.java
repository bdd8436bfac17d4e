package io.penstock.telemetry;

import io.penstock.spi.EngineClock;
import io.penstock.spi.Telemetry;
import io.penstock.spi.TelemetryProvider;

/**
 * Measures engines: latencies by class, operation, workflow and task, their objectives, and spans
 * and metrics for OpenTelemetry. Immutable; one can serve many engines.
 */
public final class PenstockTelemetry implements TelemetryProvider {
  private final TelemetryOptions options;

  /** Measures with the {@linkplain TelemetryOptions#defaults() defaults}. */
  public PenstockTelemetry() {
    this(TelemetryOptions.defaults());
  }

  /**
   * Measures as the options say.
   *
   * @param options the options
   */
  public PenstockTelemetry(final TelemetryOptions options) {
    this.options = options;
  }

  @Override
  public Telemetry create(final EngineClock clock, final int shardCount) {
    return new EngineTelemetry(options, clock, shardCount);
  }
}
