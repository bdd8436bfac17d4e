package io.penstock.telemetry;

import io.penstock.objective.EventCounts;
import io.penstock.telemetry.EventKinds.EventKind;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long one task of a workflow waited and took, in one shard. Written by the shard's thread. */
final class TaskRecorder {
  /** How many kinds of events there are of a task. */
  static final int KINDS = 3;

  /** A wait for a worker, as one of its task's kinds. */
  static final int WAITED_KIND = 2;

  private final String name;
  private final LatencyHistogram returned = new LatencyHistogram();
  private final LatencyHistogram failed = new LatencyHistogram();
  private final LatencyHistogram waiting = new LatencyHistogram();
  private final @Nullable EventCounts serviceCounts;
  private final @Nullable EventCounts waitCounts;

  TaskRecorder(final String name, final Workflow workflow, final ObjectiveCounts counts) {
    this.name = name;
    final String label = WorkflowRecorder.label(workflow.name(), workflow.version()) + " / " + name;
    serviceCounts =
        workflow.objective(name).map(objective -> counts.add(label, objective)).orElse(null);
    waitCounts =
        workflow
            .waitObjective(name)
            .map(objective -> counts.add(label + " (wait)", objective))
            .orElse(null);
  }

  String name() {
    return name;
  }

  /**
   * What can happen to a task, in the order of the kinds below; one that failed is good when it did
   * so in time.
   */
  void addKinds(final EventKinds kinds) {
    kinds.add(new EventKind(true, returned, serviceCounts, null));
    kinds.add(new EventKind(true, failed, serviceCounts, null));
    kinds.add(new EventKind(true, waiting, waitCounts, null));
  }

  /** A handler's service time, as one of its task's kinds. */
  static int servedKind(final boolean hasFailed) {
    return hasFailed ? 1 : 0;
  }

  /** What the service time is held to, or null. */
  @Nullable Duration serviceThreshold() {
    return serviceCounts == null ? null : serviceCounts.objective().threshold();
  }

  /** What the wait is held to, or null. */
  @Nullable Duration waitThreshold() {
    return waitCounts == null ? null : waitCounts.objective().threshold();
  }

  /** Service times of handlers that returned. */
  LatencyHistogram returned() {
    return returned;
  }

  /** Service times of handlers that threw. */
  LatencyHistogram failed() {
    return failed;
  }

  /** From the moment the work was handed out until its handler began; empty for inline tasks. */
  LatencyHistogram waiting() {
    return waiting;
  }
}
