package io.penstock.engine;

import io.penstock.spi.Operation;
import io.penstock.spi.ShardObserver;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks a shard without changing anything, and waits for. Questions have a queue of
 * their own without a limit but the number of callers: they take no place from commands.
 *
 * <p>Made and awaited by one thread, answered once by another.
 */
abstract sealed class Question {
  private static final int SPINS_MAX = 500;
  private static final Object NO_ANSWER = new Object();

  /** When it was asked, monotonic. */
  final long sentNs;

  /** The caller's trace context. */
  final UnsafeBuffer trace = new UnsafeBuffer(new byte[ShardObserver.TRACE_LENGTH]);

  private final Thread caller = Thread.currentThread();
  private volatile @Nullable Object answer = NO_ANSWER;

  private Question(final long sentNs) {
    this.sentNs = sentNs;
  }

  /** What is measured, or null for a wait. */
  abstract @Nullable Operation operation();

  /** Gives the answer; an exception is thrown to the caller. */
  final void answer(final @Nullable Object given) {
    answer = given;
    LockSupport.unpark(caller);
  }

  /**
   * Waits for the answer.
   *
   * @param waitNs how long at most, {@link Long#MAX_VALUE} for without a limit
   * @throws TimeoutException when it did not come in time
   * @throws EngineException when the calling thread is interrupted, or what the shard answered
   */
  final @Nullable Object await(final String engine, final long waitNs) throws TimeoutException {
    for (int i = 0; i < SPINS_MAX && NO_ANSWER.equals(answer); i++) {
      Thread.onSpinWait(); // an answer often comes sooner than a thread can be put to sleep
    }
    final long fromNs = System.nanoTime();
    while (NO_ANSWER.equals(answer)) {
      if (Thread.currentThread().isInterrupted()) {
        throw Replies.interrupted(engine);
      }
      if (waitNs == Long.MAX_VALUE) {
        LockSupport.park(this);
      } else {
        final long leftNs = waitNs - (System.nanoTime() - fromNs);
        if (leftNs <= 0) {
          throw new TimeoutException();
        }
        LockSupport.parkNanos(this, leftNs);
      }
    }
    if (answer instanceof RuntimeException failure) {
      throw Replies.rethrown(failure);
    }
    return answer;
  }

  /**
   * Waits for the end of a case. Stands in a list of all that wait for the same case, which belongs
   * to the shard's thread.
   */
  static final class EndWait extends Question {
    final long caseId;
    @Nullable EndWait previous;
    @Nullable EndWait next;
    boolean isListed;

    EndWait(final long caseId, final long sentNs) {
      super(sentNs);
      this.caseId = caseId;
    }

    @Override
    @Nullable Operation operation() {
      return null;
    }
  }

  /** The caller of a wait has gone: it is taken out of its list. Nobody awaits this one. */
  static final class EndWaitAbandoned extends Question {
    final EndWait wait;

    EndWaitAbandoned(final EndWait wait) {
      super(0);
      this.wait = wait;
    }

    @Override
    @Nullable Operation operation() {
      return null;
    }
  }

  /** Which case was started with a key. */
  static final class FindCase extends Question {
    final String workflow;
    final UnsafeBuffer key;

    FindCase(final String workflow, final byte[] key, final long sentNs) {
      super(sentNs);
      this.workflow = workflow;
      this.key = new UnsafeBuffer(key);
    }

    @Override
    Operation operation() {
      return Operation.QUERY;
    }
  }

  /** Which work items of a case wait for somebody. */
  static final class ListWorkItems extends Question {
    final long caseId;

    ListWorkItems(final long caseId, final long sentNs) {
      super(sentNs);
      this.caseId = caseId;
    }

    @Override
    Operation operation() {
      return Operation.QUERY;
    }
  }
}
