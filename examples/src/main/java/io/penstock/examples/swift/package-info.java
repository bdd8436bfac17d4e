/** Customer transfers by MT103: checks in parallel, settlement in parallel. */
@NullMarked
package io.penstock.examples.swift;

import org.jspecify.annotations.NullMarked;
