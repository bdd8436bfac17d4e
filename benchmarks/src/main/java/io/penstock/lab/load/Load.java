package io.penstock.lab.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a load measured, as a whole and over time. Written by any thread while it runs, read when it
 * is over.
 *
 * <p>Time is cut into bins. A latency belongs to the bin in which the call was meant to begin, so
 * that a bin tells how those fared who came then; throughput belongs to the bin of the answer.
 */
public final class Load {
  private static final int BINS = 60;
  private static final long LONGEST_NS = 100_000_000_000L;
  private static final int DIGITS = 2;
  private static final double NS_PER_S = 1e9;

  private final long binNs;
  private final List<AtomicHistogram> latencies = new ArrayList<>();
  private final AtomicLongArray answered = new AtomicLongArray(BINS);
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final AtomicLong succeeded = new AtomicLong();
  private long behindMaxNs;
  private long begun;
  private long elapsedNs;

  Load(final long lengthNs) {
    binNs = Math.max(1, (lengthNs + BINS - 1) / BINS);
    for (int bin = 0; bin < BINS; bin++) {
      latencies.add(new AtomicHistogram(LONGEST_NS, DIGITS));
    }
  }

  /** Told by the one thread that begins calls. */
  void behind(final long ns) {
    behindMaxNs = Math.max(behindMaxNs, ns);
  }

  void ended(final long dueNs, final long endedNs, final @Nullable Throwable failure) {
    latencies.get(bin(dueNs)).recordValue(Math.min(Math.max(endedNs - dueNs, 0), LONGEST_NS));
    if (failure == null) {
      succeeded.incrementAndGet();
      if (endedNs < BINS * binNs) {
        answered.incrementAndGet(bin(endedNs));
      }
    } else {
      failures.computeIfAbsent(reason(failure), unused -> new LongAdder()).increment();
    }
  }

  void close(final long begunCalls, final long elapsed) {
    begun = begunCalls;
    elapsedNs = elapsed;
  }

  private int bin(final long ns) {
    return (int) Math.min(Math.max(ns, 0) / binNs, BINS - 1L);
  }

  private static String reason(final Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    final String message = String.valueOf(deepest.getMessage());
    final int at = message.lastIndexOf('[');
    return at >= 0 && message.endsWith("]")
        ? message.substring(at + 1, message.length() - 1)
        : deepest.getClass().getSimpleName();
  }

  /**
   * Latencies of all calls that ended, failed ones too.
   *
   * @return a new histogram, in nanoseconds
   */
  public Histogram latency() {
    return latency(0, Double.MAX_VALUE);
  }

  /**
   * Latencies of the calls that were meant to begin in a stretch of time, to the nearest bin.
   *
   * @param fromS seconds since the begin
   * @param toS seconds since the begin
   * @return a new histogram, in nanoseconds
   */
  public Histogram latency(final double fromS, final double toS) {
    final Histogram sum = new Histogram(LONGEST_NS, DIGITS);
    for (int bin = 0; bin < BINS; bin++) {
      final double middleS = (bin + 0.5) * binNs / NS_PER_S;
      if (middleS >= fromS && middleS < toS) {
        sum.add(latencies.get(bin));
      }
    }
    return sum;
  }

  /**
   * Calls that were begun.
   *
   * @return the number
   */
  public long begun() {
    return begun;
  }

  /**
   * Calls that ended well.
   *
   * @return the number
   */
  public long succeeded() {
    return succeeded.get();
  }

  /**
   * Share of the calls that did not end well, those included that never ended.
   *
   * @return from 0 to 1; 0 when there was none
   */
  public double errorShare() {
    return begun == 0 ? 0 : (double) (begun - succeeded()) / begun;
  }

  /**
   * Why calls failed.
   *
   * @return how often, by reason
   */
  public Map<String, Long> failures() {
    final Map<String, Long> counts = new TreeMap<>();
    failures.forEach((reason, count) -> counts.put(reason, count.sum()));
    return counts;
  }

  /**
   * How far the thread that begins calls fell behind at worst: part of the latency of those calls.
   *
   * @return nanoseconds
   */
  public long behindMaxNs() {
    return behindMaxNs;
  }

  /**
   * From the begin to the last answer.
   *
   * @return nanoseconds
   */
  public long elapsedNs() {
    return elapsedNs;
  }

  /**
   * Bins that time is cut into.
   *
   * @return their number
   */
  public int bins() {
    return BINS;
  }

  /**
   * Length of a bin.
   *
   * @return seconds
   */
  public double binS() {
    return binNs / NS_PER_S;
  }

  /**
   * Answers a second in a bin.
   *
   * @param bin from 0 to {@link #bins()}
   * @return the rate
   */
  public double rate(final int bin) {
    return answered.get(bin) / binS();
  }

  /**
   * A percentile of the latencies of those that were meant to begin in a bin.
   *
   * @param bin from 0 to {@link #bins()}
   * @param percentile from 0 to 100
   * @return nanoseconds, NaN without a call
   */
  public double percentileNs(final int bin, final double percentile) {
    final AtomicHistogram in = latencies.get(bin);
    return in.getTotalCount() == 0 ? Double.NaN : in.getValueAtPercentile(percentile);
  }
}
