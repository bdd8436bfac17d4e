package io.penstock.telemetry;

import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Workflow;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard that is measured and traced. Span processors are the user's: what they throw ends the
 * tracing of this shard, never the shard.
 */
final class TracedShard implements ShardObserver {
  private static final Logger LOG = LoggerFactory.getLogger(TracedShard.class);

  private final ShardRecorder recorder;
  private final ShardTracer tracer;
  private final AtomicLong dropped;
  private boolean hasStopped;

  /** Whether the command in hand is one of a sampled case, and its span is being made. */
  private boolean isTracing;

  /**
   * Creates the observer.
   *
   * @param dropped counts the spans of sampled cases that are not made
   */
  TracedShard(final ShardRecorder recorder, final ShardTracer tracer, final AtomicLong dropped) {
    this.dropped = dropped;
    this.recorder = recorder;
    this.tracer = tracer;
  }

  @Override
  public void deployed(final int workflow, final Workflow definition) {
    recorder.deployed(workflow, definition);
    tracer.deployed(workflow, definition);
  }

  @Override
  public void commandStarted(
      final Operation operation,
      final DirectBuffer caller,
      final int callerOffset,
      final long nowNs) {
    recorder.commandStarted(operation, caller, callerOffset, nowNs);
    if (!hasStopped) {
      tracer.commandStarted(operation, caller, callerOffset, nowNs);
    }
  }

  @Override
  public void caseTaken(
      final int workflow,
      final long caseId,
      final boolean isNew,
      final MutableDirectBuffer trace,
      final int traceOffset) {
    recorder.caseTaken(workflow, caseId, isNew, trace, traceOffset);
    if (hasStopped) {
      if (TraceContext.isSampled(trace, traceOffset)) {
        dropped.getAndIncrement();
      }
      return;
    }
    try {
      tracer.caseTaken(workflow, caseId, isNew, trace, traceOffset);
      isTracing = tracer.isTracing();
    } catch (final RuntimeException e) {
      stopTracing(e);
    }
  }

  @Override
  public boolean entersInlineTasks() {
    return recorder.entersInlineTasks();
  }

  @Override
  public Telemetry.HandlerScope inlineTaskStarts(
      final int workflow, final int task, final long caseId) {
    return isTracing
        ? tracer.inlineTaskStarts(workflow, task, caseId)
        : recorder.inlineTaskStarts(workflow, task, caseId);
  }

  @Override
  public void branchesJoined() {
    if (isTracing) {
      tracer.branchesJoined();
    }
  }

  @Override
  public void orJoinUndecided(final int workflow) {
    recorder.orJoinUndecided(workflow);
  }

  @Override
  public @Nullable Object traceParent() {
    return isTracing ? tracer.traceParent() : null;
  }

  /** The spans of a sampled case have times of their own. */
  @Override
  public boolean tallyInlineTask(final int workflow, final int task, final boolean failed) {
    return !isTracing && recorder.tallyInlineTask(workflow, task, failed);
  }

  @Override
  public boolean tallyCommand() {
    return !isTracing && recorder.tallyCommand();
  }

  @Override
  public boolean aboutToWait() {
    return recorder.aboutToWait();
  }

  @Override
  public void timeTold(final long nowNs) {
    recorder.timeTold(nowNs);
  }

  @Override
  public void inlineTaskEnded(
      final int workflow,
      final int task,
      final long startNs,
      final long endNs,
      final boolean failed) {
    recorder.inlineTaskEnded(workflow, task, startNs, endNs, failed);
    if (isTracing) {
      try {
        tracer.inlineTaskEnded(workflow, task, startNs, endNs, failed);
      } catch (final RuntimeException e) {
        stopTracing(e);
      }
    }
  }

  @Override
  public void workerTaskEnded(
      final int workflow,
      final int task,
      final long waitNs,
      final long serviceNs,
      final boolean failed) {
    recorder.workerTaskEnded(workflow, task, waitNs, serviceNs, failed);
    if (isTracing) {
      tracer.workerTaskEnded(workflow, task, waitNs, serviceNs, failed);
    }
  }

  @Override
  public void caseEnded(final int workflow, final int outcomeCode, final long durationNs) {
    recorder.caseEnded(workflow, outcomeCode, durationNs);
    if (isTracing) {
      try {
        tracer.caseEnded(workflow, outcomeCode, durationNs);
      } catch (final RuntimeException e) {
        stopTracing(e);
      }
    }
  }

  @Override
  public void commandEnded(final long nowNs) {
    recorder.commandEnded(nowNs);
    if (isTracing) {
      try {
        isTracing = false;
        tracer.commandEnded(nowNs);
      } catch (final RuntimeException e) {
        stopTracing(e);
      }
    }
  }

  @Override
  public void acknowledged(final Operation operation, final long sentNs, final long nowNs) {
    recorder.acknowledged(operation, sentNs, nowNs);
    if (!hasStopped) {
      tracer.acknowledged(operation, sentNs, nowNs);
    }
  }

  @Override
  public void timerFired(final long lagNs) {
    recorder.timerFired(lagNs);
  }

  @Override
  public int save(final MutableDirectBuffer target, final long nowNs, final long epochNs) {
    final RestingBranches resting = tracer.resting();
    final int length =
        resting.hasNews()
            ? recorder.saveAll(target, nowNs, epochNs)
            : recorder.save(target, nowNs, epochNs);
    return length == 0 ? 0 : length + resting.save(target, length);
  }

  @Override
  public void restore(final DirectBuffer source, final int offset, final int length) {
    recorder.restore(source, offset, length);
    tracer.resting().restore(source, offset, length);
  }

  private void stopTracing(final RuntimeException cause) {
    hasStopped = true;
    isTracing = false;
    dropped.getAndIncrement();
    LOG.warn(
        "a span could not be made, this shard makes no more; look at the OpenTelemetry's span"
            + " processors",
        cause);
  }
}
