/**
 * A report on an engine's objectives, for people as a page with plots and for programs as JSON.
 *
 * <p>Entry type: {@link io.penstock.telemetry.report.ObjectiveReport}, all of which is immutable.
 * Nothing here measures, reads a clock or a file. Depends on the engine's ports alone.
 */
@NullMarked
package io.penstock.telemetry.report;

import org.jspecify.annotations.NullMarked;
