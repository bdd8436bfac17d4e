package io.penstock.engine;

import io.penstock.workflow.TaskDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what handlers throw, once each: with its stack trace, case, task and attempt, and what
 * becomes of the task. Never throws, whatever the exception does when it is printed.
 */
final class HandlerFailures {
  private static final Logger LOG = LoggerFactory.getLogger("io.penstock.engine.handlers");

  private HandlerFailures() {}

  /** Logs a failed attempt; any thread. */
  static void log(
      final long caseId, final TaskDefinition task, final int attempt, final Throwable failure) {
    if (!LOG.isWarnEnabled()) {
      return;
    }
    final boolean tried = task.retry().retries(failure) && attempt < task.retry().attemptsMax();
    final String becomes = tried ? "it is tried again" : "that was the last attempt";
    try {
      LOG.warn(
          "task failed: case={}, task={}, attempt={} of {}; {}",
          Long.toHexString(caseId),
          task.name(),
          attempt,
          task.retry().attemptsMax(),
          becomes,
          failure);
    } catch (final Throwable unprintable) {
      LOG.warn(
          "task failed: case={}, task={}, attempt={} of {}; {}; failure={}",
          Long.toHexString(caseId),
          task.name(),
          attempt,
          task.retry().attemptsMax(),
          becomes,
          UserCode.describe(failure));
    }
  }
}
