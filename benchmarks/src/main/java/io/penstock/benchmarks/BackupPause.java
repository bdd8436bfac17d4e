package io.penstock.benchmarks;

import io.penstock.engine.Backup;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.spi.Durability;
import io.penstock.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * How long the shards of a loaded engine stand still for a backup; beside it, how long a thread
 * that only reads the clock was kept from doing so, which is the machine's share.
 */
public final class BackupPause {
  private static final int CALLERS = 2;
  private static final int BACKUPS = 200;

  private BackupPause() {}

  /**
   * Prints a line for each durability and number of shards.
   *
   * @param args none
   * @throws Exception when something fails
   */
  public static void main(final String[] args) throws Exception {
    final Path root = Files.createTempDirectory("penstock-backup");
    for (final Durability durability : List.of(Durability.PROCESS_CRASH, Durability.POWER_LOSS)) {
      for (final int shards : new int[] {1, 2, 4}) {
        measure(root, durability, shards);
        delete(root.resolve("data"));
      }
    }
    delete(root);
  }

  private static void measure(final Path root, final Durability durability, final int shards)
      throws Exception {
    final Workflow workflow =
        Workflow.define("step").inlineTask("do", work -> {}).manual("sign").build();
    final AtomicBoolean done = new AtomicBoolean();
    final AtomicLong started = new AtomicLong();
    final long[] pauses = new long[BACKUPS];
    final Hiccups hiccups = new Hiccups(done);
    try (Engine engine =
        Engine.open(
            root.resolve("data"), EngineOptions.defaults().shards(shards).durability(durability))) {
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
      threads.add(new Thread(hiccups));
      threads.forEach(Thread::start);
      for (int i = 0; i < BACKUPS; i++) {
        final Path target = root.resolve("backup");
        final Backup backup = engine.backup(target);
        pauses[i] = backup.pauseNs();
        delete(target);
      }
      done.set(true);
      for (final Thread thread : threads) {
        thread.join();
      }
    }
    Arrays.sort(pauses);
    final long[] gaps = hiccups.gaps();
    System.out.printf(
        "%s shards=%d pauses: p50=%d us p90=%d us max=%d us; cases=%d;"
            + " gaps over 20 us of an idle reader of the clock: p50=%d us max=%d us%n",
        durability,
        shards,
        pauses[BACKUPS / 2] / 1_000,
        pauses[BACKUPS * 9 / 10] / 1_000,
        pauses[BACKUPS - 1] / 1_000,
        started.get(),
        gaps[gaps.length / 2] / 1_000,
        gaps[gaps.length - 1] / 1_000);
  }

  private static void delete(final Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (final Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Notes for how long it did not get to run. */
  private static final class Hiccups implements Runnable {
    private static final long GAP_MIN_NS = 20_000;
    private static final int GAPS_MAX = 1 << 20;

    private final AtomicBoolean done;
    private final long[] found = new long[GAPS_MAX];
    private int count;

    Hiccups(final AtomicBoolean done) {
      this.done = done;
    }

    @Override
    public void run() {
      long before = System.nanoTime();
      while (!done.get()) {
        final long now = System.nanoTime();
        if (now - before > GAP_MIN_NS && count < GAPS_MAX) {
          found[count++] = now - before;
        }
        before = now;
      }
    }

    long[] gaps() {
      return count == 0 ? new long[1] : LongStream.of(found).limit(count).sorted().toArray();
    }
  }
}
