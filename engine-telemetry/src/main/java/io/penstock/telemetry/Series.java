package io.penstock.telemetry;

import io.opentelemetry.api.common.Attributes;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One source of one metric; several may have the same attributes, and then add up. Any thread. */
sealed interface Series {
  Metric metric();

  Attributes attributes();

  /**
   * A source of durations.
   *
   * @param threshold what an objective holds them to, or null
   */
  record Durations(
      Metric metric, Attributes attributes, LatencyHistogram source, @Nullable Duration threshold)
      implements Series {}

  /** A source of a counter or a level. */
  record Count(Metric metric, Attributes attributes, LongSupplier source) implements Series {}

  /** A source of a gauge; NaN when there is nothing to tell. */
  record Value(Metric metric, Attributes attributes, DoubleSupplier source) implements Series {}
}
