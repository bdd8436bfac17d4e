/**
 * The ports of the engine: what a store and a telemetry module implement, and the clock.
 *
 * <p>Entry types: {@link io.penstock.spi.StoreProvider}, {@link io.penstock.spi.TelemetryProvider},
 * {@link io.penstock.spi.EngineClock}. The ports speak of record ids, bytes, task indices and
 * nanoseconds; no type of a third party but Agrona's buffers crosses them. Depends on {@code
 * io.penstock.workflow}.
 */
@NullMarked
package io.penstock.spi;

import org.jspecify.annotations.NullMarked;
