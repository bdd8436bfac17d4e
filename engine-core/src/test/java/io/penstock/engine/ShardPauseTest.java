package io.penstock.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All stand still at one moment, or none goes on having been counted. */
@Timeout(60)
class ShardPauseTest {
  private static final int SHARDS = 3;

  /**
   * Each thread counts rounds; its part notes how far all have come. Were one of them to go on
   * before the last has arrived, the last would note more of it than it had noted itself.
   */
  @Test
  void shouldLetNoneGoOnBeforeAllHaveDoneTheirParts() throws InterruptedException {
    for (int round = 0; round < 300; round++) {
      final AtomicLongArray steps = new AtomicLongArray(SHARDS);
      final long[][] noted = new long[SHARDS][SHARDS];
      final ShardPause pause =
          new ShardPause(
              SHARDS,
              shard -> {
                for (int other = 0; other < SHARDS; other++) {
                  noted[shard][other] = steps.get(other);
                }
              });
      final List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < SHARDS; i++) {
        final int shard = i;
        threads.add(
            new Thread(
                () -> {
                  for (int before = 0; before < 50 * shard; before++) {
                    steps.incrementAndGet(shard);
                  }
                  pause.arrive(shard);
                  for (int after = 0; after < 50; after++) {
                    steps.incrementAndGet(shard);
                  }
                }));
      }
      threads.forEach(Thread::start);
      for (final Thread thread : threads) {
        thread.join();
      }
      if (pause.isDone()) {
        for (int shard = 0; shard < SHARDS; shard++) {
          for (int other = 0; other < SHARDS; other++) {
            assertThat(noted[shard][other]).isLessThanOrEqualTo(noted[other][other]);
          }
        }
        assertThat(pause.durationNs()).isNotNegative();
      }
    }
  }

  @Test
  void shouldLetAllGoOnWhenItIsGivenUp() throws InterruptedException {
    final AtomicInteger parts = new AtomicInteger();
    final ShardPause pause = new ShardPause(2, shard -> parts.incrementAndGet());
    final Thread first = new Thread(() -> pause.arrive(0));
    first.start();
    pause.giveUp();
    first.join();
    pause.arrive(1);

    assertThat(pause.isOver()).isTrue();
    assertThat(pause.isDone()).isFalse();
    assertThat(parts).hasValueLessThan(2);
  }

  @Test
  void shouldEndByItselfWhenAShardDoesNotArrive() {
    final ShardPause pause = new ShardPause(2, shard -> {});

    pause.arrive(0);

    assertThat(pause.isOver()).isTrue();
    assertThat(pause.isDone()).isFalse();
  }

  @Test
  void shouldStayDoneWhenItIsGivenUpTooLate() {
    final ShardPause pause = new ShardPause(1, shard -> {});
    pause.arrive(0);

    pause.giveUp();

    assertThat(pause.isDone()).isTrue();
  }
}
