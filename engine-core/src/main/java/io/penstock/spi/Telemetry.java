package io.penstock.spi;

import io.penstock.objective.EventCounts;
import io.penstock.objective.GateReport;
import io.penstock.objective.GateTransition;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/** How well one engine is doing. Methods may be called from any thread unless said otherwise. */
public interface Telemetry extends AutoCloseable {
  /** Measures nothing. */
  Telemetry NONE = new Telemetry() {};

  /**
   * The observer of one shard.
   *
   * @param shardIndex index of the shard
   * @return the same observer at each call
   */
  default ShardObserver shard(final int shardIndex) {
    return ShardObserver.NONE;
  }

  /**
   * The engine is open.
   *
   * @param shards what its shards can be asked until it is closed, in their order
   */
  default void opened(final List<ShardLevels> shards) {}

  /**
   * The engine has a gate from now on, of a name that none has had.
   *
   * @param gate what the gate can be asked until the engine is closed
   */
  default void gateMade(final GateLevels gate) {}

  /**
   * The engine keeps its state in a directory, where others can be told something too; comes before
   * {@link #looked}. Not called for an engine in memory.
   *
   * @param directory the engine's directory
   * @param engine name of the engine
   */
  default void openedIn(final Path directory, final String engine) {}

  /**
   * The engine has looked at the objectives, as it does about once a second on a thread that is
   * nobody's but this: the moment to write what others read. Never called twice at a time.
   *
   * @param statuses what {@link #statuses} gave
   */
  default void looked(final Map<String, ObjectiveStatus> statuses) {}

  /**
   * An objective has come to another state; by the thread of {@link #looked}.
   *
   * @param name its name
   * @param from the state before
   * @param status how it stands now
   */
  default void objectiveChanged(
      final String name, final ObjectiveState from, final ObjectiveStatus status) {}

  /**
   * A gate has moved; by the thread of {@link #looked}.
   *
   * @param name its name
   * @param transition from where to where, and why
   */
  default void gateMoved(final String name, final GateTransition transition) {}

  /**
   * A command was refused, and nothing was changed. Wait-free, allocates nothing.
   *
   * @param reason the name of the {@code io.penstock.engine.Rejection}
   */
  default void commandRejected(final String reason) {}

  /**
   * A caller who has waited for a shard's answer goes on; by the caller's thread.
   *
   * @param operation what was asked
   * @param sentNs when, monotonic
   */
  default void callerAnswered(final Operation operation, final long sentNs) {}

  /**
   * An operation outside the shards is done.
   *
   * @param operation what it was
   * @param startNs when it began, monotonic
   * @param endNs when it ended, monotonic
   */
  default void operationEnded(final Operation operation, final long startNs, final long endNs) {}

  /**
   * Writes the calling thread's trace context into a command.
   *
   * @param target receives {@link ShardObserver#TRACE_LENGTH} bytes, zero on entry
   * @param offset where they begin
   */
  default void captureContext(final MutableDirectBuffer target, final int offset) {}

  /**
   * A handler is about to run on the calling thread.
   *
   * @param workflow name of the workflow
   * @param task name of the task
   * @param caseId id of the case
   * @param attempt number of the try
   * @param traceParent what {@link ShardObserver#traceParent} gave
   * @return is told how it ends, on the same thread
   */
  default HandlerScope handlerStarts(
      final String workflow,
      final String task,
      final long caseId,
      final int attempt,
      final @Nullable Object traceParent) {
    return HandlerScope.NONE;
  }

  /**
   * What was measured, and how the objectives stand.
   *
   * @param hotReads does so many hot reads at each call, for R1; the time of one cannot be measured
   * @return a reading for each class and each workflow and task that has been seen
   */
  default List<ObjectiveReading> readings(final java.util.function.IntConsumer hotReads) {
    return List.of();
  }

  /**
   * Where the gates stand.
   *
   * @return a report for each gate, in the order in which they were made
   */
  default List<GateReport> gates() {
    return List.of();
  }

  /**
   * The counts of an objective.
   *
   * @param objective its name
   * @return by shard; empty when there is no objective of that name
   */
  default List<EventCounts> counts(final String objective) {
    return List.of();
  }

  /**
   * How the objectives stand, without the distributions: cheap enough for once a second.
   *
   * @param hotReads does so many hot reads at each call; one batch is timed for R1
   * @return the status of each objective by its name
   */
  default Map<String, ObjectiveStatus> statuses(final java.util.function.IntConsumer hotReads) {
    return Map.of();
  }

  /**
   * The readings as a document, with what a plot takes.
   *
   * @param form its form
   * @param engine name of the engine
   * @param hotReads does so many hot reads at each call, as for {@link #readings}
   * @return the document, empty when nothing is measured
   */
  default String report(
      final ReportForm form, final String engine, final java.util.function.IntConsumer hotReads) {
    return "";
  }

  @Override
  default void close() {}

  /** Surrounds one run of a handler. */
  interface HandlerScope extends AutoCloseable {
    /** Watches nothing. */
    HandlerScope NONE = new HandlerScope() {};

    /**
     * The handler threw.
     *
     * @param failure what it threw
     */
    default void failed(final Throwable failure) {}

    @Override
    default void close() {}
  }
}
