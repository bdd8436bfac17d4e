package io.penstock.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The ledger of one shard as its reader sees it. One thread. */
final class ShardLedger implements AutoCloseable {
  private final Path directory;
  private final ShardIdentity identity;
  private final MessageDigest digest;
  private final List<LedgerFile> files = new ArrayList<>();
  private long numberNext = -1;

  /** The next file while it is not in use, and what tells it from one of the same name. */
  private @Nullable MappedFile ahead;

  private @Nullable Object aheadKey;

  /**
   * Creates the reader, which has read nothing.
   *
   * @param directory the shard's ledger directory
   * @param identity the shard
   * @param digest sums; the thread's
   */
  ShardLedger(final Path directory, final ShardIdentity identity, final MessageDigest digest) {
    this.directory = directory;
    this.identity = identity;
    this.digest = digest;
  }

  /** The receipt of a sequence; null when there is none yet. */
  @Nullable LedgerReceipt receipt(final long sequence) throws IOException {
    if (files.isEmpty() || sequence > files.get(files.size() - 1).lastSequence()) {
      refresh();
    }
    for (int i = files.size() - 1; i >= 0; i--) {
      final LedgerFile file = files.get(i);
      if (sequence >= file.firstSequence()) {
        if (sequence > file.lastSequence()) {
          file.check();
        }
        return sequence <= file.lastSequence() ? file.receipt(sequence) : null;
      }
    }
    return null;
  }

  /** Adds the receipts of a record, oldest first. */
  void collect(final long recordId, final List<LedgerReceipt> receipts) throws IOException {
    refresh();
    for (final LedgerFile file : files) {
      file.check();
      final int begin = receipts.size();
      for (int offset = file.lastOf(recordId);
          offset != LedgerIndex.MISSING;
          offset = file.previousOf(offset)) {
        receipts.add(file.receiptAt(offset));
      }
      reverse(receipts, begin);
    }
  }

  /** The end of the chain. */
  LedgerHead head() throws IOException {
    refresh();
    if (files.isEmpty()) {
      return head(0, Instant.EPOCH, LedgerFormat.genesis(identity));
    }
    final LedgerFile last = files.get(files.size() - 1);
    last.check();
    final long sequence = last.lastSequence();
    final byte[] hash = last.lastHash();
    final LedgerReceipt receipt = sequence == 0 ? null : receipt(sequence);
    return head(sequence, receipt == null ? Instant.EPOCH : receipt.time(), hash);
  }

  private LedgerHead head(final long sequence, final Instant time, final byte[] hash) {
    return new LedgerHead(
        identity.engineId(), identity.shardIndex(), sequence, time, LedgerFormat.hex(hash));
  }

  /** Opens the files that came since. */
  private void refresh() throws IOException {
    if (numberNext < 0) {
      final List<SegmentFiles.Found> found = LedgerFiles.list(directory);
      if (found.isEmpty()) {
        return;
      }
      numberNext = found.get(0).number();
    }
    for (Path next = LedgerFiles.path(directory, numberNext);
        Files.exists(next);
        next = LedgerFiles.path(directory, numberNext)) {
      final MappedFile file = map(next);
      if (file.length() >= LedgerFormat.HEADER_LENGTH && !LedgerFormat.isBorn(file.buffer())) {
        return;
      }
      ahead = null;
      files.add(LedgerFile.open(file, numberNext, identity, digest));
      numberNext++;
    }
  }

  /** Maps a file, or has mapped it before: one that is not in use yet is looked at again. */
  private MappedFile map(final Path next) throws IOException {
    final Object key = Files.readAttributes(next, BasicFileAttributes.class).fileKey();
    MappedFile mapped = ahead;
    if (mapped == null || !Objects.equals(key, aheadKey)) {
      closeAhead();
      mapped = MappedFile.readOnly(next);
      ahead = mapped;
      aheadKey = key; // an engine that closes deletes it, and the next one makes another
    }
    return mapped;
  }

  private void closeAhead() {
    if (ahead != null) {
      ahead.close();
      ahead = null;
    }
  }

  private static void reverse(final List<LedgerReceipt> receipts, final int begin) {
    for (int low = begin, high = receipts.size() - 1; low < high; low++, high--) {
      final LedgerReceipt swapped = receipts.get(low);
      receipts.set(low, receipts.get(high));
      receipts.set(high, swapped);
    }
  }

  @Override
  public void close() {
    closeAhead();
    files.forEach(LedgerFile::close);
    files.clear();
  }
}
