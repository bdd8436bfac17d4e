package io.penstock.spi;

import io.penstock.workflow.Workflow;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Is told by one shard's thread what it does. Every call comes from that thread, in order, and must
 * return at once: it neither blocks, nor throws, nor keeps a buffer. Workflows are numbered by the
 * engine, tasks by {@link Workflow#taskNumber}.
 */
public interface ShardObserver {
  /** Length of a stored trace context, in bytes: trace id 16, span id 8, flags 1, the rest zero. */
  int TRACE_LENGTH = 32;

  /** Watches nothing. */
  ShardObserver NONE = new ShardObserver() {};

  /**
   * A workflow was deployed, or replaced by one of the same fingerprint.
   *
   * @param workflow number of the workflow
   * @param definition the workflow
   */
  default void deployed(final int workflow, final Workflow definition) {}

  /**
   * A command is taken up.
   *
   * @param operation what it is
   * @param caller the caller's trace context, {@link #TRACE_LENGTH} bytes, zero when there is none
   * @param callerOffset where it begins
   * @param nowNs monotonic time
   */
  default void commandStarted(
      final Operation operation,
      final DirectBuffer caller,
      final int callerOffset,
      final long nowNs) {}

  /**
   * The command in hand works on a case; called at most once a command.
   *
   * @param workflow number of the workflow
   * @param caseId id of the case
   * @param isNew whether the command starts the case
   * @param trace the case's own trace context, {@link #TRACE_LENGTH} bytes; to be written when the
   *     case is new, else read
   * @param traceOffset where it begins
   */
  default void caseTaken(
      final int workflow,
      final long caseId,
      final boolean isNew,
      final MutableDirectBuffer trace,
      final int traceOffset) {}

  /**
   * The trace context that work handed out by the command in hand shall have as its parent.
   *
   * @return something that {@link Telemetry#handlerStarts} understands, or null when the case is
   *     not sampled
   */
  default @Nullable Object traceParent() {
    return null;
  }

  /**
   * Whether handlers on the shard's thread are to be told before they run; asked once.
   *
   * @return false if {@link #inlineTaskStarts} need not be called
   */
  default boolean entersInlineTasks() {
    return false;
  }

  /**
   * A handler is about to run on the shard's thread.
   *
   * @param workflow number of the workflow
   * @param task number of the task
   * @param caseId id of the case
   * @return is closed when it has ended, before {@link #inlineTaskEnded}
   */
  default Telemetry.HandlerScope inlineTaskStarts(
      final int workflow, final int task, final long caseId) {
    return Telemetry.HandlerScope.NONE;
  }

  /**
   * A handler ran on the shard's thread, and the clock has not been read since.
   *
   * @param workflow number of the workflow
   * @param task number of the task
   * @param failed whether it threw
   * @return true if that was enough, and the task's time is part of what passes until the next
   *     reading; false to have the clock read and {@link #inlineTaskEnded} called
   */
  default boolean tallyInlineTask(final int workflow, final int task, final boolean failed) {
    return false;
  }

  /**
   * A handler ran on the shard's thread, and was not {@linkplain #tallyInlineTask tallied}.
   *
   * @param workflow number of the workflow
   * @param task number of the task
   * @param startNs monotonic time
   * @param endNs monotonic time
   * @param failed whether it threw
   */
  default void inlineTaskEnded(
      final int workflow,
      final int task,
      final long startNs,
      final long endNs,
      final boolean failed) {}

  /**
   * A handler's result came back from a worker thread.
   *
   * @param workflow number of the workflow
   * @param task number of the task
   * @param waitNs from the moment it was handed out until the handler began
   * @param serviceNs how long the handler ran
   * @param failed whether it threw
   */
  default void workerTaskEnded(
      final int workflow,
      final int task,
      final long waitNs,
      final long serviceNs,
      final boolean failed) {}

  /**
   * A case ended; instances of a for-each are not told.
   *
   * @param workflow number of the workflow
   * @param outcomeCode how it ended, the code of {@code io.penstock.engine.CaseStatus}
   * @param durationNs from its start, by the calendar
   */
  default void caseEnded(final int workflow, final int outcomeCode, final long durationNs) {}

  /**
   * The command in hand completed a join of several branches of the case in hand, or of a case that
   * it belongs to.
   */
  default void branchesJoined() {}

  /**
   * A timer of the case in hand is about to fire.
   *
   * @param lagNs from the moment it was due, which may be before the engine was opened, until the
   *     shard took it up; 0 or more
   */
  default void timerFired(final long lagNs) {}

  /**
   * An OR-join waits because it could not be decided within its budget.
   *
   * @param workflow number of the workflow
   */
  default void orJoinUndecided(final int workflow) {}

  /**
   * The command in hand is done, though not yet acknowledged, and the clock has not been read
   * since.
   *
   * @return true if that was enough, and the command's time is part of what passes until the next
   *     reading; false to have the clock read and {@link #commandEnded} called
   */
  default boolean tallyCommand() {
    return false;
  }

  /**
   * The command in hand is done, though not yet acknowledged, and was not {@linkplain #tallyCommand
   * tallied}.
   *
   * @param nowNs monotonic time
   */
  default void commandEnded(final long nowNs) {}

  /**
   * The shard is about to store what it did, or to wait for more to do. Until then an observer may
   * put off counting what it was told.
   *
   * @return whether anything was tallied and the clock has not been read since: true to be told the
   *     time now, by {@link #timeTold}
   */
  default boolean aboutToWait() {
    return false;
  }

  /**
   * The clock was read: what was tallied took until now.
   *
   * @param nowNs monotonic time
   */
  default void timeTold(final long nowNs) {}

  /**
   * A command was acknowledged, after the point of durability. Every command that was told to have
   * started is, once and in the same order, but for {@link Operation#FIRE_TIMER}.
   *
   * @param operation what it was
   * @param sentNs when it was sent, monotonic: the latency includes the wait in the inbox
   * @param nowNs monotonic time
   */
  default void acknowledged(final Operation operation, final long sentNs, final long nowNs) {}

  /**
   * Writes what shall survive the process, to be {@linkplain #restore restored} at the next
   * opening.
   *
   * @param target receives it from 0 on; grows. Holds what was saved last, which is kept when the
   *     result is 0 and there was no room for it before
   * @param nowNs monotonic time
   * @param epochNs the calendar
   * @return how many bytes, 0 when there is nothing to keep or nothing new; then the target is as
   *     it was
   */
  default int save(final MutableDirectBuffer target, final long nowNs, final long epochNs) {
    return 0;
  }

  /**
   * Takes in what another observer of the same shard saved; called before anything else.
   *
   * @param source what it wrote
   * @param offset where it begins
   * @param length how many bytes
   */
  default void restore(final DirectBuffer source, final int offset, final int length) {}
}
