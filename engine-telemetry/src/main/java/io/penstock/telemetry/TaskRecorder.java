package io.penstock.telemetry;

/** How long one task of a workflow waited and took, in one shard. Written by the shard's thread. */
final class TaskRecorder {
  private final String name;
  private final LatencyHistogram returned = new LatencyHistogram();
  private final LatencyHistogram failed = new LatencyHistogram();
  private final LatencyHistogram waiting = new LatencyHistogram();

  TaskRecorder(final String name) {
    this.name = name;
  }

  String name() {
    return name;
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
