package io.penstock.benchmarks;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.storage.DirectoryReader;
import io.penstock.storage.ShardSnapshot;
import io.penstock.storage.ShardStatistics;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What compaction takes from a command: the same commands, which store the records of 16,000 cases
 * again in no order, once with a segment that is never full and once with small ones, so that the
 * oldest is always being copied forward. {@code PROCESS_CRASH}, one shard.
 *
 * <p>Argument: rounds, in each of which both are measured.
 */
public final class CompactionRun {
  private static final int CASES = 16_000;
  private static final int[] CALLERS = {1, 8};
  private static final long MEASURED_MS = 4_000;
  private static final int SMALL_SEGMENT = 1024 * 1024;
  private static final int HUGE_SEGMENT = 512 * 1024 * 1024;

  private CompactionRun() {}

  /**
   * Runs.
   *
   * @param args rounds
   * @throws Exception when a directory cannot be made or removed
   */
  public static void main(final String[] args) throws Exception {
    Latencies.printHead("callers | compaction | journal at the end | frames for each command");
    for (int round = 0; round < Integer.parseInt(args[0]); round++) {
      for (final int callers : CALLERS) {
        run(callers, HUGE_SEGMENT, "none");
        run(callers, SMALL_SEGMENT, "always");
      }
    }
  }

  private static void run(final int callers, final int segmentLength, final String compaction)
      throws Exception {
    final Path directory = Files.createTempDirectory("penstock-compaction");
    final EngineOptions options =
        EngineOptions.defaults()
            .shards(1)
            .store(
                new StorageProvider(
                    StorageOptions.defaults().withSegmentLengths(segmentLength, segmentLength)));
    final CountingStore store;
    final Callers.Result result;
    try (CountingStore opened =
        new CountingStore(
            new PenstockStore(Engine.open(directory, options), callers, CASES / callers),
            callers)) {
      store = opened;
      result = new Callers(opened, callers).measure(MEASURED_MS);
    }
    try (ShardSnapshot snapshot = DirectoryReader.of(directory).snapshot(0)) {
      final ShardStatistics journal = snapshot.statistics();
      Latencies.print(
          String.format(
              Locale.ROOT,
              "%d | %s | %.0f MB, %.0f MB live | %.2f",
              callers,
              compaction,
              journal.length() / 1e6,
              journal.liveLength() / 1e6,
              (double) (journal.lastPosition() - CASES) / store.count()),
          result);
    } finally {
      Directories.delete(directory);
    }
  }

  /** Counts the commands of each caller. */
  private static final class CountingStore implements AcknowledgedStore {
    private final PenstockStore store;
    private final long[][] counts;

    CountingStore(final PenstockStore store, final int callers) {
      this.store = store;
      counts = new long[callers][1];
    }

    @Override
    public void put(final int caller) {
      store.put(caller);
      counts[caller][0]++;
    }

    @Override
    public void close() {
      store.close();
    }

    /** How many there were; after the callers have ended. */
    long count() {
      long sum = 0;
      for (final long[] count : counts) {
        sum += count[0];
      }
      return sum;
    }
  }
}
