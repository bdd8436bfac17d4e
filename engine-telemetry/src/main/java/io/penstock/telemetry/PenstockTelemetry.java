package io.penstock.telemetry;

import io.penstock.spi.EngineClock;
import io.penstock.spi.Telemetry;
import io.penstock.spi.TelemetryProvider;
import org.slf4j.LoggerFactory;

/**
 * Measures engines: latencies by class, operation, workflow and task, their objectives, and spans
 * and metrics for OpenTelemetry. Immutable; one can serve many engines.
 *
 * <p>Needs OpenTelemetry's API, 1.43 or later; where that was excluded, engines run unmeasured.
 */
public final class PenstockTelemetry implements TelemetryProvider {
  private static final boolean HAS_API = hasApi();

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

  private static boolean hasApi() {
    final String name = "io.opentelemetry.api.OpenTelemetry";
    try {
      Class.forName(name, false, PenstockTelemetry.class.getClassLoader());
      return true;
    } catch (final ClassNotFoundException e) {
      LoggerFactory.getLogger(PenstockTelemetry.class)
          .warn(
              "nothing is measured, no objective is judged: missing={}; add"
                  + " io.opentelemetry:opentelemetry-api, or leave out penstock-telemetry",
              name);
      return false;
    }
  }

  @Override
  public Telemetry create(final EngineClock clock, final int shardCount) {
    return HAS_API ? new EngineTelemetry(options, clock, shardCount) : Telemetry.NONE;
  }
}
