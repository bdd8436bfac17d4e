package io.penstock.storage;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the ledger of a shard, made if absent, and brings it up to its journal: a receipt for each
 * entry of events behind the last one that has one. Used once, on the opening thread.
 */
final class LedgerOpening {
  private static final Logger LOGGER = LoggerFactory.getLogger(LedgerOpening.class);

  private final Path shardDirectory;
  private final ShardIdentity identity;

  /** Position of the last frame of the journal. */
  private final long journalPosition;

  private final LedgerWriter writer;
  private final @Nullable LedgerReceipt last;

  /** Position and entry that the last receipt is of; entries up to there have theirs. */
  private final long lastPosition;

  private final int lastEntry;

  /** Receipts of all events up to here are written. */
  private long covered;

  private long timeNs;
  private int entry;

  /** Where a ledger is, and the journal that it is of. */
  private record Place(
      FileLayer files,
      Path shardDirectory,
      Path directory,
      ShardIdentity identity,
      long journalPosition) {}

  private LedgerOpening(
      final Place place,
      final LedgerWriter writer,
      final @Nullable LedgerReceipt last,
      final long covered) {
    shardDirectory = place.shardDirectory();
    identity = place.identity();
    journalPosition = place.journalPosition();
    this.writer = writer;
    this.last = last;
    lastPosition = last == null ? 0 : last.position();
    lastEntry =
        last == null || last.kind() != LedgerReceipt.Kind.EVENT ? Integer.MAX_VALUE : last.entry();
    this.covered = Math.max(covered, lastPosition);
    timeNs = last == null ? 0 : last.timeNs();
  }

  /**
   * Opens a ledger; when this returns it is on the disk, and has all that the journal has.
   *
   * @param files the file system
   * @param shardDirectory the shard's directory, its journal as it will be appended to
   * @param identity the shard
   * @param options how it is laid out
   * @param journalPosition position of the last frame of the journal
   * @param flusher does the chores
   * @return the ledger, to be closed by the journal
   * @throws LedgerCorruptedException when it is damaged
   * @throws StoreException when there is no room
   * @throws IOException when the directory cannot be read or written
   */
  static ReceiptLog open(
      final FileLayer files,
      final Path shardDirectory,
      final ShardIdentity identity,
      final LedgerOptions options,
      final long journalPosition,
      final Flusher flusher)
      throws IOException {
    final Path directory = LedgerFiles.directory(shardDirectory);
    files.createDirectories(directory);
    final Place place = new Place(files, shardDirectory, directory, identity, journalPosition);
    try {
      return open(place, options, flusher, null);
    } catch (final LedgerCorruptedException e) {
      if (options.recoveryPolicy() == RecoveryPolicy.STRICT) {
        throw e;
      }
      putAside(files, directory, e.fault(), options);
      return open(place, options, flusher, e.fault());
    }
  }

  /**
   * Opens what is there.
   *
   * @param damage what was wrong with a ledger that was put aside just now, or null
   */
  private static LedgerWriter open(
      final Place place,
      final LedgerOptions options,
      final Flusher flusher,
      final @Nullable LedgerFault damage)
      throws IOException {
    final LedgerRecovery.Tail found =
        LedgerRecovery.recover(place.files(), place.directory(), place.identity());
    final LedgerRecovery.Tail tail =
        found == null ? create(place.files(), place.directory(), place.identity(), options) : found;
    final LedgerWriter writer =
        new LedgerWriter(
            place.files(),
            place.directory(),
            place.identity(),
            options.fileLengthMax(),
            tail,
            flusher);
    try {
      new LedgerOpening(place, writer, tail.last(), tail.covered()).catchUp(damage);
      writer.force();
      return writer;
    } catch (final RuntimeException | IOException e) {
      try {
        writer.discard();
      } catch (final RuntimeException | IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private static LedgerRecovery.Tail create(
      final FileLayer files,
      final Path directory,
      final ShardIdentity identity,
      final LedgerOptions options)
      throws IOException {
    final long number = LedgerFiles.numberNext(directory);
    final int length = Journal.alignedLength(options.fileLengthFirst());
    final MappedFile file = LedgerFiles.create(files, directory, number, length);
    final byte[] genesis = LedgerFormat.genesis(identity);
    LedgerFormat.writeHeader(
        file.buffer(), identity, number, LedgerFormat.SEQUENCE_FIRST, length, genesis);
    return new LedgerRecovery.Tail(
        file, number, LedgerFormat.HEADER_LENGTH, 0, new LedgerIndex(), null, 0);
  }

  /** A chain that is broken somewhere ends here as a whole: a later one does not continue it. */
  private static void putAside(
      final FileLayer files,
      final Path directory,
      final LedgerFault fault,
      final LedgerOptions options)
      throws IOException {
    LOGGER.warn("damaged ledger is put aside, a new one begins: {}", fault);
    final List<SegmentFiles.Found> found = LedgerFiles.list(directory);
    for (final SegmentFiles.Found damaged : found) {
      LedgerFiles.putAside(files, damaged.path());
    }
    files.forceDirectory(directory);
    options.onDamage().accept(new JournalDamage(fault.file(), fault.position(), 0, fault.rule()));
  }

  private void catchUp(final @Nullable LedgerFault fault) throws IOException {
    if (fault != null) {
      final String words = fault.rule() + ": file=" + fault.file().getFileName();
      note(LedgerFormat.RESTART, 0, bytes(words));
    }
    if (lastPosition > journalPosition) {
      LOGGER.warn(
          "the journal ends before its ledger, a power failure took its last frames: directory={},"
              + " journal={}, ledger={}",
          shardDirectory,
          journalPosition,
          lastPosition);
      note(LedgerFormat.JOURNAL_CUT, journalPosition, new UnsafeBuffer(0, 0));
    } else {
      covered = Math.min(covered, journalPosition);
      EventReader.readFrom(shardDirectory, identity, Math.max(lastPosition, 1), this::onFrame);
      noteGap(journalPosition + 1);
    }
    writer.covered(journalPosition);
  }

  private void onFrame(
      final long position,
      final long frameTimeNs,
      final DirectBuffer entries,
      final int offset,
      final int length) {
    if (position > journalPosition) {
      return; // of a damaged journal: not part of what goes on
    }
    noteGap(position);
    timeNs = frameTimeNs;
    entry = 0;
    RecordBatch.forEach(
        entries,
        offset,
        length,
        (kind, recordId, payload, payloadOffset, payloadLength) -> {
          if (kind == RecordBatch.EVENTS) {
            onEvents(position, recordId, payload, payloadOffset, payloadLength);
          }
          entry++;
        });
    covered = Math.max(covered, position);
  }

  private void onEvents(
      final long position,
      final long recordId,
      final DirectBuffer payload,
      final int offset,
      final int length) {
    if (position > lastPosition || entry > lastEntry) {
      writer.appendEvent(position, timeNs, entry, recordId, payload, offset, length);
    } else if (entry == lastEntry) {
      requireSame(recordId, payload, offset, length);
    }
  }

  /** A ledger that was switched off while the journal took another turn does not go on. */
  private void requireSame(
      final long recordId, final DirectBuffer payload, final int offset, final int length) {
    if (last != null && !last.isOf(timeNs, recordId, payload, offset, length)) {
      throw new LedgerCorruptedException(
          new LedgerFault(
              identity.shardIndex(),
              LedgerFiles.directory(shardDirectory),
              0,
              last.sequence(),
              "last receipt must be of what the journal holds",
              "entry " + entry + " of the frame at " + lastPosition,
              last.toString()));
    }
  }

  /** Says that there are no receipts from what is covered to before a position. */
  private void noteGap(final long position) {
    if (position > covered + 1) {
      final UnsafeBuffer first = new UnsafeBuffer(new byte[Long.BYTES]);
      first.putLong(0, covered + 1, LITTLE_ENDIAN);
      note(LedgerFormat.GAP, position - 1, first);
      covered = position - 1;
    }
  }

  private void note(final int kind, final long position, final DirectBuffer payload) {
    writer.appendNote(kind, position, timeNs, payload);
  }

  private static DirectBuffer bytes(final String words) {
    return new UnsafeBuffer(words.getBytes(StandardCharsets.UTF_8));
  }
}
