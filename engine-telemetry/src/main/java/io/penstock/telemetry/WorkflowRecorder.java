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
  private final int[] untimed = new int[Outcomes.COUNT];
  private int untimedCases;

  WorkflowRecorder(final Workflow workflow, final ObjectiveCounts objectiveCounts) {
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
    caseEnded(outcomeCode, durationNs, nowNs, 1);
  }

  private void caseEnded(
      final int outcomeCode, final long durationNs, final long nowNs, final int cases) {
    durations[outcomeCode].record(durationNs, cases);
    if (counts != null) {
      counts.count(durationNs, nowNs, cases);
    }
  }

  /**
   * A case ended, and how long it took is still to be told by {@link #tookEach}.
   *
   * @return whether it is the first since
   */
  boolean endedUntimed(final int outcomeCode) {
    untimed[outcomeCode]++;
    return ++untimedCases == 1;
  }

  /** All cases that are not timed yet took so long each. */
  void tookEach(final long durationNs, final long nowNs) {
    for (int code = 0; code < untimed.length; code++) {
      if (untimed[code] > 0) {
        caseEnded(code, durationNs, nowNs, untimed[code]);
        untimed[code] = 0;
      }
    }
    untimedCases = 0;
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
