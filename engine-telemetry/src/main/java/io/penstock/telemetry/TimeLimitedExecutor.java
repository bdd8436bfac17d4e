package io.penstock.telemetry;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs a bounded number of tasks at once, on daemon threads that end when they idle, and interrupts
 * each that takes longer than it may. An interrupt closes the channel that the task waits for.
 */
final class TimeLimitedExecutor implements Executor, AutoCloseable {
  private static final long IDLE_S = 10;

  private final ThreadPoolExecutor threads;
  private final ScheduledThreadPoolExecutor watch;
  private final Duration timeMax;

  TimeLimitedExecutor(final String name, final int threadsMax, final Duration timeMax) {
    this.timeMax = timeMax;
    threads =
        new ThreadPoolExecutor(
            threadsMax,
            threadsMax,
            IDLE_S,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemons(name));
    threads.allowCoreThreadTimeOut(true);
    watch = new ScheduledThreadPoolExecutor(1, daemons(name + "-watch"));
    watch.setKeepAliveTime(IDLE_S, TimeUnit.SECONDS);
    watch.allowCoreThreadTimeOut(true);
    watch.setRemoveOnCancelPolicy(true);
  }

  private static ThreadFactory daemons(final String name) {
    final AtomicInteger made = new AtomicInteger();
    return task -> {
      final Thread thread = new Thread(task, name + "-" + made.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void execute(final Runnable task) {
    threads.execute(() -> runWithin(task));
  }

  private void runWithin(final Runnable task) {
    final Run run = new Run();
    final Future<?> limit;
    try {
      limit = watch.schedule(run::interrupt, timeMax.toNanos(), TimeUnit.NANOSECONDS);
    } catch (final RejectedExecutionException e) {
      return; // closed
    }
    try {
      task.run();
    } finally {
      limit.cancel(false);
      run.end();
    }
  }

  /** Interrupts what runs, and runs nothing more. */
  @Override
  public void close() {
    threads.shutdownNow();
    watch.shutdownNow();
  }

  /** A task on its thread; an interrupt that comes late must not meet the next one. */
  private static final class Run {
    private @Nullable Thread thread = Thread.currentThread();

    synchronized void interrupt() {
      if (thread != null) {
        thread.interrupt();
      }
    }

    synchronized void end() {
      thread = null;
      Thread.interrupted();
    }
  }
}
