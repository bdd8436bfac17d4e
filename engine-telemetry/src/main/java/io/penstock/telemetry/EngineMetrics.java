package io.penstock.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.penstock.objective.EventCounts;
import io.penstock.objective.GateState;
import io.penstock.objective.ObjectiveState;
import io.penstock.spi.GateLevels;
import io.penstock.spi.Operation;
import io.penstock.spi.OperationClass;
import io.penstock.spi.ShardLevels;
import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All that one engine measures, as series. They become more as workflows are deployed, never fewer,
 * and keep their order. Any thread; collections wait for one another, never for a shard.
 */
final class EngineMetrics {
  private static final String GOOD = "good";
  private static final String BAD = "bad";
  private static final String SPAN = "span";

  private final List<ShardRecorder> shards;
  private final Set<WorkflowRecorder> known = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<ObjectiveCounts> counts = new ArrayList<>();
  private final Set<EventCounts> knownCounts = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Attributes> knownGauges = new HashSet<>();
  private final StatusGauges statuses;
  private final List<Series> series = new ArrayList<>();

  EngineMetrics(
      final OperationRecorder outside,
      final ObjectiveCounts outsideCounts,
      final List<ShardRecorder> shards,
      final Rejections rejections,
      final LongSupplier droppedSpans,
      final StatusGauges statuses) {
    this.shards = shards;
    this.statuses = statuses;
    addOperations(outside);
    counts.add(outsideCounts);
    shards.forEach(shard -> counts.add(shard.counts()));
    for (final ShardRecorder shard : shards) {
      addOperations(shard.operations());
      add(Metric.TIMER_LAG, Attributes.empty(), shard.timerLag(), null);
    }
    rejections.forEach(
        (reason, count) ->
            add(Metric.COMMAND_REJECTED, Attributes.of(Keys.REJECTION_REASON, reason), count::sum));
    add(Metric.TELEMETRY_DROPPED, Attributes.of(Keys.TELEMETRY_SIGNAL, SPAN), droppedSpans);
  }

  /** Adds what can be asked of the engine's shards once they run. */
  synchronized void addLevels(final List<ShardLevels> levels) {
    for (int i = 0; i < levels.size(); i++) {
      final Attributes shard = Attributes.of(Keys.SHARD_INDEX, (long) i);
      add(Metric.COMMAND_QUEUE_DEPTH, shard, levels.get(i)::inboxLength);
      add(Metric.START_KEYS_REMEMBERED, shard, levels.get(i)::startKeysRemembered);
      add(Metric.STORAGE_SIZE, shard, levels.get(i)::storeLength);
      add(Metric.STORAGE_WRITE_STALLS, shard, levels.get(i)::writeStalls);
    }
  }

  /** Adds a gate; its name is new. */
  synchronized void addGate(final GateLevels gate) {
    final Attributes named = Attributes.of(Keys.GATE_NAME, gate.name());
    addGauge(Metric.GATE_SHARE, named, gate::share);
    for (final GateState state : GateState.values()) {
      addGauge(
          Metric.GATE_STATE,
          named.toBuilder().put(Keys.GATE_STATE, state.name().toLowerCase(Locale.ROOT)).build(),
          () -> gate.state() == state ? 1 : 0);
    }
  }

  /** The series there are by now; their sources then tell how the objectives stand now. */
  synchronized List<Series> series() {
    for (final ShardRecorder shard : shards) {
      shard.workflows().stream().filter(known::add).forEach(this::addWorkflow);
    }
    counts.forEach(each -> each.byName().forEach(this::addNewObjective));
    statuses.look();
    statuses.names().forEach(this::addNewGauges);
    return List.copyOf(series);
  }

  private void addOperations(final OperationRecorder operations) {
    for (final Operation operation : Operation.values()) {
      if (operation.operationClass() != OperationClass.R1) { // too short to be timed one by one
        final Attributes named =
            Attributes.of(
                Keys.OPERATION_NAME,
                operation.label(),
                Keys.OPERATION_CLASS,
                operation.operationClass().name());
        final Duration threshold = operations.objective(operation.operationClass()).threshold();
        add(Metric.OPERATION_DURATION, named, operations.histogram(operation), threshold);
        add(Metric.OPERATION_SERVICE_DURATION, named, operations.serving(operation), threshold);
        add(Metric.OPERATION_CALLER_DURATION, named, operations.callers(operation), threshold);
      }
    }
  }

  private void addWorkflow(final WorkflowRecorder workflow) {
    final Attributes named = Attributes.of(Keys.WORKFLOW_NAME, workflow.name());
    final Objective objective = workflow.objective();
    add(Metric.CASE_STARTED, named, workflow::started);
    add(Metric.CASE_ACTIVE, named, workflow::active);
    add(Metric.OR_JOIN_UNDECIDED, named, workflow::undecided);
    for (int code = 0; code < Outcomes.COUNT; code++) {
      add(
          Metric.CASE_DURATION,
          named.toBuilder().put(Keys.CASE_OUTCOME, Outcomes.value(code)).build(),
          workflow.durations(code),
          objective == null ? null : objective.threshold());
    }
    for (int task = 0; task < workflow.taskCount(); task++) {
      addTask(workflow.task(task), named);
    }
  }

  private void addTask(final TaskRecorder task, final Attributes workflow) {
    final Attributes named = workflow.toBuilder().put(Keys.TASK_NAME, task.name()).build();
    final Attributes failed = named.toBuilder().put(Keys.ERROR_TYPE, Keys.ERROR_OTHER).build();
    add(Metric.TASK_DURATION, named, task.returned(), task.serviceThreshold());
    add(Metric.TASK_DURATION, failed, task.failed(), task.serviceThreshold());
    add(Metric.TASK_WAIT_DURATION, named, task.waiting(), task.waitThreshold());
  }

  private void addNewObjective(final String name, final EventCounts counter) {
    if (knownCounts.add(counter)) {
      addObjective(name, counter);
    }
  }

  private void addObjective(final String name, final EventCounts counter) {
    final Attributes named = Attributes.of(Keys.SLO_NAME, name);
    add(Metric.SLO_EVENTS, named.toBuilder().put(Keys.SLO_OUTCOME, GOOD).build(), counter::good);
    add(Metric.SLO_EVENTS, named.toBuilder().put(Keys.SLO_OUTCOME, BAD).build(), counter::bad);
  }

  /** An objective is one over all shards, and so are its gauges. */
  private void addNewGauges(final String name) {
    final Attributes named = Attributes.of(Keys.SLO_NAME, name);
    if (knownGauges.add(named)) {
      addGauge(Metric.SLO_OBJECTIVE, named, () -> statuses.target(name));
      for (final ObjectiveState state : ObjectiveState.values()) {
        addGauge(
            Metric.SLO_STATE,
            named.toBuilder().put(Keys.SLO_STATE, state.name().toLowerCase(Locale.ROOT)).build(),
            () -> statuses.isIn(name, state));
      }
      addGauge(Metric.SLO_BUDGET_REMAINING, named, () -> statuses.budgetRemaining(name));
    }
    for (final Duration window : statuses.windows(name)) {
      final Attributes over =
          named.toBuilder().put(Keys.SLO_WINDOW, StatusGauges.label(window)).build();
      if (knownGauges.add(over)) {
        addGauge(Metric.SLO_BURN_RATE, over, () -> statuses.burnRate(name, window));
      }
    }
  }

  private void addGauge(
      final Metric metric, final Attributes attributes, final DoubleSupplier source) {
    series.add(new Series.Value(metric, attributes, source));
  }

  private void add(final Metric metric, final Attributes attributes, final LongSupplier source) {
    series.add(new Series.Count(metric, attributes, source));
  }

  private void add(
      final Metric metric,
      final Attributes attributes,
      final LatencyHistogram source,
      final @Nullable Duration threshold) {
    series.add(new Series.Durations(metric, attributes, source, threshold));
  }
}
