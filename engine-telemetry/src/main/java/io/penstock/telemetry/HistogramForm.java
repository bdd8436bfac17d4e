package io.penstock.telemetry;

/** How histograms are told to OpenTelemetry; the exact counts they are made of are the same. */
public enum HistogramForm {
  /**
   * Explicit buckets from microseconds to a minute, for cases to a month, with the thresholds of
   * the objectives among the bounds. What Prometheus understands.
   */
  EXPLICIT,
  /**
   * Base-2 exponential buckets: at most 160 that hold every duration, at a scale of 7 or less,
   * which is 0.5 % where durations are within an octave, and 5 % over ten of them. Prometheus needs
   * native histograms for them.
   */
  EXPONENTIAL
}
