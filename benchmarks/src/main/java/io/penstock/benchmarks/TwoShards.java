package io.penstock.benchmarks;

import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a second shard adds where a processor is free for it: withdrawals gather in the inboxes
 * while the shards stand still, and count from the moment when all are let go until the last is
 * done. The caller meanwhile does nothing. One shard and two take windows in turns.
 */
final class TwoShards implements AutoCloseable {
  private static final int CASES_A_SHARD = 4_000;
  private static final int KEYS = 32;
  private static final int WINDOWS_BEFORE = 100;
  private static final int WINDOWS = 200;

  private final Engine engine;
  private final int cases;
  private final AtomicLong lastEndNs = new AtomicLong();
  private final Workflow hold;
  private final Workflow last;
  private final List<Double> casesASecond = new ArrayList<>();
  private CountDownLatch released = new CountDownLatch(0);
  private long number;

  private TwoShards(final Path directory, final int shards) {
    cases = CASES_A_SHARD * shards;
    hold = Workflow.define("hold").inlineTask("hold", work -> released.await()).build();
    last =
        Workflow.define("last")
            .inlineTask("last", work -> lastEndNs.accumulateAndGet(System.nanoTime(), Math::max))
            .build();
    engine =
        Engine.open(
                directory,
                EngineOptions.defaults()
                    .shards(shards)
                    .inboxLength(1 << 22)
                    .endedCasesKept(2 * CASES_A_SHARD))
            .deploy(InlineAtm.WORKFLOW)
            .deploy(hold)
            .deploy(last);
  }

  static void print() throws Exception {
    final Path one = Files.createTempDirectory("penstock-targets");
    final Path two = Files.createTempDirectory("penstock-targets");
    try (TwoShards alone = new TwoShards(one, 1);
        TwoShards both = new TwoShards(two, 2)) {
      for (int window = -WINDOWS_BEFORE; window < WINDOWS; window++) {
        alone.run(window >= 0);
        both.run(window >= 0);
      }
      final double[] rates = {alone.median(), both.median()};
      System.out.printf(
          Locale.ROOT,
          "%none shard %,.0f cases/s, two %,.0f: %.2f times, by wall clock%n",
          rates[0],
          rates[1],
          rates[1] / rates[0]);
    } finally {
      Directories.delete(one);
      Directories.delete(two);
    }
  }

  private void run(final boolean isCounted) {
    released = new CountDownLatch(1);
    final CompletableFuture<?>[] sent = new CompletableFuture<?>[cases + 2 * KEYS];
    for (int i = 0; i < KEYS; i++) { // so many that each shard gets one
      sent[cases + i] = engine.startAsync(hold, "hold " + number++, in -> {});
    }
    for (int i = 0; i < cases; i++) {
      sent[i] = InlineAtm.startAsync(engine, Long.toString(number++));
    }
    for (int i = 0; i < KEYS; i++) {
      sent[cases + KEYS + i] = engine.startAsync(last, "last " + number++, in -> {});
    }
    lastEndNs.set(Long.MIN_VALUE);
    final long startNs = System.nanoTime();
    released.countDown();
    CompletableFuture.allOf(sent).join();
    if (isCounted) {
      casesASecond.add(cases * (double) TimeUnit.SECONDS.toNanos(1) / (lastEndNs.get() - startNs));
    }
  }

  private double median() {
    return casesASecond.stream()
        .mapToDouble(rate -> rate)
        .sorted()
        .toArray()[casesASecond.size() / 2];
  }

  @Override
  public void close() {
    engine.close();
  }
}
