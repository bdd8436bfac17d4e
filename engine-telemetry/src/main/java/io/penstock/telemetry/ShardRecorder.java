package io.penstock.telemetry;

import io.penstock.objective.EventCounts;
import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Measures one shard. The shard's thread is the only writer and reads no clock for it; allocation
 * happens when a workflow is deployed and when a histogram meets its first value of an octave, at
 * no other time.
 */
final class ShardRecorder implements ShardObserver {
  static final String WORKER_QUEUE = "worker queue";
  static final String TIMER_LAG = "timer lag";

  /** No workflow's number. */
  private static final int NONE = -1;

  private final EpochTime time;
  private final long openedEpochNs;
  private final ObjectiveCounts counts;
  private final @Nullable ObjectiveCounts outside;
  private final EventKinds kinds = new EventKinds();
  private final TimedEvents timed = new TimedEvents(kinds);
  private final @Nullable UntimedSteps untimed;
  private final OperationRecorder operations;
  private final LogContext logs;
  private final LatencyHistogram timerLag = new LatencyHistogram();
  private final @Nullable EventCounts timerLagCounts;
  private final @Nullable EventCounts queueCounts;
  private WorkflowRecorder[] byNumber = {};

  /** The first of the kinds of events of each workflow, by its number. */
  private int[] firstKinds = {};

  private volatile List<WorkflowRecorder> workflows = List.of();
  private Operation command = Operation.FIRE_TIMER;
  private long commandNs;
  private boolean timedMidway;
  private int ending = NONE;
  private int outcomeCode;
  private long calendarNs;

  /**
   * Creates a recorder.
   *
   * @param outside what is counted outside of the shards, if this one saves it with its own
   * @param timing how often the clock is read for inline tasks
   */
  ShardRecorder(
      final EpochTime time,
      final DeclaredObjectives objectives,
      final @Nullable ObjectiveCounts outside,
      final LogContext logs,
      final Timing timing) {
    this.logs = logs;
    this.time = time;
    this.outside = outside;
    openedEpochNs = time.openedEpochNs();
    counts = new ObjectiveCounts(time);
    operations = new OperationRecorder(objectives, counts);
    operations.addKinds(kinds);
    untimed = timing == Timing.AMORTISED ? new UntimedSteps(kinds) : null;
    queueCounts = add(WORKER_QUEUE, objectives.workerQueue());
    timerLagCounts = add(TIMER_LAG, objectives.timerLag());
  }

  private @Nullable EventCounts add(final String name, final @Nullable Objective objective) {
    return objective == null ? null : counts.add(name, objective);
  }

  @Override
  public void deployed(final int workflow, final Workflow definition) {
    if (workflow >= byNumber.length) {
      byNumber = Arrays.copyOf(byNumber, workflow + 1);
      firstKinds = Arrays.copyOf(firstKinds, workflow + 1);
    }
    byNumber[workflow] =
        workflows.stream()
            .filter(known -> known.measures(definition))
            .findFirst()
            .orElseGet(() -> add(definition));
    firstKinds[workflow] = byNumber[workflow].firstKind();
  }

  private WorkflowRecorder add(final Workflow definition) {
    final WorkflowRecorder added = new WorkflowRecorder(definition, counts, kinds);
    if (untimed != null) {
      untimed.makeRoom();
    }
    final List<WorkflowRecorder> more = new ArrayList<>(workflows);
    more.add(added);
    workflows = List.copyOf(more);
    return added;
  }

  @Override
  public void commandStarted(
      final Operation operation,
      final DirectBuffer caller,
      final int callerOffset,
      final long nowNs) {
    command = operation;
    commandNs = nowNs;
    timedMidway = false;
    if (untimed != null) {
      untimed.begin(nowNs);
    }
  }

  @Override
  public void caseTaken(
      final int workflow,
      final long caseId,
      final boolean isNew,
      final MutableDirectBuffer trace,
      final int traceOffset) {
    if (isNew) {
      byNumber[workflow].caseStarted();
    }
  }

  @Override
  public boolean entersInlineTasks() {
    return logs.isOn();
  }

  @Override
  public boolean tallyInlineTask(final int workflow, final int task, final boolean failed) {
    if (untimed == null || untimed.isFull()) {
      return false;
    }
    untimed.addStep(firstKinds[workflow] + WorkflowRecorder.servedKind(task, failed));
    return true;
  }

  /** Where time is shared, by those tallied before as well. */
  @Override
  public void inlineTaskEnded(
      final int workflow,
      final int task,
      final long startNs,
      final long endNs,
      final boolean failed) {
    final int kind = firstKinds[workflow] + WorkflowRecorder.servedKind(task, failed);
    if (untimed == null) {
      timed.add(kind, endNs - startNs, endNs);
    } else {
      untimed.addStep(kind);
      untimed.settle(endNs);
      timedMidway = true;
    }
  }

  @Override
  public boolean aboutToWait() {
    timed.countAll();
    return untimed != null && !untimed.isEmpty();
  }

  @Override
  public void timeTold(final long nowNs) {
    if (untimed != null) {
      untimed.settle(nowNs);
    }
  }

  @Override
  public void workerTaskEnded(
      final int workflow,
      final int task,
      final long waitNs,
      final long serviceNs,
      final boolean failed) {
    final int first = firstKinds[workflow];
    timed.add(first + WorkflowRecorder.waitedKind(task), waitNs, commandNs);
    // when the result came, as far as windows go
    timed.add(first + WorkflowRecorder.servedKind(task, failed), serviceNs, commandNs);
    if (queueCounts != null) {
      queueCounts.count(waitNs, commandNs);
    }
  }

  @Override
  public Telemetry.HandlerScope inlineTaskStarts(
      final int workflow, final int task, final long caseId) {
    final WorkflowRecorder measured = byNumber[workflow];
    return logs.open(
        measured.name(), measured.task(task).name(), caseId, null, Telemetry.HandlerScope.NONE);
  }

  @Override
  public void timerFired(final long lagNs) {
    timerLag.record(lagNs);
    if (timerLagCounts != null) {
      timerLagCounts.count(lagNs, commandNs);
    }
  }

  @Override
  public void orJoinUndecided(final int workflow) {
    byNumber[workflow].orJoinUndecided();
  }

  /** Waits for the end of the command: until then the calendar has stood still for the case. */
  @Override
  public void caseEnded(final int workflow, final int newOutcomeCode, final long durationNs) {
    ending = workflow;
    outcomeCode = newOutcomeCode;
    calendarNs = durationNs;
  }

  @Override
  public boolean tallyCommand() {
    if (untimed == null || untimed.isFull() || timedMidway) {
      return false;
    }
    addUntimedCommand(untimed, commandNs);
    return true;
  }

  @Override
  public void commandEnded(final long nowNs) {
    if (untimed != null && !timedMidway) {
      addUntimedCommand(untimed, nowNs);
      untimed.settle(nowNs);
      return;
    }
    endCase(nowNs);
    timed.add(OperationRecorder.kind(command), nowNs - commandNs, nowNs);
    if (untimed != null) {
      untimed.settle(nowNs);
    }
  }

  private void addUntimedCommand(final UntimedSteps steps, final long nowNs) {
    if (ending >= 0 && calendarNs == 0) {
      steps.count(firstKinds[ending] + WorkflowRecorder.caseKind(outcomeCode, true));
      ending = NONE;
    } else {
      endCase(nowNs);
    }
    steps.addCommand(OperationRecorder.kind(command));
  }

  private void endCase(final long nowNs) {
    if (ending >= 0) {
      final boolean wasStarted = time.epochNs(commandNs) - calendarNs >= openedEpochNs;
      final int kind = firstKinds[ending] + WorkflowRecorder.caseKind(outcomeCode, wasStarted);
      timed.add(kind, calendarNs + nowNs - commandNs, nowNs);
      ending = NONE;
    }
  }

  @Override
  public void acknowledged(final Operation operation, final long sentNs, final long nowNs) {
    if (operation != Operation.DEPLOY) { // measured as a whole, over all shards, by the engine
      operations.record(operation, nowNs - sentNs, nowNs);
    }
  }

  /** Counts what is known of the command in hand, which is else counted before the shard waits. */
  void countTimed() {
    timed.countAll();
  }

  /** What is measured of a workflow, by its number. */
  WorkflowRecorder workflow(final int workflow) {
    return byNumber[workflow];
  }

  @Override
  public int save(final MutableDirectBuffer target, final long nowNs, final long epochNs) {
    if (!counts.hasNews() && (outside == null || !outside.hasNews())) {
      return 0;
    }
    return saveAll(target, nowNs, epochNs);
  }

  /** Writes what shall survive the process even if nothing of it is new. */
  int saveAll(final MutableDirectBuffer target, final long nowNs, final long epochNs) {
    final int length = counts.save(target, 0, nowNs, epochNs);
    return outside == null ? length : length + outside.save(target, length, nowNs, epochNs);
  }

  @Override
  public void restore(final DirectBuffer source, final int offset, final int length) {
    final int own = counts.restore(source, offset);
    if (outside != null) {
      outside.restore(source, offset + own);
    }
  }

  ObjectiveCounts counts() {
    return counts;
  }

  /** How late timers fired. */
  LatencyHistogram timerLag() {
    return timerLag;
  }

  OperationRecorder operations() {
    return operations;
  }

  List<WorkflowRecorder> workflows() {
    return workflows;
  }
}
