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

  Answers(final String engineName) {
    threads = Workers.unbounded(engineName + "-answers");
  }

  /**
   * Gives the answers of a round.
   *
   * @param repliesAndAnswers pairs of a {@link PendingReplies.Reply} and its answer
   */
  void give(final List<@Nullable Object> repliesAndAnswers) {
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

  @Override
  public void close() {
    threads.close();
  }

  private final class Round implements Runnable {
    private final @Nullable Object[] repliesAndAnswers;
    private final AtomicInteger next = new AtomicInteger();

    Round(final @Nullable Object[] repliesAndAnswers) {
      this.repliesAndAnswers = repliesAndAnswers;
    }

    @Override
    public void run() {
      int at = next.getAndAdd(2);
      if (at + 2 < repliesAndAnswers.length) {
        threads.execute(this);
      }
      for (; at < repliesAndAnswers.length; at = next.getAndAdd(2)) {
        if (repliesAndAnswers[at] instanceof PendingReplies.Reply reply) {
          reply.answer(repliesAndAnswers[at + 1]);
        }
      }
    }
  }
}
