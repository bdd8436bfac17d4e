package io.penstock.telemetry.report;

/**
 * A point of the curve of latency by percentile.
 *
 * @param percentile so many of a hundred events took at most so long; 0 to 100
 * @param ns how long, in nanoseconds
 */
public record LatencyPoint(double percentile, double ns) {}
