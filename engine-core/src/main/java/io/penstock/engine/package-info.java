/**
 * The engine: shards that run cases, and the handles to talk to them.
 *
 * <p>Entry type: {@link io.penstock.engine.Engine}. Public types are safe for any thread. A command
 * goes from the caller's thread through a shard's inbox to the one thread that owns the case,
 * through {@code Kernel} and the net machine into the store, and is acknowledged after the
 * durability point.
 */
@NullMarked
package io.penstock.engine;

import org.jspecify.annotations.NullMarked;
