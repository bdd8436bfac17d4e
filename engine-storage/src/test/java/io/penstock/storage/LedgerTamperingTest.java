package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import io.penstock.spi.StoreException;
import io.penstock.storage.StorageOptions.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is changed in the files of a ledger is found, at its place, or changes nothing. */
final class LedgerTamperingTest {
  private static final int COMMANDS = 320;
  private static final int HEADER_LENGTH = 112;
  private static final int CRC_OFFSET = 44;
  private static final int BOOT_OFFSET = 48;
  private static final int HASH_OFFSET = 80;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final StorageOptions options =
      StorageOptions.defaults()
          .withView(View.SLAB)
          .withSegmentLengths(4096, 8192)
          .withHistoryLengthMax(0)
          .withLedger(true);
  private final List<List<ModelLedger.Receipt>> written = new ArrayList<>();
  private List<LedgerHead> heads;

  /** A receipt in a file. */
  private record Place(Path file, int offset, int length) {}

  @BeforeEach
  void write() {
    try (Store store = open(directory)) {
      for (int i = 0; i < COMMANDS; i++) {
        final String text = "event " + i;
        final long recordId = i % 5;
        Records.append(
            store.shard(i % 2),
            batch -> batch.image(recordId, "x".repeat(60)).events(recordId, text));
      }
    }
    try (Ledger ledger = Ledger.open(directory)) {
      heads = List.of(ledger.head(0), ledger.head(1));
      written.add(ModelLedger.read(ledger, 0));
      written.add(ModelLedger.read(ledger, 1));
      assertThat(ledger.verify(heads).isSound()).isTrue();
    }
    assertThat(written.get(0)).hasSize(COMMANDS / 2);
  }

  @Test
  void shouldFindAChangedByteOfAnyReceiptInItsPlace() throws IOException {
    final SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 300; i++) {
      changeAByte(random, places(0));
    }
  }

  @Test
  @Tag("slow")
  void shouldFindEveryChangedByteOfEveryReceiptInItsPlace() throws IOException {
    for (final Place place : places(0)) {
      for (int at = 0; at < place.length(); at++) {
        changeAndVerify(place, at, 1 << (at & 7));
      }
    }
  }

  private void changeAByte(final SplittableRandom random, final List<Place> places)
      throws IOException {
    final Place place = places.get(random.nextInt(places.size()));
    changeAndVerify(place, random.nextInt(place.length()), 1 + random.nextInt(255));
  }

  private void changeAndVerify(final Place place, final int at, final int change)
      throws IOException {
    final byte[] whole = Files.readAllBytes(place.file());
    final byte[] changed = whole.clone();
    changed[place.offset() + at] ^= (byte) change;
    Files.write(place.file(), changed);

    final LedgerFault fault = faultFound();

    assertThat(fault.file()).isEqualTo(place.file());
    assertThat(fault.position()).as("byte %d of %s", at, place).isEqualTo(place.offset());
    assertThat(fault.sequence()).isEqualTo(sequenceOf(whole, place));
    assertThat(fault.shard()).isZero();
    Files.write(place.file(), whole);
  }

  @Test
  void shouldFindAChangedByteOfAFileOutsideItsReceipts() throws IOException {
    final Path file = places(0).get(0).file();
    final byte[] whole = Files.readAllBytes(file);
    final Place last =
        places(0).stream()
            .filter(place -> place.file().equals(file))
            .reduce((x, y) -> y)
            .orElseThrow();
    for (int at = 0; at < whole.length; at++) {
      if (at >= HEADER_LENGTH && at < last.offset() + last.length()) {
        continue;
      }
      final byte[] changed = whole.clone();
      changed[at] ^= 16;
      Files.write(file, changed);
      try (Ledger ledger = Ledger.open(directory)) {
        final boolean isMark = at >= BOOT_OFFSET && at < HASH_OFFSET;
        assertThat(ledger.verify().isSound()).as("byte %d", at).isEqualTo(isMark);
      }
    }
  }

  @Test
  void shouldTakeNoChangedLengthForAReceiptThatIsBeingWritten() throws IOException {
    for (int shard = 0; shard < 2; shard++) {
      for (final Place place : places(shard)) {
        final byte[] whole = Files.readAllBytes(place.file());
        final byte[] changed = whole.clone();
        for (final int length : new int[] {0, -1, place.length() | 0x8000_0000, 1 << 31}) {
          ModelLedger.little(changed).putInt(place.offset(), length);
          Files.write(place.file(), changed);
          final int reading = shard;
          assertThatThrownBy(
                  () -> {
                    try (Ledger ledger = Ledger.open(directory)) {
                      ledger.receipt(reading, COMMANDS);
                      ledger.receipts(1);
                    }
                  })
              .as("length=%s at %s", length, place)
              .isInstanceOf(LedgerCorruptedException.class);
        }
        Files.write(place.file(), whole);
      }
    }
  }

  @Test
  void shouldTakeNoReceiptForUnfinishedThatAnotherFollows() throws IOException {
    final Place first = places(0).get(0);
    final byte[] bytes = Files.readAllBytes(first.file());
    ModelLedger.little(bytes).putInt(first.offset(), -first.length());
    Files.write(first.file(), bytes);

    try (Ledger ledger = Ledger.open(directory)) {
      assertThatThrownBy(() -> ledger.receipt(0, 1))
          .isInstanceOf(LedgerCorruptedException.class)
          .hasMessageContaining("must be complete");
    }
  }

  @Test
  void shouldFindARemovedReceiptWhenTheGapIsClosed() throws IOException {
    final Place removed = places(0).get(3);
    final byte[] bytes = Files.readAllBytes(removed.file());
    final int end = removed.offset() + removed.length();
    System.arraycopy(bytes, end, bytes, removed.offset(), bytes.length - end);
    Arrays.fill(bytes, bytes.length - removed.length(), bytes.length, (byte) 0);
    Files.write(removed.file(), bytes);

    final LedgerFault fault = faultFound();

    assertThat(fault.position()).isEqualTo(removed.offset());
    assertThat(fault.sequence()).isEqualTo(4);
    assertThat(fault.rule()).isEqualTo("receipts must follow each other");
    assertThat(fault.actual()).isEqualTo("5");
  }

  @Test
  void shouldFindTwoReceiptsThatChangedPlaces() throws IOException {
    final Place first = places(0).get(5);
    final Place second = places(0).get(6);
    final byte[] bytes = Files.readAllBytes(first.file());
    final byte[] moved = Arrays.copyOfRange(bytes, first.offset(), first.offset() + first.length());
    System.arraycopy(bytes, second.offset(), bytes, first.offset(), second.length());
    System.arraycopy(moved, 0, bytes, first.offset() + second.length(), moved.length);
    Files.write(first.file(), bytes);

    assertThat(faultFound().position()).isEqualTo(first.offset());
    assertThat(faultFound().sequence()).isEqualTo(6);
  }

  @Test
  void shouldFindThatTheEndWasCutWhenAHeadIsTrusted() throws IOException {
    final List<Place> places = places(0);
    final Place last = places.get(places.size() - 1);
    final byte[] bytes = Files.readAllBytes(last.file());
    Arrays.fill(bytes, last.offset(), bytes.length, (byte) 0);
    Files.write(last.file(), bytes);

    try (Ledger ledger = Ledger.open(directory)) {
      assertThat(ledger.verify().isSound()).as("a chain alone cannot show it").isTrue();
      final LedgerFault fault = ledger.verify(heads).faults().get(0);
      assertThat(fault.rule()).isEqualTo("receipts up to a trusted head must be there");
      assertThat(fault.position()).isEqualTo(last.offset());
      assertThat(fault.sequence()).isEqualTo(COMMANDS / 2);
    }
    assertThatThrownBy(() -> open(directory))
        .as("it had been forced")
        .isInstanceOf(LedgerCorruptedException.class)
        .hasMessageContaining("receipts that were forced to the disk must be there");
  }

  @Test
  void shouldFindThatAFileIsMissing() throws IOException {
    final List<Path> files = places(0).stream().map(Place::file).distinct().toList();
    final byte[] second = Files.readAllBytes(files.get(1));
    Files.delete(files.get(1));
    assertThat(faultFound().file()).isEqualTo(files.get(1));
    assertThat(faultFound().rule()).isEqualTo("ledger files must follow each other");
    Files.write(files.get(1), second);

    final byte[] first = Files.readAllBytes(files.get(0));
    Files.delete(files.get(0));
    assertThat(faultFound().file()).isEqualTo(files.get(1));
    assertThat(faultFound().sequence()).isEqualTo(1);
    Files.write(files.get(0), first);

    for (final Path file : files) {
      Files.delete(file);
    }
    assertThat(faultFound().rule()).isEqualTo("each shard must have its ledger files");
  }

  @Test
  void shouldFindThatTheChainWasMadeAnewWhenAHeadIsTrusted() throws Exception {
    final KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    final String kept = heads.get(0).sign(keys.getPrivate()).toString();
    rewriteFrom(10, 0);

    try (Ledger ledger = Ledger.open(directory)) {
      assertThat(ledger.verify().isSound()).as("a chain alone cannot show it").isTrue();
      assertThat(ledger.receipt(0, 10).orElseThrow().payload())
          .startsWith("EVENT".getBytes(StandardCharsets.UTF_8));
      final LedgerHead trusted = SignedHead.parse(kept).verifiedBy(keys.getPublic());
      assertThat(trusted).isEqualTo(heads.get(0));

      final LedgerReport report = ledger.verify(List.of(trusted));

      assertThat(report.faults())
          .extracting(LedgerFault::sequence)
          .containsExactly((long) COMMANDS / 2);
      assertThat(report.faults().get(0).rule()).startsWith("hash must be that of the trusted head");
    }
  }

  @Test
  void shouldFindTheFileOfAnotherShardOrEngine() throws IOException {
    final Path own = LedgerFiles.path(directory.resolve("shard-0/ledger"), 0);
    final byte[] bytes = Files.readAllBytes(own);
    Files.copy(
        LedgerFiles.path(directory.resolve("shard-1/ledger"), 0),
        own,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(faultFound().rule()).isEqualTo("ledger must belong to this shard");
    assertThatThrownBy(() -> open(directory)).isInstanceOf(LedgerCorruptedException.class);

    final Path other = directory.resolve("other");
    open(other).close();
    Files.copy(
        LedgerFiles.path(other.resolve("shard-0/ledger"), 0),
        own,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(faultFound().rule()).isEqualTo("ledger must belong to this engine");
    Files.write(own, bytes);
    try (Ledger ledger = Ledger.open(directory)) {
      assertThat(ledger.verify(heads).isSound()).isTrue();
    }
  }

  @Test
  void shouldTrustNoHeadThatWasChangedOrSignedWithAnotherKey() throws Exception {
    final KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    final KeyPair keys = generator.generateKeyPair();
    final String line = heads.get(1).sign(keys.getPrivate()).toString();

    assertThat(SignedHead.parse(line + "\n").verifiedBy(keys.getPublic())).isEqualTo(heads.get(1));
    assertThatThrownBy(
            () ->
                SignedHead.parse(line.replace("sequence=1", "sequence=2"))
                    .verifiedBy(keys.getPublic()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("signature must be that of the head");
    assertThatThrownBy(
            () -> SignedHead.parse(line).verifiedBy(generator.generateKeyPair().getPublic()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SignedHead.parse(line.substring(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be a line as SignedHead writes it");
  }

  @Test
  void shouldNoticeAChangedByteOfAnyLedgerFileOrTakeNoHarm() throws IOException {
    flip(300, 1);
  }

  @Test
  @Tag("slow")
  void shouldNoticeTenThousandChangedBytesOfLedgerFilesOrTakeNoHarm() throws IOException {
    flip(10_000, 2);
  }

  /** After each change an engine opens the directory, or refuses to; then all is as it was. */
  private void flip(final int flips, final long seed) throws IOException {
    final SplittableRandom random = new SplittableRandom(seed);
    final Map<Path, byte[]> whole = Trees.contents(directory);
    final List<Path> paths =
        whole.keySet().stream().filter(path -> path.toString().endsWith(".led")).toList();
    int refused = 0;
    for (int i = 0; i < flips; i++) {
      final Path path = paths.get(random.nextInt(paths.size()));
      final byte[] damaged = whole.get(path).clone();
      // Three of four in the first part, where something is.
      final int at = random.nextInt(i % 4 == 0 ? damaged.length : damaged.length / 2);
      damaged[at] ^= (byte) (1 + random.nextInt(255));
      Files.write(path, damaged);
      final String flip = "flip " + i + " at " + at + " of " + path;
      if (assertTimeoutPreemptively(LIMIT, () -> isRefusedOrFound(flip), flip)) {
        refused++;
      }
      Trees.restore(directory, whole);
    }
    assertThat(refused).as("changes that were found").isBetween(flips / 4, flips - 1);
  }

  private boolean isRefusedOrFound(final String flip) {
    try (Ledger ledger = Ledger.open(directory)) {
      final boolean sound = ledger.verify(heads).isSound();
      assertThat(isReadAsWritten(ledger)).as(flip).isTrue();
      try (Store store = open(directory)) {
        assertThat(store.shardCount()).isEqualTo(2);
      }
      try (Ledger after = Ledger.open(directory)) {
        assertThat(after.verify(heads).isSound() || !sound).as(flip).isTrue();
        assertThat(isReadAsWritten(after)).as(flip).isTrue();
      }
      return !sound;
    } catch (final StoreException e) {
      return true;
    }
  }

  /** Whether the ledger shows what was written, if it shows anything. */
  private boolean isReadAsWritten(final Ledger ledger) {
    boolean same = true;
    for (int shard = 0; shard < 2; shard++) {
      try {
        same &= ModelLedger.read(ledger, shard).equals(written.get(shard));
      } catch (final StoreException e) {
        assertThat(e).isInstanceOf(LedgerCorruptedException.class);
      }
    }
    for (long recordId = 0; recordId < 5; recordId++) {
      try {
        same &= ledger.receipts(recordId).size() == COMMANDS / 5;
      } catch (final StoreException e) {
        assertThat(e).isInstanceOf(LedgerCorruptedException.class);
      }
    }
    return same;
  }

  private LedgerFault faultFound() {
    try (Ledger ledger = Ledger.open(directory)) {
      final List<LedgerFault> faults = ledger.verify().faults();
      assertThat(faults).hasSize(1);
      return faults.get(0);
    }
  }

  /** Changes a payload and computes all hashes behind it anew, with no code of the ledger. */
  private void rewriteFrom(final int sequence, final int shard) throws IOException {
    byte[] hash = null;
    Path file = null;
    byte[] bytes = {};
    for (final Place place : places(shard)) {
      if (!place.file().equals(file)) {
        file = place.file();
        bytes = Files.readAllBytes(file);
        if (hash != null) {
          System.arraycopy(hash, 0, bytes, HASH_OFFSET, 32);
          final CRC32C crc = new CRC32C();
          crc.update(bytes, 0, CRC_OFFSET);
          crc.update(bytes, HASH_OFFSET, 32);
          ModelLedger.little(bytes).putInt(CRC_OFFSET, (int) crc.getValue());
        }
      }
      if (sequenceOf(bytes, place) == sequence) {
        ModelLedger.little(bytes)
            .put(place.offset() + 52, "EVENT".getBytes(StandardCharsets.UTF_8));
      }
      final MessageDigest digest = ModelLedger.sha256();
      digest.update(bytes, place.offset() - 32, 32);
      digest.update(bytes, place.offset() + 8, place.length() - 32 - 8);
      hash = digest.digest();
      System.arraycopy(hash, 0, bytes, place.offset() + place.length() - 32, 32);
      Files.write(file, bytes);
    }
  }

  /** Where the receipts of a shard are. */
  private List<Place> places(final int shard) throws IOException {
    final List<Place> places = new ArrayList<>();
    for (final SegmentFiles.Found found :
        LedgerFiles.list(directory.resolve("shard-" + shard + "/ledger"))) {
      final ByteBuffer bytes = ModelLedger.little(Files.readAllBytes(found.path()));
      for (int offset = HEADER_LENGTH;
          offset + 88 <= bytes.capacity() && bytes.getInt(offset) > 0;
          offset += bytes.getInt(offset)) {
        places.add(new Place(found.path(), offset, bytes.getInt(offset)));
      }
    }
    return places;
  }

  private static long sequenceOf(final byte[] bytes, final Place place) {
    return ModelLedger.little(bytes).getLong(place.offset() + 8);
  }

  private Store open(final Path where) {
    return new StorageProvider(options).open(where, Durability.PROCESS_CRASH, 2);
  }
}
