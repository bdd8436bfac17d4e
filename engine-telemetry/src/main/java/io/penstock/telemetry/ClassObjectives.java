package io.penstock.telemetry;

import io.penstock.spi.OperationClass;
import io.penstock.workflow.Objective;
import java.time.Duration;

/** What each class of operations is held to. */
record ClassObjectives(Objective r1, Objective w1, Objective c1) {
  static final ClassObjectives DEFAULTS =
      new ClassObjectives(
          Objective.p99(Duration.ofNanos(2)),
          Objective.p99(Duration.ofMillis(1)),
          Objective.p99(Duration.ofMillis(500)));

  Objective of(final OperationClass operationClass) {
    return switch (operationClass) {
      case R1 -> r1;
      case W1 -> w1;
      case C1 -> c1;
    };
  }

  ClassObjectives with(final OperationClass operationClass, final Objective objective) {
    return switch (operationClass) {
      case R1 -> new ClassObjectives(objective, w1, c1);
      case W1 -> new ClassObjectives(r1, objective, c1);
      case C1 -> new ClassObjectives(r1, w1, objective);
    };
  }
}
