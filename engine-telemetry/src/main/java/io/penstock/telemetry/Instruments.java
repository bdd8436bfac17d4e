package io.penstock.telemetry;

import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import java.util.List;

/** The metrics of Penstock. */
final class Instruments {
  /** Seconds; the thresholds of the classes are among them. */
  private static final List<Double> STEP_BOUNDS =
      List.of(
          0.000001, 0.0000025, 0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001,
          0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0);

  /** Seconds; from tens of microseconds to a month, as some cases wait for people. */
  private static final List<Double> CASE_BOUNDS =
      List.of(
          0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
          0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0, 21600.0, 86400.0,
          604800.0, 2592000.0);

  final DoubleHistogram caseDuration;
  final DoubleHistogram taskDuration;
  final DoubleHistogram taskWaitDuration;
  final DoubleHistogram operationDuration;
  final LongCounter caseStarted;
  final LongUpDownCounter caseActive;
  final LongCounter orJoinUndecided;
  final LongCounter sloEvents;
  final ObservableDoubleMeasurement sloObjective;

  Instruments(final Meter meter) {
    caseDuration =
        seconds(
            meter, "penstock.case.duration", "From the start of a case to its end", CASE_BOUNDS);
    taskDuration = seconds(meter, "penstock.task.duration", "How long a handler ran", STEP_BOUNDS);
    taskWaitDuration =
        seconds(
            meter,
            "penstock.task.wait.duration",
            "From the handing out of work to the start of its handler",
            STEP_BOUNDS);
    operationDuration =
        seconds(
            meter,
            "penstock.operation.duration",
            "From a command to its acknowledgement",
            STEP_BOUNDS);
    caseStarted =
        meter
            .counterBuilder("penstock.case.started")
            .setUnit("{case}")
            .setDescription("Cases started since the opening")
            .build();
    caseActive =
        meter
            .upDownCounterBuilder("penstock.case.active")
            .setUnit("{case}")
            .setDescription("Cases started since the opening and not ended")
            .build();
    orJoinUndecided =
        meter
            .counterBuilder("penstock.or_join.undecided")
            .setUnit("{decision}")
            .setDescription("OR-joins that waited because their budget was spent")
            .build();
    sloEvents =
        meter
            .counterBuilder("penstock.slo.events")
            .setUnit("{event}")
            .setDescription("Events within an objective's threshold, and over it")
            .build();
    sloObjective =
        meter
            .gaugeBuilder("penstock.slo.objective")
            .setUnit("1")
            .setDescription("Share of events that shall be within the threshold")
            .buildObserver();
  }

  private static DoubleHistogram seconds(
      final Meter meter, final String name, final String description, final List<Double> bounds) {
    return meter
        .histogramBuilder(name)
        .setUnit("s")
        .setDescription(description)
        .setExplicitBucketBoundariesAdvice(bounds)
        .build();
  }
}
