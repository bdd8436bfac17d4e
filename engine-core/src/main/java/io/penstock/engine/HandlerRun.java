package io.penstock.engine;

import io.penstock.engine.CommandEncoder.CommandType;
import io.penstock.spi.Telemetry;
import io.penstock.workflow.MultipleInstance;
import io.penstock.workflow.TaskDefinition;
import io.penstock.workflow.TaskHandler;
import org.agrona.ExpandableArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One run of a handler on a worker thread: from a copy of the case's record to a command with the
 * result.
 */
final class HandlerRun implements Runnable {
  private static final int PART_LENGTH_FIRST = 1024;

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

  /** Runs the handler and brings its result, whatever the handler does. */
  @Override
  public void run() {
    if (!shard.isRunning()) {
      return; // nobody would take the result: it runs again after the next opening
    }
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
      HandlerFailures.log(caseId, definition, attempt, failure);
      return encode(CommandType.FAIL_TASK, startNs)
          .putLong(definition.retry().retries(failure) ? 1 : 0)
          .text(UserCode.describe(failure));
    }
  }

  private CommandEncoder runHandler(final long startNs) throws Exception {
    final MultipleInstance instances = definition.instances();
    if (instances != null && instances.items() != null) {
      final int items = sendItems(instances.items());
      return encode(CommandType.CREATE_INSTANCES, startNs).changes(work.changes()).putLong(items);
    }
    final TaskHandler handler = definition.handler();
    if (handler == null) {
      throw new AssertionError("task must have a handler: task=" + definition.name());
    }
    handler.run(work);
    return encode(CommandType.COMPLETE_TASK, startNs).changes(work.changes());
  }

  /** Sends the items of a list part by part; gives their number. */
  private <T> int sendItems(final MultipleInstance.ItemList<T> list) throws Exception {
    final ExpandableArrayBuffer part = new ExpandableArrayBuffer(PART_LENGTH_FIRST);
    final Changes changes = new Changes(work.workflow());
    int count = 0;
    int first = 0;
    int length = 0;
    for (final T item : list.items().of(work)) {
      changes.reset(work.workflow()).set(list.item(), item);
      if (count == MultipleInstance.COUNT_MAX) {
        throw new IllegalArgumentException(
            "list must have at most " + MultipleInstance.COUNT_MAX + " items");
      }
      if (length > 0 && length + changes.length() > ItemLists.PART_LENGTH) {
        sendPart(first, count - first, part, length);
        first = count;
        length = 0;
      }
      length = ItemLists.putItem(part, length, changes);
      count++;
    }
    if (length > 0) {
      sendPart(first, count - first, part, length);
    }
    return count;
  }

  private void sendPart(
      final int first, final int items, final ExpandableArrayBuffer part, final int length) {
    shard.submitResult(
        shard
            .encoder(CommandType.ADD_ITEMS, caseId, shard.clock().monotonicNs())
            .putLong(task)
            .putLong(number)
            .putLong(attempt)
            .putLong(first)
            .putLong(items)
            .part(part, length));
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
