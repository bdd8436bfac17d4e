package io.penstock.objective;

import java.time.Duration;

/**
 * How fast the error budget burns over a long window and, so that it shows soon when it no longer
 * does, a short one: at a rate of 1 the budget is spent exactly at the end of the objective's
 * window.
 *
 * @param longWindow the window that shows that it matters
 * @param shortWindow the window that shows that it goes on
 * @param limit the rate that is too fast
 * @param longRate the rate over the long window; NaN without an event
 * @param shortRate the rate over the short window; NaN without an event
 * @param isBurning whether the budget burns too fast: the short window's rate is above the limit,
 *     and so is, with 95 % confidence, what is behind that of the long one
 */
public record BurnRate(
    Duration longWindow,
    Duration shortWindow,
    double limit,
    double longRate,
    double shortRate,
    boolean isBurning) {}
