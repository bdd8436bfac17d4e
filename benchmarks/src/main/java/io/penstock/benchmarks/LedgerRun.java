package io.penstock.benchmarks;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.History;
import io.penstock.spi.Durability;
import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore;
import io.penstock.spi.Store;
import io.penstock.storage.Ledger;
import io.penstock.storage.LedgerReceipt;
import io.penstock.storage.LedgerReport;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageOptions.View;
import io.penstock.storage.StorageProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a ledger costs and what it answers: appends without and with it, reads by sequence, look-ups
 * by case, verification, the length of a receipt. A {@link HiccupMeter} runs beside each.
 *
 * <p>An append is of one image and one event, as a step of a case makes them, to the end of {@code
 * sync} at {@code PROCESS_CRASH}; nothing of the engine before it is timed.
 *
 * <p>Argument: the number of receipts.
 */
public final class LedgerRun {
  private static final int CASES_AT_ONCE = 1_000;
  private static final int READS = 300_000;
  private static final long PACE_NS = 20_000;
  private static final int IMAGE_LENGTH = 400;
  private static final double NS_PER_S = 1e9;

  private final int receiptsPerCase;
  private final int eventLength;
  private long written;

  private LedgerRun(final int receiptsPerCase, final int eventLength) {
    this.receiptsPerCase = receiptsPerCase;
    this.eventLength = eventLength;
  }

  /**
   * Runs.
   *
   * @param args the number of receipts
   * @throws Exception when a directory cannot be made or removed
   */
  public static void main(final String[] args) throws Exception {
    final int receipts = Integer.parseInt(args[0]);
    final LedgerRun run = ofAtm();
    Latencies.printHead("what");
    final Path without = Files.createTempDirectory("penstock-ledger");
    run.write(without, false, receipts / 2, 0, "append without ledger (warm-up)");
    run.write(without, false, receipts / 2, 0, "append without ledger");
    run.write(without, false, receipts / 4, PACE_NS, "append without ledger, 50,000/s");
    Directories.delete(without);
    final Path directory = Files.createTempDirectory("penstock-ledger");
    run.written = 0;
    run.write(directory, true, receipts / 4, 0, "append with ledger (warm-up)");
    run.write(directory, true, receipts / 2, 0, "append with ledger");
    run.write(directory, true, receipts / 4, PACE_NS, "append with ledger, 50,000/s");
    run.read(directory);
    Directories.delete(directory);
  }

  private static StorageOptions options(final boolean ledger) {
    return StorageOptions.defaults().withView(View.SLAB).withLedger(ledger);
  }

  /** Makes receipts of the ATM, from end to end, and a run whose receipts are as those are. */
  private static LedgerRun ofAtm() throws IOException {
    final Path directory = Files.createTempDirectory("penstock-ledger");
    final EngineOptions options =
        EngineOptions.defaults()
            .shards(1)
            .history(History.WORK_ITEMS)
            .store(new StorageProvider(options(true)));
    final long caseId;
    try (Engine engine = Engine.open(directory, options).deploy(InlineAtm.WORKFLOW)) {
      final CaseHandle withdrawal = InlineAtm.start(engine);
      withdrawal.join();
      caseId = withdrawal.caseId();
    }
    final List<LedgerReceipt> receipts;
    try (Ledger ledger = Ledger.open(directory)) {
      receipts = ledger.receipts(caseId);
    }
    Directories.delete(directory);
    final int payload = receipts.stream().mapToInt(receipt -> receipt.payload().length).sum();
    System.out.printf(
        Locale.ROOT,
        "ATM case: %d receipts, %.0f bytes of events each, %.0f bytes a receipt%n%n",
        receipts.size(),
        (double) payload / receipts.size(),
        receipts.stream().mapToInt(LedgerRun::length).average().orElseThrow());
    return new LedgerRun(receipts.size(), payload / receipts.size());
  }

  /** As docs/format.md has it. */
  private static int length(final LedgerReceipt receipt) {
    return (52 + receipt.payload().length + 32 + 7) / 8 * 8;
  }

  /**
   * Appends.
   *
   * @param paceNs from one to the next; 0 for as fast as it goes
   */
  private void write(
      final Path directory,
      final boolean ledger,
      final int count,
      final long paceNs,
      final String name)
      throws InterruptedException {
    final UnsafeBuffer image = new UnsafeBuffer(new byte[IMAGE_LENGTH]);
    final UnsafeBuffer event = new UnsafeBuffer(new byte[eventLength]);
    final RecordBatch batch = new RecordBatch(2 * IMAGE_LENGTH);
    final Histogram histogram = Latencies.histogram();
    final Histogram hiccups;
    final long durationNs;
    try (HiccupMeter meter = HiccupMeter.start();
        Store store =
            new StorageProvider(options(ledger)).open(directory, Durability.PROCESS_CRASH, 1)) {
      final ShardStore shard = store.shard(0);
      final long beginNs = System.nanoTime();
      long dueNs = beginNs;
      for (int i = 0; i < count; i++) {
        final long startNs = paceNs == 0 ? System.nanoTime() : await(dueNs += paceNs);
        final long recordId = recordId(written);
        event.putLong(0, written);
        batch.begin(written);
        batch.image(recordId, image, 0, IMAGE_LENGTH);
        batch.events(recordId, event, 0, eventLength);
        shard.append(batch);
        forgetOld(shard, batch);
        shard.sync();
        histogram.recordValue(System.nanoTime() - startNs);
        written++;
      }
      durationNs = System.nanoTime() - beginNs;
      hiccups = meter.stop();
    }
    Latencies.print(name, count, durationNs, histogram, hiccups);
  }

  /** When it was due, however late it is. */
  private static long await(final long dueNs) {
    while (System.nanoTime() < dueNs) {
      Thread.onSpinWait();
    }
    return dueNs;
  }

  /** A thousand cases go on at once, each until it has its receipts. */
  private long recordId(final long receipt) {
    final long round = receipt / ((long) receiptsPerCase * CASES_AT_ONCE);
    return 1 + round * CASES_AT_ONCE + receipt % CASES_AT_ONCE;
  }

  /**
   * With the first receipt of a case, the one of a thousand cases before goes, as one that ended.
   */
  private void forgetOld(final ShardStore shard, final RecordBatch batch) {
    final long old = recordId(written) - CASES_AT_ONCE;
    if (old > 0 && written % ((long) receiptsPerCase * CASES_AT_ONCE) < CASES_AT_ONCE) {
      batch.begin(written);
      batch.removal(old);
      shard.append(batch);
    }
  }

  private void read(final Path directory) throws InterruptedException {
    final SplittableRandom random = new SplittableRandom(1);
    try (Ledger ledger = Ledger.open(directory)) {
      final long heapBefore = Memory.liveHeap();
      final long beginNs = System.nanoTime();
      final int found = ledger.receipts(1).size();
      final long firstNs = System.nanoTime() - beginNs;
      final long heap = Memory.liveHeap() - heapBefore;
      final long last = ledger.head(0).sequence();
      final long cases = recordId(last - 1) - CASES_AT_ONCE;
      for (int round = 0; round < 2; round++) {
        final String warmUp = round == 0 ? " (warm-up)" : "";
        time(
            "read by sequence" + warmUp,
            () -> ledger.receipt(0, 1 + random.nextLong(last)).orElseThrow().sequence());
        time(
            "look-up by case, " + found + " receipts" + warmUp,
            () -> ledger.receipts(1 + random.nextLong(cases)).size());
      }
      System.out.printf(
          Locale.ROOT,
          "%nfirst look-up, all %,d receipts checked: %.2f s; index %.1f MB of heap%n",
          last,
          firstNs / NS_PER_S,
          heap / 1e6);
      final long verifyNs = System.nanoTime();
      final LedgerReport report = ledger.verify();
      System.out.printf(
          Locale.ROOT,
          "verify: %,d receipts in %.2f s, sound=%b%n",
          report.receipts(),
          (System.nanoTime() - verifyNs) / NS_PER_S,
          report.isSound());
    }
  }

  private static void time(final String name, final LongSupplier read) throws InterruptedException {
    final Histogram histogram = Latencies.histogram();
    try (HiccupMeter meter = HiccupMeter.start()) {
      final long beginNs = System.nanoTime();
      for (int i = 0; i < READS; i++) {
        final long startNs = System.nanoTime();
        if (read.getAsLong() <= 0) {
          throw new IllegalStateException("what is read must be there: " + name);
        }
        histogram.recordValue(System.nanoTime() - startNs);
      }
      Latencies.print(name, READS, System.nanoTime() - beginNs, histogram, meter.stop());
    }
  }
}
