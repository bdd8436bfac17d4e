package io.penstock.telemetry;

import io.penstock.objective.GateReport;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.spi.ObjectiveReading;
import io.penstock.telemetry.counters.CountersWriter;
import io.penstock.telemetry.counters.ObjectiveCounters;
import io.penstock.telemetry.report.ReportEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counters that an engine shows to other processes. An engine goes on without them where they
 * cannot be written, and says so once. Safe for any thread.
 */
final class CountersFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CountersFile.class);

  private static final long NS_PER_MS = 1_000_000;

  private final CountersWriter writer;
  private boolean hasFailed;

  private CountersFile(final CountersWriter writer) {
    this.writer = writer;
  }

  /** Makes the file, or gives null where that is impossible. */
  static @Nullable CountersFile open(final Path directory, final String engine) {
    try {
      return new CountersFile(CountersWriter.create(directory, engine, machineTimeNs()));
    } catch (final IOException e) {
      LOG.warn("engine has no counters for other processes: directory={}", directory, e);
      return null;
    }
  }

  /** The machine's calendar, which the reader knows too; the engine may have a clock of its own. */
  private static long machineTimeNs() {
    return System.currentTimeMillis() * NS_PER_MS;
  }

  synchronized void write(final List<ReportEntry> entries, final List<GateReport> gates) {
    final List<ObjectiveCounters> rows = new ArrayList<>();
    for (final ReportEntry entry : entries) {
      final ObjectiveReading reading = entry.reading();
      final ObjectiveStatus status = reading.status();
      if (status != null) {
        rows.add(
            new ObjectiveCounters(
                reading.name(),
                status.state(),
                status.objective(),
                status.good(),
                status.bad(),
                status.budgetRemaining(),
                status.burnRate(),
                reading.p50(),
                reading.p99(),
                reading.count()));
      }
    }
    try {
      writer.write(rows, gates, machineTimeNs());
      hasFailed = false;
    } catch (final IOException e) {
      if (!hasFailed) {
        LOG.warn("counters for other processes could not be written", e);
      }
      hasFailed = true;
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
