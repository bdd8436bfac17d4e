/**
 * Engines beside each other: the same withdrawal, each engine in a process of its own.
 *
 * <p>Entry type: {@link io.penstock.lab.peer.Peers}. Those of others are in {@code
 * benchmarks/peers}, which is built on request only; they are found on the class path.
 */
@NullMarked
package io.penstock.lab.peer;

import org.jspecify.annotations.NullMarked;
