package io.penstock.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.penstock.objective.EventCounts;
import io.penstock.objective.EventTimeline;
import io.penstock.objective.GateReport;
import io.penstock.objective.GateTransition;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.EngineClock;
import io.penstock.spi.GateLevels;
import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.Operation;
import io.penstock.spi.OperationClass;
import io.penstock.spi.ReportForm;
import io.penstock.spi.ShardLevels;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.telemetry.flight.FlightEvents;
import io.penstock.telemetry.report.ObjectiveReport;
import io.penstock.telemetry.report.ReportEntry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Measures one engine: a recorder for each shard, one for what happens outside of them, and what
 * OpenTelemetry is told. Where OpenTelemetry is the one that does nothing, nothing is done for it.
 */
final class EngineTelemetry implements Telemetry {
  private static final String SCOPE = "io.penstock";

  private final HotReadProbe hotReadProbe;
  private final ObjectiveCounts outsideCounts;
  private final OperationRecorder outside;
  private final List<ShardRecorder> recorders;
  private final List<ShardObserver> observers;
  private final EpochTime time;
  private final Tracer tracer;
  private final boolean isTracing;
  private final LogContext workerLogs;
  private final LogContext inlineLogs;
  private final Rejections rejections = new Rejections();
  private final AtomicLong droppedSpans = new AtomicLong();
  private final EngineMetrics engineMetrics;
  private final List<GateLevels> gates = new CopyOnWriteArrayList<>();
  private final @Nullable PenstockMetrics metrics;
  private final @Nullable MetricExport export;
  private final @Nullable IntervalLog log;
  private volatile @Nullable CountersFile counters;

  EngineTelemetry(final TelemetryOptions options, final EngineClock clock, final int shardCount) {
    final OpenTelemetry openTelemetry = options.openTelemetry();
    time = new EpochTime(clock);
    final IntervalLog.Settings logged = options.hlog();
    log =
        logged == null
            ? null
            : IntervalLog.open(logged, time.openedMonotonicNs(), time.openedEpochNs());
    workerLogs = new LogContext(options.mdc(), options.logs() != LogCorrelation.NONE);
    inlineLogs = new LogContext(options.mdc(), options.logs() == LogCorrelation.ALL);
    outsideCounts = new ObjectiveCounts(time);
    outside = new OperationRecorder(options.objectives(), outsideCounts);
    hotReadProbe =
        new HotReadProbe(
            time,
            outsideCounts.add(
                OperationClass.R1.name(), options.objectives().of(OperationClass.R1)));
    recorders =
        IntStream.range(0, shardCount)
            .mapToObj(
                shard ->
                    new ShardRecorder(
                        time,
                        options.objectives(),
                        shard == 0 ? outsideCounts : null,
                        inlineLogs,
                        options.timing()))
            .toList();
    tracer = openTelemetry.getTracer(SCOPE);
    isTracing = !openTelemetry.getTracerProvider().equals(TracerProvider.noop());
    observers = isTracing ? traced(options.sampleCases()) : List.copyOf(recorders);
    engineMetrics =
        new EngineMetrics(
            outside,
            outsideCounts,
            recorders,
            rejections,
            droppedSpans::get,
            new StatusGauges(this::statuses));
    metrics = options.metrics();
    final boolean isProduced = metrics != null && metrics.isProduced();
    export =
        isProduced || openTelemetry.getMeterProvider().equals(MeterProvider.noop())
            ? null
            : new MetricExport(
                openTelemetry.getMeter(SCOPE), engineMetrics, MetricExport.RECORDINGS_MAX);
    if (metrics != null) {
      metrics.opened(engineMetrics);
    }
  }

  private List<ShardObserver> traced(final int sampleCases) {
    final List<ShardObserver> traced = new ArrayList<>();
    for (final ShardRecorder recorder : recorders) {
      traced.add(
          new TracedShard(
              recorder,
              new ShardTracer(tracer, time, new ShardExemplars(recorder), inlineLogs, sampleCases),
              droppedSpans));
    }
    return traced;
  }

  @Override
  public ShardObserver shard(final int shardIndex) {
    return observers.get(shardIndex);
  }

  @Override
  public void opened(final List<ShardLevels> shards) {
    engineMetrics.addLevels(shards);
  }

  @Override
  public void gateMade(final GateLevels gate) {
    gates.add(gate);
    engineMetrics.addGate(gate);
  }

  @Override
  public List<GateReport> gates() {
    return gates.stream().map(GateLevels::explain).toList();
  }

  @Override
  public void commandRejected(final String reason) {
    rejections.count(reason);
  }

  @Override
  public void callerAnswered(final Operation operation, final long sentNs) {
    outside.callerWaited(operation, time.monotonicNs() - sentNs);
  }

  @Override
  public void operationEnded(final Operation operation, final long startNs, final long endNs) {
    outside.recordShared(operation, endNs - startNs, endNs);
  }

  @Override
  public void captureContext(final MutableDirectBuffer target, final int offset) {
    if (isTracing) {
      final SpanContext current = Span.current().getSpanContext();
      if (current.isValid()) {
        TraceContext.write(current, target, offset);
      }
    }
  }

  @Override
  public HandlerScope handlerStarts(
      final String workflow,
      final String task,
      final long caseId,
      final int attempt,
      final @Nullable Object traceParent) {
    final HandlerScope scope =
        traceParent instanceof Context parent
            ? TaskSpan.start(tracer, time, droppedSpans, workflow, task, caseId, attempt, parent)
            : HandlerScope.NONE;
    return workerLogs.open(
        workflow, task, caseId, scope instanceof TaskSpan span ? span.context() : null, scope);
  }

  @Override
  public List<ObjectiveReading> readings(final IntConsumer hotReads) {
    hotReadProbe.measure(hotReads);
    return entries(name -> null).stream().map(ReportEntry::reading).toList();
  }

  @Override
  public String report(final ReportForm form, final String engine, final IntConsumer hotReads) {
    hotReadProbe.measure(hotReads);
    final Map<String, List<EventCounts>> counts = countsByName();
    final long nowNs = time.monotonicNs();
    final List<ReportEntry> entries =
        entries(
            name -> {
              final List<EventCounts> own = counts.get(name);
              return own == null ? null : EventTimeline.of(own.get(0).objective(), own, nowNs);
            });
    final Instant now = Instant.EPOCH.plusNanos(time.epochNs(nowNs));
    return new ObjectiveReport(engine, now, entries, gates()).as(form);
  }

  private List<ReportEntry> entries(final Function<String, @Nullable EventTimeline> timelines) {
    return readings(statuses(), timelines).all();
  }

  private Readings readings(
      final Map<String, ObjectiveStatus> statuses,
      final Function<String, @Nullable EventTimeline> timelines) {
    return new Readings(outside, recorders, hotReadProbe, statuses, allCounts(), timelines);
  }

  @Override
  public void openedIn(final Path directory, final String engine) {
    counters = CountersFile.open(directory, engine);
  }

  @Override
  public void looked(final Map<String, ObjectiveStatus> statuses) {
    final CountersFile file = counters;
    if (file != null) {
      file.write(readings(statuses, name -> null).promised(), gates());
    }
    if (log != null) {
      final long nowNs = time.monotonicNs();
      log.follow(nowNs, time.epochNs(nowNs), this::forEachHistogram);
    }
  }

  private void forEachHistogram(final BiConsumer<String, Histogram> visitor) {
    readings(Map.of(), name -> null).forEachHistogram(visitor);
  }

  @Override
  public void objectiveChanged(
      final String name, final ObjectiveState from, final ObjectiveStatus status) {
    FlightEvents.objectiveChanged(name, from, status);
  }

  @Override
  public void gateMoved(final String name, final GateTransition transition) {
    FlightEvents.gateMoved(name, transition);
  }

  @Override
  public Map<String, ObjectiveStatus> statuses(final IntConsumer hotReads) {
    hotReadProbe.sample(hotReads);
    return statuses();
  }

  @Override
  public List<EventCounts> counts(final String objective) {
    final List<EventCounts> found = new ArrayList<>();
    for (final ObjectiveCounts each : allCounts()) {
      final EventCounts counts = each.byName().get(objective);
      if (counts != null) {
        found.add(counts);
      }
    }
    return found;
  }

  private List<ObjectiveCounts> allCounts() {
    final List<ObjectiveCounts> all = new ArrayList<>(List.of(outsideCounts));
    recorders.forEach(recorder -> all.add(recorder.counts()));
    return all;
  }

  private Map<String, List<EventCounts>> countsByName() {
    final Map<String, List<EventCounts>> byName = new LinkedHashMap<>();
    for (final ObjectiveCounts counts : allCounts()) {
      counts
          .byName()
          .forEach(
              (name, each) -> byName.computeIfAbsent(name, none -> new ArrayList<>()).add(each));
    }
    return byName;
  }

  private Map<String, ObjectiveStatus> statuses() {
    final long nowNs = time.monotonicNs();
    final Map<String, ObjectiveStatus> statuses = new LinkedHashMap<>();
    countsByName()
        .forEach(
            (name, counts) ->
                statuses.put(name, ObjectiveStatus.of(counts.get(0).objective(), counts, nowNs)));
    return statuses;
  }

  @Override
  public void close() {
    final CountersFile file = counters;
    if (file != null) {
      file.write(readings(statuses(), name -> null).promised(), gates());
      file.close();
    }
    if (log != null) {
      final long nowNs = time.monotonicNs();
      log.write(nowNs, time.epochNs(nowNs), this::forEachHistogram);
      log.close();
    }
    if (export != null) {
      export.close();
    }
    if (metrics != null) {
      metrics.closed(engineMetrics);
    }
  }
}
