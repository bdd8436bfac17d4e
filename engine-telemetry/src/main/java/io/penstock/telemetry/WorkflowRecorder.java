package io.penstock.telemetry;

import io.penstock.engine.CaseStatus;
import io.penstock.objective.EventCounts;
import io.penstock.telemetry.EventKinds.EventKind;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one shard measures of one workflow: its cases and its tasks. Written by the shard's thread,
 * read by any.
 */
final class WorkflowRecorder {
  private static final int FIRST_TASK_KIND = 2 * Outcomes.COUNT;

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
      final Workflow workflow, final ObjectiveCounts objectiveCounts, final EventKinds kinds) {
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
    firstKind = addKinds(kinds);
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

  /** All that can happen to cases and tasks, in the order of {@link #caseKind}. */
  private int addKinds(final EventKinds kinds) {
    final int first = kinds.length();
    for (final LatencyHistogram each : durations) {
      kinds.add(new EventKind(false, each, counts, ended));
      kinds.add(new EventKind(false, each, counts, null));
    }
    for (final TaskRecorder task : tasks) {
      task.addKinds(kinds);
    }
    return first;
  }

  /** The first of its kinds of events. */
  int firstKind() {
    return firstKind;
  }

  /**
   * A case that ended, as one of its workflow's kinds.
   *
   * @param wasStarted whether its start was counted: of all but those that were recovered
   */
  static int caseKind(final int outcomeCode, final boolean wasStarted) {
    return 2 * outcomeCode + (wasStarted ? 0 : 1);
  }

  /** A task's service time, as one of its workflow's kinds. */
  static int servedKind(final int task, final boolean hasFailed) {
    return FIRST_TASK_KIND + TaskRecorder.KINDS * task + TaskRecorder.servedKind(hasFailed);
  }

  /** A task's wait for a worker, as one of its workflow's kinds. */
  static int waitedKind(final int task) {
    return FIRST_TASK_KIND + TaskRecorder.KINDS * task + TaskRecorder.WAITED_KIND;
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
