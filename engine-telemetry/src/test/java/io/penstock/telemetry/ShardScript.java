package io.penstock.telemetry;

import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Workflow;
import org.agrona.concurrent.UnsafeBuffer;

/** Plays a shard: tells an observer what a shard would. */
final class ShardScript {
  static final int COMPLETED = 2;

  final UnsafeBuffer caller = new UnsafeBuffer(new byte[ShardObserver.TRACE_LENGTH]);
  final UnsafeBuffer trace = new UnsafeBuffer(new byte[ShardObserver.TRACE_LENGTH]);
  final ShardObserver shard;
  private final Telemetry telemetry;

  ShardScript(final Telemetry telemetry, final int shardIndex) {
    this.telemetry = telemetry;
    shard = telemetry.shard(shardIndex);
  }

  ShardScript deployed(final int number, final Workflow workflow) {
    shard.deployed(number, workflow);
    return this;
  }

  /** A command that starts a case, runs its first task inline and has the case end. */
  void runInlineCase(final int workflow, final long startNs, final long endNs) {
    trace.setMemory(0, ShardObserver.TRACE_LENGTH, (byte) 0);
    telemetry.captureContext(caller, 0);
    shard.commandStarted(Operation.START, caller, 0, startNs);
    shard.caseTaken(workflow, 77, true, trace, 0);
    shard.inlineTaskStarts(workflow, 0, 77).close();
    shard.branchesJoined();
    shard.timerFired(startNs);
    shard.inlineTaskEnded(workflow, 0, startNs, endNs, false);
    shard.caseEnded(workflow, COMPLETED, 0); // by the calendar, which stands still in a round
    shard.commandEnded(endNs);
    acknowledge(Operation.START, startNs, endNs);
  }

  /** A command that brings the result of a worker's task. */
  void completeTask(final int workflow, final long waitNs, final long serviceNs) {
    shard.commandStarted(Operation.COMPLETE_TASK, caller, 0, 0);
    shard.caseTaken(workflow, 77, false, trace, 0);
    shard.workerTaskEnded(workflow, 0, waitNs, serviceNs, false);
    try (Telemetry.HandlerScope scope =
        telemetry.handlerStarts("w", "t", 77, 1, shard.traceParent())) {
      shard.commandEnded(0);
      if (scope == null) {
        throw new AssertionError("there must be a scope");
      }
    }
    acknowledge(Operation.COMPLETE_TASK, 0, serviceNs);
  }

  private void acknowledge(final Operation operation, final long sentNs, final long nowNs) {
    pause(nowNs);
    shard.acknowledged(operation, sentNs, nowNs);
  }

  /** The shard stores what it did, or waits for more to do. */
  void pause(final long nowNs) {
    if (shard.aboutToWait()) {
      shard.timeTold(nowNs);
    }
  }
}
