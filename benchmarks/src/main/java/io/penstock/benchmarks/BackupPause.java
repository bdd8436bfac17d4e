package io.penstock.benchmarks;

import io.penstock.engine.Backup;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.spi.Durability;
import io.penstock.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * How long the shards of a loaded engine stand still for a backup, with a {@link HiccupMeter}
 * beside.
 */
public final class BackupPause {
  private static final int CALLERS = 2;
  private static final int BACKUPS = 200;
  private static final int NS_PER_US = 1_000;

  private BackupPause() {}

  /**
   * Prints a line for each durability and number of shards.
   *
   * @param args none
   * @throws Exception when something fails
   */
  public static void main(final String[] args) throws Exception {
    System.out.println(
        "| durability | shards | p50 µs | p90 µs | max µs | cases | hiccups p99.9 µs | max µs |\n"
            + "|---|---|---|---|---|---|---|---|");
    final Path root = Files.createTempDirectory("penstock-backup");
    for (final Durability durability : List.of(Durability.PROCESS_CRASH, Durability.POWER_LOSS)) {
      for (final int shards : new int[] {1, 2, 4}) {
        measure(root, durability, shards);
        Directories.delete(root.resolve("data"));
      }
    }
    Directories.delete(root);
  }

  private static void measure(final Path root, final Durability durability, final int shards)
      throws Exception {
    final Workflow workflow =
        Workflow.define("step").inlineTask("do", work -> {}).manual("sign").build();
    final AtomicBoolean done = new AtomicBoolean();
    final AtomicLong started = new AtomicLong();
    final long[] pauses = new long[BACKUPS];
    final Histogram hiccups;
    try (HiccupMeter meter = HiccupMeter.start();
        Engine engine =
            Engine.open(
                root.resolve("data"),
                EngineOptions.defaults().shards(shards).durability(durability))) {
      engine.deploy(workflow);
      final List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        threads.add(
            new Thread(
                () -> {
                  while (!done.get()) {
                    engine.start(workflow, in -> {}).cancel();
                    started.incrementAndGet();
                  }
                }));
      }
      threads.forEach(Thread::start);
      for (int i = 0; i < BACKUPS; i++) {
        final Path target = root.resolve("backup");
        final Backup backup = engine.backup(target);
        pauses[i] = backup.pauseNs();
        Directories.delete(target);
      }
      hiccups = meter.stop();
      done.set(true);
      for (final Thread thread : threads) {
        thread.join();
      }
    }
    Arrays.sort(pauses);
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %d | %d | %d | %,d | %d | %d |%n",
        durability,
        shards,
        pauses[BACKUPS / 2] / NS_PER_US,
        pauses[BACKUPS * 9 / 10] / NS_PER_US,
        pauses[BACKUPS - 1] / NS_PER_US,
        started.get(),
        hiccups.getValueAtPercentile(99.9) / NS_PER_US,
        hiccups.getMaxValue() / NS_PER_US);
  }
}
