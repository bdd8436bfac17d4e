package io.penstock.storage;

import io.penstock.storage.LedgerFormat.Mark;
import io.penstock.storage.LedgerFormat.Misfit;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the end of a shard's ledger at opening, and cuts what a crash left half done there: it is
 * made again from the journal.
 *
 * <p>The newest mark says how far the ledger was on the disk. Receipts up to there must be there.
 * Behind it a kill leaves at most half a receipt, as the last thing; only when the operating system
 * has stopped too may others be missing. Everything else is damage, and changes nothing. Files
 * before the one that the mark is in are not read here but for their headers: that is what {@link
 * Ledger#verify} is for.
 */
final class LedgerRecovery {
  private static final Logger LOGGER = LoggerFactory.getLogger(LedgerRecovery.class);

  private final FileLayer files;
  private final Path directory;
  private final ShardIdentity identity;
  private final MessageDigest digest = LedgerFormat.sha256();
  private final LedgerIndex index = new LedgerIndex();
  private Mark mark = Mark.NONE;

  /** Whether the operating system may have stopped since the ledger was opened last. */
  private boolean systemStopped;

  /** The file that was read last, and the walk along it; null before the first. */
  private @Nullable MappedFile file;

  private @Nullable LedgerWalk walk;
  private long number;
  private @Nullable LedgerReceipt last;

  private LedgerRecovery(
      final FileLayer files, final Path directory, final ShardIdentity identity) {
    this.files = files;
    this.directory = directory;
    this.identity = identity;
  }

  /**
   * Where a ledger ends.
   *
   * @param file the file to append to, mapped for writing
   * @param number its number
   * @param offset where in it the next receipt goes
   * @param sequence sequence of the last receipt, 0 if none
   * @param lastReceipts index of the file
   * @param last the last receipt, or null
   * @param covered the receipts of all events up to this position of the journal are there, as far
   *     as the ledger knows without its last receipt
   */
  record Tail(
      MappedFile file,
      long number,
      int offset,
      long sequence,
      LedgerIndex lastReceipts,
      @Nullable LedgerReceipt last,
      long covered) {}

  /**
   * Finds the end of a ledger.
   *
   * @param files the file system
   * @param directory the shard's ledger directory
   * @param identity the shard
   * @return where it ends; null when there is no ledger yet
   * @throws LedgerCorruptedException when it is damaged; nothing was changed
   * @throws IOException when it cannot be read, or cut
   */
  static @Nullable Tail recover(
      final FileLayer files, final Path directory, final ShardIdentity identity)
      throws IOException {
    return new LedgerRecovery(files, directory, identity).recover();
  }

  private @Nullable Tail recover() throws IOException {
    final List<SegmentFiles.Found> found = LedgerFiles.list(directory);
    while (!found.isEmpty() && isUnborn(found.get(found.size() - 1).path())) {
      files.delete(found.remove(found.size() - 1).path());
    }
    if (found.isEmpty()) {
      return null;
    }
    mark = newestMark(found);
    final int begin = indexOfMarked(found);
    final long boot = boot(found.get(begin).path());
    systemStopped = boot == SystemBoot.UNKNOWN || boot != SystemBoot.current();
    try {
      int next = begin;
      while (next < found.size() && read(found, next)) {
        next++;
      }
      return tail();
    } finally {
      close();
    }
  }

  /** Whether a file was made but not used, or its making was cut short. */
  private static boolean isUnborn(final Path path) throws IOException {
    try (MappedFile file = MappedFile.readOnly(path)) {
      return file.isZeroFrom(0);
    }
  }

  private static Mark newestMark(final List<SegmentFiles.Found> found) throws IOException {
    for (int i = found.size() - 1; i >= 0; i--) {
      try (MappedFile file = MappedFile.readOnly(found.get(i).path())) {
        final Mark noted =
            file.length() < LedgerFormat.HEADER_LENGTH ? null : LedgerFormat.mark(file.buffer());
        if (noted != null) {
          return noted;
        }
      }
    }
    return Mark.NONE;
  }

  /**
   * Index of the file that the last receipt of the mark is in, or of the last before it that can be
   * told by its header.
   */
  private int indexOfMarked(final List<SegmentFiles.Found> found) throws IOException {
    int marked = 0;
    for (int i = 0; i < found.size(); i++) {
      try (MappedFile next = MappedFile.readOnly(found.get(i).path())) {
        if (headMisfit(found, i, next) != null
            || LedgerFormat.firstSequence(next.buffer()) > mark.sequence()) {
          return marked;
        }
        marked = i;
      }
    }
    return marked;
  }

  /** Goes on with a file; returns whether the next one may follow. */
  private boolean read(final List<SegmentFiles.Found> found, final int i) throws IOException {
    final Path path = found.get(i).path();
    final MappedFile next = files.map(path, MapMode.READ_WRITE);
    try {
      final Misfit head = headMisfit(found, i, next);
      if (head != null) {
        final boolean tearable =
            !LedgerFormat.hasWholeHeader(next)
                || LedgerFormat.headerMisfit(next, identity, found.get(i).number()) == null;
        requireTorn(found, i, next, LedgerFormat.HEADER_LENGTH, head, tearable);
        deleteFrom(found, i);
        next.close();
        return false;
      }
    } catch (final RuntimeException | IOException e) {
      next.close();
      throw e;
    }
    final LedgerWalk along = walk(next, found.get(i).number());
    final Misfit end = along.misfit() == null ? along.endMisfit() : along.misfit();
    if (end != null) {
      requireTorn(found, i, next, along.offset() + LedgerFormat.RECEIPT_ALIGNMENT, end, true);
      deleteFrom(found, i + 1);
      cut(next, along.offset());
    }
    if (end != null || along.sequence() > mark.sequence()) {
      Journal.forceAnew(files, next);
    }
    return end == null;
  }

  /** Clears a file behind its last receipt; what was claimed there last, for those who read it. */
  private static void cut(final MappedFile torn, final int offset) {
    final int begin = Math.min(offset + LedgerFormat.RECEIPT_ALIGNMENT, torn.length());
    torn.buffer().setMemory(begin, torn.length() - begin, (byte) 0);
    VarHandle.storeStoreFence();
    torn.buffer().setMemory(offset, begin - offset, (byte) 0);
  }

  /** Passes the receipts of a file. */
  private LedgerWalk walk(final MappedFile next, final long nextNumber) {
    close();
    file = next;
    number = nextNumber;
    index.clear();
    final LedgerWalk along = new LedgerWalk(next, digest, index);
    walk = along;
    along.advanceToEnd();
    if (along.receipt() != 0) {
      last = LedgerReceipt.copy(identity.shardIndex(), next.buffer(), along.receipt());
    }
    return along;
  }

  private @Nullable Tail tail() {
    final MappedFile end = file;
    final LedgerWalk along = walk;
    if (end == null || along == null) {
      return null; // the first file was never whole, and is gone
    }
    if (along.sequence() < mark.sequence()) {
      throw new LedgerCorruptedException(
          new LedgerFault(
              identity.shardIndex(),
              end.path(),
              along.offset(),
              along.sequence() + 1,
              "receipts that were forced to the disk must be there",
              "receipts up to " + mark.sequence(),
              "none after " + along.sequence()));
    }
    LedgerFormat.markOpened(end.buffer());
    file = null; // it is the caller's now
    return new Tail(end, number, along.offset(), along.sequence(), index, last, mark.position());
  }

  private void close() {
    if (file != null) {
      file.close();
      file = null;
    }
  }

  private static long boot(final Path path) throws IOException {
    try (MappedFile file = MappedFile.readOnly(path)) {
      return file.length() < LedgerFormat.HEADER_LENGTH
          ? SystemBoot.UNKNOWN
          : LedgerFormat.systemBoot(file.buffer());
    }
  }

  private @Nullable Misfit headMisfit(
      final List<SegmentFiles.Found> found, final int i, final MappedFile next) {
    final long expected = i == 0 ? found.get(i).number() : found.get(i - 1).number() + 1;
    if (found.get(i).number() != expected) {
      return new Misfit(0, "ledger files must follow each other", expected, found.get(i).number());
    }
    final Misfit header = LedgerFormat.headerMisfit(next, identity, expected);
    if (header != null) {
      return header;
    }
    if (walk != null) {
      return LedgerFormat.linkMisfit(next, walk.sequence() + 1, walk.hash());
    }
    return i > 0
        ? null
        : LedgerFormat.linkMisfit(
            next, LedgerFormat.SEQUENCE_FIRST, LedgerFormat.genesis(identity));
  }

  /**
   * What does not fit must be what a crash leaves.
   *
   * @param begin where in the file to look for what comes behind it
   * @param tearable whether a crash can leave such a file at all
   */
  private void requireTorn(
      final List<SegmentFiles.Found> found,
      final int i,
      final MappedFile torn,
      final int begin,
      final Misfit misfit,
      final boolean tearable) {
    final long sequence = walk == null ? LedgerFormat.SEQUENCE_FIRST : walk.sequence() + 1;
    final boolean follows = i + 1 < found.size() || findReceipt(torn, begin);
    if (!tearable || sequence <= mark.sequence() || (follows && !systemStopped)) {
      throw new LedgerCorruptedException(
          LedgerFault.of(identity.shardIndex(), torn.path(), sequence, misfit));
    }
    LOGGER.warn(
        "torn tail of the ledger is cut, and made again from the journal: file={}, offset={},"
            + " sequence={}, rule={}",
        torn.path(),
        misfit.offset(),
        sequence,
        misfit.rule());
  }

  private boolean findReceipt(final MappedFile torn, final int begin) {
    final int end = torn.length() - LedgerFormat.RECEIPT_LENGTH_MIN;
    for (int offset = begin; offset <= end; offset += LedgerFormat.RECEIPT_ALIGNMENT) {
      if (LedgerFormat.publishedLength(torn.buffer(), offset) > 0
          && LedgerFormat.receiptMisfit(
                  torn, offset, LedgerFormat.sequence(torn.buffer(), offset), digest)
              == null) {
        return true;
      }
    }
    return false;
  }

  private void deleteFrom(final List<SegmentFiles.Found> found, final int begin)
      throws IOException {
    for (int i = found.size() - 1; i >= begin; i--) {
      files.delete(found.get(i).path());
    }
  }
}
