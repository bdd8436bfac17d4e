package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.engine.CaseHandle;
import io.penstock.engine.Engine;
import io.penstock.engine.EngineOptions;
import io.penstock.engine.History;
import io.penstock.engine.HistoryEvent;
import io.penstock.engine.Outcome;
import io.penstock.spi.Durability;
import io.penstock.spi.StoreException;
import io.penstock.storage.Ledger;
import io.penstock.storage.LedgerReceipt;
import io.penstock.storage.LedgerReport;
import io.penstock.storage.SignedHead;
import io.penstock.storage.StorageOptions;
import io.penstock.storage.StorageProvider;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an engine with a ledger leaves behind for an auditor. */
@Timeout(60)
class LedgerTest {
  private static final int CASES = 50;

  @TempDir private Path directory;
  private final Atm atm = new Atm();

  private static EngineOptions options(final History history) {
    return Engines.options()
        .history(history)
        .store(new StorageProvider(StorageOptions.defaults().withLedger(true)));
  }

  private static List<HistoryEvent> events(final List<LedgerReceipt> receipts) {
    return receipts.stream()
        .map(receipt -> HistoryEvent.decode(receipt.time(), receipt.payload()))
        .toList();
  }

  @Test
  void shouldHaveAReceiptOfEverythingInTheHistoryOfEachCase() {
    try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS));
        Ledger ledger = Ledger.open(directory)) {
      engine.deploy(atm.workflow());
      final List<CaseHandle> cases = new ArrayList<>();
      for (int i = 0; i < CASES; i++) {
        cases.add(atm.start(engine, "txn-" + i));
      }
      for (final CaseHandle withdrawal : cases) {
        assertThat(withdrawal.join()).isEqualTo(Outcome.COMPLETED);

        final List<LedgerReceipt> receipts = ledger.receipts(withdrawal.caseId());

        assertThat(events(receipts)).hasSizeGreaterThan(8).isEqualTo(withdrawal.history());
      }
      assertThat(ledger.verify().isSound()).isTrue();
    }
  }

  @Test
  void shouldVerifyAgainstASignedHeadThatWasKeptElsewhere() throws Exception {
    final KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    final List<String> kept = new ArrayList<>();
    for (int opening = 0; opening < 3; opening++) {
      try (Engine engine = Engine.open(directory, options(History.WORK_ITEMS))) {
        engine.deploy(atm.workflow());
        for (int i = 0; i < CASES; i++) {
          atm.start(engine, "txn-" + opening + "-" + i).join();
        }
      }
      try (Ledger ledger = Ledger.open(directory)) {
        for (int shard = 0; shard < ledger.shardCount(); shard++) {
          kept.add(ledger.head(shard).sign(keys.getPrivate()).toString());
        }
      }
    }

    try (Ledger ledger = Ledger.open(directory)) {
      final LedgerReport report =
          ledger.verify(
              kept.stream()
                  .map(line -> SignedHead.parse(line).verifiedBy(keys.getPublic()))
                  .toList());
      assertThat(report.faults()).isEmpty();
      assertThat(report.notes()).isEmpty();
      assertThat(report.receipts()).isGreaterThan(3 * CASES * 8L);
    }
  }

  @Test
  void shouldRefuseALedgerWithoutHistoryOrWithoutADirectory() {
    assertThatThrownBy(() -> Engine.open(directory, options(History.NONE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("an engine with a ledger must write history");
    Engine.open(directory, options(History.CASES)).close();
    assertThatThrownBy(() -> Engine.inMemory(options(History.CASES).durability(Durability.MEMORY)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("a ledger must have a directory");
  }

  @Test
  void shouldRefuseBytesThatAreNoEvent() {
    assertThatThrownBy(() -> HistoryEvent.decode(java.time.Instant.EPOCH, new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> HistoryEvent.decode(java.time.Instant.EPOCH, new byte[32]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("event must be whole");
  }
}
