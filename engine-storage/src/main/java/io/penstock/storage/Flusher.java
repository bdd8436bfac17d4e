package io.penstock.storage;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Forces the journals of one engine to the disk within a second of an append, from one daemon
 * thread.
 *
 * <p>When nothing was appended the thread parks until an append wakes it: an idle engine uses no
 * CPU. A wake-up cannot be missed: the writer stores its position and then loads {@code idle}, this
 * thread stores {@code idle} and then loads the positions, all four volatile, so at least one of
 * the two sees the other's store.
 */
final class Flusher implements AutoCloseable {
  private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

  private final Thread thread;
  private volatile List<Journal> journals = List.of();
  private volatile boolean idle;
  private volatile boolean closed;

  /**
   * Creates a flusher, not yet started.
   *
   * @param engine names the engine in the thread's name
   */
  Flusher(final String engine) {
    thread = new Thread(this::run, "penstock-flusher-" + engine);
    thread.setDaemon(true);
  }

  /**
   * Starts the thread.
   *
   * @param journals what it forces
   */
  void start(final List<Journal> journals) {
    this.journals = List.copyOf(journals);
    thread.start();
  }

  /** Told by a writer after each append; a volatile load unless the thread is idle. */
  void onAppend() {
    if (idle) {
      idle = false;
      LockSupport.unpark(thread);
    }
  }

  /** Told by a writer that wants a segment ahead, right after an append. */
  void onSegmentWanted() {
    LockSupport.unpark(thread);
  }

  /** Ends the thread; when this returns it touches no journal any more. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (final InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      awaitAppend();
      pause();
      journals.forEach(Journal::force);
    }
  }

  private void awaitAppend() {
    idle = true;
    while (!closed && journals.stream().noneMatch(Journal::isDirty)) {
      LockSupport.park(this);
      idle = true;
    }
    idle = false;
  }

  private void pause() {
    final long deadlineNs = System.nanoTime() + INTERVAL_NS;
    for (long leftNs = INTERVAL_NS;
        leftNs > 0 && !closed;
        leftNs = deadlineNs - System.nanoTime()) {
      journals.forEach(Journal::prepare);
      LockSupport.parkNanos(this, leftNs);
    }
  }
}
