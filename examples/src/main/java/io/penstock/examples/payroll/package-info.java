/** A payroll of a thousand: for-each, approval by hand, a payment file. */
@NullMarked
package io.penstock.examples.payroll;

import org.jspecify.annotations.NullMarked;
