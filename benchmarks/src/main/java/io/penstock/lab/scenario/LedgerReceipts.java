package io.penstock.lab.scenario;

import io.penstock.benchmarks.InlineAtm;
import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.History;
import io.penstock.spi.Durability;
import io.penstock.storage.Ledger;
import io.penstock.storage.LedgerReport;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/**
 * Withdrawals with history and a chained receipt of each event, beside the same without; then
 * receipts are read by sequence and by case, and the whole chain is verified.
 */
final class LedgerReceipts implements Scenario {
  private static final int CASES = 40_000;
  private static final int WINDOW = 500;
  private static final int READS = 50_000;

  @Override
  public String name() {
    return "ledger";
  }

  @Override
  public String meaning() {
    return "What do receipts add to a case, and how fast are they read?";
  }

  @Override
  public void run(final Trial trial) throws Exception {
    final int cases = Math.max(WINDOW, trial.settings().count(CASES));
    trial.configure("cases", cases + ", ATM, inline tasks, history of work items, one shard");
    trial.durability(Durability.PROCESS_CRASH.name());
    try (Engine engine = Engine.open(trial.directory().resolve("engine"), options(false))) {
      engine.deploy(InlineAtm.WORKFLOW);
      start(engine, "warm-up-", cases);
      trial.cost("case without ledger", cases, () -> start(engine, "", cases));
    }
    final Path directory = trial.directory().resolve("engine");
    final List<CaseHandle> started = new ArrayList<>();
    try (Engine engine = Engine.open(directory, options(true))) {
      engine.deploy(InlineAtm.WORKFLOW);
      start(engine, "warm-up-", cases);
      trial.cost("case with ledger", cases, () -> started.addAll(start(engine, "", cases)));
    }
    try (Ledger ledger = Ledger.open(directory)) {
      read(trial, ledger, started, cases);
    }
  }

  private static EngineOptions options(final boolean ledger) {
    return Settings.patient(1)
        .history(History.WORK_ITEMS)
        .store(new StorageProvider(StorageOptions.defaults().withLedger(ledger)));
  }

  private static List<CaseHandle> start(final Engine engine, final String prefix, final int cases) {
    final List<CaseHandle> handles = new ArrayList<>();
    for (int done = 0; done < cases; done += WINDOW) {
      final List<CompletableFuture<CaseHandle>> started = new ArrayList<>();
      for (int i = done; i < Math.min(cases, done + WINDOW); i++) {
        started.add(InlineAtm.startAsync(engine, prefix + i));
      }
      started.forEach(each -> handles.add(each.join()));
    }
    return handles;
  }

  private static void read(
      final Trial trial, final Ledger ledger, final List<CaseHandle> cases, final int count) {
    final Histogram bySequence = new Histogram(60_000_000_000L, 2);
    final Histogram byCase = new Histogram(60_000_000_000L, 2);
    final SplittableRandom random = new SplittableRandom(1);
    final long last = ledger.head(0).sequence();
    final int eventsACase = ledger.receipts(cases.get(0).caseId()).size();
    final int reads = trial.settings().count(READS);
    for (int i = -reads; i < reads; i++) {
      final long startNs = System.nanoTime();
      final boolean found = ledger.receipt(0, 1 + random.nextLong(last)).isPresent();
      final long readNs = System.nanoTime();
      final long caseId = cases.get(random.nextInt(count)).caseId();
      final long beginNs = System.nanoTime();
      final int receipts = ledger.receipts(caseId).size();
      if (i >= 0) {
        bySequence.recordValue(readNs - startNs);
        byCase.recordValue(System.nanoTime() - beginNs);
      }
      trial.check(
          found && receipts == eventsACase,
          "each event must have its receipt: receipts=" + receipts + ", events=" + eventsACase);
    }
    trial.latency("read by sequence", bySequence, 20, "ledger");
    trial.latency("look-up by case", byCase, 15, "ledger");
    final long startNs = System.nanoTime();
    final LedgerReport report = ledger.verify();
    trial.figure(
        "verify a receipt", (double) (System.nanoTime() - startNs) / report.receipts(), "ns");
    trial.check(
        report.isSound() && report.receipts() >= 2L * count * eventsACase,
        "the chain must be sound and whole: receipts=" + report.receipts());
  }
}
