/**
 * Whether the engine has become slower than it was, told so that another machine's speed and a
 * machine's moods do not decide it.
 *
 * <p>Entry type: {@link io.penstock.lab.regression.Regression}. What a case costs is measured as
 * processor time of the shard's thread, and divided by what a fixed loop costs on the same machine
 * in the same seconds; each process gives one such ratio, and a rank test compares those of now
 * with those of then.
 */
@NullMarked
package io.penstock.lab.regression;

import org.jspecify.annotations.NullMarked;
