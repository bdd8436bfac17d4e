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
  private int returnedUntimed;
  private int failedUntimed;

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
    (hasFailed ? failed : returned).record(serviceNs);
    if (serviceCounts != null) {
      serviceCounts.count(serviceNs, nowNs);
    }
  }

  /**
   * A handler ended, and how long it took is still to be told by {@link #tookEach}.
   *
   * @return whether it is the first since
   */
  boolean servedUntimed(final boolean hasFailed) {
    final boolean isFirst = (returnedUntimed | failedUntimed) == 0;
    if (hasFailed) {
      failedUntimed++;
    } else {
      returnedUntimed++;
    }
    return isFirst;
  }

  /** All that is not timed yet took so long each. */
  void tookEach(final long serviceNs, final long nowNs) {
    if (returnedUntimed > 0) {
      returned.record(serviceNs, returnedUntimed);
    }
    if (failedUntimed > 0) {
      failed.record(serviceNs, failedUntimed);
    }
    if (serviceCounts != null) {
      serviceCounts.count(serviceNs, nowNs, returnedUntimed + failedUntimed);
    }
    returnedUntimed = 0;
    failedUntimed = 0;
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
