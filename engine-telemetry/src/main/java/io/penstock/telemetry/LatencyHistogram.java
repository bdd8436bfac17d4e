package io.penstock.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counts of durations in log-linear buckets, from the first to the last, never reset: a reader that
 * wants an interval subtracts.
 *
 * <p>{@link #record} belongs to one thread, costs one opaque read and one release store of the
 * count, and is wait-free; {@link #recordShared} is for many threads, and lock-free. The two must
 * not be mixed in one histogram. Any thread may read at any time: each count only grows, and the
 * total is the sum of the counts, so that a reader at worst misses what is being written.
 *
 * <p>Octave 0 holds 0 to 1,023 ns in steps of 1 ns; octave k holds 2^(9+k) to 2^(10+k) - 1 ns in
 * 1,024 steps, so that the middle of a bucket is within 0.05 % of its values. They are the buckets
 * of an {@link Histogram} of three digits. Buckets are numbered from the shortest durations on, and
 * kept in pages of {@link #PAGE_LENGTH}, an eighth of an octave: a page is allocated with its first
 * value, 1 KiB each, and the table of the pages, 1.7 KiB, with the first of all.
 */
final class LatencyHistogram {
  /** Longest duration, about 146 years; longer ones count as this. */
  static final long VALUE_MAX = (1L << 62) - 1;

  static final int OCTAVES = 53;

  /** Buckets of a page. */
  static final int PAGE_LENGTH = 128;

  private static final int SIGNIFICANT_DIGITS = 3;
  private static final int STEP_BITS = 10;
  private static final int STEPS = 1 << STEP_BITS;
  private static final int PAGE_BITS = 7;
  static final int PAGES = OCTAVES * STEPS / PAGE_LENGTH;

  private static final VarHandle PAGE = MethodHandles.arrayElementVarHandle(long[][].class);
  private static final AtomicReferenceFieldUpdater<LatencyHistogram, long[][]> TABLE =
      AtomicReferenceFieldUpdater.newUpdater(LatencyHistogram.class, long[][].class, "table");
  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

  /** The table of those that have no page: never written. */
  private static final long[] @Nullable [] NO_PAGES = new long[PAGES][];

  private volatile long[] @Nullable [] table = NO_PAGES;
  private final Exemplars exemplars = new Exemplars();

  /** An empty histogram that has the same buckets. */
  static Histogram emptySnapshot() {
    return new Histogram(1, VALUE_MAX, SIGNIFICANT_DIGITS);
  }

  /** Counts a duration, in nanoseconds; a negative one counts as 0. For one thread. */
  void record(final long valueNs) {
    record(valueNs, 1);
  }

  /** Counts so many durations of the same length, in nanoseconds. For one thread. */
  void record(final long valueNs, final int times) {
    final int bucket = bucket(valueNs);
    long[] counts = table[bucket >>> PAGE_BITS];
    if (counts == null) {
      counts = addPage(bucket >>> PAGE_BITS);
    }
    final int at = bucket & PAGE_LENGTH - 1;
    COUNT.setRelease(counts, at, (long) COUNT.getOpaque(counts, at) + times);
  }

  /** Counts a duration, in nanoseconds; a negative one counts as 0. For many threads. */
  void recordShared(final long valueNs) {
    final int bucket = bucket(valueNs);
    long[] counts = page(bucket >>> PAGE_BITS);
    if (counts == null) {
      counts = addPage(bucket >>> PAGE_BITS);
    }
    COUNT.getAndAdd(counts, bucket & PAGE_LENGTH - 1, 1L);
  }

  /** The page that is there now, made by this thread or by another. */
  // the one empty table that all begin with; an updater's type cannot say that elements may be null
  @SuppressWarnings({"ReferenceEquality", "NullAway"})
  private long[] addPage(final int page) {
    if (table == NO_PAGES) {
      TABLE.compareAndSet(this, NO_PAGES, new long[PAGES][]);
    }
    final long[] added = new long[PAGE_LENGTH];
    final long[] present = (long[]) PAGE.compareAndExchange(table, page, (long[]) null, added);
    return present == null ? added : present;
  }

  /** Number of durations in a bucket of a page. For any thread. */
  long count(final int page, final int offset) {
    final long[] counts = page(page);
    return counts == null ? 0 : (long) COUNT.getAcquire(counts, offset);
  }

  /** Whether a page holds anything, or is about to. For any thread. */
  boolean hasPage(final int page) {
    return page(page) != null;
  }

  /** Number of durations. For any thread. */
  long total() {
    long total = 0;
    for (int page = 0; page < PAGES; page++) {
      for (int offset = 0; hasPage(page) && offset < PAGE_LENGTH; offset++) {
        total += count(page, offset);
      }
    }
    return total;
  }

  /** Adds all counts to a snapshot, without loss. For any thread. */
  void addTo(final Histogram snapshot) {
    for (int page = 0; page < PAGES; page++) {
      for (int offset = 0; hasPage(page) && offset < PAGE_LENGTH; offset++) {
        final long count = count(page, offset);
        if (count > 0) {
          snapshot.recordValueWithCount(lowestValue(page * PAGE_LENGTH + offset), count);
        }
      }
    }
  }

  /** Some of the durations, those of sampled cases; told apart from the counts. */
  Exemplars exemplars() {
    return exemplars;
  }

  /** The octave in which a duration is counted, in nanoseconds. */
  static int octave(final long valueNs) {
    return bucket(valueNs) >>> STEP_BITS;
  }

  /** The value that stands for a bucket of a page: its middle. */
  static double middleValue(final int page, final int offset) {
    final int bucket = page * PAGE_LENGTH + offset;
    return lowestValue(bucket) + ((1L << shift(bucket >>> STEP_BITS)) - 1) / 2.0;
  }

  private long @Nullable [] page(final int page) {
    return (long[]) PAGE.getAcquire(table, page);
  }

  private static long lowestValue(final int bucket) {
    return bucket < STEPS
        ? bucket
        : (long) (STEPS | (bucket & STEPS - 1)) << shift(bucket >>> STEP_BITS);
  }

  /** The bucket in which a duration is counted, in nanoseconds. */
  private static int bucket(final long valueNs) {
    final long value = Math.min(Math.max(valueNs, 0), VALUE_MAX);
    final int octave = Long.SIZE - STEP_BITS - Long.numberOfLeadingZeros(value | STEPS - 1);
    return octave << STEP_BITS | ((int) (value >>> shift(octave)) & STEPS - 1);
  }

  private static int shift(final int octave) {
    return Math.max(octave - 1, 0);
  }
}
