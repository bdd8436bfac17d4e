package io.penstock.telemetry;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what was measured in each interval to a log of HdrHistogram: a histogram in nanoseconds
 * for each thing that was measured, by its name as the tag. By one thread at a time; an engine goes
 * on without the log where it cannot be written, and says so once.
 *
 * <p>It keeps the histograms of the interval before, about 60 KB each.
 */
final class IntervalLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IntervalLog.class);
  private static final long NS_PER_MS = 1_000_000;

  private final PrintStream out;
  private final HistogramLogWriter writer;
  private final long intervalNs;
  private final Map<String, Histogram> before = new HashMap<>();
  private long beginNs;
  private long beginEpochMs;
  private boolean hasFailed;

  private IntervalLog(
      final PrintStream out, final long intervalNs, final long nowNs, final long epochNs) {
    this.out = out;
    this.intervalNs = intervalNs;
    beginNs = nowNs;
    beginEpochMs = epochNs / NS_PER_MS;
    writer = new HistogramLogWriter(out);
    writer.outputComment("[Penstock, latencies in nanoseconds, by name]");
    writer.outputLogFormatVersion();
    writer.outputStartTime(beginEpochMs);
    writer.outputLegend();
  }

  /** Where the measured are shown. */
  @FunctionalInterface
  interface Measured {
    void forEach(BiConsumer<String, Histogram> visitor);
  }

  /** What to log to, and how often. */
  record Settings(Path file, Duration interval) {}

  /** Opens or goes on with a log; null where that is impossible. */
  static @Nullable IntervalLog open(final Settings settings, final long nowNs, final long epochNs) {
    try {
      final PrintStream out =
          new PrintStream(
              Channels.newOutputStream(
                  FileChannel.open(
                      settings.file,
                      Set.of(
                          StandardOpenOption.CREATE,
                          StandardOpenOption.WRITE,
                          StandardOpenOption.APPEND,
                          LinkOption.NOFOLLOW_LINKS),
                      mode(settings.file))),
              false,
              StandardCharsets.UTF_8);
      return new IntervalLog(out, settings.interval.toNanos(), nowNs, epochNs);
    } catch (final IOException e) {
      LOG.warn("engine has no log of histograms: file={}", settings.file, e);
      return null;
    }
  }

  /** Their owner alone may read what is made. */
  private static FileAttribute<?>[] mode(final Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Writes the interval if it is over. */
  synchronized void follow(final long nowNs, final long epochNs, final Measured measured) {
    if (nowNs - beginNs >= intervalNs) {
      write(nowNs, epochNs, measured);
    }
  }

  /** Writes what was measured since the last interval, over or not. */
  synchronized void write(final long nowNs, final long epochNs, final Measured measured) {
    final long endEpochMs = epochNs / NS_PER_MS;
    measured.forEach(
        (name, total) -> {
          final Histogram interval = total.copy();
          final Histogram last = before.put(name, total);
          if (last != null) {
            interval.subtract(last);
          }
          if (interval.getTotalCount() > 0) {
            interval.setTag(tag(name));
            interval.setStartTimeStamp(beginEpochMs);
            interval.setEndTimeStamp(Math.max(endEpochMs, beginEpochMs));
            writer.outputIntervalHistogram(interval);
          }
        });
    out.flush();
    if (out.checkError() && !hasFailed) {
      hasFailed = true;
      LOG.warn("log of histograms could not be written");
    }
    beginNs = nowNs;
    beginEpochMs = endEpochMs;
  }

  /** A tag has neither blanks nor commas. */
  static String tag(final String name) {
    return name.replaceAll("[\\s,]+", "_");
  }

  @Override
  public synchronized void close() {
    out.close();
  }
}
