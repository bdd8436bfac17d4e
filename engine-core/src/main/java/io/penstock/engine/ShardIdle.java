package io.penstock.engine;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Lets a shard's thread spin for a moment and then sleep until a command comes or a timer is due:
 * an idle engine uses no CPU.
 *
 * <p>To wake a thread takes tens of microseconds, longer than the thread spins. A caller who sends
 * one command after the other would find the shard asleep each time, and be asleep itself when the
 * answer comes. So after a sleep that was shorter than a wake-up is worth the thread stays awake
 * for that long, and gives way to others meanwhile; after a longer one it does not.
 *
 * <p>The sleeper says that it sleeps and then looks for work once more; who brings work puts it in
 * the inbox first and then looks for a sleeper, with a full fence between the two on either side.
 * One of them sees the other.
 */
final class ShardIdle implements IdleStrategy {
  private static final int SPINS_MAX = 200;

  /** Times to give way, about a microsecond each where nobody else wants the processor. */
  private static final int YIELDS_MAX = 100;

  private static final long SHORT_SLEEP_NS = 150_000;

  private final LongSupplier sleepNs;
  private volatile @Nullable Thread sleeper;
  private int spins;
  private int idlesMax = SPINS_MAX;

  /**
   * Creates the strategy.
   *
   * @param sleepNs how long the thread may sleep; 0 when there is work
   */
  ShardIdle(final LongSupplier sleepNs) {
    this.sleepNs = sleepNs;
  }

  /** Wakes the shard's thread if it sleeps; call it after the work is in the inbox. */
  void wake() {
    VarHandle.fullFence();
    final Thread thread = sleeper;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void idle(final int workCount) {
    if (workCount > 0) {
      spins = 0;
    } else {
      idle();
    }
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // to give way, not to order anything
  public void idle() {
    if (spins < idlesMax) {
      spins++;
      if (spins <= SPINS_MAX) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
      return;
    }
    sleeper = Thread.currentThread();
    VarHandle.fullFence();
    final long sleep = sleepNs.getAsLong();
    if (sleep > 0) {
      final long fromNs = System.nanoTime();
      LockSupport.parkNanos(this, sleep);
      final boolean wasShort = System.nanoTime() - fromNs < SHORT_SLEEP_NS;
      idlesMax = wasShort ? SPINS_MAX + YIELDS_MAX : SPINS_MAX;
    }
    sleeper = null;
    spins = 0;
  }

  @Override
  public void reset() {
    spins = 0;
  }
}
