package io.penstock.telemetry;

/**
 * In which handlers log lines say which case they belong to, by SLF4J's MDC: {@code
 * penstock.case.id}, {@code penstock.workflow}, {@code penstock.task}, and, when the case is
 * sampled, {@code trace_id} and {@code span_id}. What the MDC held under these keys before is there
 * again after the handler.
 */
public enum LogCorrelation {
  /** In none. */
  NONE,
  /** In those on worker threads. */
  WORKERS,
  /**
   * In inline ones too. That costs the shard's thread what the logging library's MDC costs: under a
   * microsecond a handler, and some objects.
   */
  ALL
}
