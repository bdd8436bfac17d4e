package io.penstock.engine;

import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.Workflow;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An observer that cannot disturb its shard: what it throws is logged once, and the shard goes on
 * as if it had returned. Behind an observer stand exporters and span processors of the user's.
 */
final class GuardedObserver implements ShardObserver {
  private final ShardObserver observer;
  private final TelemetryFailures failures;

  private GuardedObserver(final ShardObserver observer, final TelemetryFailures failures) {
    this.observer = observer;
    this.failures = failures;
  }

  /** Guards an observer; the one that watches nothing needs none. */
  static ShardObserver of(final ShardObserver observer, final TelemetryFailures failures) {
    return observer.equals(NONE) ? observer : new GuardedObserver(observer, failures);
  }

  @Override
  public void deployed(final int workflow, final Workflow definition) {
    try {
      observer.deployed(workflow, definition);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void commandStarted(
      final Operation operation,
      final DirectBuffer caller,
      final int callerOffset,
      final long nowNs) {
    try {
      observer.commandStarted(operation, caller, callerOffset, nowNs);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void caseTaken(
      final int workflow,
      final long caseId,
      final boolean isNew,
      final MutableDirectBuffer trace,
      final int traceOffset) {
    try {
      observer.caseTaken(workflow, caseId, isNew, trace, traceOffset);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void inlineTaskEnded(
      final int workflow,
      final int task,
      final long startNs,
      final long endNs,
      final boolean failed) {
    try {
      observer.inlineTaskEnded(workflow, task, startNs, endNs, failed);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void workerTaskEnded(
      final int workflow,
      final int task,
      final long waitNs,
      final long serviceNs,
      final boolean failed) {
    try {
      observer.workerTaskEnded(workflow, task, waitNs, serviceNs, failed);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void caseEnded(final int workflow, final int outcomeCode, final long durationNs) {
    try {
      observer.caseEnded(workflow, outcomeCode, durationNs);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void branchesJoined() {
    try {
      observer.branchesJoined();
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void timerFired(final long lagNs) {
    try {
      observer.timerFired(lagNs);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void orJoinUndecided(final int workflow) {
    try {
      observer.orJoinUndecided(workflow);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void commandEnded(final long nowNs) {
    try {
      observer.commandEnded(nowNs);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void timeTold(final long nowNs) {
    try {
      observer.timeTold(nowNs);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void acknowledged(final Operation operation, final long sentNs, final long nowNs) {
    try {
      observer.acknowledged(operation, sentNs, nowNs);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void restore(final DirectBuffer source, final int offset, final int length) {
    try {
      observer.restore(source, offset, length);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public boolean entersInlineTasks() {
    try {
      return observer.entersInlineTasks();
    } catch (final Throwable failure) {
      failures.caught(failure);
      return false;
    }
  }

  @Override
  public boolean tallyInlineTask(final int workflow, final int task, final boolean failed) {
    try {
      return observer.tallyInlineTask(workflow, task, failed);
    } catch (final Throwable failure) {
      failures.caught(failure);
      return true;
    }
  }

  @Override
  public boolean tallyCommand() {
    try {
      return observer.tallyCommand();
    } catch (final Throwable failure) {
      failures.caught(failure);
      return true;
    }
  }

  @Override
  public boolean aboutToWait() {
    try {
      return observer.aboutToWait();
    } catch (final Throwable failure) {
      failures.caught(failure);
      return false;
    }
  }

  @Override
  public int save(final MutableDirectBuffer target, final long nowNs, final long epochNs) {
    try {
      return observer.save(target, nowNs, epochNs);
    } catch (final Throwable failure) {
      failures.caught(failure);
      return 0;
    }
  }

  @Override
  public @Nullable Object traceParent() {
    try {
      return observer.traceParent();
    } catch (final Throwable failure) {
      failures.caught(failure);
      return null;
    }
  }

  @Override
  public Telemetry.HandlerScope inlineTaskStarts(
      final int workflow, final int task, final long caseId) {
    try {
      return failures.guarded(observer.inlineTaskStarts(workflow, task, caseId));
    } catch (final Throwable failure) {
      failures.caught(failure);
      return Telemetry.HandlerScope.NONE;
    }
  }
}
