package io.penstock.spi;

import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The machine's clocks.
 *
 * <p>The calendar that costs no allocation has milliseconds, the exact one makes an object at each
 * reading. So the time within a millisecond comes from the monotonic clock, by the offset between
 * the two at some time before, and the millisecond from the calendar at each reading: a calendar
 * that is set, or a machine that slept, shows at once. What is told always lies in the calendar's
 * millisecond, and is at most {@value #SLACK_NS} ns before or behind it otherwise; it grows as long
 * as the calendar does, but for that much at a new offset.
 *
 * <p>Safe for any thread: two that find a new offset at the same time both find a right one.
 */
final class SystemClock implements EngineClock {
  static final SystemClock INSTANCE =
      new SystemClock(System::currentTimeMillis, System::nanoTime, SystemClock::exactEpochNs);

  /** How far the clocks may drift apart before a new offset is taken. */
  static final long SLACK_NS = 100_000;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** An offset is wrong by at most what passed while both clocks were read. */
  private static final long READING_MAX_NS = 10_000;

  private static final int TRIES_MAX = 10;

  private final LongSupplier epochMs;
  private final LongSupplier monotonicNs;
  private final LongSupplier exactEpochNs;
  private volatile long offsetNs;

  /**
   * Creates a clock of three others.
   *
   * @param epochMs the calendar in milliseconds
   * @param monotonicNs the monotonic clock
   * @param exactEpochNs the calendar in nanoseconds, asked rarely
   */
  SystemClock(
      final LongSupplier epochMs, final LongSupplier monotonicNs, final LongSupplier exactEpochNs) {
    this.epochMs = epochMs;
    this.monotonicNs = monotonicNs;
    this.exactEpochNs = exactEpochNs;
    offsetNs = measureOffsetNs();
  }

  private static long exactEpochNs() {
    final Instant now = Instant.now();
    return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
  }

  @Override
  public long epochNs() {
    return epochNs(monotonicNs());
  }

  @Override
  public long epochNs(final long nowNs) {
    final long beginNs = epochMs.getAsLong() * NANOS_PER_MILLI;
    long withinNs = nowNs + offsetNs - beginNs;
    if (withinNs < -SLACK_NS || withinNs >= NANOS_PER_MILLI + SLACK_NS) {
      offsetNs = measureOffsetNs();
      withinNs = monotonicNs.getAsLong() + offsetNs - beginNs;
    }
    return beginNs + Math.max(0, Math.min(NANOS_PER_MILLI - 1, withinNs));
  }

  @Override
  public long monotonicNs() {
    return monotonicNs.getAsLong();
  }

  /** Never ahead of the calendar: what passes while the clocks are read makes it late. */
  private long measureOffsetNs() {
    long offset = 0;
    long shortestNs = Long.MAX_VALUE;
    for (int i = 0; i < TRIES_MAX && shortestNs > READING_MAX_NS; i++) {
      final long beforeNs = monotonicNs.getAsLong();
      final long epochNs = exactEpochNs.getAsLong();
      final long afterNs = monotonicNs.getAsLong();
      if (afterNs - beforeNs < shortestNs) {
        shortestNs = afterNs - beforeNs;
        offset = epochNs - afterNs;
      }
    }
    return offset;
  }
}
