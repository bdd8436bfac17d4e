/**
 * Load that arrives whether or not the answers do.
 *
 * <p>Entry type: {@link io.penstock.lab.load.OpenLoop}. A profile says how many arrive when, the
 * loop begins each at its time and counts its latency from there, so that a stall counts for all
 * that would have come meanwhile (no coordinated omission). One thread begins, any may end.
 */
@NullMarked
package io.penstock.lab.load;

import org.jspecify.annotations.NullMarked;
