package io.penstock.engine;

import io.penstock.spi.Telemetry;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the telemetry of one engine has thrown: the first is logged, all are counted. */
final class TelemetryFailures {
  private static final Logger LOG = LoggerFactory.getLogger(TelemetryFailures.class);

  private final String engine;
  private final AtomicLong count = new AtomicLong();

  TelemetryFailures(final String engine) {
    this.engine = engine;
  }

  /** Takes in what was thrown; safe for any thread, and for a failure whose own methods throw. */
  void caught(final Throwable failure) {
    if (count.getAndIncrement() == 0) {
      LOG.warn(
          "telemetry failed and is passed over, later failures are not logged: engine={}, failure={}",
          engine,
          UserCode.describe(failure));
    }
  }

  /** A scope that does not throw. */
  Telemetry.HandlerScope guarded(final Telemetry.HandlerScope scope) {
    return scope.equals(Telemetry.HandlerScope.NONE) ? scope : new Scope(scope);
  }

  private final class Scope implements Telemetry.HandlerScope {
    private final Telemetry.HandlerScope scope;

    Scope(final Telemetry.HandlerScope scope) {
      this.scope = scope;
    }

    @Override
    public void failed(final Throwable failure) {
      try {
        scope.failed(failure);
      } catch (final Throwable broken) {
        caught(broken);
      }
    }

    @Override
    public void close() {
      try {
        scope.close();
      } catch (final Throwable broken) {
        caught(broken);
      }
    }
  }
}
