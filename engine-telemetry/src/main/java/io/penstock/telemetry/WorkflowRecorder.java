package io.penstock.telemetry;

import io.penstock.engine.CaseStatus;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one shard measures of one workflow: its cases and its tasks. Written by the shard's thread,
 * read by any.
 */
final class WorkflowRecorder {
  private final String name;
  private final int version;
  private final long fingerprint;
  private final @Nullable Objective objective;
  private final @Nullable ObjectiveCounter counter;
  private final LatencyHistogram[] durations = new LatencyHistogram[Outcomes.COUNT];
  private final TaskRecorder[] tasks;
  private final AtomicLong started = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong undecided = new AtomicLong();

  WorkflowRecorder(final Workflow workflow) {
    name = workflow.name();
    version = workflow.version();
    fingerprint = workflow.fingerprint();
    objective = workflow.objective().orElse(null);
    counter = objective == null ? null : new ObjectiveCounter(objective);
    tasks = TaskNames.of(workflow).stream().map(TaskRecorder::new).toArray(TaskRecorder[]::new);
    for (int code = 0; code < durations.length; code++) {
      durations[code] = new LatencyHistogram();
    }
  }

  /** Whether a workflow deployed again can go on with what was measured before. */
  boolean measures(final Workflow workflow) {
    return fingerprint == workflow.fingerprint()
        && name.equals(workflow.name())
        && version == workflow.version()
        && Objects.equals(objective, workflow.objective().orElse(null));
  }

  void caseStarted() {
    started.setRelease(started.getPlain() + 1);
  }

  /**
   * A case ended.
   *
   * @param startedHere whether its start was counted, which it was not when it was recovered
   */
  void caseEnded(final int outcomeCode, final long durationNs, final boolean startedHere) {
    durations[outcomeCode].record(durationNs);
    if (counter != null) {
      counter.count(durationNs);
    }
    if (startedHere) {
      ended.setRelease(ended.getPlain() + 1);
    }
  }

  void orJoinUndecided() {
    undecided.setRelease(undecided.getPlain() + 1);
  }

  TaskRecorder task(final int task) {
    return tasks[task];
  }

  String name() {
    return name;
  }

  int version() {
    return version;
  }

  @Nullable Objective objective() {
    return objective;
  }

  /** Counts the objective's events, or null when no objective was declared. */
  @Nullable ObjectiveCounter counter() {
    return counter;
  }

  /** Durations of the cases that ended in one way; the code is that of {@link CaseStatus}. */
  LatencyHistogram durations(final int outcomeCode) {
    return durations[outcomeCode];
  }

  int taskCount() {
    return tasks.length;
  }

  /** Cases started since the opening. */
  long started() {
    return started.getAcquire();
  }

  /** How often an OR-join waited for want of an answer. */
  long undecided() {
    return undecided.getAcquire();
  }

  /** Cases started since the opening and not ended. */
  long active() {
    final long endedBefore = ended.getAcquire(); // first, so that the difference is not negative
    return started() - endedBefore;
  }
}
