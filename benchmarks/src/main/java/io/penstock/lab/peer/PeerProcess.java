package io.penstock.lab.peer;

import com.sun.management.OperatingSystemMXBean;
import io.penstock.benchmarks.Directories;
import io.penstock.benchmarks.HiccupMeter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Measures one peer, in a process of its own: one case at a time, then many. Started by {@link
 * Peers}; prints a line of figures. Arguments: name of the peer, seconds for each measurement.
 */
public final class PeerProcess {
  private static final double WARM_UP_SHARE = 1.5;
  private static final int MANY = 1_000;
  private static final double NS_PER_S = 1e9;

  private final Peer.Session session;
  private final double seconds;
  private long next;

  private PeerProcess(final Peer.Session session, final double seconds) {
    this.session = session;
    this.seconds = seconds;
  }

  /**
   * Measures.
   *
   * @param args name of the peer, seconds
   * @throws Exception when a case fails
   */
  public static void main(final String[] args) throws Exception {
    final Peer peer =
        Peers.all().stream().filter(each -> each.name().equals(args[0])).findFirst().orElseThrow();
    final Path directory = Files.createTempDirectory("penstock-peer");
    try (Peer.Session session = peer.open(directory)) {
      final PeerFigures figures = new PeerProcess(session, Double.parseDouble(args[1])).measure();
      System.out.println(figures.line());
    } finally {
      Directories.delete(directory);
    }
    System.exit(0); // whatever threads an engine leaves
  }

  private PeerFigures measure() throws Exception {
    final Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
    one(seconds * WARM_UP_SHARE, latency);
    latency.reset();
    final HiccupMeter meter = HiccupMeter.start();
    final Cost one = one(seconds, latency);
    final Histogram hiccups = meter.stop();
    many(seconds * WARM_UP_SHARE / 2);
    final Cost many = many(seconds);
    return new PeerFigures(
        one.rate(),
        one.cpuNs(),
        latency.getValueAtPercentile(50),
        latency.getValueAtPercentile(99),
        hiccups.getValueAtPercentile(99),
        many.rate(),
        many.cpuNs());
  }

  private record Cost(double rate, double cpuNs) {
    static Cost of(final long cases, final long startNs, final long startCpuNs) {
      return new Cost(
          cases * NS_PER_S / (System.nanoTime() - startNs),
          (double) (processCpuNs() - startCpuNs) / cases);
    }
  }

  private Cost one(final double lengthS, final Histogram latency) throws Exception {
    final long startCpuNs = processCpuNs();
    final long startNs = System.nanoTime();
    final long endNs = startNs + (long) (lengthS * NS_PER_S);
    final long first = next;
    long nowNs = startNs;
    while (nowNs < endNs) {
      session.run(next++);
      final long thenNs = System.nanoTime();
      latency.recordValue(thenNs - nowNs);
      nowNs = thenNs;
    }
    return Cost.of(next - first, startNs, startCpuNs);
  }

  /** Windows grow until one takes a tenth of the time, so that slow engines end in time too. */
  private Cost many(final double lengthS) throws Exception {
    final long startCpuNs = processCpuNs();
    final long startNs = System.nanoTime();
    final long endNs = startNs + (long) (lengthS * NS_PER_S);
    final long first = next;
    int window = 10;
    long nowNs = startNs;
    while (nowNs < endNs) {
      session.runMany(next, window);
      next += window;
      final long thenNs = System.nanoTime();
      if (thenNs - nowNs < (endNs - startNs) / 10) {
        window = Math.min(MANY, 2 * window);
      }
      nowNs = thenNs;
    }
    return Cost.of(next - first, startNs, startCpuNs);
  }

  private static long processCpuNs() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
