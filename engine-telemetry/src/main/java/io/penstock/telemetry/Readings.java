package io.penstock.telemetry;

import io.penstock.objective.EventCounts;
import io.penstock.objective.EventTimeline;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.Operation;
import io.penstock.spi.OperationClass;
import io.penstock.telemetry.report.LatencyPoint;
import io.penstock.telemetry.report.ReportEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Sums what all shards measured, at the moment somebody asks. Not thread safe. */
final class Readings {
  private static final int NINES_MAX = 6;

  /** Tenth 3 of the first nine is 49.9 %. */
  private static final int AFTER_THE_MEDIAN = 4;

  private final List<OperationRecorder> operations;
  private final List<ShardRecorder> shards;
  private final HotReadProbe hotReads;
  private final Map<String, ObjectiveStatus> statuses;
  private final Map<String, Good> good = new HashMap<>();
  private final List<ReportEntry> entries = new ArrayList<>();
  private final Function<String, @Nullable EventTimeline> timelines;
  private BiConsumer<String, Histogram> visitor = (name, histogram) -> {};
  private boolean onlyPromised;

  /** Good events and all events since the opening. */
  private static final class Good {
    private long good;
    private long count;
  }

  Readings(
      final OperationRecorder outside,
      final List<ShardRecorder> shards,
      final HotReadProbe hotReads,
      final Map<String, ObjectiveStatus> statuses,
      final List<ObjectiveCounts> counts,
      final Function<String, @Nullable EventTimeline> timelines) {
    this.timelines = timelines;
    this.shards = shards;
    this.hotReads = hotReads;
    this.statuses = statuses;
    operations = new ArrayList<>(List.of(outside));
    shards.forEach(shard -> operations.add(shard.operations()));
    counts.forEach(each -> each.byName().forEach(this::count));
  }

  /** Comes before the histograms are read, as what is counted is in them already. */
  private void count(final String name, final EventCounts counts) {
    final Good sum = good.computeIfAbsent(name, none -> new Good());
    final long goodNow = counts.good();
    sum.good += goodNow;
    sum.count += goodNow + counts.bad();
  }

  /** Shows the histogram of each thing that was measured, with its name. */
  void forEachHistogram(final BiConsumer<String, Histogram> newVisitor) {
    visitor = newVisitor;
    all();
  }

  /** Those with an objective. */
  List<ReportEntry> promised() {
    onlyPromised = true;
    return all();
  }

  /** All readings; what has an objective comes with its curve and its timeline. */
  List<ReportEntry> all() {
    addClasses();
    for (final Operation operation : Operation.values()) {
      final String label = operation.label();
      add(label, operations.stream().map(each -> each.histogram(operation)));
      add(label + " (service)", operations.stream().map(each -> each.serving(operation)));
      add(label + " (caller)", operations.stream().map(each -> each.callers(operation)));
    }
    add(ShardRecorder.WORKER_QUEUE, shards.stream().flatMap(Readings::waits));
    add(ShardRecorder.TIMER_LAG, shards.stream().map(ShardRecorder::timerLag));
    workflows().forEach(this::addWorkflow);
    return entries;
  }

  private void addClasses() {
    final Histogram batches = LatencyHistogram.emptySnapshot();
    hotReads.addTo(batches);
    add(
        OperationClass.R1.name(),
        batches,
        HotReadProbe.READS_A_BATCH,
        "batches of " + HotReadProbe.READS_A_BATCH + " reads");
    for (final OperationClass each : List.of(OperationClass.W1, OperationClass.C1)) {
      final Histogram snapshot = LatencyHistogram.emptySnapshot();
      for (final Operation operation : Operation.values()) {
        if (operation.operationClass() == each) {
          operations.forEach(recorder -> recorder.histogram(operation).addTo(snapshot));
        }
      }
      add(each.name(), snapshot, 1, "");
    }
  }

  /** What was promised is shown in any case, the rest when there is something to show. */
  private void add(final String name, final Stream<LatencyHistogram> histograms) {
    if (onlyPromised && !statuses.containsKey(name)) {
      return;
    }
    final Histogram snapshot = LatencyHistogram.emptySnapshot();
    histograms.forEach(each -> each.addTo(snapshot));
    if (statuses.containsKey(name) || snapshot.getTotalCount() > 0) {
      add(name, snapshot, 1, "");
    }
  }

  private void add(
      final String name, final Histogram snapshot, final int divisor, final String note) {
    visitor.accept(note.isEmpty() ? name : name + " " + note, snapshot);
    final Good counted = good.get(name);
    final ObjectiveReading reading =
        new ObjectiveReading(
            name,
            counted == null ? snapshot.getTotalCount() : counted.count,
            counted == null ? 0 : counted.good,
            quantile(snapshot, 50) / divisor,
            quantile(snapshot, 99) / divisor,
            quantile(snapshot, 99.9) / divisor,
            quantile(snapshot, 100) / divisor,
            statuses.get(name),
            note);
    entries.add(
        reading.status() == null
            ? new ReportEntry(reading, List.of(), null)
            : new ReportEntry(reading, curve(snapshot, divisor), timelines.apply(name)));
  }

  /**
   * Ten points for each nine of the percentile, as far as there are events to tell; 50 % besides.
   */
  private static List<LatencyPoint> curve(final Histogram snapshot, final int divisor) {
    final List<LatencyPoint> curve = new ArrayList<>();
    final long count = snapshot.getTotalCount();
    for (int tenth = 0; tenth <= 10 * NINES_MAX && Math.pow(10, tenth / 10.0) <= count; tenth++) {
      if (tenth == AFTER_THE_MEDIAN) {
        curve.add(point(snapshot, 50, divisor));
      }
      curve.add(point(snapshot, 100 - 100 / Math.pow(10, tenth / 10.0), divisor));
    }
    return curve;
  }

  private static LatencyPoint point(
      final Histogram snapshot, final double percentile, final int divisor) {
    return new LatencyPoint(percentile, quantile(snapshot, percentile) / divisor);
  }

  private static double quantile(final Histogram snapshot, final double percentile) {
    return snapshot.getTotalCount() == 0
        ? 0
        : snapshot.medianEquivalentValue(snapshot.getValueAtPercentile(percentile));
  }

  private void addWorkflow(final String label, final List<WorkflowRecorder> recorders) {
    add(label, recorders.stream().flatMap(Readings::durations));
    tasks(recorders)
        .forEach(
            (task, all) -> {
              final String name = label + " / " + task;
              add(name, all.stream().flatMap(each -> Stream.of(each.returned(), each.failed())));
              add(name + " (wait)", all.stream().map(TaskRecorder::waiting));
            });
  }

  /** From the handing out of any work to the start of its handler. */
  private static Stream<LatencyHistogram> waits(final ShardRecorder shard) {
    return shard.workflows().stream()
        .flatMap(
            workflow ->
                IntStream.range(0, workflow.taskCount())
                    .mapToObj(task -> workflow.task(task).waiting()));
  }

  private static Stream<LatencyHistogram> durations(final WorkflowRecorder recorder) {
    return IntStream.range(0, Outcomes.COUNT).mapToObj(recorder::durations);
  }

  private Map<String, List<WorkflowRecorder>> workflows() {
    final Map<String, List<WorkflowRecorder>> byLabel = new LinkedHashMap<>();
    for (final ShardRecorder shard : shards) {
      for (final WorkflowRecorder each : shard.workflows()) {
        final String label = WorkflowRecorder.label(each.name(), each.version());
        byLabel.computeIfAbsent(label, none -> new ArrayList<>()).add(each);
      }
    }
    return byLabel;
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
}
