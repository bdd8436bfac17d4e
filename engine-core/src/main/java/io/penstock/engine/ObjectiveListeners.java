package io.penstock.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the listener to objectives, one change after the other, on a thread of its own that begins
 * with the first change. Whatever the listener throws is logged; while it blocks, changes wait, up
 * to a number, and nothing else does.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread alone writes what others read
final class ObjectiveListeners implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectiveListeners.class);

  /** Stands for no listener, for which no thread is started. */
  static final Consumer<ObjectiveChange> NOBODY = change -> {};

  private static final int WAITING_MAX = 1_000;
  private static final long PARK_NS = 1_000_000L;

  private final String threadName;
  private final Consumer<ObjectiveChange> listener;
  private final Queue<ObjectiveChange> changes = new ConcurrentLinkedQueue<>();
  private final AtomicLong added = new AtomicLong();
  private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
  private volatile long called;
  private volatile boolean stopped;

  ObjectiveListeners(final String engineName, final Consumer<ObjectiveChange> listener) {
    threadName = engineName + "-objective-listener";
    this.listener = listener;
  }

  /** Has the listener called; one thread at a time. */
  void add(final ObjectiveChange change) {
    if (listener.equals(NOBODY)) {
      return;
    }
    if (added.get() - called >= WAITING_MAX) {
      LOG.warn(
          "listener to objectives blocks, a change is left out: objective={}, waiting={}",
          change.name(),
          WAITING_MAX);
      return;
    }
    changes.add(change);
    added.incrementAndGet();
    Thread caller = thread.get();
    if (caller == null) {
      caller = new Thread(this, threadName);
      caller.setDaemon(true);
      thread.set(caller);
      caller.start();
    }
    LockSupport.unpark(caller);
  }

  /** Waits until the listener has been called for all that was added before, or it is stopped. */
  void awaitCalled() {
    final long upTo = added.get();
    while (called < upTo && !stopped && !isOwn(Thread.currentThread())) {
      LockSupport.parkNanos(this, PARK_NS);
    }
  }

  boolean isOwn(final Thread asked) {
    return asked.equals(thread.get());
  }

  @Override
  public void run() {
    while (!stopped) {
      final ObjectiveChange change = changes.poll();
      if (change == null) {
        LockSupport.park(this);
      } else {
        call(change);
        called++; // this thread alone writes it
      }
      Thread.interrupted();
    }
  }

  private void call(final ObjectiveChange change) {
    try {
      listener.accept(change);
    } catch (final Throwable failure) {
      if (!stopped) {
        LOG.warn(
            "listener to objectives failed: objective={}, failure={}",
            change.name(),
            UserCode.describe(failure));
      }
    }
  }

  /** Ends the thread, and does not wait for a listener that blocks. */
  void close() {
    stopped = true;
    final Thread caller = thread.get();
    if (caller != null) {
      caller.interrupt();
      LockSupport.unpark(caller);
    }
  }
}
