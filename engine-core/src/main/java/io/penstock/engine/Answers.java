package io.penstock.engine;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Gives answers to callers who go on meanwhile, on threads of its own: what hangs on an answer may
 * block for as long as it likes, also for another answer.
 *
 * <p>The answers of a round are given by one thread after the other. Each thread that takes its
 * first answer asks for a successor if more are left. So the answers behind one that blocks always
 * have a thread on its way to them, and where nothing blocks one thread has given all of them
 * before its successor is awake.
 */
final class Answers implements AutoCloseable {
  private final Workers threads;

  /** Rounds of which not all answers have been taken up, and one while the engine is open. */
  private final AtomicInteger open = new AtomicInteger(1);

  Answers(final String engineName) {
    threads = Workers.unbounded(engineName + "-answers");
  }

  /**
   * Gives the answers of a round.
   *
   * @param repliesAndAnswers pairs of a {@link PendingReplies.Reply} and its answer
   */
  void give(final List<@Nullable Object> repliesAndAnswers) {
    open.incrementAndGet();
    threads.execute(new Round(repliesAndAnswers.toArray()));
  }

  /** Does something else that must not hold up a shard. */
  void execute(final Runnable work) {
    threads.execute(work);
  }

  /** Whether a thread is one of these. */
  boolean isOwn(final Thread thread) {
    return threads.isOwn(thread);
  }

  /** The threads end when all answers have been taken up. */
  @Override
  public void close() {
    oneLess();
  }

  private void oneLess() {
    if (open.decrementAndGet() == 0) {
      threads.close();
    }
  }

  private final class Round implements Runnable {
    private final @Nullable Object[] repliesAndAnswers;
    private final AtomicInteger next = new AtomicInteger();

    Round(final @Nullable Object[] repliesAndAnswers) {
      this.repliesAndAnswers = repliesAndAnswers;
    }

    @Override
    public void run() {
      int at = takeUp();
      if (at + 2 < repliesAndAnswers.length) {
        threads.execute(this);
      }
      for (; at < repliesAndAnswers.length; at = takeUp()) {
        if (repliesAndAnswers[at] instanceof PendingReplies.Reply reply) {
          reply.answer(repliesAndAnswers[at + 1]);
        }
      }
    }

    /** The place of an answer that nobody else gives; behind the end when none is left. */
    private int takeUp() {
      final int at = next.getAndAdd(2);
      if (at + 2 == repliesAndAnswers.length) {
        oneLess();
      }
      return at;
    }
  }
}
