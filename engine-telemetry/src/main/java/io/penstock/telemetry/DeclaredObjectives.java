package io.penstock.telemetry;

import io.penstock.spi.Operation;
import io.penstock.spi.OperationClass;
import io.penstock.workflow.Objective;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is held to, workflows and their tasks apart, which declare their own.
 *
 * @param classes objective of each class
 * @param operations objectives of single operations
 * @param workerQueue objective for the wait of any work for its handler, or null
 * @param timerLag objective for how late timers fire, or null
 */
record DeclaredObjectives(
    Map<OperationClass, Objective> classes,
    Map<Operation, Objective> operations,
    @Nullable Objective workerQueue,
    @Nullable Objective timerLag) {
  static final DeclaredObjectives DEFAULTS =
      new DeclaredObjectives(
          Map.of(
              OperationClass.R1, Objective.p99(Duration.ofNanos(2)),
              OperationClass.W1, Objective.p99(Duration.ofMillis(1)),
              OperationClass.C1, Objective.p99(Duration.ofMillis(500))),
          Map.of(),
          null,
          null);

  DeclaredObjectives {
    classes = Map.copyOf(classes);
    operations = Map.copyOf(operations);
  }

  Objective of(final OperationClass operationClass) {
    final Objective objective = classes.get(operationClass);
    if (objective == null) {
      throw new AssertionError(operationClass);
    }
    return objective;
  }

  @Nullable Objective of(final Operation operation) {
    return operations.get(operation);
  }

  DeclaredObjectives with(final OperationClass operationClass, final Objective objective) {
    final Map<OperationClass, Objective> changed = new HashMap<>(classes);
    changed.put(operationClass, objective);
    return new DeclaredObjectives(changed, operations, workerQueue, timerLag);
  }

  DeclaredObjectives with(final Operation operation, final Objective objective) {
    final Map<Operation, Objective> changed = new HashMap<>(operations);
    changed.put(operation, objective);
    return new DeclaredObjectives(classes, changed, workerQueue, timerLag);
  }

  DeclaredObjectives withWorkerQueue(final Objective objective) {
    return new DeclaredObjectives(classes, operations, objective, timerLag);
  }

  DeclaredObjectives withTimerLag(final Objective objective) {
    return new DeclaredObjectives(classes, operations, workerQueue, objective);
  }
}
