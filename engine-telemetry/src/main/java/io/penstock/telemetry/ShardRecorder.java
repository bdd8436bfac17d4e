package io.penstock.telemetry;

import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
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
  private final EpochTime time;
  private final long openedEpochNs;
  private final OperationRecorder operations;
  private final LogContext logs;
  private final LatencyHistogram timerLag = new LatencyHistogram();
  private WorkflowRecorder[] byNumber = {};
  private volatile List<WorkflowRecorder> workflows = List.of();
  private long commandNs;
  private @Nullable WorkflowRecorder ending;
  private int outcomeCode;
  private long calendarNs;

  ShardRecorder(final EpochTime time, final ClassObjectives objectives, final LogContext logs) {
    this.time = time;
    this.logs = logs;
    openedEpochNs = time.openedEpochNs();
    operations = new OperationRecorder(objectives);
  }

  @Override
  public void deployed(final int workflow, final Workflow definition) {
    if (workflow >= byNumber.length) {
      byNumber = Arrays.copyOf(byNumber, workflow + 1);
    }
    byNumber[workflow] =
        workflows.stream()
            .filter(known -> known.measures(definition))
            .findFirst()
            .orElseGet(() -> add(definition));
  }

  private WorkflowRecorder add(final Workflow definition) {
    final WorkflowRecorder added = new WorkflowRecorder(definition);
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
    commandNs = nowNs;
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
  public void inlineTaskEnded(
      final int workflow,
      final int task,
      final long startNs,
      final long endNs,
      final boolean failed) {
    service(byNumber[workflow].task(task), endNs - startNs, failed);
  }

  @Override
  public void workerTaskEnded(
      final int workflow,
      final int task,
      final long waitNs,
      final long serviceNs,
      final boolean failed) {
    final TaskRecorder recorder = byNumber[workflow].task(task);
    recorder.waiting().record(waitNs);
    service(recorder, serviceNs, failed);
  }

  private static void service(
      final TaskRecorder recorder, final long serviceNs, final boolean failed) {
    (failed ? recorder.failed() : recorder.returned()).record(serviceNs);
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
  }

  @Override
  public void orJoinUndecided(final int workflow) {
    byNumber[workflow].orJoinUndecided();
  }

  /** Waits for the end of the command: until then the calendar has stood still for the case. */
  @Override
  public void caseEnded(final int workflow, final int newOutcomeCode, final long durationNs) {
    ending = byNumber[workflow];
    outcomeCode = newOutcomeCode;
    calendarNs = durationNs;
  }

  @Override
  public void commandEnded(final long nowNs) {
    final WorkflowRecorder ended = ending;
    if (ended != null) {
      ending = null;
      final boolean startedHere = time.epochNs(commandNs) - calendarNs >= openedEpochNs;
      ended.caseEnded(outcomeCode, calendarNs + nowNs - commandNs, startedHere);
    }
  }

  @Override
  public void acknowledged(final Operation operation, final long latencyNs) {
    if (operation != Operation.DEPLOY) { // measured as a whole, over all shards, by the engine
      operations.record(operation, latencyNs);
    }
  }

  /** What is measured of a workflow, by its number. */
  WorkflowRecorder workflow(final int workflow) {
    return byNumber[workflow];
  }

  OperationRecorder operations() {
    return operations;
  }

  /** How late timers were. */
  LatencyHistogram timerLag() {
    return timerLag;
  }

  List<WorkflowRecorder> workflows() {
    return workflows;
  }
}
