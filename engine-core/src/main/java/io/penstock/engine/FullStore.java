package io.penstock.engine;

import io.penstock.spi.StoreFullException;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Whether a shard's store has no room, and what waits for it meanwhile: the results of handlers
 * that were under way, of which there are no more than workers. Belongs to the shard's thread.
 */
final class FullStore {
  private final ArrayDeque<DirectBuffer> results = new ArrayDeque<>();
  private @Nullable CommandRejectedException refusal;

  /** Whether the store has no room. */
  boolean isFull() {
    return refusal != null;
  }

  /** What to tell those whose command would change something; only while it is full. */
  @Nullable CommandRejectedException refusal() {
    return refusal;
  }

  /** The store had no room for what the shard was about to write. */
  void enter(final String shard, final StoreFullException cause) {
    refusal =
        new CommandRejectedException(
            Rejection.STORE_FULL,
            "store must have room: shard="
                + shard
                + ", cause="
                + cause.getMessage()
                + "; the shard goes on by itself when there is");
    refusal.initCause(cause);
  }

  /** There is room again. */
  void leave() {
    refusal = null;
  }

  /** Keeps a handler's result; the bytes are copied. */
  void keep(final DirectBuffer result, final int offset, final int length) {
    final UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
    copy.putBytes(0, result, offset, length);
    results.add(copy);
  }

  /** Takes out the result that was kept first, or null. */
  @Nullable DirectBuffer poll() {
    return results.poll();
  }
}
