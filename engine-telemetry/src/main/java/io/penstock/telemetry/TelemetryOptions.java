package io.penstock.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.penstock.spi.Operation;
import io.penstock.spi.OperationClass;
import io.penstock.workflow.Objective;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.spi.MDCAdapter;

/** What is measured, and who is told. Immutable: each method gives a changed copy. */
public final class TelemetryOptions {
  private static final TelemetryOptions DEFAULTS =
      new TelemetryOptions(
          null,
          null,
          1,
          DeclaredObjectives.DEFAULTS,
          LogCorrelation.WORKERS,
          null,
          null,
          Timing.PER_STEP);

  private final @Nullable OpenTelemetry openTelemetry;
  private final @Nullable PenstockMetrics metrics;
  private final int sampleCases;
  private final DeclaredObjectives objectives;
  private final LogCorrelation logs;
  private final @Nullable MDCAdapter mdc;
  private final IntervalLog.@Nullable Settings hlog;
  private final Timing timing;

  private TelemetryOptions(
      final @Nullable OpenTelemetry openTelemetry,
      final @Nullable PenstockMetrics metrics,
      final int sampleCases,
      final DeclaredObjectives objectives,
      final LogCorrelation logs,
      final @Nullable MDCAdapter mdc,
      final IntervalLog.@Nullable Settings hlog,
      final Timing timing) {
    this.hlog = hlog;
    this.timing = timing;
    this.openTelemetry = openTelemetry;
    this.metrics = metrics;
    this.sampleCases = sampleCases;
    this.objectives = objectives;
    this.logs = logs;
    this.mdc = mdc;
  }

  /**
   * The global OpenTelemetry of the moment the engine is opened, or none when none was set by then;
   * every case offered to its sampler; 99 % of R1 within 2 ns, of W1 within 1 ms, of C1 within 500
   * ms; log lines of handlers on worker threads name their case.
   *
   * @return the defaults
   */
  public static TelemetryOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Who is told of spans and metrics, instead of the global OpenTelemetry. Spans start and end on
   * the engine's own threads: its span processors must not block, as the batching one does not.
   *
   * @param openTelemetry the OpenTelemetry; {@link OpenTelemetry#noop()} to tell nobody
   * @return the changed options
   */
  public TelemetryOptions openTelemetry(final OpenTelemetry openTelemetry) {
    return new TelemetryOptions(
        openTelemetry, metrics, sampleCases, objectives, logs, mdc, hlog, timing);
  }

  /**
   * Where the engine's metrics can be read as a whole, besides what OpenTelemetry is told: by a
   * {@link PrometheusEndpoint}, or by a {@link PenstockMetricProducer}, which then takes the place
   * of OpenTelemetry's API for metrics. Without this, and without an {@link #openTelemetry}, it is
   * {@link PenstockMetrics#shared()} if somebody has asked for that before.
   *
   * @param metrics the metrics
   * @return the changed options
   */
  public TelemetryOptions metrics(final PenstockMetrics metrics) {
    return new TelemetryOptions(
        openTelemetry, metrics, sampleCases, objectives, logs, mdc, hlog, timing);
  }

  /**
   * How many cases have spans: one in so many, picked at random when the case starts and kept to
   * its end. A picked case is then offered to OpenTelemetry's own sampler.
   *
   * @param oneIn 1 for every case, 0 for none
   * @return the changed options
   */
  public TelemetryOptions sampleCases(final int oneIn) {
    if (oneIn < 0) {
      throw new IllegalArgumentException("sampled cases must be one in 0 or more: oneIn=" + oneIn);
    }
    return new TelemetryOptions(openTelemetry, metrics, oneIn, objectives, logs, mdc, hlog, timing);
  }

  /**
   * What a class of operations is held to.
   *
   * @param operationClass the class
   * @param objective its objective
   * @return the changed options
   */
  public TelemetryOptions objective(
      final OperationClass operationClass, final Objective objective) {
    return new TelemetryOptions(
        openTelemetry,
        metrics,
        sampleCases,
        objectives.with(operationClass, objective),
        logs,
        mdc,
        hlog,
        timing);
  }

  /**
   * In which handlers log lines name their case, task and span.
   *
   * @param logs where
   * @return the changed options
   */
  public TelemetryOptions logs(final LogCorrelation logs) {
    return new TelemetryOptions(
        openTelemetry, metrics, sampleCases, objectives, logs, mdc, hlog, timing);
  }

  /**
   * How often the clock is read for the service times of inline tasks: after each, or once a
   * command, for less.
   *
   * @param timing how often
   * @return the changed options
   */
  public TelemetryOptions timing(final Timing timing) {
    return new TelemetryOptions(
        openTelemetry, metrics, sampleCases, objectives, logs, mdc, hlog, timing);
  }

  Timing timing() {
    return timing;
  }

  /** Another MDC than that of the logging library, for tests. */
  TelemetryOptions mdc(final MDCAdapter mdc) {
    return new TelemetryOptions(
        openTelemetry, metrics, sampleCases, objectives, logs, mdc, hlog, timing);
  }

  MDCAdapter mdc() {
    return mdc == null ? MDC.getMDCAdapter() : mdc;
  }

  LogCorrelation logs() {
    return logs;
  }

  /**
   * What one operation is held to, beside its class.
   *
   * @param operation the operation; not {@link Operation#READ_STATUS}, which R1 stands for
   * @param objective its objective
   * @return the changed options
   */
  public TelemetryOptions objective(final Operation operation, final Objective objective) {
    if (operation == Operation.READ_STATUS) {
      throw new IllegalArgumentException(
          "objective must be for an operation that is timed one by one: operation="
              + operation
              + "; hold the class R1 to it");
    }
    return new TelemetryOptions(
        openTelemetry,
        metrics,
        sampleCases,
        objectives.with(operation, objective),
        logs,
        mdc,
        hlog,
        timing);
  }

  /**
   * What the queue of the workers is held to: the wait of any work, of whatever task, for its
   * handler to start.
   *
   * @param objective the objective
   * @return the changed options
   */
  public TelemetryOptions workerQueueObjective(final Objective objective) {
    return new TelemetryOptions(
        openTelemetry,
        metrics,
        sampleCases,
        objectives.withWorkerQueue(objective),
        logs,
        mdc,
        hlog,
        timing);
  }

  /**
   * What timers are held to: how late they fire.
   *
   * @param objective the objective
   * @return the changed options
   */
  public TelemetryOptions timerLagObjective(final Objective objective) {
    return new TelemetryOptions(
        openTelemetry,
        metrics,
        sampleCases,
        objectives.withTimerLag(objective),
        logs,
        mdc,
        hlog,
        timing);
  }

  /**
   * Logs the latencies of each interval in HdrHistogram's own format, for its tools: a histogram in
   * nanoseconds for each operation, workflow and task, by its name as the tag, blanks as {@code _}.
   * Written by the thread that looks at the objectives once a second, and when the engine is
   * closed.
   *
   * @param file the log, of one engine; one that is there is gone on with
   * @param interval how long an interval is, one second or more
   * @return the changed options
   */
  public TelemetryOptions hlog(final Path file, final Duration interval) {
    if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "interval of a log must be one second or more: interval=" + interval);
    }
    return new TelemetryOptions(
        openTelemetry,
        metrics,
        sampleCases,
        objectives,
        logs,
        mdc,
        new IntervalLog.Settings(file, interval),
        timing);
  }

  /** The log of intervals, or null for none. */
  IntervalLog.@Nullable Settings hlog() {
    return hlog;
  }

  /** The OpenTelemetry to tell; neither configures nor sets the global one. */
  OpenTelemetry openTelemetry() {
    return openTelemetry == null ? GlobalTelemetry.ofTheMoment() : openTelemetry;
  }

  /** Where to report, or null. */
  @Nullable PenstockMetrics metrics() {
    return metrics == null && openTelemetry == null ? PenstockMetrics.sharedIfAny() : metrics;
  }

  int sampleCases() {
    return sampleCases;
  }

  DeclaredObjectives objectives() {
    return objectives;
  }
}
