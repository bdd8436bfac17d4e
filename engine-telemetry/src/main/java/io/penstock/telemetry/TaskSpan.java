package io.penstock.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.penstock.spi.Telemetry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The span of one run of a handler on a worker thread, current while it runs. What the user's span
 * processors throw is logged, and keeps no handler from running nor its result from being reported.
 */
final class TaskSpan implements Telemetry.HandlerScope {
  private static final Logger LOG = LoggerFactory.getLogger(TaskSpan.class);

  private final EpochTime time;
  private final long offsetNs;
  private final Span span;
  private final Scope scope;

  private TaskSpan(final EpochTime time, final long offsetNs, final Span span, final Scope scope) {
    this.time = time;
    this.offsetNs = offsetNs;
    this.span = span;
    this.scope = scope;
  }

  @SuppressWarnings("MustBeClosed") // close does it
  static Telemetry.HandlerScope start(
      final Tracer tracer,
      final EpochTime time,
      final AtomicLong dropped,
      final String workflow,
      final String task,
      final long caseId,
      final int attempt,
      final Context parent) {
    try {
      time.follow();
      final long offsetNs = time.offsetNs();
      final Span span =
          tracer
              .spanBuilder(task)
              .setParent(parent)
              .setStartTimestamp(time.monotonicNs() + offsetNs, TimeUnit.NANOSECONDS)
              .setAttribute(Keys.WORKFLOW_NAME, workflow)
              .setAttribute(Keys.TASK_NAME, task)
              .setAttribute(Keys.CASE_ID, caseId)
              .setAttribute(Keys.ATTEMPT, (long) attempt)
              .startSpan();
      return new TaskSpan(time, offsetNs, span, parent.with(span).makeCurrent());
    } catch (final RuntimeException e) {
      dropped.getAndIncrement();
      LOG.warn("span of a task could not be started: workflow={}, task={}", workflow, task, e);
      return NONE;
    }
  }

  SpanContext context() {
    return span.getSpanContext();
  }

  @Override
  public void failed(final Throwable failure) {
    try {
      span.setStatus(StatusCode.ERROR)
          .setAttribute(Keys.ERROR_TYPE, failure.getClass().getName())
          .recordException(failure);
    } catch (final RuntimeException e) {
      LOG.warn("span of a task could not take its failure", e);
    }
  }

  @Override
  public void close() {
    scope.close();
    try {
      span.end(time.monotonicNs() + offsetNs, TimeUnit.NANOSECONDS);
    } catch (final RuntimeException e) {
      LOG.warn("span of a task could not be ended", e);
    }
  }
}
