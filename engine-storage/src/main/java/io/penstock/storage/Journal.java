package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.ShardStore.EventVisitor;
import io.penstock.spi.StoreException;
import io.penstock.spi.StoreFullException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.agrona.BitUtil;
import org.agrona.collections.IntArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard's journal, open for appending: the record of everything acknowledged. Layout: {@link
 * SegmentFormat}.
 *
 * <p>One thread appends, without a lock and without allocating, into a mapped segment. A frame is
 * complete once its length is stored, with release order and last; from then on it is in the page
 * cache and survives the process.
 *
 * <p>Who forces it to the disk depends on what the journal is to survive. {@code PROCESS_CRASH}:
 * the {@link Flusher}'s thread, a little later, and {@link #sync} waits for it when too much has
 * gathered ({@link ForceBacklog}). {@code POWER_LOSS}: the appending thread in {@link #sync}, one
 * force for all that was appended since the last. The flusher's thread lets go of segments that are
 * full in either mode. A force that fails is not tried again: the system may have dropped what it
 * could not write, and a second force would say that all is well.
 */
final class Journal implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Journal.class);
  private static final long STALL_CHECK_NS = 100_000;

  private final FileLayer files;
  private final EventArchive archive;
  private final Path directory;
  private final ShardIdentity identity;
  private final boolean forcedBySync;
  private final int segmentLengthMax;
  private final Flusher flusher;
  private final Ownership ownership;
  private final CRC32C crc = new CRC32C();
  private final Queue<FullSegment> full = new ConcurrentLinkedQueue<>();

  private final SegmentAhead ahead;
  private final LiveImages live;
  private final ReceiptLog ledger;
  private final ForceBacklog backlog;

  /** What makes of an offset in the current segment the length appended since the opening. */
  private long appendedBefore;

  /** Lengths of the full segments, oldest first; the writer's. */
  private final IntArrayQueue fullLengths = new IntArrayQueue();

  private long fullLength;

  /** Number of the oldest segment that is not dropped; the writer's. */
  private long oldest;

  /** Which segments are to be dropped, set by the writer. */
  private volatile Drop dropWanted;

  /** The drop whose force the flusher waits for, and the last that was forced; the flusher's. */
  private Drop dropNext;

  private Drop dropForced;

  /** Number of the oldest segment that is there; the flusher's. */
  private long dropped;

  /** How many want every segment kept that is there; see {@link #keep}. */
  private final AtomicInteger keepers = new AtomicInteger();

  private MappedFile segment;
  private ByteBuffer segmentBytes;
  private long segmentNumber;
  private int offset;

  /** Where to ask for the next segment. */
  private int aheadOffset;

  /** Position up to which answers may be given; the writer's. */
  private long positionAnswered;

  /** Length of the last frame that there was no room for. */
  private int lengthLacking;

  /** Position of the last frame; volatile pairs with the flusher's idle flag, see there. */
  private volatile long position;

  private volatile Current segmentToForce;
  private volatile @Nullable StoreException failure;

  /** All frames up to it are on the disk; the forcing thread's. */
  private volatile long positionForced;

  /** From here on the current segment may not be on the disk; for the writer that forces. */
  private int offsetForced;

  /** Notes how far this has come; for the thread that forces. */
  private final JournalMark mark;

  /** The newest segment whose name is on the disk; for the flusher that forces. */
  private @Nullable MappedFile namedOnDisk;

  /**
   * Segments that are no longer needed once what took their place is on the disk.
   *
   * @param begin number of the oldest segment that is needed
   * @param position last of the frames that have to be on the disk before
   */
  private record Drop(long begin, long position) {}

  /**
   * The segment that is written to.
   *
   * @param file the mapping
   * @param number its number
   * @param before position of the last frame before it
   */
  private record Current(MappedFile file, long number, long before) {
    JournalMark.Point upTo(final long position) {
      return new JournalMark.Point(position, number, before);
    }
  }

  private Journal(
      final FileLayer files,
      final Path directory,
      final ShardIdentity identity,
      final JournalOptions options,
      final Flusher flusher,
      final MappedFile segment,
      final JournalRecovery.Tail tail,
      final LiveImages live,
      final ReceiptLog ledger,
      final JournalMark mark) {
    this.files = files;
    this.directory = directory;
    this.identity = identity;
    this.flusher = flusher;
    ownership = flusher.ownership();
    this.ledger = ledger;
    this.mark = mark;
    forcedBySync = options.forcedBySync();
    segmentLengthMax = options.segmentLengthMax();
    backlog = new ForceBacklog(options.unforcedLengthMax());
    archive = new EventArchive(files, directory, identity, options.historyLengthMax());
    ahead = new SegmentAhead(files, this::make);
    this.segment = segment;
    segmentBytes = segment.bytes().duplicate();
    segmentNumber = tail.number();
    segmentToForce = new Current(segment, segmentNumber, tail.positionBefore());
    this.live = live;
    live.enter(segmentNumber);
    for (final int length : tail.fullLengths()) {
      fullLengths.addInt(length);
      fullLength += length;
    }
    oldest = tail.begin();
    dropped = oldest;
    offset = tail.offset();
    appendedBefore = -offset;
    offsetForced = offset;
    aheadOffset = segment.length() / 2;
    position = tail.positionNext() - 1;
    positionForced = position;
    positionAnswered = position;
    dropWanted = new Drop(oldest, position);
    dropNext = dropWanted;
    dropForced = dropWanted;
  }

  /**
   * Opens a journal where recovery found its end; cuts a torn tail, with a line in the log, and
   * forces what had not been forced.
   *
   * @param files the file system
   * @param directory the shard's directory
   * @param identity the shard
   * @param tail where the journal ends
   * @param live the last images in it, kept up from now on
   * @param options segment lengths, and who forces
   * @param flusher does what the writer does not wait for
   * @return the journal, to be closed by the owner
   * @throws StoreException when there is no room, or the directory cannot be written
   */
  static Journal open(
      final FileLayer files,
      final Path directory,
      final ShardIdentity identity,
      final JournalRecovery.Tail tail,
      final LiveImages live,
      final JournalOptions options,
      final Flusher flusher) {
    final List<AutoCloseable> opened = new ArrayList<>();
    try {
      return open(files, directory, identity, tail, live, options, flusher, opened);
    } catch (final IOException e) {
      LocalStore.closeAll(opened);
      throw FullDisk.explain("journal must be writable: directory=" + directory, directory, e);
    } catch (final UncheckedIOException e) {
      LocalStore.closeAll(opened);
      throw FullDisk.explain("journal must be writable: directory=" + directory, directory, e);
    } catch (final RuntimeException | Error e) {
      LocalStore.closeAll(opened);
      throw e;
    }
  }

  private static Journal open(
      final FileLayer files,
      final Path directory,
      final ShardIdentity identity,
      final JournalRecovery.Tail tail,
      final LiveImages live,
      final JournalOptions options,
      final Flusher flusher,
      final List<AutoCloseable> opened)
      throws IOException {
    noteBegin(files, directory, identity, tail);
    final EventArchive archive =
        new EventArchive(files, directory, identity, options.historyLengthMax());
    for (final Path stale : tail.stale()) {
      archive.retire(stale);
    }
    deleteLastFirst(files, directory, tail.surplus());
    final MappedFile segment = openTail(files, directory, identity, tail, options);
    opened.add(segment);
    for (final Path path : tail.unforced()) {
      if (!path.equals(segment.path())) {
        try (MappedFile earlier = files.map(path, MapMode.READ_WRITE)) {
          forceAnew(files, earlier);
        }
      }
    }
    if (!tail.unforced().isEmpty()) {
      files.forceDirectory(directory);
      SegmentFormat.markForced(segment.buffer(), tail.positionNext() - 1);
    }
    final JournalMark mark =
        JournalMark.open(
            files,
            directory,
            identity,
            new JournalMark.Point(tail.positionNext() - 1, tail.number(), tail.positionBefore()));
    opened.add(mark);
    final ReceiptLog ledger = openLedger(files, directory, identity, tail, options, flusher);
    return new Journal(
        files, directory, identity, options, flusher, segment, tail, live, ledger, mark);
  }

  /** The journal is as it will be appended to: the ledger catches up with it. */
  private static ReceiptLog openLedger(
      final FileLayer files,
      final Path directory,
      final ShardIdentity identity,
      final JournalRecovery.Tail tail,
      final JournalOptions options,
      final Flusher flusher)
      throws IOException {
    final LedgerOptions ledger = options.ledger();
    return ledger == null
        ? ReceiptLog.NONE
        : LedgerOpening.open(files, directory, identity, ledger, tail.positionNext() - 1, flusher);
  }

  /** What said where the journal begins may be among what is deleted: says it where it stays. */
  private static void noteBegin(
      final FileLayer files,
      final Path directory,
      final ShardIdentity identity,
      final JournalRecovery.Tail tail)
      throws IOException {
    final Path path = tail.path();
    if (path != null && tail.begin() > 0 && !(tail.stale().isEmpty() && tail.surplus().isEmpty())) {
      try (MappedFile segment = files.map(path, MapMode.READ_WRITE)) {
        SegmentFormat.markBegin(segment.buffer(), tail.begin(), identity);
        files.force(segment, 0, SegmentFormat.HEADER_LENGTH);
      }
      files.forceDirectory(directory);
    }
  }

  private static MappedFile openTail(
      final FileLayer files,
      final Path directory,
      final ShardIdentity identity,
      final JournalRecovery.Tail tail,
      final JournalOptions options)
      throws IOException {
    final Path path =
        tail.path() == null
            ? SegmentFiles.create(
                files,
                directory,
                identity,
                tail.number(),
                alignedLength(options.segmentLengthFirst()),
                options.forcedBySync())
            : tail.path();
    final MappedFile segment = files.map(path, MapMode.READ_WRITE);
    if (tail.torn()) {
      cut(segment, tail);
    }
    SegmentFormat.markOpened(segment.buffer());
    if (tail.torn() || tail.unforced().contains(path)) {
      forceAnew(files, segment);
    }
    return segment;
  }

  /**
   * Writes every page again and forces the file. The page cache may hold what an earlier force
   * could not write and the system has forgotten that it did not: only what is written again is
   * sure to be tried again.
   */
  static void forceAnew(final FileLayer files, final MappedFile file) {
    for (int page = 0; page < file.length(); page += SegmentFormat.SEGMENT_ALIGNMENT) {
      file.buffer().putByte(page, file.buffer().getByte(page));
    }
    files.force(file, 0, file.length());
  }

  /**
   * Appends a batch as one frame.
   *
   * @param batch what changed, not empty
   * @throws StoreFullException when there is no room for it
   * @throws StoreException when an earlier force failed; in both cases nothing of it was appended
   */
  void append(final RecordBatch batch) {
    requireSound();
    ownership.require();
    final int length = frameLength(batch);
    ledger.reserve(batch);
    if (length > segment.length() - offset) {
      roll(length);
    }
    final int frame = offset;
    final long positionNext = position + 1;
    SegmentFormat.writeFrameHeader(segment.buffer(), frame, positionNext, batch.timeNs());
    segment
        .buffer()
        .putBytes(frame + SegmentFormat.FRAME_HEADER_LENGTH, batch.buffer(), 0, batch.length());
    final int checksum =
        SegmentFormat.frameCrc(crc, segmentBytes, frame, length, identity.engineId());
    SegmentFormat.publishFrame(segment.buffer(), frame, length, checksum);
    offset = frame + length;
    position = positionNext;
    ledger.append(positionNext, batch);
    batch.forEach(live);
    flusher.onAppend();
    if (offset >= aheadOffset) {
      wantAhead();
    }
  }

  /** Shows the events of a record; any thread, see {@link EventReader}. */
  void readEvents(final long recordId, final EventVisitor visitor) {
    EventReader.read(directory, identity, position, recordId, visitor);
  }

  /**
   * Says whether what was appended can still be promised.
   *
   * @throws StoreException when it could not be forced to the disk
   */
  void requireSound() {
    final StoreException failed = failure == null ? ownership.lost() : failure;
    if (failed != null) {
      throw new StoreException(String.valueOf(failed.getMessage()), failed);
    }
  }

  /**
   * Ends a run of appends: when it returns, they survive what the journal is to survive. Waits for
   * the flusher when more than may is not on the disk.
   *
   * @throws StoreException when that cannot be promised
   */
  void sync() {
    requireSound();
    if (position != positionAnswered) {
      ownership.require();
      positionAnswered = position;
    }
    if (!forcedBySync) {
      boundBacklog();
    } else if (position != positionForced) {
      forceAppended();
    }
  }

  private void boundBacklog() {
    if (backlog.appended(appendedBefore + offset)) {
      flusher.onChore();
    }
    if (backlog.isOver() && flusher.isRunning()) {
      stall();
    }
  }

  /**
   * Waits until the flusher has caught up, however long the disk takes. It waits for nothing that
   * the writer does, and ends at a failed force, or when it is closed: then there is nothing to
   * wait for.
   */
  private void stall() {
    if (backlog.stalled() == 1) {
      LOGGER.warn(
          "journal is written faster than the disk takes it, callers wait for the disk from now on;"
              + " lower the load, or choose a faster disk: directory={}, unforced={}",
          directory,
          backlog.waiting());
    }
    while (backlog.isOver() && isSound() && flusher.isRunning()) {
      LockSupport.parkNanos(this, STALL_CHECK_NS);
    }
    requireSound();
  }

  private boolean isSound() {
    return failure == null && ownership.lost() == null;
  }

  /** How often the writer had to wait for the disk since the opening; any thread. */
  long stalls() {
    return backlog.stalls();
  }

  /**
   * Makes what was appended since the opening the whole journal; puts the damaged segments before
   * it aside, and keeps the whole ones for their events; before the flusher starts.
   *
   * @param salvage what was read of them
   * @throws StoreException when that could not be forced to the disk
   */
  void beginHere(final JournalSalvage salvage) {
    sync();
    force();
    requireSound();
    try {
      SegmentFormat.markBegin(segment.buffer(), oldest, identity);
      files.force(segment, 0, SegmentFormat.HEADER_LENGTH);
      files.forceDirectory(directory);
      for (final Path path : salvage.damaged()) {
        files.move(path, path.resolveSibling(path.getFileName() + ".damaged"));
      }
      for (final Path path : salvage.whole()) {
        archive.retire(path);
      }
      files.forceDirectory(directory);
    } catch (final IOException e) {
      throw FullDisk.explain(
          "damaged segments must be put aside: directory=" + directory, directory, e);
    } catch (final UncheckedIOException e) {
      throw FullDisk.explain(
          "damaged segments must be put aside: directory=" + directory, directory, e);
    }
  }

  // ---- for the compaction, on the writer's thread ----

  /** The last images in this journal. */
  LiveImages live() {
    return live;
  }

  /** Whether there is a segment besides the current one. */
  boolean hasFullSegment() {
    return !fullLengths.isEmpty();
  }

  /** Length of the full segments and of what is in the current one. */
  long usedLength() {
    return fullLength + offset;
  }

  /** Number of the oldest segment. */
  long oldest() {
    return oldest;
  }

  /** Maps the oldest segment, a full one, for reading. */
  MappedFile mapOldest() throws IOException {
    final boolean interrupted = Thread.interrupted(); // as Interrupts does, but with the exception
    try {
      return files.map(SegmentFiles.path(directory, oldest), MapMode.READ_ONLY);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Lets the oldest segment, a full one without a last image, go; its file does once everything
   * appended until now is on the disk.
   */
  void dropOldest() {
    fullLength -= fullLengths.pollInt();
    oldest++;
    dropWanted = new Drop(oldest, position);
    flusher.onChore();
  }

  // ---- for a backup ----

  /**
   * Makes the flusher keep every segment where it is, from its next round on; any thread. Each call
   * needs a {@link #release}.
   */
  void keep() {
    keepers.incrementAndGet();
  }

  /** Lets the flusher drop again what is no longer needed; any thread. */
  void release() {
    keepers.decrementAndGet();
    flusher.onChore();
  }

  /** Where the journal stands; the writer's thread, between two appends. */
  JournalPoint point() {
    return new JournalPoint(oldest, segmentNumber, offset, position, ledger.point());
  }

  // ---- for the flusher ----

  /**
   * Whether what was appended is to be forced at once: a segment is to be dropped after it, or too
   * much has gathered.
   */
  boolean waitsForForce() {
    final Drop wanted = dropWanted;
    return isDirty()
        && (backlog.isUrgent()
            || (keepers.get() == 0
                && wanted.begin() > dropped
                && wanted.position() > positionForced));
  }

  /** Position of the last frame; any thread. */
  long position() {
    return position;
  }

  /**
   * Says whether what was appended up to a position is on the disk; any thread.
   *
   * @param upTo the position
   * @throws StoreException when it is not
   */
  void requireForced(final long upTo) {
    requireSound();
    if (!forcedBySync && positionForced < upTo) {
      throw new StoreException(
          "journal must be open to be flushed: directory=" + directory + "; flush before closing");
    }
  }

  /** Whether the flusher has to force something that was appended. */
  boolean isDirty() {
    return !forcedBySync && isSound() && (position != positionForced || backlog.isUrgent());
  }

  /**
   * Forces what was appended to the disk, unless {@link #sync} does; the flusher's thread, or the
   * closing one after it ended.
   */
  void force() {
    if (forcedBySync || !isSound()) {
      return;
    }
    // The position last: the drop and the length are then part of what is forced. A run may end
    // before it is read; what that adds to the length alone is found forced the next time.
    takeDrop();
    final long length = backlog.appended();
    final long upTo = position;
    try {
      if (upTo != positionForced) {
        force(upTo);
      }
      backlog.forced(length);
    } catch (final UncheckedIOException e) {
      fail(e);
    }
  }

  private void force(final long upTo) {
    // The writer puts a segment with the full ones before it goes on to the next: what was
    // appended up to that position lies in the full ones before this, and in this.
    final Current newest = segmentToForce;
    final MappedFile current = newest.file();
    forceFullBefore(current);
    files.force(current, 0, current.length());
    if (current != namedOnDisk) {
      files.forceDirectory(directory);
      namedOnDisk = current;
    }
    SegmentFormat.markForced(current.buffer(), upTo);
    mark.write(newest.upTo(upTo));
    positionForced = upTo;
  }

  /** Makes the next segment, if the writer wants it by now, and lets full ones go; the flusher. */
  void tidy() {
    if (ownership.lost() != null) {
      return; // what lies there is another's
    }
    ahead.make();
    tidyLedger();
    for (FullSegment next = full.peek();
        next != null && next.forced && positionForced > next.lastPosition;
        next = full.peek()) {
      // Says in one segment that there is another: it can no longer get lost unnoticed.
      SegmentFormat.markForced(next.file.buffer(), positionForced);
      full.remove();
      next.file.close();
    }
    drop(forcedDrop());
  }

  /**
   * The newest drop that is known to have been forced. One that waits for its force is kept until
   * then: a writer that is always ahead wants another one by then, which waits again.
   */
  private Drop forcedDrop() {
    if (dropNext.position() <= positionForced) {
      takeDrop();
    }
    return dropNext.position() <= positionForced ? dropNext : dropForced;
  }

  /** Goes on to the newest drop that is wanted. */
  private void takeDrop() {
    if (dropNext.position() <= positionForced) {
      dropForced = dropNext;
    }
    dropNext = dropWanted;
  }

  private void tidyLedger() {
    try {
      ledger.tidy();
    } catch (final UncheckedIOException e) {
      fail(e);
    }
  }

  /**
   * Drops segments: first the ledger has their receipts on the disk, then the newest segment says,
   * on the disk, from where on the journal is needed, then the files go. What a crash leaves of
   * them goes at the next opening.
   */
  private void drop(final Drop wanted) {
    final FullSegment mapped = full.peek();
    // What is wanted was read before the keepers are: who comes to keep after that finds the
    // journal as it is to be after this drop.
    if (wanted.begin() <= dropped
        || keepers.get() > 0
        || !isSound()
        || wanted.position() > positionForced
        || (mapped != null && mapped.number < wanted.begin())) {
      return;
    }
    try {
      ownership.verify();
      ledger.force();
      final MappedFile newest = segmentToForce.file();
      SegmentFormat.markBegin(newest.buffer(), wanted.begin(), identity);
      files.force(newest, 0, SegmentFormat.HEADER_LENGTH);
      files.forceDirectory(directory);
      for (; dropped < wanted.begin(); dropped++) {
        drop(SegmentFiles.path(directory, dropped));
      }
    } catch (final UncheckedIOException e) {
      fail(e);
    } catch (final StoreException e) {
      LOGGER.error("segments stay, the directory is not this engine's any more: {}", this, e);
    }
  }

  private void drop(final Path path) {
    try {
      archive.retire(path);
    } catch (final IOException e) {
      LOGGER.warn("segment stays until the engine is opened again: file={}", path, e);
    }
  }

  /** Forces what is left and unmaps; the flusher has ended, nobody appends. */
  @Override
  public void close() throws IOException {
    force();
    tidy();
    segment.close();
    mark.close();
    for (FullSegment left = full.poll(); left != null; left = full.poll()) {
      left.file.close();
    }
    if (mayDelete()) {
      ahead.discard();
      ledger.close();
    } else {
      ahead.abandon();
      ledger.abandon();
    }
    requireSound();
    failure =
        new StoreException(
            "journal must be open: directory=" + directory + "; open the engine again");
  }

  private boolean mayDelete() {
    try {
      ownership.verify();
      return true;
    } catch (final StoreException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "journal=" + directory;
  }

  /**
   * Forces the full segments older than one; those that fill up meanwhile are left to the next
   * round, or a writer faster than the disk would keep this one from ending.
   */
  private void forceFullBefore(final MappedFile current) {
    for (final FullSegment segment : full) {
      if (segment.file == current) {
        return;
      }
      if (!segment.forced) {
        files.force(segment.file, 0, segment.file.length());
        segment.forced = true;
      }
    }
  }

  /** Forces what the writer appended to the current segment; the writer. */
  private void forceAppended() {
    try {
      files.force(segment, offsetForced, offset - offsetForced);
      offsetForced = offset;
      SegmentFormat.markForced(segment.buffer(), position);
      mark.write(segmentToForce.upTo(position));
      positionForced = position;
    } catch (final UncheckedIOException e) {
      fail(e);
      requireSound();
    }
  }

  private void fail(final UncheckedIOException cause) {
    failure =
        new StoreException(
            "journal must reach the disk: directory="
                + directory
                + ", position="
                + position
                + "; the shard takes no more until the engine is opened again",
            cause);
    LOGGER.error("journal could not be forced to the disk: directory={}", directory, cause);
  }

  private void wantAhead() {
    aheadOffset = Integer.MAX_VALUE;
    ahead.want(segmentNumber + 1, nextLength(0));
    flusher.onChore();
  }

  private void roll(final int frameLength) {
    final MappedFile ready = ahead.take();
    if (ready != null) {
      use(ready);
    }
    if (frameLength > segment.length() - offset) {
      lengthLacking = frameLength;
      use(Interrupts.deferredDuring(() -> create(nextLength(frameLength))));
    }
  }

  /**
   * Tries to make room for a frame as long as the last one that found none.
   *
   * @return whether there is room
   * @throws StoreException when an earlier force failed
   */
  boolean makeRoom() {
    requireSound();
    try {
      ledger.makeRoom();
      if (lengthLacking > segment.length() - offset) {
        roll(lengthLacking);
      }
      return true;
    } catch (final StoreFullException e) {
      return false;
    }
  }

  private MappedFile make(final long number, final int length) throws IOException {
    ownership.verify();
    return files.map(
        SegmentFiles.create(files, directory, identity, number, length, forcedBySync),
        MapMode.READ_WRITE);
  }

  private MappedFile create(final int length) {
    final long number = segmentNumber + 1;
    try {
      return make(number, length);
    } catch (final IOException e) {
      throw new StoreFullException(
          "journal must have room for its next segment: directory="
              + directory
              + ", segment="
              + number
              + ", length="
              + length
              + ", cause="
              + e.getMessage()
              + "; make room",
          e);
    }
  }

  private void use(final MappedFile next) {
    if (forcedBySync && offset != offsetForced) {
      forceAppended();
    }
    full.add(new FullSegment(segment, segmentNumber, position, forcedBySync));
    fullLengths.addInt(segment.length());
    fullLength += segment.length();
    segment = next;
    segmentBytes = next.bytes().duplicate();
    segmentNumber++;
    segmentToForce = new Current(next, segmentNumber, position);
    live.enter(segmentNumber);
    appendedBefore += offset - SegmentFormat.HEADER_LENGTH;
    offset = SegmentFormat.HEADER_LENGTH;
    offsetForced = offset;
    aheadOffset = next.length() / 2;
  }

  private int nextLength(final int frameLength) {
    final int doubled = (int) Math.min(2L * segment.length(), segmentLengthMax);
    return alignedLength(Math.max(doubled, SegmentFormat.HEADER_LENGTH + frameLength));
  }

  private static int frameLength(final RecordBatch batch) {
    final int lengthMax =
        SegmentFormat.SEGMENT_LENGTH_MAX
            - SegmentFormat.HEADER_LENGTH
            - SegmentFormat.FRAME_HEADER_LENGTH;
    if (batch.length() > lengthMax) {
      throw new StoreException(
          "batch must fit a segment: length="
              + batch.length()
              + ", max="
              + lengthMax
              + "; split the burst");
    }
    return SegmentFormat.FRAME_HEADER_LENGTH + batch.length();
  }

  static int alignedLength(final int length) {
    return BitUtil.align(length, SegmentFormat.SEGMENT_ALIGNMENT);
  }

  private static void deleteLastFirst(
      final FileLayer files, final Path directory, final List<Path> surplus) throws IOException {
    for (int i = surplus.size() - 1; i >= 0; i--) {
      files.delete(surplus.get(i));
    }
    if (!surplus.isEmpty()) {
      files.forceDirectory(directory);
    }
  }

  private static void cut(final MappedFile segment, final JournalRecovery.Tail tail) {
    LOGGER.warn(
        "torn tail of the journal was cut: file={}, offset={}, position={}",
        segment.path(),
        tail.offset(),
        tail.positionNext());
    segment.buffer().setMemory(tail.offset(), segment.length() - tail.offset(), (byte) 0);
  }
}
