package io.penstock.storage;

import java.time.Instant;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * A receipt: one entry of events as the journal took it, at its place in a shard's chain.
 * Immutable.
 */
public final class LedgerReceipt {
  private final int shard;
  private final long sequence;
  private final Kind kind;
  private final long position;
  private final int entry;
  private final long timeNs;
  private final long recordId;
  private final byte[] payload;
  private final byte[] hash;

  /** What a receipt is of. */
  public enum Kind {
    /** Events of a record. */
    EVENT(LedgerFormat.EVENT),

    /**
     * Positions of the journal without receipts: what they held was gone when the ledger came to
     * them. The ledger was switched on later, or was off for a while, or the journal was damaged.
     * The payload is the first of them, an int64, little endian; the position is the last.
     */
    GAP(LedgerFormat.GAP),

    /**
     * The journal goes on behind this position: a power failure took what was behind it, of which
     * the receipts before this one tell.
     */
    JOURNAL_CUT(LedgerFormat.JOURNAL_CUT),

    /**
     * A new chain after a damaged one that was put aside. The payload says in words what was wrong.
     */
    RESTART(LedgerFormat.RESTART);

    private static final Kind[] KINDS = values();

    private final int code;

    Kind(final int code) {
      this.code = code;
    }

    private static Kind ofCode(final int code) {
      for (final Kind kind : KINDS) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException("kind must be known: code=" + code);
    }
  }

  private LedgerReceipt(final int shard, final DirectBuffer file, final int offset) {
    this.shard = shard;
    sequence = LedgerFormat.sequence(file, offset);
    kind = Kind.ofCode(LedgerFormat.kind(file, offset));
    position = LedgerFormat.position(file, offset);
    entry = LedgerFormat.entry(file, offset);
    timeNs = LedgerFormat.timeNs(file, offset);
    recordId = LedgerFormat.recordId(file, offset);
    payload = new byte[LedgerFormat.payloadLength(file, offset)];
    file.getBytes(offset + LedgerFormat.RECEIPT_HEADER_LENGTH, payload);
    hash = LedgerFormat.hashBefore(file, offset + LedgerFormat.receiptLength(payload.length));
  }

  /** Copies a receipt that was checked. */
  static LedgerReceipt copy(final int shard, final DirectBuffer file, final int offset) {
    return new LedgerReceipt(shard, file, offset);
  }

  /**
   * Index of the shard whose chain it is in.
   *
   * @return in [0, shard count)
   */
  public int shard() {
    return shard;
  }

  /**
   * Its place in the chain.
   *
   * @return 1 for the first receipt of a shard, then one more for each
   */
  public long sequence() {
    return sequence;
  }

  /**
   * What it is of.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Position in the shard's journal of the frame that it is of.
   *
   * @return at least 0
   */
  public long position() {
    return position;
  }

  /**
   * Which entry of that frame it is of.
   *
   * @return counted from 0
   */
  public int entry() {
    return entry;
  }

  /**
   * When the command was taken that brought the events about; for kinds other than {@link
   * Kind#EVENT}, when the one before it was, as the storage reads no clock.
   *
   * @return the time
   */
  public Instant time() {
    return Instant.EPOCH.plusNanos(timeNs);
  }

  /** The same in nanoseconds since the epoch. */
  long timeNs() {
    return timeNs;
  }

  /**
   * The record that the events belong to: the id of the outermost case; 0 for other kinds.
   *
   * @return its id
   */
  public long recordId() {
    return recordId;
  }

  /**
   * The events, as {@code HistoryEvent.decode} reads them.
   *
   * @return a copy
   */
  public byte[] payload() {
    return payload.clone();
  }

  /**
   * SHA-256 of the hash before it and this receipt.
   *
   * @return 64 lower-case hexadecimal digits
   */
  public String hash() {
    return LedgerFormat.hex(hash);
  }

  /** Whether it is the receipt of an entry. */
  boolean isOf(
      final long ofTimeNs,
      final long ofRecordId,
      final DirectBuffer events,
      final int offset,
      final int length) {
    final byte[] bytes = new byte[length];
    events.getBytes(offset, bytes);
    return timeNs == ofTimeNs && recordId == ofRecordId && Arrays.equals(payload, bytes);
  }

  /** What identifies it, without its payload. */
  @Override
  public String toString() {
    return "LedgerReceipt[shard="
        + shard
        + ", sequence="
        + sequence
        + ", kind="
        + kind
        + ", position="
        + position
        + ", time="
        + time()
        + ", recordId="
        + recordId
        + "]";
  }
}
