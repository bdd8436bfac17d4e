package io.penstock.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.penstock.spi.Operation;
import io.penstock.spi.OperationClass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Tells OpenTelemetry's metrics, each time they are collected, what was measured since the last
 * time. Shards take no part in it and know nothing of it.
 *
 * <p>Instruments are synchronous ones that are told differences, so that engines which share one
 * OpenTelemetry add up, and the last numbers of an engine that is closed are not lost. One
 * observable instrument is there to be called back at a collection; what is told then belongs to
 * that collection.
 *
 * <p>The interface of a histogram takes one value at a time. One collection replays at most a fixed
 * number of them, and the next goes on where it stopped: under a load that stays above that,
 * histograms lag behind, while counters are always exact.
 */
final class MetricExport {
  /** About a quarter of a second of the collecting thread. */
  static final long RECORDINGS_MAX = 10_000_000;

  private static final String GOOD = "good";
  private static final String BAD = "bad";

  private final Instruments instruments;
  private final List<ShardRecorder> shards;
  private final long recordingsMax;
  private final BatchCallback callback;
  private final Set<WorkflowRecorder> known = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<Attributes, Double> targets = new LinkedHashMap<>();
  private final List<CounterReplay> counters = new ArrayList<>();
  private final List<CounterReplay> actives = new ArrayList<>();
  private final List<HistogramReplay> histograms = new ArrayList<>();
  private int nextHistogram;
  private final AtomicBoolean closed = new AtomicBoolean();

  MetricExport(
      final Meter meter,
      final OperationRecorder outside,
      final List<ShardRecorder> shards,
      final long recordingsMax) {
    instruments = new Instruments(meter);
    this.shards = shards;
    this.recordingsMax = recordingsMax;
    addOperations(outside);
    shards.forEach(shard -> addOperations(shard.operations()));
    callback = meter.batchCallback(this::collect, instruments.sloObjective);
  }

  /** Called by whoever collects; waits for another collection, never for a shard. */
  private synchronized void collect() {
    if (!closed.get()) {
      replay();
      targets.forEach((attributes, target) -> instruments.sloObjective.record(target, attributes));
    }
  }

  private void replay() {
    for (final ShardRecorder shard : shards) {
      shard.workflows().stream().filter(known::add).forEach(this::addWorkflow);
    }
    counters.forEach(CounterReplay::replay);
    actives.forEach(CounterReplay::replay);
    long left = recordingsMax;
    for (int i = 0; i < histograms.size() && left > 0; i++) {
      left -= histograms.get(nextHistogram).replay(left);
      if (left > 0) {
        nextHistogram = (nextHistogram + 1) % histograms.size();
      }
    }
  }

  /**
   * Tells the last differences, takes the engine's cases off those that are active, and ends. Does
   * nothing when closed already.
   */
  void close() {
    if (closed.compareAndSet(false, true)) {
      callback.close(); // without our lock, as a collection that waits for it may hold another
      tellTheLast();
    }
  }

  private synchronized void tellTheLast() {
    replay();
    actives.forEach(CounterReplay::takeBack);
  }

  private void addOperations(final OperationRecorder operations) {
    for (final Operation operation : Operation.values()) {
      if (operation.operationClass() != OperationClass.R1) { // too short to be timed one by one
        add(
            operations.histogram(operation),
            instruments.operationDuration,
            Attributes.of(
                Keys.OPERATION_NAME,
                operation.label(),
                Keys.OPERATION_CLASS,
                operation.operationClass().name()));
      }
    }
    addObjective(OperationClass.W1.name(), operations.counter(OperationClass.W1));
    addObjective(OperationClass.C1.name(), operations.counter(OperationClass.C1));
  }

  private void addWorkflow(final WorkflowRecorder workflow) {
    final Attributes named = Attributes.of(Keys.WORKFLOW_NAME, workflow.name());
    add(workflow::started, instruments.caseStarted, named);
    add(workflow::undecided, instruments.orJoinUndecided, named);
    actives.add(
        new CounterReplay(
            workflow::active, difference -> instruments.caseActive.add(difference, named)));
    for (int code = 0; code < Outcomes.COUNT; code++) {
      add(
          workflow.durations(code),
          instruments.caseDuration,
          named.toBuilder().put(Keys.CASE_OUTCOME, Outcomes.value(code)).build());
    }
    final ObjectiveCounter counter = workflow.counter();
    if (counter != null) {
      addObjective(workflow.name(), counter);
    }
    for (int task = 0; task < workflow.taskCount(); task++) {
      addTask(workflow.task(task), named);
    }
  }

  private void addTask(final TaskRecorder task, final Attributes workflow) {
    final Attributes named = workflow.toBuilder().put(Keys.TASK_NAME, task.name()).build();
    add(task.returned(), instruments.taskDuration, named);
    add(
        task.failed(),
        instruments.taskDuration,
        named.toBuilder().put(Keys.ERROR_TYPE, Keys.ERROR_OTHER).build());
    add(task.waiting(), instruments.taskWaitDuration, named);
  }

  private void addObjective(final String name, final ObjectiveCounter counter) {
    final Attributes named = Attributes.of(Keys.SLO_NAME, name);
    targets.put(named, counter.objective().target());
    add(
        counter::good,
        instruments.sloEvents,
        named.toBuilder().put(Keys.SLO_OUTCOME, GOOD).build());
    add(counter::bad, instruments.sloEvents, named.toBuilder().put(Keys.SLO_OUTCOME, BAD).build());
  }

  private void add(
      final LongSupplier source, final LongCounter target, final Attributes attributes) {
    counters.add(new CounterReplay(source, difference -> target.add(difference, attributes)));
  }

  private void add(
      final LatencyHistogram source, final DoubleHistogram target, final Attributes attributes) {
    histograms.add(new HistogramReplay(source, target, attributes));
  }
}
