package io.penstock.storage;

import io.penstock.spi.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The receipts of an engine's directory, read from its files: beside a running engine or when none
 * is open. Changes nothing and locks nothing; sees what was appended before each call.
 *
 * <p>What a chain shows alone: that no receipt was altered, removed or moved and the rest left as
 * it was. What only a head that was {@linkplain LedgerHead#sign signed} and kept elsewhere shows:
 * that the end was not cut off, and that the chain was not made anew from some receipt on, all
 * hashes included. Export heads as often as that matters, and {@linkplain #verify(Collection)
 * verify} against them.
 *
 * <p>Every receipt is checked before it is shown. The first read in a file checks all of it, of 32
 * MiB at most unless one burst is longer, and the first look-up by record does that for every file;
 * later ones touch what they show. Memory: 12 to 24 bytes of heap for each record of each file. One
 * thread at a time; open one for each thread.
 */
public final class Ledger implements AutoCloseable {
  private final Path directory;
  private final long engineId;
  private final List<ShardLedger> shards = new ArrayList<>();

  private Ledger(final DirectoryReader reader) {
    directory = reader.directory();
    engineId = reader.engineId();
    final MessageDigest digest = LedgerFormat.sha256();
    for (int shard = 0; shard < reader.shardCount(); shard++) {
      shards.add(new ShardLedger(directoryOf(shard), identity(shard), digest));
    }
  }

  /**
   * Opens the ledger of a directory; one without receipts is empty.
   *
   * @param directory the engine's directory
   * @return the ledger, to be closed
   * @throws StoreException when there is no engine's directory there, or it cannot be read
   */
  public static Ledger open(final Path directory) {
    return new Ledger(DirectoryReader.of(directory));
  }

  /**
   * Number of shards, each with a chain of its own.
   *
   * @return at least 1
   */
  public int shardCount() {
    return shards.size();
  }

  /**
   * Reads a receipt by its place.
   *
   * @param shard index of the shard, in [0, shardCount)
   * @param sequence its sequence, from 1
   * @return the receipt, or empty when there is none yet
   * @throws LedgerCorruptedException when its file is not as it was written
   * @throws StoreException when it cannot be read
   */
  public Optional<LedgerReceipt> receipt(final int shard, final long sequence) {
    return reading(() -> Optional.ofNullable(shards.get(shard).receipt(sequence)));
  }

  /**
   * Looks up the receipts of a record: for a case, everything that happened to it and to the cases
   * inside it.
   *
   * @param recordId id of the record: of the outermost case
   * @return its receipts, oldest first
   * @throws LedgerCorruptedException when a file is not as it was written
   * @throws StoreException when one cannot be read
   */
  public List<LedgerReceipt> receipts(final long recordId) {
    final List<LedgerReceipt> receipts = new ArrayList<>();
    return reading(
        () -> {
          for (final ShardLedger shard : shards) {
            shard.collect(recordId, receipts);
          }
          return receipts;
        });
  }

  /**
   * The end of a shard's chain, to be signed and kept.
   *
   * @param shard index of the shard, in [0, shardCount)
   * @return its head; of sequence 0 when there is no receipt
   * @throws LedgerCorruptedException when its last file is not as it was written
   * @throws StoreException when it cannot be read
   */
  public LedgerHead head(final int shard) {
    return reading(() -> shards.get(shard).head());
  }

  /**
   * Verifies every receipt of every shard; alone it cannot tell a chain that was cut at its end, or
   * made anew, from one that was always so.
   *
   * @return what was found
   * @throws StoreException when a file cannot be read
   */
  public LedgerReport verify() {
    return verify(List.of());
  }

  /**
   * Verifies every receipt of every shard, and that the chains lead through heads that were taken
   * before and kept where nobody could change them.
   *
   * @param trusted heads of this engine, several of a shard if you like, in any order
   * @return what was found
   * @throws IllegalArgumentException when a head is of another engine
   * @throws StoreException when a file cannot be read
   */
  public LedgerReport verify(final Collection<LedgerHead> trusted) {
    trusted.forEach(this::requireOwn);
    return reading(() -> report(trusted));
  }

  /**
   * Compares the events that are still kept with their receipts: an event that was rewritten with a
   * right checksum, one without a receipt, or a receipt without its event. What no event holds, the
   * variables of cases above all, has no receipt and cannot be compared.
   *
   * @param report what {@link #verify()} found, just before
   * @return what does not fit, for each shard whose chain is sound; none for shards without a
   *     ledger
   * @throws JournalCorruptedException when a journal or a file of its history is damaged
   * @throws StoreException when a file cannot be read
   */
  public List<LedgerFault> compareWithJournal(final LedgerReport report) {
    final List<LedgerFault> faults = new ArrayList<>();
    final DirectoryReader reader = DirectoryReader.of(directory);
    final boolean mayLag = reader.mayBeOpen();
    for (int shard = 0; shard < shards.size(); shard++) {
      final int index = shard;
      if (!hasFiles(shard) || report.faults().stream().anyMatch(fault -> fault.shard() == index)) {
        continue;
      }
      try (ShardSnapshot snapshot = reader.snapshot(shard)) {
        final List<LedgerReceipt> notes =
            report.notes().stream().filter(note -> note.shard() == index).toList();
        faults.addAll(new LedgerComparison(this, snapshot, head(shard), notes, mayLag).compare());
      }
    }
    return faults;
  }

  private boolean hasFiles(final int shard) {
    return reading(() -> !LedgerFiles.list(directoryOf(shard)).isEmpty());
  }

  private LedgerReport report(final Collection<LedgerHead> trusted) throws IOException {
    final List<LedgerHead> heads = new ArrayList<>();
    final List<LedgerReceipt> notes = new ArrayList<>();
    final List<LedgerFault> faults = new ArrayList<>();
    final List<Integer> without = new ArrayList<>();
    for (int shard = 0; shard < shards.size(); shard++) {
      final int index = shard;
      final LedgerVerifier verifier =
          new LedgerVerifier(
              directoryOf(shard),
              identity(shard),
              trusted.stream().filter(head -> head.shard() == index).toList());
      final boolean found = verifier.verify();
      heads.add(verifier.head());
      notes.addAll(verifier.notes());
      final LedgerFault fault = verifier.fault();
      if (fault != null) {
        faults.add(fault);
      } else if (!found) {
        without.add(shard);
      }
    }
    if (without.size() < shards.size()) {
      without.forEach(shard -> faults.add(missing(shard)));
    }
    return new LedgerReport(
        heads.stream().mapToLong(LedgerHead::sequence).sum(), heads, notes, faults);
  }

  /** Every shard gets its first file when the ledger is switched on. */
  private LedgerFault missing(final int shard) {
    return new LedgerFault(
        shard,
        directoryOf(shard),
        0,
        LedgerFormat.SEQUENCE_FIRST,
        "each shard must have its ledger files",
        "a file",
        "none");
  }

  private void requireOwn(final LedgerHead head) {
    if (head.engineId() != engineId || head.shard() >= shards.size()) {
      throw new IllegalArgumentException(
          "trusted head must be of this engine: engineId="
              + Long.toHexString(engineId)
              + ", shards="
              + shards.size()
              + ", headEngineId="
              + Long.toHexString(head.engineId())
              + ", headShard="
              + head.shard()
              + "; give the heads that were exported from this directory");
    }
  }

  @Override
  public void close() {
    shards.forEach(ShardLedger::close);
  }

  /** Reads files. */
  @FunctionalInterface
  private interface Reading<T> {
    T read() throws IOException;
  }

  private <T> T reading(final Reading<T> reading) {
    return Interrupts.deferredDuring(
        () -> {
          try {
            return reading.read();
          } catch (final IOException e) {
            throw new StoreException(
                "ledger must be readable: directory=" + directory + "; check its permissions", e);
          }
        });
  }

  /** Where the ledger of a shard is. */
  Path directoryOf(final int shard) {
    return LedgerFiles.directory(StoreOpening.shardDirectory(directory, shard));
  }

  private ShardIdentity identity(final int shard) {
    return new ShardIdentity(engineId, shard);
  }
}
