package io.penstock.telemetry;

import java.util.List;

/** The metrics of Penstock: the one place that says what each is called and counts. */
enum Metric {
  CASE_DURATION("case.duration", Kind.HISTOGRAM, "s", "From the start of a case to its end"),
  CASE_STARTED("case.started", Kind.COUNTER, "{case}", "Cases started since the opening"),
  CASE_ACTIVE("case.active", Kind.LEVEL, "{case}", "Cases started since the opening and not ended"),
  TASK_DURATION("task.duration", Kind.HISTOGRAM, "s", "How long a handler ran"),
  TASK_WAIT_DURATION(
      "task.wait.duration",
      Kind.HISTOGRAM,
      "s",
      "From the handing out of work to the start of its handler"),
  OPERATION_DURATION(
      "operation.duration", Kind.HISTOGRAM, "s", "From a command to its acknowledgement"),
  OPERATION_SERVICE_DURATION(
      "operation.service.duration", Kind.HISTOGRAM, "s", "How long a shard worked on a command"),
  OPERATION_CALLER_DURATION(
      "operation.caller.duration",
      Kind.HISTOGRAM,
      "s",
      "From a command to the moment that the caller who waited for its answer went on"),
  TIMER_LAG("timer.lag", Kind.HISTOGRAM, "s", "From the moment a timer was due to its firing"),
  OR_JOIN_UNDECIDED(
      "or_join.undecided",
      Kind.COUNTER,
      "{decision}",
      "OR-joins that waited because their budget was spent"),
  COMMAND_REJECTED(
      "command.rejected", Kind.COUNTER, "{command}", "Commands refused, with nothing changed"),
  COMMAND_QUEUE_DEPTH(
      "command.queue.depth", Kind.LEVEL, "By", "Commands that a shard has not taken up"),
  START_KEYS_REMEMBERED(
      "start.keys.remembered", Kind.LEVEL, "{key}", "Start keys of cases that are no longer kept"),
  STORAGE_SIZE("storage.size", Kind.LEVEL, "By", "Journal of a shard"),
  STORAGE_WRITE_STALLS(
      "storage.write.stalls",
      Kind.COUNTER,
      "{stall}",
      "Times that a shard waited for the disk to take what its journal had gathered"),
  SLO_EVENTS(
      "slo.events", Kind.COUNTER, "{event}", "Events within an objective's threshold, and over it"),
  SLO_OBJECTIVE(
      "slo.objective", Kind.GAUGE, "1", "Share of events that shall be within the threshold"),
  SLO_STATE(
      "slo.state",
      Kind.GAUGE,
      "1",
      "1 for the state that an objective is in, 0 for those it is not in"),
  SLO_BUDGET_REMAINING(
      "slo.budget.remaining",
      Kind.GAUGE,
      "1",
      "Share of the error budget that is left, negative when it is overspent"),
  SLO_BURN_RATE(
      "slo.burn_rate",
      Kind.GAUGE,
      "1",
      "How fast the error budget burns: at 1 it is spent at the end of the objective's window"),
  GATE_STATE(
      "gate.state", Kind.GAUGE, "1", "1 for the state that a gate is in, 0 for those it is not in"),
  GATE_SHARE("gate.share", Kind.GAUGE, "1", "Share of keys that a gate lets through"),
  TELEMETRY_DROPPED(
      "telemetry.dropped", Kind.COUNTER, "{span}", "Spans of sampled cases that were not made");

  /** What becomes of a number when several engines report it, and when one closes. */
  enum Kind {
    /** Durations: added up, and kept. */
    HISTOGRAM,
    /** Only grows: added up, and kept. */
    COUNTER,
    /** Goes up and down: added up, and gone with its engine. */
    LEVEL,
    /** Is no sum: of several engines the worst is told; gone with its engine. */
    GAUGE
  }

  /** Of steps: seconds, from microseconds to a minute. */
  private static final List<Double> STEP_BOUNDS =
      List.of(
          0.000001, 0.0000025, 0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001,
          0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0);

  /** Of cases: seconds, from tens of microseconds to a month, as some wait for people. */
  private static final List<Double> CASE_BOUNDS =
      List.of(
          0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
          0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0, 21600.0, 86400.0,
          604800.0, 2592000.0);

  private final String label;
  private final Kind kind;
  private final String unit;
  private final String description;

  Metric(final String shortName, final Kind kind, final String unit, final String description) {
    label = "penstock." + shortName;
    this.kind = kind;
    this.unit = unit;
    this.description = description;
  }

  /** The name under which it is known outside. */
  String label() {
    return label;
  }

  Kind kind() {
    return kind;
  }

  String unit() {
    return unit;
  }

  String description() {
    return description;
  }

  /** The one to tell of two engines' gauges under the same attributes: the worse. */
  double worse(final double one, final double other) {
    return this == SLO_BUDGET_REMAINING || this == GATE_SHARE
        ? Math.min(one, other)
        : Math.max(one, other);
  }

  /** Inclusive upper bounds of explicit buckets, in seconds, to which thresholds are added. */
  List<Double> bounds() {
    return this == CASE_DURATION ? CASE_BOUNDS : STEP_BOUNDS;
  }
}
