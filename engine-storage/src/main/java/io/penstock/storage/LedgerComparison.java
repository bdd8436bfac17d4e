package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import io.penstock.storage.LedgerReceipt.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Goes along the events that a shard still keeps and the receipts of its ledger, side by side: each
 * event must have its receipt and each receipt, from the oldest frame that is kept on, its event.
 *
 * <p>Events in a gap that the ledger notes need no receipt, and receipts of frames that a power
 * failure took, as a note of the ledger says, no event. Used once, by one thread.
 */
final class LedgerComparison {
  private final Ledger ledger;
  private final ShardSnapshot shard;
  private final LedgerHead head;
  private final List<LedgerReceipt> notes;

  /** Whether the last events may have no receipts yet. */
  private final boolean mayLag;

  private final List<LedgerFault> faults = new ArrayList<>();
  private long sequence;
  private @Nullable LedgerReceipt next;
  private long firstKept;
  private int entry;

  /**
   * Creates the comparison of a shard whose chain is sound.
   *
   * @param ledger its ledger
   * @param shard its journal and history, read before
   * @param head the end of its chain
   * @param notes the receipts of the shard that are not of events
   * @param mayLag whether it is open, or was not closed
   */
  LedgerComparison(
      final Ledger ledger,
      final ShardSnapshot shard,
      final LedgerHead head,
      final List<LedgerReceipt> notes,
      final boolean mayLag) {
    this.ledger = ledger;
    this.shard = shard;
    this.head = head;
    this.notes = notes;
    this.mayLag = mayLag;
  }

  /**
   * Compares.
   *
   * @return what does not fit, at most one of each kind
   * @throws JournalCorruptedException when a segment that is kept for its events is damaged
   */
  List<LedgerFault> compare() {
    advance();
    shard.forEachFrame(this::onFrame);
    if (next != null && firstKept > 0 && next.position() >= firstKept) {
      note(next.sequence(), "a receipt must have its event", next.toString(), "no such event");
    }
    return faults;
  }

  private void onFrame(
      final long position,
      final long timeNs,
      final DirectBuffer entries,
      final int offset,
      final int length) {
    firstKept = firstKept == 0 ? position : firstKept;
    entry = 0;
    RecordBatch.forEach(
        entries,
        offset,
        length,
        (kind, recordId, payload, at, payloadLength) -> {
          if (kind == RecordBatch.EVENTS) {
            onEvents(position, timeNs, recordId, payload, at, payloadLength);
          }
          entry++;
        });
  }

  private void onEvents(
      final long position,
      final long timeNs,
      final long recordId,
      final DirectBuffer payload,
      final int offset,
      final int length) {
    while (next != null && isBefore(next, position)) {
      if (next.position() >= firstKept) {
        note(next.sequence(), "a receipt must have its event", next.toString(), "no such event");
      }
      advance();
    }
    if (next != null && next.position() == position && next.entry() == entry) {
      if (!next.isOf(timeNs, recordId, payload, offset, length)) {
        note(
            next.sequence(),
            "an event must be as its receipt says",
            next.toString(),
            "another event at position " + position + ", entry " + entry);
      }
      advance();
    } else if (!isInGap(position) && !(next == null && mayLag)) {
      note(
          next == null ? head.sequence() + 1 : next.sequence(),
          "an event must have its receipt: it was taken away, or the ledger was switched off",
          "a receipt of position " + position + ", entry " + entry,
          next == null ? "none behind receipt " + head.sequence() : next.toString());
    }
  }

  private boolean isBefore(final LedgerReceipt receipt, final long position) {
    return receipt.position() < position
        || (receipt.position() == position && receipt.entry() < entry);
  }

  private boolean isInGap(final long position) {
    return notes.stream()
        .anyMatch(
            note ->
                note.kind() == Kind.GAP
                    && position <= note.position()
                    && position
                        >= ByteBuffer.wrap(note.payload())
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong());
  }

  /** Goes to the next receipt of an event that was not cut. */
  private void advance() {
    next = null;
    while (next == null && sequence < head.sequence()) {
      sequence++;
      final LedgerReceipt receipt = ledger.receipt(head.shard(), sequence).orElse(null);
      if (receipt != null && receipt.kind() == Kind.EVENT && !isCut(receipt)) {
        next = receipt;
      }
    }
  }

  private boolean isCut(final LedgerReceipt receipt) {
    return notes.stream()
        .anyMatch(
            note ->
                note.kind() == Kind.JOURNAL_CUT
                    && note.sequence() > receipt.sequence()
                    && note.position() < receipt.position());
  }

  private void note(final long at, final String rule, final String expected, final String actual) {
    if (faults.stream().noneMatch(fault -> fault.rule().equals(rule))) {
      faults.add(
          new LedgerFault(
              head.shard(), ledger.directoryOf(head.shard()), 0, at, rule, expected, actual));
    }
  }
}
