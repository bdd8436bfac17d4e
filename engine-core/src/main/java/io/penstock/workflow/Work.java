package io.penstock.workflow;

/**
 * What a task's handler sees: the variables of the case, and who it works for.
 *
 * <p>Reads see the case as it was when the work item was handed out, and the handler's own writes.
 * Writes reach the case when the handler returns, all at once; when it throws, none does. Belongs
 * to one run of the handler on one thread.
 */
public interface Work extends Values, Inputs {
  @Override
  <T> Work set(Variable<T> variable, T value);

  /**
   * Id of the case; inside a multiple-instance step or a composite, of the instance or the case
   * inside.
   *
   * @return the id, positive
   */
  long caseId();

  /**
   * Name of the task.
   *
   * @return the name
   */
  String task();

  /**
   * How often this work item has been tried, this time included.
   *
   * @return at least 1
   */
  int attempt();

  /**
   * Number of the instance that the task belongs to, of the innermost multiple-instance step around
   * it.
   *
   * @return from 0, or -1 outside of any
   */
  int instance();

  /**
   * A text that stays the same when this work item is tried again, after a failure or a restart,
   * and that no other work item has.
   *
   * <p>Handlers run at least once: after a crash one that was running runs again. Give this key to
   * whatever must happen once.
   *
   * @return the key
   */
  String idempotencyKey();

  /**
   * Whether the work item has been cancelled meanwhile, so that its result will be refused.
   *
   * @return true when the handler may as well stop
   */
  boolean isCancelled();
}
