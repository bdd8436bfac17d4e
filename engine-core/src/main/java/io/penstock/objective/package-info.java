/**
 * Objectives over time: exact counts in rolling windows, error budgets and burn rates, and what
 * follows from them. Nothing here reads a clock or starts a thread: time is an argument.
 *
 * <p>The terms are those of the Site Reliability Workbook (Google, 2018), chapter 5, "Alerting on
 * SLOs".
 */
@NullMarked
package io.penstock.objective;

import org.jspecify.annotations.NullMarked;
