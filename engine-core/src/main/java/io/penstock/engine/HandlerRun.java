package io.penstock.engine;

import io.penstock.engine.CommandEncoder.CommandType;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskHandler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a handler on a worker thread: from a copy of the case's record to a command with the
 * result.
 */
final class HandlerRun implements Runnable {
  final long caseId;
  final int task;
  final int number;

  private final Shard shard;
  private final long runId;
  private final int attempt;
  private final TaskDefinition definition;
  private final HandlerWork work;
  private final @Nullable Object traceParent;
  private final long handedOutNs;
  private final long persistNs;

  /**
   * Creates a run.
   *
   * @param handedOutNs now, monotonic
   * @param persistNs how long it was kept until what wanted it to run was on the disk; 0 when that
   *     is not measured
   */
  HandlerRun(
      final Shard shard,
      final long runId,
      final CaseRecord copy,
      final int task,
      final @Nullable Object traceParent,
      final long handedOutNs,
      final long persistNs) {
    this.shard = shard;
    this.runId = runId;
    this.task = task;
    this.traceParent = traceParent;
    this.handedOutNs = handedOutNs;
    this.persistNs = persistNs;
    caseId = copy.caseId();
    number = copy.itemNumber(task);
    attempt = copy.attempt(task);
    definition = CasePlayer.definition(copy, task);
    work = new HandlerWork(copy, task);
  }

  /** The copy of the case's record that the handler reads. */
  CaseRecord copy() {
    return work.record();
  }

  void cancel() {
    work.cancel();
  }

  @Override
  public void run() {
    final long startNs = shard.clock().monotonicNs();
    final CommandEncoder result;
    try (Telemetry.HandlerScope scope =
        shard
            .telemetry()
            .handlerStarts(
                work.workflow().name(), definition.name(), caseId, attempt, traceParent)) {
      result = runHandler(startNs, scope);
    }
    shard.submitResult(result);
  }

  private CommandEncoder runHandler(final long startNs, final Telemetry.HandlerScope scope) {
    try {
      return runHandler(startNs);
    } catch (final Throwable failure) { // whatever the user's code throws is the task's failure
      scope.failed(failure);
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      return encode(CommandType.FAIL_TASK, startNs)
          .putLong(definition.retry().retries(failure) ? 1 : 0)
          .text(CasePlayer.describe(failure));
    }
  }

  private CommandEncoder runHandler(final long startNs) throws Exception {
    final MultipleInstance instances = definition.instances();
    if (instances != null && instances.items() != null) {
      final List<Changes> items = items(instances.items());
      return encode(CommandType.CREATE_INSTANCES, startNs).changes(work.changes()).items(items);
    }
    final TaskHandler handler = definition.handler();
    if (handler == null) {
      throw new AssertionError("task must have a handler: task=" + definition.name());
    }
    handler.run(work);
    return encode(CommandType.COMPLETE_TASK, startNs).changes(work.changes());
  }

  private <T> List<Changes> items(final MultipleInstance.ItemList<T> list) throws Exception {
    final List<Changes> items = new ArrayList<>();
    for (final T item : list.items().of(work)) {
      items.add(new Changes(work.workflow()).set(list.item(), item));
    }
    return items;
  }

  private CommandEncoder encode(final CommandType type, final long startNs) {
    final long endNs = shard.clock().monotonicNs();
    return shard
        .encoder(type, caseId, endNs)
        .replyTo(runId)
        .putLong(task)
        .putLong(number)
        .putLong(attempt)
        .putLong(startNs - handedOutNs)
        .putLong(endNs - startNs)
        .putLong(persistNs);
  }
}
