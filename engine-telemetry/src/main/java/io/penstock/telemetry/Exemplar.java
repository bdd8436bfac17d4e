package io.penstock.telemetry;

import io.opentelemetry.api.trace.SpanContext;

/**
 * One duration of a sampled case, with the span that shows how it came about.
 *
 * @param valueNs the duration, in nanoseconds
 * @param epochNs when it ended, by the calendar
 * @param span the span
 */
record Exemplar(long valueNs, long epochNs, SpanContext span) {
  private static final double NS_PER_S = 1e9;

  double seconds() {
    return valueNs / NS_PER_S;
  }
}
