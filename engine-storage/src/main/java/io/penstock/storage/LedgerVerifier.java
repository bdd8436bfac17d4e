package io.penstock.storage;

import io.penstock.storage.LedgerFormat.Misfit;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the chain of one shard from its first receipt, with nothing but the files and the heads
 * that it is given. Used once.
 */
final class LedgerVerifier {
  /** How long a receipt may be in the making, when nobody stops the writer, and then some. */
  private static final int PATIENCE_MS = 200;

  private static final long PAUSE_NS = 1_000_000;

  private final Path directory;
  private final ShardIdentity identity;
  private final List<LedgerHead> trusted;
  private final MessageDigest digest = LedgerFormat.sha256();
  private final LedgerIndex index = new LedgerIndex();
  private final List<LedgerReceipt> notes = new ArrayList<>();
  private int trustedNext;
  private long sequence;
  private byte[] hash;
  private Instant time = Instant.EPOCH;
  private @Nullable LedgerFault fault;

  /**
   * Creates the verification of a shard.
   *
   * @param directory the shard's ledger directory
   * @param identity the shard
   * @param trusted heads of this shard
   */
  LedgerVerifier(
      final Path directory, final ShardIdentity identity, final List<LedgerHead> trusted) {
    this.directory = directory;
    this.identity = identity;
    this.trusted = new ArrayList<>(trusted);
    this.trusted.sort(Comparator.comparingLong(LedgerHead::sequence));
    hash = LedgerFormat.genesis(identity);
  }

  /** Verifies; returns whether there is a ledger at all. */
  boolean verify() throws IOException {
    final List<SegmentFiles.Found> found = LedgerFiles.list(directory);
    checkTrusted(directory, 0);
    Path path = directory;
    long offset = 0;
    for (int i = 0; i < found.size() && fault == null; i++) {
      path = found.get(i).path();
      if (i > 0 && found.get(i).number() != found.get(i - 1).number() + 1) {
        final long missing = found.get(i - 1).number() + 1;
        fail(
            LedgerFiles.path(directory, missing),
            new Misfit(0, "ledger files must follow each other", missing, found.get(i).number()));
      } else {
        try (MappedFile file = MappedFile.readOnly(path)) {
          offset = verify(found.get(i), file, i == found.size() - 1);
        }
      }
    }
    if (fault == null && trustedNext < trusted.size()) {
      fail(
          path,
          new Misfit(
              offset,
              "receipts up to a trusted head must be there",
              "receipt " + trusted.get(trustedNext).sequence(),
              "none after " + sequence));
    }
    return !found.isEmpty();
  }

  /** The first thing that is wrong; null when nothing is. */
  @Nullable LedgerFault fault() {
    return fault;
  }

  /** The last receipt before the fault, or of all. */
  LedgerHead head() {
    return new LedgerHead(
        identity.engineId(), identity.shardIndex(), sequence, time, LedgerFormat.hex(hash));
  }

  /** Receipts that are not of events. */
  List<LedgerReceipt> notes() {
    return notes;
  }

  /** Verifies a file; returns where its receipts end. */
  private long verify(final SegmentFiles.Found found, final MappedFile file, final boolean isLast) {
    if (isLast && file.isZeroFrom(0)) {
      return 0;
    }
    Misfit head = LedgerFormat.headerMisfit(file, identity, found.number());
    head = head == null ? LedgerFormat.linkMisfit(file, sequence + 1, hash) : head;
    if (head != null) {
      fail(found.path(), head);
      return 0;
    }
    index.clear();
    final LedgerWalk walk = new LedgerWalk(file, digest, index);
    Misfit misfit = pass(found.path(), file, walk);
    for (int waited = 0; misfit == null && fault == null; ) {
      final Misfit end = walk.endMisfit();
      if (end == null) {
        break;
      }
      final int length = LedgerFormat.publishedLength(file.buffer(), walk.offset());
      if (length == 0 || waited++ == PATIENCE_MS) {
        misfit = end; // nobody is about to write there
      } else if (length < 0) {
        LockSupport.parkNanos(this, PAUSE_NS);
      } else {
        misfit = pass(found.path(), file, walk);
      }
    }
    if (misfit != null) {
      fail(found.path(), misfit);
    }
    return walk.offset();
  }

  /** Passes receipts as far as they are there and right. */
  private @Nullable Misfit pass(final Path path, final MappedFile file, final LedgerWalk walk) {
    while (fault == null && walk.advance()) {
      sequence = walk.sequence();
      if (LedgerFormat.kind(file.buffer(), walk.receipt()) != LedgerFormat.EVENT) {
        notes.add(LedgerReceipt.copy(identity.shardIndex(), file.buffer(), walk.receipt()));
      }
      if (trustedNext < trusted.size() && trusted.get(trustedNext).sequence() == sequence) {
        hash = walk.hash();
        checkTrusted(path, walk.receipt());
      }
    }
    if (walk.receipt() != 0) {
      hash = walk.hash();
      time = Instant.EPOCH.plusNanos(LedgerFormat.timeNs(file.buffer(), walk.receipt()));
    }
    return walk.misfit();
  }

  /** The heads of this sequence must have this hash. */
  private void checkTrusted(final Path path, final long offset) {
    while (fault == null
        && trustedNext < trusted.size()
        && trusted.get(trustedNext).sequence() == sequence) {
      final String expected = trusted.get(trustedNext).hash();
      final String actual = LedgerFormat.hex(hash);
      if (!expected.equals(actual)) {
        fault =
            LedgerFault.of(
                identity.shardIndex(),
                path,
                sequence,
                new Misfit(
                    offset,
                    "hash must be that of the trusted head: this receipt or one before was"
                        + " rewritten",
                    expected,
                    actual));
      }
      trustedNext++;
    }
  }

  private void fail(final Path path, final Misfit misfit) {
    fault = LedgerFault.of(identity.shardIndex(), path, sequence + 1, misfit);
  }
}
