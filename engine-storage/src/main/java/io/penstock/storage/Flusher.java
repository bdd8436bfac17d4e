package io.penstock.storage;

import io.penstock.spi.StoreException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forces the journals of one engine to the disk within an interval of an append, and does their
 * chores, from one daemon thread.
 *
 * <p>When nothing was appended the thread parks until an append or a chore wakes it: an idle engine
 * uses no CPU. A wake-up cannot be missed: the writer stores its position and then loads {@code
 * idle}, this thread stores {@code idle} and then loads the positions, all four volatile, so at
 * least one of the two sees the other's store. Chores and requests are stored before the thread is
 * unparked, and looked for before it parks.
 */
final class Flusher implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Flusher.class);
  private static final long RELIED_ON_NS = Ownership.RELIED_ON.toNanos();

  private final Thread thread;
  private final long intervalNs;
  private final Ownership ownership;
  private final Queue<CompletableFuture<Void>> requests = new ConcurrentLinkedQueue<>();
  private volatile List<Journal> journals = List.of();
  private volatile boolean idle;
  private volatile boolean closed;
  private volatile boolean ended;

  /**
   * Whether the last look at the ownership is relied on, since when, and what was appended then.
   */
  private boolean relies;

  private long lookedNs;
  private long lookedAtPositions;

  /**
   * Creates a flusher of a directory that nobody else can own, not yet started.
   *
   * @param engine names the engine in the thread's name
   * @param intervalNs how long an append may wait for its force
   */
  Flusher(final String engine, final long intervalNs) {
    this(engine, intervalNs, () -> {});
  }

  /**
   * Creates a flusher, not yet started.
   *
   * @param engine names the engine in the thread's name
   * @param intervalNs how long an append may wait for its force
   * @param look throws when the directory is not owned any more
   */
  Flusher(final String engine, final long intervalNs, final Runnable look) {
    this.intervalNs = intervalNs;
    ownership = new Ownership(look, this::onChore);
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

  /** Told by a writer that has stored a chore: a segment to make, to let go or to drop. */
  void onChore() {
    LockSupport.unpark(thread);
  }

  /**
   * Forces what was appended before this call; any thread, waits.
   *
   * @throws io.penstock.spi.StoreException when a journal could not be forced, or is closed
   */
  void flush() {
    final List<Journal> asked = journals;
    final long[] positions = asked.stream().mapToLong(Journal::position).toArray();
    final CompletableFuture<Void> request = new CompletableFuture<>();
    requests.add(request);
    LockSupport.unpark(thread);
    if (ended) {
      answerAll();
    }
    request.join();
    for (int i = 0; i < positions.length; i++) {
      asked.get(i).requireForced(positions[i]);
    }
  }

  /** Whether the engine still owns its directory. */
  Ownership ownership() {
    return ownership;
  }

  /** Whether it forces what is appended: not before its start, and not after its end. */
  boolean isRunning() {
    return thread.isAlive();
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
    try {
      while (!closed) {
        awaitAppend();
        pause();
        forceAll();
      }
    } finally {
      ended = true; // before the answers: who asks after them sees it, and answers itself
      answerAll();
    }
  }

  private void awaitAppend() {
    idle = true;
    while (!mustForce() && journals.stream().noneMatch(Journal::isDirty)) {
      journals.forEach(Journal::tidy);
      rest(Long.MAX_VALUE);
      idle = true;
    }
    idle = false;
  }

  private void pause() {
    final long deadlineNs = System.nanoTime() + intervalNs;
    for (long leftNs = intervalNs;
        leftNs > 0 && !mustForce() && journals.stream().noneMatch(Journal::waitsForForce);
        leftNs = deadlineNs - System.nanoTime()) {
      journals.forEach(Journal::tidy);
      rest(leftNs);
    }
  }

  /** Parks, but not beyond the time when the ownership is to be looked at. */
  private void rest(final long leftNs) {
    final long restNs = Math.min(leftNs, lookAfterOwnership());
    if (restNs == Long.MAX_VALUE) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, restNs);
    }
  }

  /**
   * Looks at the ownership again if the last look is old and something was appended since; if not,
   * the next append looks.
   *
   * @return how long that need not be done again
   */
  private long lookAfterOwnership() {
    if (!ownership.isFresh()) {
      relies = false;
      return Long.MAX_VALUE;
    }
    final long nowNs = System.nanoTime();
    final long positions = journals.stream().mapToLong(Journal::position).sum();
    if (!relies) {
      relies = true;
      lookedNs = nowNs;
      lookedAtPositions = positions;
    } else if (nowNs - lookedNs >= RELIED_ON_NS) {
      ownership.expire();
      relies = positions != lookedAtPositions && stillOwns();
      lookedNs = System.nanoTime();
      lookedAtPositions = positions;
    }
    return relies ? lookedNs + RELIED_ON_NS - nowNs : Long.MAX_VALUE;
  }

  private boolean stillOwns() {
    try {
      ownership.verify();
      return true;
    } catch (final StoreException e) {
      LOGGER.error("engine stops, its directory is not its own any more", e);
      return false;
    }
  }

  private boolean mustForce() {
    return closed || !requests.isEmpty();
  }

  private void forceAll() {
    final int asked = requests.size();
    journals.forEach(Journal::force);
    journals.forEach(Journal::tidy);
    for (int i = 0; i < asked; i++) {
      answerNext();
    }
  }

  private void answerAll() {
    while (!requests.isEmpty()) {
      answerNext();
    }
  }

  private void answerNext() {
    final CompletableFuture<Void> request = requests.poll();
    if (request != null) {
      request.complete(null);
    }
  }
}
