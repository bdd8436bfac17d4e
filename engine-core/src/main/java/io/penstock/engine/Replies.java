package io.penstock.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
      throw interrupted(engine);
    }
  }

  /** Waits for a while; whether the answer, or a refusal, has come. */
  static boolean isAnswered(final CompletableFuture<@Nullable Object> reply, final long waitNs) {
    final long fromNs = System.nanoTime();
    for (int tries = 0; !reply.isDone(); tries++) {
      if (System.nanoTime() - fromNs >= waitNs) {
        return false;
      }
      Backoff.pause(tries);
    }
    return true;
  }

  /** What a caller is told whose thread was interrupted; the flag is set. */
  static EngineException interrupted(final String engine) {
    return new EngineException(
        "caller was interrupted while waiting: engine="
            + engine
            + "; a command that it sent may still be carried out");
  }

  /**
   * An answer often comes within microseconds, sooner than a thread can be put to sleep and woken.
   */
  private static void spin(final CompletableFuture<?> reply) {
    for (int i = 0; i < SPINS_MAX && !reply.isDone(); i++) {
      Thread.onSpinWait();
    }
  }

  /** What a caller is told of a failure. */
  static RuntimeException rethrown(final @Nullable Throwable cause) {
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
