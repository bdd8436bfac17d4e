package io.penstock.telemetry;

import io.penstock.objective.EventCounts;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long one task of a workflow waited and took, in one shard. Written by the shard's thread. */
final class TaskRecorder {
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

  /** A handler ended; one that failed is good when it did so in time. */
  void served(final long serviceNs, final boolean hasFailed, final long nowNs) {
    served(serviceNs, hasFailed, nowNs, 1);
  }

  /** Handlers ended that took equally long. */
  void served(final long serviceNs, final boolean hasFailed, final long nowNs, final int times) {
    (hasFailed ? failed : returned).record(serviceNs, times);
    if (serviceCounts != null) {
      serviceCounts.count(serviceNs, nowNs, times);
    }
  }

  void waited(final long waitNs, final long nowNs) {
    waiting.record(waitNs);
    if (waitCounts != null) {
      waitCounts.count(waitNs, nowNs);
    }
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
