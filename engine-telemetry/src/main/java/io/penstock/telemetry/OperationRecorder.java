package io.penstock.telemetry;

import io.penstock.spi.Operation;
import io.penstock.spi.OperationClass;

/**
 * How long operations took, each for itself, and how the objectives of their classes fared. The
 * class is the operation's own, whatever was measured.
 *
 * <p>{@link #record} belongs to one thread, {@link #recordShared} is for many; the two must not be
 * mixed in one recorder.
 */
final class OperationRecorder {
  private static final OperationClass[] CLASSES = OperationClass.values();
  private static final int OPERATION_COUNT = Operation.values().length;

  private final LatencyHistogram[] histograms = new LatencyHistogram[OPERATION_COUNT];
  private final ObjectiveCounter[] counters = new ObjectiveCounter[CLASSES.length];

  OperationRecorder(final ClassObjectives objectives) {
    for (int i = 0; i < OPERATION_COUNT; i++) {
      histograms[i] = new LatencyHistogram();
    }
    for (final OperationClass each : CLASSES) {
      counters[index(each)] = new ObjectiveCounter(objectives.of(each));
    }
  }

  void record(final Operation operation, final long durationNs) {
    histogram(operation).record(durationNs);
    counter(operation.operationClass()).count(durationNs);
  }

  void recordShared(final Operation operation, final long durationNs) {
    histogram(operation).recordShared(durationNs);
    counter(operation.operationClass()).countShared(durationNs);
  }

  LatencyHistogram histogram(final Operation operation) {
    return histograms[index(operation)];
  }

  ObjectiveCounter counter(final OperationClass operationClass) {
    return counters[index(operationClass)];
  }

  @SuppressWarnings("EnumOrdinal") // an index in this object, never stored
  private static int index(final Enum<?> constant) {
    return constant.ordinal();
  }
}
