package io.penstock.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How long the machine kept a thread from running that had next to nothing to do: it wants to wake
 * each millisecond, and what it is late by more than at its best is a hiccup. Put beside a
 * measurement: what is not above the hiccups says nothing about what was measured.
 *
 * <p>As jHiccup counts: a hiccup of many milliseconds also counts for each wake-up that it
 * swallowed. Takes about a thousandth of a processor. Used once.
 */
public final class HiccupMeter implements AutoCloseable, Runnable {
  private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(100);
  private static final int DIGITS = 3;

  private final Histogram late = new Histogram(LONGEST_NS, DIGITS);
  private final Thread thread = new Thread(this, "hiccup-meter");
  private volatile boolean stopped;

  private HiccupMeter() {}

  /**
   * Starts one.
   *
   * @return the meter, running
   */
  public static HiccupMeter start() {
    final HiccupMeter meter = new HiccupMeter();
    meter.thread.setDaemon(true);
    meter.thread.start();
    return meter;
  }

  /**
   * Stops it.
   *
   * @return the hiccups in nanoseconds
   * @throws InterruptedException when interrupted while it stops
   */
  public Histogram stop() throws InterruptedException {
    stopped = true;
    thread.join();
    return late;
  }

  /** Stops it and waits for nothing. */
  @Override
  public void close() {
    stopped = true;
  }

  @Override
  public void run() {
    long shortestNs = Long.MAX_VALUE;
    while (!stopped) {
      final long beginNs = System.nanoTime();
      LockSupport.parkNanos(INTERVAL_NS);
      final long sleptNs = System.nanoTime() - beginNs;
      if (sleptNs >= INTERVAL_NS) { // less: woken for no reason
        shortestNs = Math.min(shortestNs, sleptNs);
        late.recordValueWithExpectedInterval(
            Math.min(sleptNs - shortestNs, LONGEST_NS), INTERVAL_NS);
      }
    }
  }
}
