package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import io.penstock.spi.StoreBackup;
import io.penstock.spi.StoreException;
import io.penstock.spi.StoreFullException;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Receipts come from events, one for each, and stay. */
final class LedgerTest {
  @TempDir Path directory;
  @TempDir Path copies;

  private final FaultyFiles files = new FaultyFiles();
  private StorageOptions options =
      StorageOptions.defaults()
          .withView(View.SLAB)
          .withSegmentLengths(4096, 8192)
          .withHistoryLengthMax(0)
          .withLedger(true);

  private Store open() {
    return open(Durability.PROCESS_CRASH);
  }

  private Store open(final Durability durability) {
    return new StoreOpening(options, durability, files).inDirectory(directory, 1);
  }

  private ModelLedger model() {
    return new ModelLedger(EngineManifest.read(directory).engineId(), 0);
  }

  /** Commands that touch few records, so that the journal is compacted under them. */
  private static void commands(
      final Store store, final ModelLedger model, final int begin, final int end) {
    for (int i = begin; i < end; i++) {
      final long recordId = i % 7;
      final String text = "command " + i;
      Records.append(
          store.shard(0), batch -> batch.image(recordId, "x".repeat(100)).events(recordId, text));
      if (model != null) {
        model.event(1, recordId, text);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS_CRASH", "POWER_LOSS"})
  void shouldChainOneReceiptForEachEventAndKeepThemWhenSegmentsAreDropped(
      final Durability durability) throws IOException {
    final int commands = 300;
    try (Store store = open(durability)) {
      commands(store, null, 0, commands / 2);
    }
    try (Store store = open(durability)) {
      commands(store, null, commands / 2, commands);
      store.flush();

      try (Ledger ledger = Ledger.open(directory)) {
        final List<ModelLedger.Receipt> found = ModelLedger.read(ledger, 0);
        assertThat(found).hasSize(commands);
        for (int i = 0; i < commands; i++) {
          assertThat(found.get(i).text()).isEqualTo("command " + i);
        }
      }
    }
    assertThat(SegmentFiles.list(directory.resolve("shard-0")).get(0).number())
        .as("segments were dropped")
        .isPositive();
    assertThat(LedgerFiles.list(directory.resolve("shard-0/ledger"))).hasSizeGreaterThan(3);
    try (Ledger ledger = Ledger.open(directory)) {
      final LedgerReport report = ledger.verify();
      assertThat(report.faults()).isEmpty();
      assertThat(report.notes()).isEmpty();
      assertThat(report.receipts()).isEqualTo(commands);
      assertThat(report.heads()).containsExactly(ledger.head(0));
    }
  }

  @Test
  void shouldGiveTheHashesThatAModelGives() {
    try (Store store = open()) {
      final ModelLedger model = model();
      for (int i = 0; i < 20; i++) {
        final String text = "e".repeat(i);
        final long recordId = i % 3;
        Records.append(
            store.shard(0),
            batch ->
                batch.events(recordId, text).image(recordId, "image").events(-recordId, "other"));
        model.frame(0, recordId, text);
        model.event(2, -recordId, "other");
        Records.append(store.shard(0), batch -> batch.image(5, "no event"));
        model.frame();
      }

      try (Ledger ledger = Ledger.open(directory)) {
        assertThat(ModelLedger.read(ledger, 0)).isEqualTo(model.receipts());
      }
    }
  }

  @Test
  void shouldShowTheReceiptsOfARecordOldestFirstAcrossFiles() {
    try (Store store = open();
        Ledger ledger = Ledger.open(directory)) {
      commands(store, null, 0, 100);
      assertThat(ledger.receipts(3)).hasSize(14);
      commands(store, null, 100, 210);

      assertThat(ledger.receipts(3))
          .extracting(receipt -> ModelLedger.Receipt.of(receipt).text())
          .hasSize(30)
          .startsWith("command 3", "command 10")
          .endsWith("command 199", "command 206");
      assertThat(ledger.receipts(7)).isEmpty();
    }
  }

  @Test
  void shouldReadOnWhenTheFileAheadWasDeletedAndMadeAnew() throws IOException {
    try (Store store = open()) {
      commands(store, null, 0, 7);
    }
    final Path ledgerDirectory = LedgerFiles.directory(StoreOpening.shardDirectory(directory, 0));
    LedgerFiles.create(files, ledgerDirectory, 1, 4096).close();
    try (Ledger ledger = Ledger.open(directory)) {
      assertThat(ledger.receipts(3)).hasSize(1); // has seen a file that is not in use
      Files.delete(LedgerFiles.path(ledgerDirectory, 1));
      try (Store store = open()) {
        commands(store, null, 7, 210);
      }

      assertThat(ledger.receipts(3)).hasSize(30);
      assertThat(ledger.head(0).sequence()).isEqualTo(210);
    }
  }

  @Test
  void shouldBeginWithWhatTheJournalStillHoldsWhenSwitchedOnLater() {
    options = options.withLedger(false);
    try (Store store = open()) {
      commands(store, null, 0, 300);
    }
    options = options.withLedger(true);
    try (Store store = open()) {
      commands(store, null, 300, 310);
    }

    try (Ledger ledger = Ledger.open(directory)) {
      final List<ModelLedger.Receipt> found = ModelLedger.read(ledger, 0);
      assertThat(found.get(0).kind()).isEqualTo("GAP");
      assertThat(found.get(0).text().charAt(0)).as("first position without").isEqualTo('\1');
      final int first = Integer.parseInt(found.get(1).text().substring("command ".length()));
      assertThat(first).isBetween(1, 299);
      for (int i = first; i < 310; i++) {
        assertThat(found.get(1 + i - first).text()).isEqualTo("command " + i);
      }
      assertThat(ledger.verify().isSound()).isTrue();
      assertThat(ledger.verify().notes()).hasSize(1);
    }
  }

  @Test
  void shouldCatchUpWithoutAGapWhenItWasOffAndTheHistoryHasAll() {
    options = options.withHistoryLengthMax(1 << 30);
    try (Store store = open()) {
      commands(store, null, 0, 50);
    }
    options = options.withLedger(false);
    try (Store store = open()) {
      commands(store, null, 50, 500);
    }
    options = options.withLedger(true);
    open().close();

    try (Ledger ledger = Ledger.open(directory)) {
      assertThat(ModelLedger.read(ledger, 0))
          .extracting(ModelLedger.Receipt::text)
          .filteredOn(text -> text.startsWith("command"))
          .hasSize(500)
          .startsWith("command 0")
          .endsWith("command 499");
    }
  }

  @Test
  void shouldSayWhichPositionsHaveNoReceiptsWhenItWasOffTooLong() {
    try (Store store = open()) {
      commands(store, null, 0, 50);
    }
    options = options.withLedger(false);
    try (Store store = open()) {
      commands(store, null, 50, 500);
    }
    options = options.withLedger(true);
    open().close();

    try (Ledger ledger = Ledger.open(directory)) {
      final LedgerReceipt before = ledger.receipt(0, 50).orElseThrow();
      final LedgerReceipt gap = ledger.receipt(0, 51).orElseThrow();
      final LedgerReceipt after = ledger.receipt(0, 52).orElseThrow();
      assertThat(gap.kind()).isEqualTo(LedgerReceipt.Kind.GAP);
      assertThat(before.position()).isLessThan(gap.position());
      assertThat(after.position()).isEqualTo(gap.position() + 1);
    }
  }

  @Test
  void shouldRefuseALedgerInMemory() {
    assertThatThrownBy(() -> new StorageProvider(options).open(null, Durability.MEMORY, 1))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("a ledger must have a directory: durability=MEMORY");
  }

  @Test
  void shouldTakeNothingWhenThereIsNoRoomForReceiptsAndGoOnWhenThereIs() {
    final int[] taken = {0};
    try (Store store = open()) {
      files.failCreates(true);
      assertThatThrownBy(
              () -> {
                while (true) {
                  Records.append(store.shard(0), batch -> batch.events(1, "event " + taken[0]));
                  taken[0]++;
                }
              })
          .isInstanceOf(StoreFullException.class)
          .hasMessageContaining("must have room for its next");
      assertThat(store.shard(0).makeRoom()).isFalse();
      files.failCreates(false);
      assertThat(store.shard(0).makeRoom()).isTrue();
      Records.append(store.shard(0), batch -> batch.events(1, "after"));
    }

    try (Ledger ledger = Ledger.open(directory)) {
      assertThat(taken[0]).isPositive();
      assertThat(ledger.receipts(1)).hasSize(taken[0] + 1);
      assertThat(ledger.verify().isSound()).isTrue();
    }
  }

  @Test
  void shouldKeepSegmentsWhenTheReceiptsCannotBeForced() throws IOException {
    try (Store store = open()) {
      commands(store, null, 0, 20);
      files.failForces(true);
      assertThatThrownBy(
              () -> {
                for (int i = 20; i < 10_000; i++) {
                  commands(store, null, i, i + 1);
                  store.flush();
                }
              })
          .isInstanceOf(StoreException.class);
    } catch (final StoreException e) {
      files.failForces(false);
    }
    assertThat(SegmentFiles.list(directory.resolve("shard-0")).get(0).number()).isZero();
  }

  @Test
  void shouldRefuseATruncatedFileAndNotMapIt() throws IOException {
    try (Store store = open()) {
      commands(store, null, 0, 10);
    }
    final Path file = LedgerFiles.path(directory.resolve("shard-0/ledger"), 0);
    try (var channel =
        java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
      channel.truncate(Files.size(file) - 1000);
    }

    try (Ledger ledger = Ledger.open(directory)) {
      assertThatThrownBy(() -> ledger.receipts(1))
          .isInstanceOf(LedgerCorruptedException.class)
          .hasMessageContaining("ledger file must have its whole length");
      assertThat(ledger.verify().faults()).hasSize(1);
    }
    assertThatThrownBy(this::open).isInstanceOf(LedgerCorruptedException.class);
  }

  @Test
  void shouldBeginAnewWhenADamagedLedgerIsPutAside() throws IOException {
    try (Store store = open()) {
      commands(store, null, 0, 10);
    }
    final Path file = LedgerFiles.path(directory.resolve("shard-0/ledger"), 0);
    final byte[] bytes = Files.readAllBytes(file);
    bytes[200] ^= 1;
    Files.write(file, bytes);

    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            LedgerCorruptedException.class, e -> assertThat(e.fault().sequence()).isEqualTo(1))
        .hasMessageContaining("file=" + file);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    final java.util.List<JournalDamage> damages = new java.util.ArrayList<>();
    options = options.withRecovery(RecoveryPolicy.SALVAGE, damages::add);
    try (Store store = open()) {
      commands(store, null, 10, 20);
    }

    assertThat(damages).extracting(JournalDamage::file).containsExactly(file);
    assertThat(file.resolveSibling(file.getFileName() + ".damaged")).hasBinaryContent(bytes);
    try (Ledger ledger = Ledger.open(directory)) {
      assertThat(ledger.verify().isSound()).isTrue();
      final List<ModelLedger.Receipt> found = ModelLedger.read(ledger, 0);
      assertThat(found.get(0).kind()).isEqualTo("RESTART");
      assertThat(found.get(0).text()).startsWith("hash of a receipt must match");
      assertThat(found).hasSize(21);
    }
  }

  @Test
  void shouldBackUpTheLedgerUpToThePointThatTheJournalIsBackedUpTo() {
    final Path copy = copies.resolve("hot");
    final LedgerHead head;
    try (Store store = open()) {
      commands(store, null, 0, 130);
      try (Ledger ledger = Ledger.open(directory)) {
        head = ledger.head(0);
      }
      try (StoreBackup backup = store.backup(copy)) {
        backup.mark(0);
        commands(store, null, 130, 300);
        backup.copy();
      }
    }

    try (Ledger ledger = Ledger.open(copy)) {
      assertThat(ledger.head(0)).isEqualTo(head);
    }
    try (Store store =
        new StoreOpening(options, Durability.PROCESS_CRASH, files).inDirectory(copy, 1)) {
      commands(store, null, 130, 131);
    }
    try (Ledger ledger = Ledger.open(copy)) {
      assertThat(ledger.verify(List.of(head)).faults()).isEmpty();
      assertThat(ModelLedger.read(ledger, 0))
          .extracting(ModelLedger.Receipt::kind)
          .hasSize(131)
          .containsOnly("EVENT");
    }
    final Path cold = copies.resolve("cold");
    ColdBackup.make(copy, cold);
    try (Ledger ledger = Ledger.open(cold)) {
      assertThat(ledger.head(0).sequence()).isEqualTo(131);
    }
  }
}
