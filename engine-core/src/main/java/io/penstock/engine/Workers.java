package io.penstock.engine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The threads that user code runs on: a virtual thread for each piece of work where the JDK has
 * them, else a pool. An interrupt that work leaves set, and whatever it throws, ends with that
 * work. Safe for any thread.
 */
abstract class Workers implements Executor, AutoCloseable {
  private static final int VIRTUAL_LIMIT = 4096;
  private static final int UNBOUNDED_THREADS_MAX = 10_000;

  /**
   * How many handlers one shard may have under way, so that a backlog waits as numbers in the
   * shard, not as objects here.
   */
  abstract int limit();

  /** How many pieces of work run now. */
  abstract int runningCount();

  /** Whether a thread is one of these. */
  abstract boolean isOwn(Thread thread);

  /** Interrupts what runs; takes no more work. Does not wait. */
  @Override
  public abstract void close();

  static Workers create(final String name, final int threads) {
    final MethodHandle starter = virtualThreadStarter();
    return starter == null ? new WorkerPool(name, threads) : new Virtual(starter);
  }

  /** Threads for work that waits for other work: one more whenever all are busy. */
  static Workers unbounded(final String name) {
    final MethodHandle starter = virtualThreadStarter();
    return starter == null
        ? new WorkerPool(
            name,
            UNBOUNDED_THREADS_MAX,
            new ConcurrentLinkedQueue<>(),
            new ConcurrentLinkedQueue<>())
        : new Virtual(starter);
  }

  /** {@code Thread.startVirtualThread}, or null before JDK 21. */
  private static @Nullable MethodHandle virtualThreadStarter() {
    if (Runtime.version().feature() < 21) {
      return null;
    }
    try {
      return MethodHandles.publicLookup()
          .findStatic(
              Thread.class,
              "startVirtualThread",
              MethodType.methodType(Thread.class, Runnable.class));
    } catch (final ReflectiveOperationException e) {
      return null;
    }
  }

  private static final class Virtual extends Workers {
    private final MethodHandle starter;
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Virtual(final MethodHandle starter) {
      this.starter = starter;
    }

    @Override
    int limit() {
      return VIRTUAL_LIMIT;
    }

    @Override
    int runningCount() {
      return running.size();
    }

    @Override
    boolean isOwn(final Thread thread) {
      return running.contains(thread);
    }

    @Override
    public void execute(final Runnable work) {
      if (closed) {
        return;
      }
      try {
        final Thread started = (Thread) starter.invokeExact((Runnable) () -> run(work));
        assert started != null;
      } catch (final Error | RuntimeException e) {
        throw e;
      } catch (final Throwable e) {
        throw new AssertionError("virtual thread must start", e);
      }
    }

    private void run(final Runnable work) {
      final Thread thread = Thread.currentThread();
      running.add(thread);
      try {
        if (closed) {
          thread.interrupt(); // close may have looked before this one was there
        }
        work.run();
      } finally {
        running.remove(thread);
      }
    }

    @Override
    public void close() {
      closed = true;
      running.forEach(Thread::interrupt);
    }
  }
}
