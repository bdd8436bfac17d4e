package io.penstock.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waiting for answers on a caller's thread. */
final class Replies {
  private static final int SPINS_MAX = 500;

  private Replies() {}

  /** Waits without limit. */
  static @Nullable Object await(
      final CompletableFuture<@Nullable Object> reply, final String engine) {
    try {
      spin(reply);
      return reply.get();
    } catch (final ExecutionException e) {
      throw rethrown(e.getCause());
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException(
          "caller was interrupted while waiting: engine="
              + engine
              + "; the command may still be carried out",
          e);
    }
  }

  /** Waits for a while. */
  static @Nullable Object await(
      final CompletableFuture<@Nullable Object> reply, final String engine, final long waitNs)
      throws TimeoutException {
    try {
      spin(reply);
      return reply.get(waitNs, TimeUnit.NANOSECONDS);
    } catch (final ExecutionException e) {
      throw rethrown(e.getCause());
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("caller was interrupted while waiting: engine=" + engine, e);
    }
  }

  /**
   * An answer often comes within microseconds, sooner than a thread can be put to sleep and woken.
   */
  private static void spin(final CompletableFuture<?> reply) {
    for (int i = 0; i < SPINS_MAX && !reply.isDone(); i++) {
      Thread.onSpinWait();
    }
  }

  private static RuntimeException rethrown(final @Nullable Throwable cause) {
    if (cause instanceof CommandRejectedException refused) {
      return new CommandRejectedException(refused); // with the caller's own stack trace
    }
    if (cause instanceof RuntimeException unchecked) {
      return unchecked;
    }
    return new EngineException(
        "command failed", cause == null ? new IllegalStateException("no cause") : cause);
  }
}
