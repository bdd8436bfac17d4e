/**
 * What a run of the lab found, as plain values. Entry type: {@link io.penstock.lab.result.Result}.
 * Immutable but for the histograms, which nobody changes once they are here.
 */
@NullMarked
package io.penstock.lab.result;

import org.jspecify.annotations.NullMarked;
