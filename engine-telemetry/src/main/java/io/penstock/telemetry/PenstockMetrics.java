package io.penstock.telemetry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of all engines that report here, to be read by a {@link PenstockMetricProducer} of
 * OpenTelemetry's SDK, by a {@link PrometheusEndpoint}, or by several of them.
 *
 * <p>Nothing is recorded twice: a reader adds up what the shards have counted anyway, at the moment
 * it asks. Counters and histograms of an engine that is closed stay in the sums, its levels go.
 * Safe for any thread; readers wait for one another, never for a shard, nor a shard for them.
 */
public final class PenstockMetrics {
  private static final long NS_PER_S = 1_000_000_000L;
  private static final AtomicReference<@Nullable PenstockMetrics> SHARED = new AtomicReference<>();

  private final List<EngineMetrics> engines = new ArrayList<>();
  private final MetricTable closed = new MetricTable();
  private final long createdEpochNs;
  private volatile boolean isProduced;

  /** Creates metrics to which no engine reports yet. */
  public PenstockMetrics() {
    createdEpochNs = epochNs();
  }

  /**
   * The metrics to which engines report whose options name neither metrics nor an OpenTelemetry:
   * those that are opened after the first call of this.
   *
   * @return the same for the whole process, or for each class loader that has this class
   */
  public static PenstockMetrics shared() {
    final PenstockMetrics present = SHARED.get();
    if (present != null) {
      return present;
    }
    SHARED.compareAndSet(null, new PenstockMetrics());
    return shared();
  }

  /** The shared metrics, or null when nobody has asked for them. */
  static @Nullable PenstockMetrics sharedIfAny() {
    return SHARED.get();
  }

  static long epochNs() {
    final Instant now = Instant.now();
    return now.getEpochSecond() * NS_PER_S + now.getNano();
  }

  /** From when on is counted: calendar time in nanoseconds. */
  long createdEpochNs() {
    return createdEpochNs;
  }

  /** An OpenTelemetry SDK reads from here, and need not be told by other ways. */
  void markProduced() {
    isProduced = true;
  }

  boolean isProduced() {
    return isProduced;
  }

  synchronized void opened(final EngineMetrics engine) {
    engines.add(engine);
  }

  /** Keeps what an engine has counted; does nothing when it was told before. */
  synchronized void closed(final EngineMetrics engine) {
    if (engines.remove(engine)) {
      closed.addLasting(engine);
    }
  }

  /** Everything at this moment. */
  synchronized MetricTable snapshot() {
    final MetricTable now = new MetricTable();
    now.add(closed);
    engines.forEach(now::add);
    return now;
  }
}
