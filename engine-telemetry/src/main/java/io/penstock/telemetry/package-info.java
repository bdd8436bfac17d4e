/**
 * How well an engine is doing: latencies, objectives, and what OpenTelemetry is told of them.
 *
 * <p>Entry type: {@link io.penstock.telemetry.PenstockTelemetry}, found by {@link
 * java.util.ServiceLoader} or made with {@link io.penstock.telemetry.TelemetryOptions}. Each shard
 * has one recorder that its thread alone writes; readings and exports come from any other thread
 * and take no lock that a shard could meet.
 *
 * <p>{@link io.penstock.telemetry.PenstockMetrics} adds up what engines count, for OpenTelemetry's
 * SDK and for Prometheus. Depends on the engine's ports, Agrona, SLF4J, HdrHistogram, and the API
 * of OpenTelemetry; {@link io.penstock.telemetry.PenstockMetricProducer} and {@link
 * io.penstock.telemetry.PenstockAutoConfiguration} alone on its SDK, which is the user's, and
 * {@link io.penstock.telemetry.PrometheusEndpoint} alone on the JDK's HTTP server.
 */
@NullMarked
package io.penstock.telemetry;

import org.jspecify.annotations.NullMarked;
