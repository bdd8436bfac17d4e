package io.penstock.engine;

import io.penstock.spi.EngineClock;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the shards of an engine once a second: wakes those that sleep when the calendar was
 * set forward, and interrupts user code that holds a shard for too long. Reads two counters a
 * shard; the shards have nothing to do for it. One thread at a time.
 */
final class ShardWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ShardWatch.class);
  private static final long CALENDAR_SLACK_NS = 100_000_000L;

  private final List<Shard> shards;
  private final List<ShardThread> threads;
  private final EngineClock clock;
  private final int looksMax;
  private final long[] passages;

  /** How many looks in a row found the same call of user code. */
  private final int[] sameLooks;

  private long calendarNs;

  /**
   * Creates a watch.
   *
   * @param looksMax looks in a row that may find the same call of user code before it is
   *     interrupted
   */
  ShardWatch(
      final List<Shard> shards,
      final List<ShardThread> threads,
      final EngineClock clock,
      final int looksMax) {
    this.shards = shards;
    this.threads = threads;
    this.clock = clock;
    this.looksMax = looksMax;
    passages = new long[shards.size()];
    sameLooks = new int[shards.size()];
    Arrays.fill(passages, -1);
    calendarNs = calendarNs();
  }

  /** Where the calendar stands against the monotonic clock. */
  private long calendarNs() {
    return clock.epochNs() - clock.monotonicNs();
  }

  /** One look. */
  void look() {
    final long now = calendarNs();
    if (Math.abs(now - calendarNs) > CALENDAR_SLACK_NS) {
      shards.forEach(Shard::wake); // they sleep until what was due by the calendar before
    }
    calendarNs = now;
    for (int i = 0; i < passages.length; i++) {
      look(i);
    }
  }

  private void look(final int shard) {
    final long now = shards.get(shard).userCodePassages();
    final boolean isInside = (now & 1) != 0;
    sameLooks[shard] = isInside && now == passages[shard] ? sameLooks[shard] + 1 : 0;
    passages[shard] = now;
    if (sameLooks[shard] > 0 && sameLooks[shard] % looksMax == 0) {
      final ShardThread thread = threads.get(shard);
      LOG.warn(
          "user code holds a shard and is interrupted; make it a worker task: shard={}, heldForSeconds={}, at={}",
          thread.getName(),
          sameLooks[shard],
          at(thread));
      thread.interrupt();
    }
  }

  private static String at(final Thread thread) {
    final StackTraceElement[] stack = thread.getStackTrace();
    return Arrays.toString(Arrays.copyOf(stack, Math.min(stack.length, 10)));
  }
}
