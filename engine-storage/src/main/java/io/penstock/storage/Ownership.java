package io.penstock.storage;

import io.penstock.spi.StoreException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Whether the engine still owns its directory, looked at rarely and relied on for a while.
 *
 * <p>A writer asks {@link #require} before each append and before each answer: one volatile load as
 * long as the last look is fresh. The {@link Flusher} looks again every {@link #RELIED_ON} while
 * something is appended; when nothing is, it only lets the look grow stale, and the next append
 * looks first. What makes, moves or deletes files asks {@link #verify}, which always looks. Once
 * lost it stays lost.
 */
final class Ownership {
  /** For how long a look is relied on. */
  static final Duration RELIED_ON = Duration.ofMillis(500);

  private static final int SPINS_MAX = 1_000;

  private final AtomicBoolean looking = new AtomicBoolean();
  private final Runnable look;
  private final Runnable onFresh;
  private volatile boolean fresh;
  private volatile @Nullable StoreException lost;

  /**
   * Creates the ownership of what is owned now.
   *
   * @param look throws a {@link StoreException} when it is not owned any more
   * @param onFresh called when a look begins to be relied on, so that somebody ends that
   */
  Ownership(final Runnable look, final Runnable onFresh) {
    this.look = look;
    this.onFresh = onFresh;
  }

  /**
   * Throws unless this is the owner; looks if the last look is stale.
   *
   * @throws StoreException when it is not, or was not once
   */
  void require() {
    if (!fresh) {
      verify();
      onFresh.run();
    }
  }

  /**
   * Looks, and throws unless this is the owner; any thread. One looks at a time; others wait for
   * that, without a lock, and look themselves.
   *
   * @throws StoreException when it is not, or was not once
   */
  @SuppressWarnings("ThreadPriorityCheck") // to give way, not to order anything
  void verify() {
    for (int spins = 0; !looking.compareAndSet(false, true); spins++) {
      if (spins < SPINS_MAX) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    try {
      requireNotLost();
      look.run();
      fresh = true;
    } catch (final StoreException e) {
      fresh = false;
      lost = lost == null ? e : lost;
      throw e;
    } finally {
      looking.set(false);
    }
  }

  private void requireNotLost() {
    final StoreException before = lost;
    if (before != null) {
      throw new StoreException(String.valueOf(before.getMessage()), before);
    }
  }

  /** Whether the last look is relied on. */
  boolean isFresh() {
    return fresh;
  }

  /** Makes the next {@link #require} look. */
  void expire() {
    fresh = false;
  }

  /** Why this is not the owner any more; null while it is. */
  @Nullable StoreException lost() {
    return lost;
  }
}
