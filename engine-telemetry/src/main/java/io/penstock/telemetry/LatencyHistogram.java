package io.penstock.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counts of durations in log-linear buckets, from the first to the last, never reset: a reader that
 * wants an interval subtracts.
 *
 * <p>{@link #record} belongs to one thread, costs one opaque read and one release store, and is
 * wait-free; {@link #recordShared} is for many threads, and lock-free. The two must not be mixed in
 * one histogram. Any thread may read at any time: each count only grows, and the total is the sum
 * of the counts, so that a reader at worst misses what is being written.
 *
 * <p>Octave 0 holds 0 to 127 ns in steps of 1 ns; octave k holds 2^(6+k) to 2^(7+k) - 1 ns in 128
 * steps, so that a bucket is at most 1/128 of its values wide. They are the buckets of an {@link
 * Histogram} of two digits. An octave is allocated with its first value, 1 KiB each.
 */
final class LatencyHistogram {
  /** Longest duration, about 146 years; longer ones count as this. */
  static final long VALUE_MAX = (1L << 62) - 1;

  static final int OCTAVES = 56;
  static final int STEPS = 128;

  private static final int SIGNIFICANT_DIGITS = 2;
  private static final int STEP_BITS = 7;
  private static final VarHandle OCTAVE = MethodHandles.arrayElementVarHandle(long[][].class);
  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] @Nullable [] octaves = new long[OCTAVES][];
  private final Exemplars exemplars = new Exemplars();

  /** An empty histogram that has the same buckets. */
  static Histogram emptySnapshot() {
    return new Histogram(1, VALUE_MAX, SIGNIFICANT_DIGITS);
  }

  /** Counts a duration, in nanoseconds; a negative one counts as 0. For one thread. */
  void record(final long valueNs) {
    final long bounded = Math.min(Math.max(valueNs, 0), VALUE_MAX);
    final int octave = octaveOf(bounded);
    long[] counts = octaves[octave];
    if (counts == null) {
      counts = new long[STEPS];
      OCTAVE.setRelease(octaves, octave, counts);
    }
    final int step = stepOf(bounded, octave);
    COUNT.setRelease(counts, step, (long) COUNT.getOpaque(counts, step) + 1);
  }

  /** Counts a duration, in nanoseconds; a negative one counts as 0. For many threads. */
  void recordShared(final long valueNs) {
    final long bounded = Math.min(Math.max(valueNs, 0), VALUE_MAX);
    final int octave = octaveOf(bounded);
    if (counts(octave) == null) {
      OCTAVE.compareAndSet(octaves, octave, null, new long[STEPS]);
    }
    COUNT.getAndAdd(octaves[octave], stepOf(bounded, octave), 1L);
  }

  /** Number of durations in an octave's step. For any thread. */
  long count(final int octave, final int step) {
    final long[] counts = counts(octave);
    return counts == null ? 0 : (long) COUNT.getAcquire(counts, step);
  }

  /** Whether an octave holds anything. For any thread. */
  boolean hasOctave(final int octave) {
    return counts(octave) != null;
  }

  /** Number of durations. For any thread. */
  long total() {
    long total = 0;
    for (int octave = 0; octave < OCTAVES; octave++) {
      for (int step = 0; hasOctave(octave) && step < STEPS; step++) {
        total += count(octave, step);
      }
    }
    return total;
  }

  /** Adds all counts to a snapshot, without loss. For any thread. */
  void addTo(final Histogram snapshot) {
    for (int octave = 0; octave < OCTAVES; octave++) {
      for (int step = 0; hasOctave(octave) && step < STEPS; step++) {
        final long count = count(octave, step);
        if (count > 0) {
          snapshot.recordValueWithCount(lowestValue(octave, step), count);
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
    return octaveOf(Math.min(Math.max(valueNs, 0), VALUE_MAX));
  }

  /** The value that stands for a bucket: its middle. */
  static double middleValue(final int octave, final int step) {
    return lowestValue(octave, step) + ((1L << shift(octave)) - 1) / 2.0;
  }

  private long @Nullable [] counts(final int octave) {
    return (long[]) OCTAVE.getAcquire(octaves, octave);
  }

  private static long lowestValue(final int octave, final int step) {
    return octave == 0 ? step : (long) (STEPS + step) << shift(octave);
  }

  private static int octaveOf(final long value) {
    return Long.SIZE - STEP_BITS - Long.numberOfLeadingZeros(value | STEPS - 1);
  }

  private static int stepOf(final long value, final int octave) {
    return (int) (value >>> shift(octave)) & STEPS - 1;
  }

  private static int shift(final int octave) {
    return Math.max(octave - 1, 0);
  }
}
