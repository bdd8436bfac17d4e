package io.penstock.telemetry;

import io.penstock.objective.EventCounts;
import io.penstock.spi.Operation;
import io.penstock.spi.OperationClass;
import io.penstock.telemetry.EventKinds.EventKind;
import io.penstock.telemetry.flight.SlowCommands;
import io.penstock.workflow.Objective;
import org.jspecify.annotations.Nullable;

/**
 * How long operations took, each for itself, and how the objectives of operations and of their
 * classes fared. The class is the operation's own, whatever was measured.
 *
 * <p>{@link #record} belongs to one thread, {@link #recordShared} is for many; the two must not be
 * mixed in one recorder.
 */
final class OperationRecorder {
  private static final OperationClass[] CLASSES = OperationClass.values();
  private static final Operation[] OPERATIONS = Operation.values();

  private final LatencyHistogram[] histograms = new LatencyHistogram[OPERATIONS.length];
  private final LatencyHistogram[] serving = new LatencyHistogram[OPERATIONS.length];
  private final LatencyHistogram[] callers = new LatencyHistogram[OPERATIONS.length];
  private final EventCounts[] byClass = new EventCounts[CLASSES.length];
  private final long[] slowNs = new long[OPERATIONS.length];
  private final SlowCommands slowCommands = new SlowCommands();
  private final @Nullable EventCounts[] byOperation = new EventCounts[OPERATIONS.length];

  OperationRecorder(final DeclaredObjectives objectives, final ObjectiveCounts counts) {
    for (final OperationClass each : CLASSES) {
      byClass[index(each)] = counts.add(each.name(), objectives.of(each));
    }
    for (final Operation each : OPERATIONS) {
      histograms[index(each)] = new LatencyHistogram();
      serving[index(each)] = new LatencyHistogram();
      callers[index(each)] = new LatencyHistogram();
      final Objective own = objectives.of(each);
      slowNs[index(each)] = slowNs(objectives.of(each.operationClass()), own);
      byOperation[index(each)] = own == null ? null : counts.add(each.label(), own);
    }
  }

  /** The longest duration that no objective calls bad. */
  private static long slowNs(final Objective ofClass, final @Nullable Objective own) {
    final long classNs = ofClass.threshold().toNanos();
    return own == null ? classNs : Math.min(classNs, own.threshold().toNanos());
  }

  void record(final Operation operation, final long durationNs, final long nowNs) {
    histogram(operation).record(durationNs);
    byClass[index(operation.operationClass())].count(durationNs, nowNs);
    final EventCounts own = byOperation[index(operation)];
    if (own != null) {
      own.count(durationNs, nowNs);
    }
    tellIfSlow(operation, durationNs, nowNs);
  }

  void recordShared(final Operation operation, final long durationNs, final long nowNs) {
    histogram(operation).recordShared(durationNs);
    byClass[index(operation.operationClass())].countShared(durationNs, nowNs);
    final EventCounts own = byOperation[index(operation)];
    if (own != null) {
      own.countShared(durationNs, nowNs);
    }
    tellIfSlow(operation, durationNs, nowNs);
  }

  /** All commands that a shard can work on, by {@link #kind}; before other kinds. */
  void addKinds(final EventKinds kinds) {
    for (final LatencyHistogram each : serving) {
      kinds.add(new EventKind(false, each, null, null));
    }
  }

  /** A command that a shard has worked on, as a kind of event. */
  static int kind(final Operation operation) {
    return index(operation);
  }

  /** A caller has waited so long for an answer. For many threads. */
  void callerWaited(final Operation operation, final long durationNs) {
    callers[index(operation)].recordShared(durationNs);
  }

  private void tellIfSlow(final Operation operation, final long durationNs, final long nowNs) {
    final long thresholdNs = slowNs[index(operation)];
    if (durationNs > thresholdNs) {
      slowCommands.add(operation, durationNs, thresholdNs, nowNs);
    }
  }

  /** From the moment a shard took a command up until it was done with it, unacknowledged. */
  LatencyHistogram serving(final Operation operation) {
    return serving[index(operation)];
  }

  /** From the sending of a command until the caller who waited for its answer went on. */
  LatencyHistogram callers(final Operation operation) {
    return callers[index(operation)];
  }

  /** From the sending of a command until its acknowledgement. */
  LatencyHistogram histogram(final Operation operation) {
    return histograms[index(operation)];
  }

  /** What a class of operations is held to. */
  Objective objective(final OperationClass operationClass) {
    return byClass[index(operationClass)].objective();
  }

  @SuppressWarnings("EnumOrdinal") // an index in this object, never stored
  private static int index(final Enum<?> constant) {
    return constant.ordinal();
  }
}
