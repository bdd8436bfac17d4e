package io.penstock.engine;

import io.penstock.workflow.Variable;
import io.penstock.workflow.Work;
import io.penstock.workflow.Workflow;
import java.util.Objects;
import java.util.Optional;

/**
 * A handler's view of its case: reads come from a record, writes are kept apart until the handler
 * returns.
 */
final class HandlerWork implements Work {
  private final Changes changes;
  private CaseRecord record;
  private int task;
  private volatile boolean cancelled;

  HandlerWork(final CaseRecord record, final int task) {
    this.record = record;
    this.task = task;
    changes = new Changes(record.layout().workflow);
  }

  /**
   * Turns to another work item; for the shard's thread, which uses one view for all its inline
   * tasks.
   */
  HandlerWork reset(final CaseRecord newRecord, final int newTask) {
    record = newRecord;
    task = newTask;
    changes.reset(newRecord.layout().workflow);
    return this;
  }

  CaseRecord record() {
    return record;
  }

  Changes changes() {
    return changes;
  }

  void cancel() {
    cancelled = true;
  }

  @Override
  @SuppressWarnings("unchecked") // the changes of a variable hold values of its type
  public <T> Optional<T> find(final Variable<T> variable) {
    final int slot = workflow().slot(variable);
    final int changed = changes.find(slot);
    return Optional.ofNullable(
        (T) (changed >= 0 ? changes.valueAt(changed, variable.type()) : record.value(slot)));
  }

  @Override
  public <T> Work set(final Variable<T> variable, final T value) {
    changes.set(variable, value);
    return this;
  }

  @Override
  public long caseId() {
    return record.caseId();
  }

  @Override
  public String task() {
    return record.layout().net.taskName(task);
  }

  @Override
  public int attempt() {
    return record.attempt(task);
  }

  @Override
  public int instance() {
    return record.instance();
  }

  @Override
  public String idempotencyKey() {
    final String key = Objects.requireNonNullElse(record.text(CaseLayout.KEY_SLOT), "");
    return String.join(
        "/",
        workflow().name(),
        key,
        Long.toHexString(caseId()) + "@" + Long.toHexString(record.startedNs()),
        task(),
        Integer.toString(record.itemNumber(task)));
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  Workflow workflow() {
    return record.layout().workflow;
  }
}
