package io.penstock.telemetry;

import io.penstock.engine.CaseStatus;
import io.penstock.objective.EventCounts;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one shard measures of one workflow: its cases and its tasks. Written by the shard's thread,
 * read by any.
 */
final class WorkflowRecorder {
  private final Workflow workflow;
  private final String name;
  private final int version;
  private final long fingerprint;
  private final @Nullable Objective objective;
  private final @Nullable EventCounts counts;
  private final LatencyHistogram[] durations = new LatencyHistogram[Outcomes.COUNT];
  private final TaskRecorder[] tasks;
  private final AtomicLong started = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong undecided = new AtomicLong();
  private final int firstKind;

  WorkflowRecorder(
      final Workflow workflow,
      final ObjectiveCounts objectiveCounts,
      final @Nullable UntimedSteps untimed) {
    this.workflow = workflow;
    name = workflow.name();
    version = workflow.version();
    fingerprint = workflow.fingerprint();
    objective = workflow.objective().orElse(null);
    counts = objective == null ? null : objectiveCounts.add(label(name, version), objective);
    tasks =
        TaskNames.of(workflow).stream()
            .map(task -> new TaskRecorder(task, workflow, objectiveCounts))
            .toArray(TaskRecorder[]::new);
    for (int code = 0; code < durations.length; code++) {
      durations[code] = new LatencyHistogram();
    }
    firstKind = untimed == null ? 0 : addKinds(untimed);
  }

  /** What a version of a workflow is called in readings. */
  static String label(final String name, final int version) {
    return name + " v" + version;
  }

  /** Whether a workflow deployed again can go on with what was measured before. */
  boolean measures(final Workflow other) {
    return fingerprint == other.fingerprint()
        && name.equals(other.name())
        && version == other.version()
        && workflow.objective().equals(other.objective())
        && TaskNames.of(other).stream()
            .allMatch(
                task ->
                    workflow.objective(task).equals(other.objective(task))
                        && workflow.waitObjective(task).equals(other.waitObjective(task)));
  }

  void caseStarted() {
    started.setRelease(started.getPlain() + 1);
  }

  /** A case whose start was counted has ended: all but those that were recovered. */
  void caseLeft() {
    ended.setRelease(ended.getPlain() + 1);
  }

  /** A case ended after so long. */
  void caseEnded(final int outcomeCode, final long durationNs, final long nowNs) {
    casesEnded(outcomeCode, durationNs, nowNs, 1);
  }

  private void casesEnded(
      final int outcomeCode, final long durationNs, final long nowNs, final int cases) {
    durations[outcomeCode].record(durationNs, cases);
    if (counts != null) {
      counts.count(durationNs, nowNs, cases);
    }
  }

  /** All that can end without being timed at once, in the order of {@link #caseKind}. */
  private int addKinds(final UntimedSteps untimed) {
    int first = -1;
    for (int code = 0; code < Outcomes.COUNT; code++) {
      final int outcomeCode = code;
      final int kind =
          untimed.add(
              (times, stepNs, commandNs, nowNs) -> {
                ended.setRelease(ended.getPlain() + times);
                casesEnded(outcomeCode, commandNs, nowNs, times);
              });
      first = first < 0 ? kind : first;
    }
    for (final TaskRecorder task : tasks) {
      untimed.add((times, stepNs, commandNs, nowNs) -> task.served(stepNs, false, nowNs, times));
      untimed.add((times, stepNs, commandNs, nowNs) -> task.served(stepNs, true, nowNs, times));
    }
    return first;
  }

  /** The first of its kinds of untimed events. */
  int firstKind() {
    return firstKind;
  }

  /** A case that a single command ran from start to end, as one of its workflow's kinds. */
  static int caseKind(final int outcomeCode) {
    return outcomeCode;
  }

  /** A task that ran, as one of its workflow's kinds. */
  static int taskKind(final int task, final boolean failed) {
    return Outcomes.COUNT + 2 * task + (failed ? 1 : 0);
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
