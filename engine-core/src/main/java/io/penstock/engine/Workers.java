package io.penstock.engine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The threads that handlers run on: a virtual thread for each where the JDK has them, else a
 * bounded pool. Safe for any thread.
 */
abstract class Workers implements Executor, AutoCloseable {
  private static final int VIRTUAL_LIMIT = 4096;

  /**
   * How many handlers one shard may have under way, so that a backlog waits as numbers in the
   * shard, not as objects here.
   */
  abstract int limit();

  /** Ends the threads once they have done what was handed to them; what runs is interrupted. */
  @Override
  public abstract void close();

  static Workers create(final String name, final int threads) {
    final MethodHandle starter = virtualThreadStarter();
    return starter == null ? new WorkerPool(name, threads) : new Virtual(starter);
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
    private volatile boolean closed;

    Virtual(final MethodHandle starter) {
      this.starter = starter;
    }

    @Override
    int limit() {
      return VIRTUAL_LIMIT;
    }

    @Override
    public void execute(final Runnable work) {
      if (closed) {
        return;
      }
      try {
        final Thread started = (Thread) starter.invokeExact(work);
        assert started != null;
      } catch (final Error | RuntimeException e) {
        throw e;
      } catch (final Throwable e) {
        throw new AssertionError("virtual thread must start", e);
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
