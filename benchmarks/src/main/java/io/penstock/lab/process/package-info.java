/**
 * Processes that measure, so that none runs on what another left: compiled code, caches, garbage.
 */
@NullMarked
package io.penstock.lab.process;

import org.jspecify.annotations.NullMarked;
