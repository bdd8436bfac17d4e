package io.penstock.telemetry;

import io.opentelemetry.api.trace.SpanContext;
import io.penstock.spi.Telemetry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;

/**
 * Says in the MDC of the calling thread what runs there. Safe for any thread. The logging library
 * is the user's: what its MDC throws is logged, and keeps no handler from running.
 */
final class LogContext {
  static final String CASE_ID = "penstock.case.id";
  static final String WORKFLOW = "penstock.workflow";
  static final String TASK = "penstock.task";
  static final String TRACE_ID = "trace_id";
  static final String SPAN_ID = "span_id";

  private static final Logger LOG = LoggerFactory.getLogger(LogContext.class);
  private static final String[] KEYS = {CASE_ID, WORKFLOW, TASK, TRACE_ID, SPAN_ID};

  private final @Nullable MDCAdapter mdc;

  /** Creates one; nothing is said when it is wanted nowhere, or the library has no MDC. */
  LogContext(final MDCAdapter mdc, final boolean isWanted) {
    this.mdc = isWanted && !(mdc instanceof NOPMDCAdapter) ? mdc : null;
  }

  boolean isOn() {
    return mdc != null;
  }

  /**
   * A handler begins.
   *
   * @param span its span, null or invalid when the case is not sampled
   * @param inner what else surrounds the handler, closed first
   * @return restores the MDC when it is closed, on the same thread
   */
  Telemetry.HandlerScope open(
      final String workflow,
      final String task,
      final long caseId,
      final @Nullable SpanContext span,
      final Telemetry.HandlerScope inner) {
    if (mdc == null) {
      return inner;
    }
    final SpanContext sampled = span != null && span.isSampled() ? span : null;
    final @Nullable String[] values = {
      Long.toString(caseId),
      workflow,
      task,
      sampled == null ? null : sampled.getTraceId(),
      sampled == null ? null : sampled.getSpanId()
    };
    try {
      return new Opened(mdc, replace(mdc, values), inner);
    } catch (final RuntimeException e) {
      LOG.warn("MDC could not be set: workflow={}, task={}", workflow, task, e);
      return inner;
    }
  }

  /** Sets all keys, those without a value to none, and gives what they were. */
  private static @Nullable String[] replace(final MDCAdapter mdc, final @Nullable String[] values) {
    final @Nullable String[] before = new String[KEYS.length];
    for (int i = 0; i < KEYS.length; i++) {
      before[i] = mdc.get(KEYS[i]);
      final String value = values[i];
      if (value != null) {
        mdc.put(KEYS[i], value);
      } else if (before[i] != null) {
        mdc.remove(KEYS[i]);
      }
    }
    return before;
  }

  /** What was there before a handler. */
  private static final class Opened implements Telemetry.HandlerScope {
    private final MDCAdapter mdc;
    private final @Nullable String[] before;
    private final Telemetry.HandlerScope inner;

    Opened(
        final MDCAdapter mdc, final @Nullable String[] before, final Telemetry.HandlerScope inner) {
      this.mdc = mdc;
      this.before = before;
      this.inner = inner;
    }

    @Override
    public void failed(final Throwable failure) {
      inner.failed(failure);
    }

    @Override
    public void close() {
      inner.close();
      try {
        for (int i = 0; i < KEYS.length; i++) {
          final String value = before[i];
          if (value == null) {
            mdc.remove(KEYS[i]);
          } else {
            mdc.put(KEYS[i], value);
          }
        }
      } catch (final RuntimeException e) {
        LOG.warn("MDC could not be restored", e);
      }
    }
  }
}
