package io.penstock.engine;

import io.penstock.objective.EventCounts;
import io.penstock.objective.GateReport;
import io.penstock.objective.GateTransition;
import io.penstock.objective.ObjectiveState;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.GateLevels;
import io.penstock.spi.ObjectiveReading;
import io.penstock.spi.Operation;
import io.penstock.spi.ReportForm;
import io.penstock.spi.ShardLevels;
import io.penstock.spi.ShardObserver;
import io.penstock.spi.Telemetry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry that cannot disturb its engine: what it throws is logged once and passed over.
 * Questions that a user asks, the reports, do throw to the user.
 */
final class GuardedTelemetry implements Telemetry {
  private final Telemetry telemetry;
  private final TelemetryFailures failures;

  private GuardedTelemetry(final Telemetry telemetry, final TelemetryFailures failures) {
    this.telemetry = telemetry;
    this.failures = failures;
  }

  /** Guards telemetry; that which measures nothing needs none. */
  static Telemetry of(final Telemetry telemetry, final String engine) {
    return telemetry.equals(NONE)
        ? telemetry
        : new GuardedTelemetry(telemetry, new TelemetryFailures(engine));
  }

  @Override
  public ShardObserver shard(final int shardIndex) {
    return GuardedObserver.of(telemetry.shard(shardIndex), failures);
  }

  @Override
  public void opened(final List<ShardLevels> shards) {
    try {
      telemetry.opened(shards);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void gateMade(final GateLevels gate) {
    try {
      telemetry.gateMade(gate);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void openedIn(final Path directory, final String engine) {
    try {
      telemetry.openedIn(directory, engine);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void looked(final Map<String, ObjectiveStatus> statuses) {
    try {
      telemetry.looked(statuses);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void objectiveChanged(
      final String name, final ObjectiveState from, final ObjectiveStatus status) {
    try {
      telemetry.objectiveChanged(name, from, status);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void gateMoved(final String name, final GateTransition transition) {
    try {
      telemetry.gateMoved(name, transition);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void commandRejected(final String reason) {
    try {
      telemetry.commandRejected(reason);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void callerAnswered(final Operation operation, final long sentNs) {
    try {
      telemetry.callerAnswered(operation, sentNs);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void operationEnded(final Operation operation, final long startNs, final long endNs) {
    try {
      telemetry.operationEnded(operation, startNs, endNs);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void captureContext(final MutableDirectBuffer target, final int offset) {
    try {
      telemetry.captureContext(target, offset);
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public void close() {
    try {
      telemetry.close();
    } catch (final Throwable failure) {
      failures.caught(failure);
    }
  }

  @Override
  public HandlerScope handlerStarts(
      final String workflow,
      final String task,
      final long caseId,
      final int attempt,
      final @Nullable Object traceParent) {
    try {
      return failures.guarded(
          telemetry.handlerStarts(workflow, task, caseId, attempt, traceParent));
    } catch (final Throwable failure) {
      failures.caught(failure);
      return HandlerScope.NONE;
    }
  }

  @Override
  public Map<String, ObjectiveStatus> statuses(final IntConsumer hotReads) {
    return telemetry.statuses(hotReads);
  }

  @Override
  public List<EventCounts> counts(final String objective) {
    return telemetry.counts(objective);
  }

  @Override
  public List<ObjectiveReading> readings(final IntConsumer hotReads) {
    return telemetry.readings(hotReads);
  }

  @Override
  public List<GateReport> gates() {
    return telemetry.gates();
  }

  @Override
  public String report(final ReportForm form, final String engine, final IntConsumer hotReads) {
    return telemetry.report(form, engine, hotReads);
  }
}
