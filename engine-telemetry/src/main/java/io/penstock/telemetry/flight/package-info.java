/**
 * Events for the JDK's flight recorder. While nothing was ever recorded in the process, telling one
 * is the reading of a field.
 *
 * <p>Entry type: {@link io.penstock.telemetry.flight.FlightEvents}. Depends on the module {@code
 * jdk.jfr}, and does without where it is missing.
 */
@NullMarked
package io.penstock.telemetry.flight;

import org.jspecify.annotations.NullMarked;
