package io.penstock.lab.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Begins a call at each arrival, whether or not the calls before have ended, and counts each from
 * the time that it was meant to begin. A loop that waits for an answer before it goes on would
 * count a stall once, where here it counts for everyone who came meanwhile.
 *
 * <p>When the thread that begins falls behind, the calls that are due begin at once, one after the
 * other, and what they waited for their turn is part of their latency. Used once.
 */
public final class OpenLoop {
  private static final long DRAIN_NS = TimeUnit.SECONDS.toNanos(30);
  private static final long DRAIN_STEP_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Pace pace;
  private final Call call;
  private final AtomicLong ended = new AtomicLong();

  /**
   * Prepares a loop.
   *
   * @param pace the time
   * @param call what each arrival does
   */
  public OpenLoop(final Pace pace, final Call call) {
    this.pace = pace;
    this.call = call;
  }

  /**
   * Runs the profile and waits for the last answer, for half a minute at most.
   *
   * @param profile how many arrive when
   * @param arrivals when each of them does
   * @return what was measured; calls that never ended count as lost
   */
  public Load run(final Profile profile, final Arrivals arrivals) {
    final Load load = new Load(profile.lengthNs());
    final long beginNs = pace.nanoTime();
    long begun = 0;
    for (long atNs = arrivals.nextNs(); atNs >= 0; atNs = arrivals.nextNs()) {
      final long dueNs = beginNs + atNs;
      pace.awaitTime(dueNs);
      load.behind(pace.nanoTime() - dueNs);
      begin(begun++, dueNs, beginNs, load);
    }
    final long giveUpNs = pace.nanoTime() + DRAIN_NS;
    while (ended.get() < begun && pace.nanoTime() < giveUpNs) {
      pace.awaitTime(pace.nanoTime() + DRAIN_STEP_NS);
    }
    load.close(begun, pace.nanoTime() - beginNs);
    return load;
  }

  private void begin(final long index, final long dueNs, final long beginNs, final Load load) {
    try {
      call.begin(index, failure -> end(dueNs, beginNs, failure, load));
    } catch (final RuntimeException e) {
      end(dueNs, beginNs, e, load);
    }
  }

  private void end(
      final long dueNs, final long beginNs, final @Nullable Throwable failure, final Load load) {
    final long nowNs = pace.nanoTime();
    load.ended(dueNs - beginNs, nowNs - beginNs, failure);
    ended.incrementAndGet();
  }
}
