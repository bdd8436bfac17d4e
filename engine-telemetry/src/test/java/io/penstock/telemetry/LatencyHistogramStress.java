package io.penstock.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LatencyHistogramStress {
  private static final int RECORDS = 10_000_000;
  private static final int WRITERS = 4;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void readerNeverSeesATotalShrinkOrRunAhead() throws Exception {
    final LatencyHistogram histogram = new LatencyHistogram();
    final AtomicLong begun = new AtomicLong();
    final Future<?> writer =
        threads.submit(
            () -> {
              for (int i = 0; i < RECORDS; i++) {
                begun.setRelease(i + 1);
                histogram.record((i * 0x9E3779B97F4A7C15L) >>> ((i & 31) + 20));
              }
            });

    long seen = 0;
    while (!writer.isDone()) {
      final Histogram snapshot = LatencyHistogram.emptySnapshot();
      histogram.addTo(snapshot);
      final long total = snapshot.getTotalCount();
      assertThat(total).isGreaterThanOrEqualTo(seen).isLessThanOrEqualTo(begun.getAcquire());
      seen = total;
    }
    writer.get();

    assertThat(histogram.total()).isEqualTo(RECORDS);
  }

  @Test
  void readerNeverSeesACountShrink() throws Exception {
    final LatencyHistogram histogram = new LatencyHistogram();
    final Future<?> writer =
        threads.submit(
            () -> {
              for (int i = 0; i < RECORDS; i++) {
                histogram.record(i & 1023);
              }
            });

    final long[][] seen = new long[LatencyHistogram.PAGES][LatencyHistogram.PAGE_LENGTH];
    while (!writer.isDone()) {
      for (int page = 0; page < 8; page++) {
        for (int offset = 0; offset < LatencyHistogram.PAGE_LENGTH; offset++) {
          final long count = histogram.count(page, offset);
          assertThat(count).isGreaterThanOrEqualTo(seen[page][offset]);
          seen[page][offset] = count;
        }
      }
    }
    writer.get();

    assertThat(histogram.total()).isEqualTo(RECORDS);
  }

  @Test
  void sharedRecordingLosesNothing() throws Exception {
    final LatencyHistogram histogram = new LatencyHistogram();
    final List<Callable<Object>> writers = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      writers.add(
          Executors.callable(
              () -> {
                for (int i = 0; i < RECORDS / 50; i++) {
                  histogram.recordShared(i * 31L);
                }
              }));
    }

    for (final Future<Object> done : threads.invokeAll(writers)) {
      done.get();
    }

    assertThat(histogram.total()).isEqualTo((long) WRITERS * (RECORDS / 50));
  }
}
