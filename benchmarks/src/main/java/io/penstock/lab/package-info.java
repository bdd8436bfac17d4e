/**
 * The performance lab: scenarios, peers and comparisons with an earlier state, by one command.
 *
 * <p>Entry type: {@link io.penstock.lab.Lab}. Described in {@code docs/lab.md}.
 */
@NullMarked
package io.penstock.lab;

import org.jspecify.annotations.NullMarked;
