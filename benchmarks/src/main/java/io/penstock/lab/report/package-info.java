/**
 * Results as files: JSON for programs and for the next comparison, {@code .hlog} for HdrHistogram's
 * tools, one page of HTML with plots for people.
 *
 * <p>Entry types: {@link io.penstock.lab.report.Reports} writes them all, {@link
 * io.penstock.lab.report.Recorded} reads the JSON again, {@link io.penstock.lab.report.Chart}
 * draws.
 */
@NullMarked
package io.penstock.lab.report;

import org.jspecify.annotations.NullMarked;
