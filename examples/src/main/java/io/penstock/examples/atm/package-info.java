/** Withdrawals from cash machines: retry, compensation, sums that add up. */
@NullMarked
package io.penstock.examples.atm;

import org.jspecify.annotations.NullMarked;
