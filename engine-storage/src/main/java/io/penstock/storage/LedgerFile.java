package io.penstock.storage;

import java.security.MessageDigest;
import org.agrona.collections.IntArrayList;

/**
 * One ledger file as its reader sees it: every receipt is checked before it is shown, once, and
 * what was appended since is taken up by {@link #check}. One thread.
 *
 * <p>Keeps an index of 12 to 24 bytes for each record of the file and a quarter of a byte for each
 * receipt.
 */
final class LedgerFile implements AutoCloseable {
  private static final int STRIDE = 16;

  private final int shard;
  private final MappedFile file;
  private final LedgerIndex index = new LedgerIndex();
  private final LedgerWalk walk;
  private final long firstSequence;

  /** Offset of every 16th receipt. */
  private final IntArrayList offsets = new IntArrayList();

  private LedgerFile(final int shard, final MappedFile file, final MessageDigest digest) {
    this.shard = shard;
    this.file = file;
    walk = new LedgerWalk(file, digest, index);
    firstSequence = LedgerFormat.firstSequence(file.buffer());
  }

  /**
   * Opens a file.
   *
   * @param file the file, mapped; closed by the one that is returned, or when none is
   * @param number the number in its name
   * @param identity the shard
   * @param digest sums
   * @return the file
   * @throws LedgerCorruptedException when its header is not that of this file
   */
  static LedgerFile open(
      final MappedFile file,
      final long number,
      final ShardIdentity identity,
      final MessageDigest digest) {
    final LedgerFormat.Misfit misfit = LedgerFormat.headerMisfit(file, identity, number);
    if (misfit != null) {
      file.close();
      throw new LedgerCorruptedException(
          LedgerFault.of(identity.shardIndex(), file.path(), 0, misfit));
    }
    return new LedgerFile(identity.shardIndex(), file, digest);
  }

  /**
   * Checks what was not checked before.
   *
   * @throws LedgerCorruptedException when a receipt is not as it was written
   */
  void check() {
    while (walk.advance()) {
      if ((walk.sequence() - firstSequence) % STRIDE == 0) {
        offsets.addInt(walk.receipt());
      }
    }
    final LedgerFormat.Misfit misfit = walk.misfit();
    if (misfit != null) {
      throw new LedgerCorruptedException(
          LedgerFault.of(shard, file.path(), walk.sequence() + 1, misfit));
    }
  }

  /** Sequence of the first receipt that is, or will be, in the file. */
  long firstSequence() {
    return firstSequence;
  }

  /** Sequence of the last receipt that was checked, here or in the file before. */
  long lastSequence() {
    return walk.sequence();
  }

  /** Hash of that receipt. */
  byte[] lastHash() {
    return walk.hash();
  }

  /** Copies the receipt of a sequence that was checked. */
  LedgerReceipt receipt(final long sequence) {
    final int ordinal = (int) (sequence - firstSequence);
    int offset = offsets.getInt(ordinal / STRIDE);
    for (int i = ordinal % STRIDE; i > 0; i--) {
      offset += LedgerFormat.publishedLength(file.buffer(), offset);
    }
    return LedgerReceipt.copy(shard, file.buffer(), offset);
  }

  /** Offset of the last receipt of a record that was checked, or {@link LedgerIndex#MISSING}. */
  int lastOf(final long recordId) {
    return index.get(file.buffer(), recordId);
  }

  /** Offset of the receipt before one of the same record, or {@link LedgerIndex#MISSING}. */
  int previousOf(final int offset) {
    return LedgerFormat.previous(file.buffer(), offset);
  }

  /** Copies a receipt that was checked. */
  LedgerReceipt receiptAt(final int offset) {
    return LedgerReceipt.copy(shard, file.buffer(), offset);
  }

  @Override
  public void close() {
    file.close();
  }
}
