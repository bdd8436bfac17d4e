/** Reads BPMN 2.0. */
@NullMarked
package io.penstock.interchange.bpmn;

import org.jspecify.annotations.NullMarked;
