/**
 * The counters of a running engine in a small mapped file, for other processes on the machine.
 *
 * <p>Entry types: {@link io.penstock.telemetry.counters.CountersWriter}, which the engine's
 * telemetry calls about once a second, and {@link io.penstock.telemetry.counters.CountersReader}.
 * The layout is in docs/format.md. Depends on Agrona and on what objectives are.
 */
@NullMarked
package io.penstock.telemetry.counters;

import org.jspecify.annotations.NullMarked;
