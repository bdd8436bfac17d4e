/**
 * The net machine: what a workflow is, as immutable arrays of integers, and the token game on it.
 *
 * <p>Entry types: {@link io.penstock.net.NetBuilder} makes a {@link io.penstock.net.Net}; {@link
 * io.penstock.net.Machine} plays on it. Pure: no clock, no randomness, no thread, no input or
 * output; a step is a function of the net, the state's bytes and the command. Depends on the JDK
 * and Agrona only.
 */
@NullMarked
package io.penstock.net;

import org.jspecify.annotations.NullMarked;
