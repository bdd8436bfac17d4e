package io.penstock.storage;

import static io.penstock.storage.LedgerFormat.HEADER_LENGTH;

import io.penstock.storage.LedgerFormat.Misfit;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Goes along the receipts of one ledger file and checks each against all before it: its layout, its
 * sequence, its hash, and where it says that the receipt before it of the same record lies.
 *
 * <p>Can go on later with what was appended meanwhile; sees whole receipts only. One thread.
 */
final class LedgerWalk {
  private final MappedFile file;
  private final MessageDigest digest;
  private final LedgerIndex index;
  private int receipt;
  private int offset = HEADER_LENGTH;
  private long sequence;
  private @Nullable Misfit misfit;

  /**
   * Creates a walk, before the first receipt.
   *
   * @param file the file, its header checked
   * @param digest sums
   * @param index is kept up to the last receipt passed; empty
   */
  LedgerWalk(final MappedFile file, final MessageDigest digest, final LedgerIndex index) {
    this.file = file;
    this.digest = digest;
    this.index = index;
    sequence = LedgerFormat.firstSequence(file.buffer()) - 1;
  }

  /**
   * Passes one more receipt.
   *
   * @return false when there is none, or one that does not fit: see {@link #misfit}
   */
  boolean advance() {
    final int length = LedgerFormat.publishedLength(file.buffer(), offset);
    if (length <= 0) {
      misfit = LedgerFormat.unpublishedMisfit(file.buffer(), offset, sequence + 1);
      return false;
    }
    misfit = LedgerFormat.receiptMisfit(file, offset, sequence + 1, digest);
    if (misfit == null) {
      misfit = previousMisfit();
    }
    if (misfit != null) {
      return false;
    }
    receipt = offset;
    offset += length;
    sequence++;
    return true;
  }

  /** Passes receipts as long as {@link #advance} can. */
  void advanceToEnd() {
    boolean more = true;
    while (more) {
      more = advance();
    }
  }

  /** What stopped the walk before the end of the file; null when nothing did. */
  @Nullable Misfit misfit() {
    return misfit;
  }

  /** Offset of the receipt that was passed last; 0 when none was. */
  int receipt() {
    return receipt;
  }

  /** Offset behind it. */
  int offset() {
    return offset;
  }

  /** Sequence of the receipt that was passed last, here or in the files before. */
  long sequence() {
    return sequence;
  }

  /** Its hash. */
  byte[] hash() {
    return LedgerFormat.hashBefore(file.buffer(), offset);
  }

  /** What lies behind the last receipt though nothing should; null when all is zero. */
  @Nullable Misfit endMisfit() {
    for (int at = offset; at < file.length(); at += Long.BYTES) {
      if (file.buffer().getLong(at) != 0) {
        return new Misfit(
            offset,
            "nothing may lie behind the last receipt",
            "receipt " + (sequence + 1) + " or zeros",
            "other bytes at " + at);
      }
    }
    return null;
  }

  private @Nullable Misfit previousMisfit() {
    final boolean isEvent = LedgerFormat.kind(file.buffer(), offset) == LedgerFormat.EVENT;
    final long recordId = LedgerFormat.recordId(file.buffer(), offset);
    final int expected = isEvent ? index.get(file.buffer(), recordId) : LedgerIndex.MISSING;
    final int actual = LedgerFormat.previous(file.buffer(), offset);
    if (isEvent && expected == actual) {
      index.put(file.buffer(), recordId, offset);
    }
    return expected == actual
        ? null
        : new Misfit(
            offset,
            "a receipt must say where the one before it of the same record lies",
            expected,
            actual);
  }
}
