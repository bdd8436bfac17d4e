package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The worker pool: nothing that is handed to it may lie there while threads wait. */
@Timeout(60)
class WorkersTest {
  @Test
  void shouldRunEverythingWhenWorkComesAndGoes() throws InterruptedException {
    try (WorkerPool pool = new WorkerPool("test", 4)) {
      for (int round = 0; round < 20_000; round++) {
        final int size = 1 + round % 5;
        final CountDownLatch done = new CountDownLatch(size);
        for (int i = 0; i < size; i++) {
          pool.execute(done::countDown);
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).as("round %d", round).isTrue();
      }
    }
  }

  @Test
  void shouldWakeAThreadForEachPieceWhenOthersAreBusy() throws InterruptedException {
    try (WorkerPool pool = new WorkerPool("test", 3)) {
      for (int round = 0; round < 2_000; round++) {
        final CountDownLatch meet = new CountDownLatch(3);
        final CountDownLatch done = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
          pool.execute(
              () -> {
                meet.countDown();
                awaitQuietly(meet); // all three must be running at the same time
                done.countDown();
              });
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).as("round %d", round).isTrue();
      }
    }
  }

  @Test
  void shouldRunWhatEitherKindOfThreadIsGiven() throws InterruptedException {
    try (Workers workers = Workers.create("test", 2)) {
      final AtomicInteger ran = new AtomicInteger();
      final CountDownLatch done = new CountDownLatch(100);
      for (int i = 0; i < 100; i++) {
        workers.execute(
            () -> {
              ran.incrementAndGet();
              done.countDown();
            });
      }
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(ran).hasValue(100);
    }
  }

  /** Each time it looks, the thread sees work that another takes before it. */
  @Test
  void shouldSleepAtLastWhenManyTimesOthersWereFaster() {
    final AtomicInteger looks = new AtomicInteger(1_000);
    final AtomicReference<Thread> thread = new AtomicReference<>();
    final Queue<Runnable> work =
        new ConcurrentLinkedQueue<>() {
          @Override
          public boolean isEmpty() {
            return looks.getAndDecrement() <= 0 && super.isEmpty();
          }
        };
    try (WorkerPool pool = new WorkerPool("test", 1, work)) {
      pool.execute(() -> thread.set(Thread.currentThread()));

      while (thread.get() == null || thread.get().getState() != Thread.State.WAITING) {
        assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
        Thread.onSpinWait();
      }
    }
    assertThat(looks).hasValueLessThanOrEqualTo(0);
  }

  private static void awaitQuietly(final CountDownLatch latch) {
    try {
      latch.await();
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
