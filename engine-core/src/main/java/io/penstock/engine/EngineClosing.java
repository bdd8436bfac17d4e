package io.penstock.engine;

import io.penstock.spi.Store;
import io.penstock.spi.Telemetry;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes an engine on a thread of its own, step by step: handlers get time to end, shards end,
 * handlers that still run are interrupted, and when no thread is left that could use the store, it
 * is closed. No step is left out for want of time: what comes after a thread that does not end
 * waits for it, while the caller of {@code close} goes on after a bounded wait.
 */
final class EngineClosing {
  private static final Logger LOG = LoggerFactory.getLogger(EngineClosing.class);
  private static final long POLL_NS = 1_000_000L;
  private static final long POLL_LONG_NS = 20_000_000L;
  private static final int POLLS_SHORT = 1_000;

  /** How long threads have to end after they were interrupted, beside the time of handlers. */
  private static final long GRACE_NS = 1_000_000_000L;

  private final String name;
  private final long waitNs;
  private final Parts parts;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread closer;

  /** Names the step that the closing is at, for who waits in vain. */
  private volatile String step = "handlers that run";

  /** What an engine is made of. */
  record Parts(
      List<Shard> shards,
      List<ShardThread> threads,
      ObjectiveWatch watch,
      Workers workers,
      Answers answers,
      Telemetry telemetry,
      Store store,
      StoreUse storeUse) {}

  EngineClosing(final String name, final long waitNs, final Parts parts) {
    this.name = name;
    this.waitNs = waitNs;
    this.parts = parts;
    closer = new Thread(this::run, name + "-closing");
  }

  /**
   * Begins the closing if nobody has, and waits for it, but not on a thread of the engine's own.
   */
  void close() {
    if (begun.compareAndSet(false, true)) {
      closer.start();
    }
    if (!isOwn(Thread.currentThread()) && !awaitDone()) {
      LOG.warn(
          "engine is not closed yet, its directory stays locked until it is: engine={}, waitsFor={}",
          name,
          step);
    }
  }

  private boolean isOwn(final Thread thread) {
    return parts.threads.contains(thread)
        || parts.workers.isOwn(thread)
        || parts.answers.isOwn(thread)
        || parts.watch.isOwn(thread);
  }

  /** Waits whether the calling thread is interrupted or not. */
  private boolean awaitDone() {
    final long giveUpNs = System.nanoTime() + 2 * waitNs + 2 * GRACE_NS;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          final boolean isDone = done.await(giveUpNs - System.nanoTime(), TimeUnit.NANOSECONDS);
          while (isDone && closer.isAlive()) {
            Thread.onSpinWait(); // it has nothing left to do
          }
          return isDone;
        } catch (final InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    try {
      parts.shards.forEach(Shard::drain);
      await(() -> parts.shards.stream().allMatch(shard -> shard.runningCount() == 0), waitNs);
      endShards();
      step = "the thread that looks at objectives";
      parts.watch.close();
      step = "handlers that were interrupted";
      parts.workers.close();
      await(() -> parts.workers.runningCount() == 0, Long.MAX_VALUE);
      step = "callers that read";
      parts.storeUse.close();
      await(parts.storeUse::isUnused, Long.MAX_VALUE);
      finish();
    } catch (final Throwable failure) { // threads may still use the store: it stays open
      LOG.error(
          "engine could not be closed in order, its directory stays locked: engine={}, step={}",
          name,
          step,
          failure);
    }
  }

  /** Ends the shards' threads; one that does not end in time is interrupted in its user code. */
  private void endShards() {
    parts.shards.forEach(Shard::terminate);
    for (int i = 0; i < parts.threads.size(); i++) {
      final ShardThread thread = parts.threads.get(i);
      step = "an inline task or guard on " + thread.getName();
      if (!await(() -> !thread.isAlive(), waitNs)) {
        parts.shards.get(i).interruptUserCode(thread);
        await(() -> !thread.isAlive(), Long.MAX_VALUE);
      }
    }
  }

  private void finish() {
    try {
      parts.answers.close();
      parts.telemetry.close();
      parts.store.close();
      LOG.info("engine is closed: engine={}", name);
    } catch (final RuntimeException e) {
      LOG.error("store could not be closed: engine={}", name, e);
    } finally {
      done.countDown();
    }
  }

  /** A condition that becomes true by itself. */
  @FunctionalInterface
  private interface Condition {
    boolean holds();
  }

  private boolean await(final Condition condition, final long forNs) {
    final long fromNs = System.nanoTime();
    for (int polls = 0; !condition.holds(); polls++) {
      if (System.nanoTime() - fromNs >= forNs) {
        return false;
      }
      LockSupport.parkNanos(this, polls < POLLS_SHORT ? POLL_NS : POLL_LONG_NS);
    }
    return true;
  }
}
