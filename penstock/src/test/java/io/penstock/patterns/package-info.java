/**
 * The 43 control-flow patterns, each with the trace that tells it from its look-alikes; played on
 * the bare net machine and through whole engines.
 */
package io.penstock.patterns;
