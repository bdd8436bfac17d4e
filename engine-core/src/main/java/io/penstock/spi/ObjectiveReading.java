package io.penstock.spi;

import io.penstock.objective.ObjectiveStatus;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one thing since the opening, and how its objective stands if it has one.
 *
 * @param name what was measured
 * @param count number of events since the opening
 * @param good number of them within the objective's threshold, counted exactly; 0 without an
 *     objective
 * @param p50 median, in nanoseconds
 * @param p99 99th percentile, in nanoseconds
 * @param p999 99.9th percentile, in nanoseconds
 * @param max greatest value, in nanoseconds
 * @param status how the objective stands over its window, or null when nothing was promised
 * @param note what a reader must know of how it was measured; may be empty
 */
public record ObjectiveReading(
    String name,
    long count,
    long good,
    double p50,
    double p99,
    double p999,
    double max,
    @Nullable ObjectiveStatus status,
    String note) {}
