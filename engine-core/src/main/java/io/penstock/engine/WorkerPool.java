package io.penstock.engine;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.ManyToManyConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded pool of platform threads that takes work without a lock: a queue of work, and a queue
 * of threads that have none.
 *
 * <p>A thread without work says that it waits, stands in the idle queue, looks at the work queue
 * once more and parks; who brings work puts it in the queue first and then takes idle threads out
 * until one still waits. One of the two sees the other, so no work lies there while all threads
 * park. A thread that found work after all leaves its entry in the idle queue, which is passed over
 * while the thread does not wait, and is its own again when it next does: a thread stands there
 * once, so that there is always room. Threads are started when work comes and none waits.
 *
 * <p>To wake a thread takes longer than many handlers do. So one thread at a time, whose last sleep
 * was a short one, stays awake for a moment, gives way to others meanwhile, and is the first to be
 * chosen.
 */
final class WorkerPool extends Workers {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
  private static final int QUEUE_LENGTH = 1 << 14;

  /** One for its entry, and one for an entry that is just being taken out. */
  private static final int IDLE_PER_THREAD = 2;

  /** Times to give way, about a microsecond each where nobody else wants the processor. */
  private static final int YIELDS_MAX = 100;

  private static final long SHORT_SLEEP_NS = 150_000;

  private final Queue<Runnable> work;
  private final Queue<Worker> idle;
  private final AtomicReference<@Nullable Worker> awake = new AtomicReference<>();
  private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger started = new AtomicInteger();
  private final String name;
  private final int threadsMax;
  private volatile boolean closed;

  WorkerPool(final String name, final int threadsMax) {
    this(name, threadsMax, new ManyToManyConcurrentArrayQueue<>(QUEUE_LENGTH));
  }

  /** Keeps work in a queue of another's; it must be safe for any thread. */
  WorkerPool(final String name, final int threadsMax, final Queue<Runnable> work) {
    this(
        name, threadsMax, work, new ManyToManyConcurrentArrayQueue<>(IDLE_PER_THREAD * threadsMax));
  }

  /** Keeps work and idle threads in queues of another's; they must be safe for any thread. */
  WorkerPool(
      final String name,
      final int threadsMax,
      final Queue<Runnable> work,
      final Queue<Worker> idle) {
    this.name = name;
    this.work = work;
    this.threadsMax = threadsMax;
    this.idle = idle;
  }

  @Override
  int limit() {
    return 2 * threadsMax;
  }

  @Override
  public void execute(final Runnable task) {
    while (!work.offer(task)) {
      if (closed) {
        return;
      }
      Thread.onSpinWait(); // the shards' limits keep the queue from filling; see limit()
    }
    final Worker chosen = awake.get() == null ? null : awake.getAndSet(null);
    if (chosen != null) {
      chosen.waiting.set(false);
      return;
    }
    for (Worker worker = idle.poll(); worker != null; worker = idle.poll()) {
      // First: one that is about to wait stands there again, or is seen to wait.
      worker.listed.set(false);
      if (worker.waiting.compareAndSet(true, false)) {
        LockSupport.unpark(worker);
        return;
      }
    }
    startThread();
  }

  /** Starts a thread if there is room for one, whoever else starts some at the same time. */
  private void startThread() {
    for (int count = started.get(); count < threadsMax && !closed; count = started.get()) {
      if (started.compareAndSet(count, count + 1)) {
        final Worker worker = new Worker(name + "-worker-" + count);
        workers.add(worker);
        try {
          worker.start();
        } catch (final OutOfMemoryError noThread) { // the system has none: the others do the work
          workers.remove(worker);
          started.decrementAndGet();
          LOG.warn("thread could not be started: pool={}, threads={}", name, count, noThread);
        }
        return;
      }
    }
  }

  @Override
  int runningCount() {
    return (int) workers.stream().filter(worker -> worker.runs).count();
  }

  @Override
  boolean isOwn(final Thread thread) {
    return thread instanceof Worker worker && workers.contains(worker);
  }

  @Override
  public void close() {
    closed = true;
    workers.forEach(
        worker -> {
          worker.waiting.set(false);
          worker.interrupt();
        });
  }

  /** A thread of the pool. */
  final class Worker extends Thread {
    final AtomicBoolean waiting = new AtomicBoolean();

    /** Whether it stands in the idle queue. */
    final AtomicBoolean listed = new AtomicBoolean();

    volatile boolean runs;

    private boolean sleptShort;

    Worker(final String threadName) {
      super(threadName);
      setDaemon(true);
    }

    @Override
    public void run() {
      for (Runnable next = work.poll(); next != null || !closed; next = work.poll()) {
        if (next != null) {
          run(next);
        } else {
          await();
        }
      }
    }

    /** Runs a piece of work; nothing that it throws or leaves behind reaches the next. */
    private void run(final Runnable next) {
      runs = true;
      try {
        next.run();
      } catch (final Throwable failure) {
        LOG.warn(
            "work failed, its thread goes on: thread={}, failure={}",
            getName(),
            UserCode.describe(failure));
      } finally {
        runs = false;
        if (!closed) {
          interrupted();
        }
      }
    }

    private void await() {
      waiting.set(true);
      if (sleptShort && stayAwake()) {
        return;
      }
      final boolean isListed = enlist();
      // Work that came before the lines above found nobody to wake: look again.
      if (!isListed || !work.isEmpty() || closed) {
        waiting.set(false);
        Thread.onSpinWait();
        return;
      }
      final long fromNs = System.nanoTime();
      while (waiting.get() && !closed) {
        LockSupport.park(WorkerPool.this);
        if (Thread.interrupted() && closed) {
          return;
        }
      }
      sleptShort = System.nanoTime() - fromNs < SHORT_SLEEP_NS;
    }

    private boolean enlist() {
      if (listed.compareAndSet(false, true) && !idle.offer(this)) {
        listed.set(false); // somebody is slow to take an entry out: try again
        return false;
      }
      return true;
    }

    /** For a moment; true when there may be work, false when the thread still waits for some. */
    @SuppressWarnings("ThreadPriorityCheck") // to give way, not to order anything
    private boolean stayAwake() {
      if (!awake.compareAndSet(null, this)) {
        return false;
      }
      for (int i = 0; i < YIELDS_MAX && waiting.get() && work.isEmpty(); i++) {
        Thread.yield();
      }
      if (awake.compareAndSet(this, null)) { // nobody has chosen it
        final boolean hasWork = !work.isEmpty();
        waiting.set(!hasWork);
        return hasWork;
      }
      while (waiting.get()) {
        Thread.onSpinWait(); // chosen, and about to be told so
      }
      return true;
    }
  }
}
