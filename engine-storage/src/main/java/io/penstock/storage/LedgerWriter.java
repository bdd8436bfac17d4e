package io.penstock.storage;

import static io.penstock.storage.LedgerFormat.HASH_LENGTH;
import static io.penstock.storage.LedgerFormat.HEADER_LENGTH;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.RecordBatch.EntryVisitor;
import io.penstock.spi.StoreException;
import io.penstock.spi.StoreFullException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A shard's ledger, open for appending: a receipt for each entry of events, each with the hash of
 * all before it. Layout: {@link LedgerFormat}.
 *
 * <p>One thread appends, the journal's, without a lock, into a mapped file; it allocates nothing
 * unless a receipt is longer than all before, a file holds more records than all before, or a file
 * is full. The receipts of a frame are made once the frame is complete, and again from the journal
 * at the next opening if a crash takes them: hence a command never waits for the disk on their
 * account. Only when the journal lets a segment go must they be there, see {@link #force}.
 */
final class LedgerWriter implements ReceiptLog {
  private static final int SCRATCH_LENGTH_INITIAL = 1024;

  private final FileLayer files;
  private final Path directory;
  private final ShardIdentity identity;
  private final int fileLengthMax;
  private final Runnable onChore;
  private final Ownership ownership;
  private final SegmentAhead ahead;
  private final Queue<MappedFile> full = new ConcurrentLinkedQueue<>();
  private final MessageDigest digest = LedgerFormat.sha256();
  private final LedgerIndex lastReceipts;
  private final EntryVisitor measure = this::measure;
  private final EntryVisitor write = this::write;

  private MappedFile file;
  private long number;
  private int offset;
  private int aheadOffset;
  private long sequence;

  /** The hash before the next receipt, and behind it room for the receipt. */
  private byte[] scratch = new byte[SCRATCH_LENGTH_INITIAL];

  private final UnsafeBuffer scratchBuffer = new UnsafeBuffer(scratch);

  /** What the last batch needed that found no room. */
  private long lengthLacking;

  /** What the visitors work on. */
  private long room;

  private long framePosition;
  private long frameTimeNs;
  private int entry;

  /** For the flusher, each stored once what it speaks of is written: in this order. */
  private volatile MappedFile fileToForce;

  private volatile long sequenceWritten;
  private volatile long positionCovered;

  /** What is on the disk; the forcing thread's. */
  private LedgerFormat.Mark marked = LedgerFormat.Mark.NONE;

  /** What could not be forced may be gone, though a second force would say that all is well. */
  private boolean failed;

  /**
   * Creates the writer of a ledger that was read to its end.
   *
   * @param files the file system
   * @param directory the shard's ledger directory
   * @param identity the shard
   * @param fileLengthMax length in bytes at which files stop growing
   * @param tail where the ledger ends
   * @param flusher does the chores
   */
  LedgerWriter(
      final FileLayer files,
      final Path directory,
      final ShardIdentity identity,
      final int fileLengthMax,
      final LedgerRecovery.Tail tail,
      final Flusher flusher) {
    this.files = files;
    this.directory = directory;
    this.identity = identity;
    this.fileLengthMax = fileLengthMax;
    onChore = flusher::onChore;
    ownership = flusher.ownership();
    ahead = new SegmentAhead(files, this::make);
    file = tail.file();
    fileToForce = file;
    number = tail.number();
    offset = tail.offset();
    aheadOffset = file.length() / 2;
    sequence = tail.sequence();
    sequenceWritten = sequence;
    file.buffer().getBytes(offset - HASH_LENGTH, scratch, 0, HASH_LENGTH);
    lastReceipts = tail.lastReceipts();
  }

  // ---- the writer ----

  @Override
  public void reserve(final RecordBatch batch) {
    room = 0;
    batch.forEach(measure);
    reserve(room);
  }

  @Override
  public void makeRoom() {
    reserve(lengthLacking);
  }

  @Override
  public void append(final long position, final RecordBatch batch) {
    framePosition = position;
    frameTimeNs = batch.timeNs();
    entry = 0;
    batch.forEach(write);
    covered(position);
  }

  /** Says that the receipts of all events up to a position are written. */
  void covered(final long position) {
    sequenceWritten = sequence;
    positionCovered = position;
  }

  /** Writes the receipt of one entry, for which there may be no room yet; at the opening. */
  void appendEvent(
      final long position,
      final long timeNs,
      final int entryNumber,
      final long recordId,
      final DirectBuffer payload,
      final int payloadOffset,
      final int payloadLength) {
    reserve(LedgerFormat.receiptLength(payloadLength));
    framePosition = position;
    frameTimeNs = timeNs;
    entry = entryNumber;
    write(
        LedgerFormat.EVENT,
        recordId,
        payload,
        payloadOffset,
        payloadLength,
        lastReceipts.put(file.buffer(), recordId, offset));
  }

  /** Writes a receipt of the ledger's own; at the opening. */
  void appendNote(
      final int kind, final long position, final long timeNs, final DirectBuffer payload) {
    reserve(LedgerFormat.receiptLength(payload.capacity()));
    framePosition = position;
    frameTimeNs = timeNs;
    entry = 0;
    write(kind, 0, payload, 0, payload.capacity(), LedgerIndex.MISSING);
  }

  @Override
  public LedgerPoint point() {
    return new LedgerPoint(number, offset, new LedgerFormat.Mark(positionCovered, sequence));
  }

  private void measure(
      final int kind,
      final long recordId,
      final DirectBuffer payload,
      final int payloadOffset,
      final int payloadLength) {
    if (kind == RecordBatch.EVENTS) {
      room += LedgerFormat.receiptLength(payloadLength);
    }
  }

  private void write(
      final int kind,
      final long recordId,
      final DirectBuffer payload,
      final int payloadOffset,
      final int payloadLength) {
    if (kind == RecordBatch.EVENTS) {
      write(
          LedgerFormat.EVENT,
          recordId,
          payload,
          payloadOffset,
          payloadLength,
          lastReceipts.put(file.buffer(), recordId, offset));
    }
    entry++;
  }

  private void write(
      final int kind,
      final long recordId,
      final DirectBuffer payload,
      final int payloadOffset,
      final int payloadLength,
      final int previous) {
    final int length = LedgerFormat.receiptLength(payloadLength);
    encode(kind, recordId, payload, payloadOffset, payloadLength, length, previous);
    final UnsafeBuffer target = file.buffer();
    LedgerFormat.claim(target, offset, length);
    target.putBytes(
        offset + Integer.BYTES, scratch, HASH_LENGTH + Integer.BYTES, length - Integer.BYTES);
    LedgerFormat.publish(target, offset, length);
    System.arraycopy(scratch, length, scratch, 0, HASH_LENGTH);
    offset += length;
    sequence++;
  }

  /** Makes a receipt behind the hash before it; its own hash ends it. */
  private void encode(
      final int kind,
      final long recordId,
      final DirectBuffer payload,
      final int payloadOffset,
      final int payloadLength,
      final int length,
      final int previous) {
    ensureScratch(HASH_LENGTH + length);
    final UnsafeBuffer receipt = scratchBuffer;
    final int at = HASH_LENGTH;
    receipt.putInt(at + LedgerFormat.PREVIOUS_OFFSET, previous, LITTLE_ENDIAN);
    receipt.putLong(at + LedgerFormat.SEQUENCE_OFFSET, sequence + 1, LITTLE_ENDIAN);
    receipt.putLong(at + LedgerFormat.POSITION_OFFSET, framePosition, LITTLE_ENDIAN);
    receipt.putLong(at + LedgerFormat.TIME_OFFSET, frameTimeNs, LITTLE_ENDIAN);
    receipt.putLong(at + LedgerFormat.RECORD_ID_OFFSET, recordId, LITTLE_ENDIAN);
    receipt.putInt(at + LedgerFormat.ENTRY_OFFSET, entry, LITTLE_ENDIAN);
    receipt.putInt(at + LedgerFormat.KIND_OFFSET, kind, LITTLE_ENDIAN);
    receipt.putInt(at + LedgerFormat.PAYLOAD_LENGTH_OFFSET, payloadLength, LITTLE_ENDIAN);
    final int end = at + LedgerFormat.RECEIPT_HEADER_LENGTH + payloadLength;
    payload.getBytes(payloadOffset, scratch, end - payloadLength, payloadLength);
    receipt.setMemory(end, length - end, (byte) 0); // from at + length - HASH_LENGTH on: the hash
    digest.update(scratch, 0, HASH_LENGTH);
    digest.update(
        scratch,
        at + LedgerFormat.HASHED_OFFSET,
        length - HASH_LENGTH - LedgerFormat.HASHED_OFFSET);
    try {
      digest.digest(scratch, length, HASH_LENGTH);
    } catch (final DigestException e) {
      throw new IllegalStateException("SHA-256 must fit its length: length=" + HASH_LENGTH, e);
    }
  }

  private void ensureScratch(final int length) {
    if (length > scratch.length) {
      final byte[] longer = new byte[BitUtil.findNextPositivePowerOfTwo(length)];
      System.arraycopy(scratch, 0, longer, 0, HASH_LENGTH);
      scratch = longer;
      scratchBuffer.wrap(longer);
    }
  }

  // ---- files ----

  private void reserve(final long length) {
    if (length > file.length() - offset) {
      roll(length);
    }
    if (offset + length >= aheadOffset) {
      aheadOffset = Integer.MAX_VALUE;
      ahead.want(number + 1, nextLength(0));
      onChore.run();
    }
  }

  private void roll(final long length) {
    final MappedFile ready = ahead.take();
    if (ready != null) {
      use(ready);
    }
    if (length > file.length() - offset) {
      lengthLacking = length;
      use(Interrupts.deferredDuring(() -> create(nextLength(length))));
    }
  }

  private MappedFile make(final long next, final int length) throws IOException {
    ownership.verify();
    return LedgerFiles.create(files, directory, next, length);
  }

  private MappedFile create(final int length) {
    try {
      return make(number + 1, length);
    } catch (final IOException e) {
      throw new StoreFullException(
          "ledger must have room for its next file: directory="
              + directory
              + ", file="
              + (number + 1)
              + ", length="
              + length
              + ", cause="
              + e.getMessage()
              + "; make room",
          e);
    }
  }

  private void use(final MappedFile next) {
    number++;
    LedgerFormat.writeHeader(next.buffer(), identity, number, sequence + 1, next.length(), scratch);
    full.add(file);
    fileToForce = next;
    file = next;
    offset = HEADER_LENGTH;
    aheadOffset = next.length() / 2;
    lastReceipts.clear();
  }

  private int nextLength(final long roomNeeded) {
    final long lengthNeeded = HEADER_LENGTH + roomNeeded;
    if (lengthNeeded > SegmentFormat.SEGMENT_LENGTH_MAX) {
      throw new StoreException(
          "receipts of a batch must fit a ledger file: length="
              + lengthNeeded
              + ", max="
              + SegmentFormat.SEGMENT_LENGTH_MAX
              + "; split the burst");
    }
    final long doubled = Math.min(2L * file.length(), fileLengthMax);
    return BitUtil.align((int) Math.max(doubled, lengthNeeded), SegmentFormat.SEGMENT_ALIGNMENT);
  }

  // ---- the flusher ----

  @Override
  public void tidy() {
    ahead.make();
    letFullGo();
  }

  @Override
  public void force() {
    // Before anything is forced: what they speak of is written, so it is among what is forced.
    final LedgerFormat.Mark mark = new LedgerFormat.Mark(positionCovered, sequenceWritten);
    if (mark.equals(marked)) {
      return;
    }
    MappedFile current;
    do {
      // A roll in between would put receipts where the loop no longer looks: then look again.
      current = fileToForce;
      letFullGo();
    } while (current != fileToForce);
    force(current, current.length());
    files.forceDirectory(directory);
    LedgerFormat.mark(current.buffer(), mark);
    force(current, HEADER_LENGTH);
    marked = mark;
  }

  private void force(final MappedFile part, final int length) {
    if (failed) {
      throw new UncheckedIOException(
          new IOException("an earlier force failed: file=" + part.path()));
    }
    failed = true;
    files.force(part, 0, length);
    failed = false;
  }

  private void letFullGo() {
    for (MappedFile next = full.peek(); next != null; next = full.peek()) {
      force(next, next.length());
      full.remove();
      next.close();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      force();
    } finally {
      discard();
    }
  }

  /** Unmaps what is there, forced or not. */
  void discard() throws IOException {
    unmap();
    ahead.discard();
  }

  @Override
  public void abandon() {
    unmap();
    ahead.abandon();
  }

  private void unmap() {
    file.close();
    for (MappedFile left = full.poll(); left != null; left = full.poll()) {
      left.close();
    }
  }

  @Override
  public String toString() {
    return "ledger=" + directory;
  }
}
