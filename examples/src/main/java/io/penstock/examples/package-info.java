/** What the examples share: reading CSV files as users have them. */
@NullMarked
package io.penstock.examples;

import org.jspecify.annotations.NullMarked;
