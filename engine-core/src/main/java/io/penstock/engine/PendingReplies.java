package io.penstock.engine;

import io.penstock.spi.Operation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Callers that wait for a shard's answer, found again by the number that travels with the command.
 *
 * <p>Lock-free. A number is used once; its slot is the number modulo the capacity, taken by
 * compare-and-set, so that as many callers can wait as there are slots and a late answer to a
 * number that was given up finds somebody else's number, or nothing.
 */
final class PendingReplies {
  /** Stands for "nobody waits". */
  static final long NONE = 0;

  private final AtomicReferenceArray<@Nullable Reply> slots;
  private final AtomicLong numbers = new AtomicLong();

  PendingReplies(final int capacity) {
    slots = new AtomicReferenceArray<>(capacity);
  }

  /**
   * Registers a caller; null when as many wait as there are slots.
   *
   * @param async whether the caller goes on meanwhile, so that its answer is given on a worker
   *     thread
   */
  @Nullable Reply register(final boolean async) {
    for (int tries = 0; tries < slots.length(); tries++) {
      final long number = numbers.incrementAndGet();
      final Reply reply = new Reply(number, async);
      if (slots.compareAndSet(index(number), null, reply)) {
        return reply;
      }
    }
    return null;
  }

  /** Whether the caller still waits. */
  boolean isPending(final long number) {
    final Reply reply = slots.get(index(number));
    return reply != null && reply.number == number;
  }

  /** Takes the caller out to answer it; null when it gave up. */
  @Nullable Reply take(final long number) {
    final Reply reply = slots.get(index(number));
    return reply != null
            && reply.number == number
            && slots.compareAndSet(index(number), reply, null)
        ? reply
        : null;
  }

  /** The caller waits no longer: a late answer is dropped. */
  void giveUp(final Reply reply) {
    slots.compareAndSet(index(reply.number), reply, null);
  }

  /**
   * Takes out every caller, for a shard that stops.
   *
   * @param async receives those that go on meanwhile, and the failure as their answer, in pairs
   */
  void failAll(final RuntimeException failure, final List<@Nullable Object> async) {
    for (int i = 0; i < slots.length(); i++) {
      final Reply reply = slots.getAndSet(i, null);
      if (reply != null && reply.async) {
        async.add(reply);
        async.add(failure);
      } else if (reply != null) {
        reply.completeExceptionally(failure);
      }
    }
  }

  private int index(final long number) {
    return (int) Long.remainderUnsigned(number, slots.length());
  }

  /**
   * One caller's answer. Completed by the shard's thread, or on a worker thread when the caller
   * goes on meanwhile.
   */
  static final class Reply extends CompletableFuture<@Nullable Object> {
    final long number;

    /**
     * Whether somebody may have hung work on the answer, which must not run on the shard's thread.
     */
    final boolean async;

    /** What was asked, null when it is not measured. */
    @Nullable Operation operation;

    /** When, monotonic. */
    long sentNs;

    Reply(final long number, final boolean async) {
      this.number = number;
      this.async = async;
    }

    /** Completes with an answer, or with the exception that takes its place. */
    void answer(final @Nullable Object answer) {
      if (answer instanceof RuntimeException refused) {
        completeExceptionally(refused);
      } else {
        complete(answer);
      }
    }
  }
}
