package io.penstock.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a shard's ledger should be, computed from the events alone with the JDK alone; shares no
 * code with the ledger.
 */
final class ModelLedger {
  private final List<Receipt> receipts = new ArrayList<>();
  private byte[] hash;
  private long position;

  /** A receipt as a test sees it. */
  record Receipt(String kind, long sequence, long recordId, String text, String hash) {
    static Receipt of(final LedgerReceipt receipt) {
      return new Receipt(
          receipt.kind().name(),
          receipt.sequence(),
          receipt.recordId(),
          new String(receipt.payload(), StandardCharsets.UTF_8),
          receipt.hash());
    }
  }

  ModelLedger(final long engineId, final int shard) {
    final byte[] who = new byte[20];
    little(who).put("PENSTLED".getBytes(StandardCharsets.US_ASCII)).putLong(engineId).putInt(shard);
    hash = sha256().digest(who);
  }

  /** The receipts that should be there. */
  List<Receipt> receipts() {
    return receipts;
  }

  /** The receipts of one record. */
  List<Receipt> receiptsOf(final long recordId) {
    return receipts.stream()
        .filter(receipt -> receipt.recordId() == recordId && receipt.kind().equals("EVENT"))
        .toList();
  }

  /** A frame without events. */
  void frame() {
    position++;
  }

  /** A frame with one entry of events, behind others. */
  void frame(final int entry, final long recordId, final String text) {
    position++;
    event(entry, recordId, text);
  }

  /** One more entry of events in the same frame. */
  void event(final int entry, final long recordId, final String text) {
    add(
        1,
        position,
        entry,
        1_700_000_000_000_000_000L,
        recordId,
        text.getBytes(StandardCharsets.UTF_8));
  }

  void add(
      final int kind,
      final long ofPosition,
      final int entry,
      final long timeNs,
      final long recordId,
      final byte[] payload) {
    final int length = (52 + payload.length + 32 + 7) / 8 * 8;
    final byte[] bytes = new byte[length - 32];
    final ByteBuffer receipt = little(bytes);
    receipt.putLong(8, receipts.size() + 1).putLong(16, ofPosition).putLong(24, timeNs);
    receipt.putLong(32, recordId).putInt(40, entry).putInt(44, kind).putInt(48, payload.length);
    System.arraycopy(payload, 0, bytes, 52, payload.length);
    final MessageDigest digest = sha256();
    digest.update(hash);
    digest.update(bytes, 8, length - 32 - 8);
    hash = digest.digest();
    receipts.add(
        new Receipt(
            kind == 1 ? "EVENT" : "OTHER",
            receipts.size() + 1,
            recordId,
            new String(payload, StandardCharsets.UTF_8),
            hex(hash)));
  }

  static List<Receipt> read(final Ledger ledger, final int shard) {
    final List<Receipt> found = new ArrayList<>();
    for (long sequence = 1; ledger.receipt(shard, sequence).isPresent(); sequence++) {
      found.add(Receipt.of(ledger.receipt(shard, sequence).orElseThrow()));
    }
    return found;
  }

  static String hex(final byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  static ByteBuffer little(final byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (final NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
