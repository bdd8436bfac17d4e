package io.penstock.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Who reads the store on a thread that is not a shard's: callers and handlers. The store is closed,
 * and its memory unmapped, only when none of them is inside. Lock-free; any thread.
 */
final class StoreUse {
  private static final long CLOSED = Long.MIN_VALUE;

  private final String engine;
  private final AtomicLong state = new AtomicLong();

  StoreUse(final String engine) {
    this.engine = engine;
  }

  /**
   * Goes in; {@link #leave} must follow.
   *
   * @throws EngineClosedException when nobody may any more
   */
  void enter() {
    if (state.incrementAndGet() < 0) {
      state.decrementAndGet();
      throw new EngineClosedException(engine);
    }
  }

  void leave() {
    state.decrementAndGet();
  }

  /** Nobody goes in any more. */
  void close() {
    state.getAndUpdate(users -> users | CLOSED);
  }

  /** Whether nobody is inside. */
  boolean isUnused() {
    return (state.get() & ~CLOSED) == 0;
  }
}
