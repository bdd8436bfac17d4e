package io.penstock.engine;

import io.penstock.objective.EventCounts;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Objective;
import io.penstock.workflow.Workflow;
import java.time.Duration;
import java.util.List;

/** Two versions of a workflow, whose cases the engine counts apart by itself. */
final class VersionArms implements Gate.Arms {
  private final Telemetry telemetry;
  private final Objective objective;
  private final String stable;
  private final String candidate;

  VersionArms(
      final Telemetry telemetry,
      final Workflow stable,
      final Workflow candidate,
      final Objective objective) {
    this.telemetry = telemetry;
    this.objective = objective;
    this.stable = label(stable);
    this.candidate = label(candidate);
    if (telemetry.counts(this.candidate).isEmpty()) {
      throw new EngineException(
          "roll-out must have telemetry that counts its cases: candidate="
              + candidate
              + "; add the artifact io.penstock:penstock-telemetry");
    }
  }

  private static String label(final Workflow workflow) {
    return workflow.name() + " v" + workflow.version();
  }

  @Override
  public Objective objective() {
    return objective;
  }

  @Override
  public List<EventCounts> candidate() {
    return telemetry.counts(candidate);
  }

  @Override
  public List<EventCounts> baseline() {
    return telemetry.counts(stable);
  }

  @Override
  public void record(final boolean isAdmitted, final long durationNs, final long nowNs) {
    throw new IllegalStateException(
        "events must be reported to gates of features only, the engine counts cases by itself:"
            + " candidate="
            + candidate
            + ", duration="
            + Duration.ofNanos(durationNs));
  }
}
