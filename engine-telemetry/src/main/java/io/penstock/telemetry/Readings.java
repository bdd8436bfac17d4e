package io.penstock.telemetry;

import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.Operation;
import io.penstock.spi.OperationClass;
import io.penstock.workflow.Objective;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Sums what all shards measured, at the moment somebody asks. Not thread safe. */
final class Readings {

  private final List<OperationRecorder> operations;
  private final List<ShardRecorder> shards;
  private final List<ObjectiveReading> readings = new ArrayList<>();

  Readings(final OperationRecorder outside, final List<ShardRecorder> shards) {
    this.shards = shards;
    operations = new ArrayList<>(List.of(outside));
    shards.forEach(shard -> operations.add(shard.operations()));
  }

  /** All readings after that of R1. */
  List<ObjectiveReading> all() {
    addClass(OperationClass.W1);
    addClass(OperationClass.C1);
    for (final Operation operation : Operation.values()) {
      addSeen(operation.label(), operations.stream().map(each -> each.histogram(operation)));
    }
    workflows().forEach(this::addWorkflow);
    return readings;
  }

  private void addClass(final OperationClass operationClass) {
    final List<ObjectiveCounter> counters =
        operations.stream().map(each -> each.counter(operationClass)).toList();
    final Sum sum = new Sum();
    sum.count(counters);
    for (final Operation operation : Operation.values()) {
      if (operation.operationClass() == operationClass) {
        operations.forEach(each -> sum.add(each.histogram(operation)));
      }
    }
    readings.add(sum.reading(operationClass.name(), counters.get(0).objective()));
  }

  private void addSeen(final String name, final Stream<LatencyHistogram> histograms) {
    final Sum sum = new Sum();
    histograms.forEach(sum::add);
    if (!sum.isEmpty()) {
      readings.add(sum.reading(name, null));
    }
  }

  private void addWorkflow(final WorkflowKey key, final List<WorkflowRecorder> recorders) {
    final Sum sum = new Sum();
    for (final WorkflowRecorder recorder : recorders) {
      final ObjectiveCounter counter = recorder.counter();
      if (counter != null) {
        sum.count(List.of(counter));
      }
      for (int code = 0; code < Outcomes.COUNT; code++) {
        sum.add(recorder.durations(code));
      }
    }
    if (key.objective() != null || !sum.isEmpty()) {
      readings.add(sum.reading(key.label(), key.objective()));
    }
    tasks(recorders).forEach((task, all) -> addTask(key.label() + " / " + task, all));
  }

  private void addTask(final String name, final List<TaskRecorder> recorders) {
    addSeen(
        name, recorders.stream().flatMap(each -> List.of(each.returned(), each.failed()).stream()));
    addSeen(name + " (wait)", recorders.stream().map(TaskRecorder::waiting));
  }

  private Map<WorkflowKey, List<WorkflowRecorder>> workflows() {
    final Map<WorkflowKey, List<WorkflowRecorder>> byKey = new LinkedHashMap<>();
    for (final ShardRecorder shard : shards) {
      for (final WorkflowRecorder each : shard.workflows()) {
        final WorkflowKey key = new WorkflowKey(each.name(), each.version(), each.objective());
        byKey.computeIfAbsent(key, none -> new ArrayList<>()).add(each);
      }
    }
    return byKey;
  }

  private static Map<String, List<TaskRecorder>> tasks(final List<WorkflowRecorder> recorders) {
    final Map<String, List<TaskRecorder>> byName = new LinkedHashMap<>();
    for (final WorkflowRecorder recorder : recorders) {
      for (int task = 0; task < recorder.taskCount(); task++) {
        final TaskRecorder each = recorder.task(task);
        byName.computeIfAbsent(each.name(), none -> new ArrayList<>()).add(each);
      }
    }
    return byName;
  }

  private record WorkflowKey(String name, int version, @Nullable Objective objective) {
    String label() {
      return name + " v" + version;
    }
  }

  /** Histograms of several shards as one. */
  private static final class Sum {
    private final Histogram snapshot = LatencyHistogram.emptySnapshot();
    private long good;
    private long bad;

    /** Comes before the histograms, as what is counted is in them already. */
    void count(final List<ObjectiveCounter> counters) {
      counters.forEach(
          counter -> {
            good += counter.good();
            bad += counter.bad();
          });
    }

    void add(final LatencyHistogram histogram) {
      histogram.addTo(snapshot);
    }

    boolean isEmpty() {
      return snapshot.getTotalCount() == 0;
    }

    ObjectiveReading reading(final String name, final @Nullable Objective objective) {
      return new ObjectiveReading(
          name,
          objective == null ? snapshot.getTotalCount() : good + bad,
          good,
          quantile(50),
          quantile(99),
          quantile(99.9),
          quantile(100),
          objective,
          "");
    }

    private double quantile(final double percentile) {
      return isEmpty()
          ? 0
          : snapshot.medianEquivalentValue(snapshot.getValueAtPercentile(percentile));
    }
  }
}
