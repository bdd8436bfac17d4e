/**
 * How well an engine is doing: latencies, objectives, and what OpenTelemetry is told of them.
 *
 * <p>Entry type: {@link io.penstock.telemetry.PenstockTelemetry}, found by {@link
 * java.util.ServiceLoader} or made with {@link io.penstock.telemetry.TelemetryOptions}. Each shard
 * has one recorder that its thread alone writes; readings and exports come from any other thread
 * and take no lock that a shard could meet. Depends on the engine's ports, Agrona, SLF4J,
 * HdrHistogram, and the API of OpenTelemetry, never its SDK.
 */
@NullMarked
package io.penstock.telemetry;

import org.jspecify.annotations.NullMarked;
