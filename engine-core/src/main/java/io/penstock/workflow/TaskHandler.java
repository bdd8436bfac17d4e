package io.penstock.workflow;

/**
 * What a task does. Runs at least once per work item; {@link Work#idempotencyKey()} helps to make
 * its effects happen once.
 */
@FunctionalInterface
public interface TaskHandler {
  /**
   * Does the work.
   *
   * @param work the case's variables and the work item's identity
   * @throws Exception when the work failed: it is tried again, or the task fails, as its {@link
   *     Retry} says
   */
  void run(Work work) throws Exception;
}
