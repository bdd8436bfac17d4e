/** Histograms, objectives and OpenTelemetry for the engine. */
@org.jspecify.annotations.NullMarked
package io.penstock.telemetry;
