package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.CRC32C;
import org.agrona.BitUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard's journal, open for appending: the record of everything acknowledged. Layout: {@link
 * SegmentFormat}.
 *
 * <p>One thread appends, without a lock and without allocating, into a mapped segment. A frame is
 * complete once its length is stored, with release order and last; from then on it is in the page
 * cache and survives the process. The {@link Flusher}'s thread forces it to the disk a little
 * later, and lets go of segments that are full.
 */
final class Journal implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Journal.class);

  private final Path directory;
  private final ShardIdentity identity;
  private final int segmentLengthMax;
  private final Flusher flusher;
  private final CRC32C crc = new CRC32C();
  private final Queue<MappedFile> retired = new ConcurrentLinkedQueue<>();

  private final SegmentAhead ahead;

  private MappedFile segment;
  private ByteBuffer segmentBytes;
  private long segmentNumber;
  private int offset;

  /** Where to ask for the next segment. */
  private int aheadOffset;

  /** Position of the last frame; volatile pairs with the flusher's idle flag, see there. */
  private volatile long position;

  private volatile MappedFile segmentToForce;
  private volatile @Nullable StoreException failure;
  private long positionForced;

  private Journal(
      final Path directory,
      final ShardIdentity identity,
      final int segmentLengthMax,
      final Flusher flusher,
      final MappedFile segment,
      final JournalRecovery.Tail tail) {
    this.directory = directory;
    this.identity = identity;
    this.segmentLengthMax = segmentLengthMax;
    this.flusher = flusher;
    ahead = new SegmentAhead(directory, identity);
    this.segment = segment;
    segmentBytes = segment.bytes().duplicate();
    segmentToForce = segment;
    segmentNumber = tail.number();
    offset = tail.offset();
    aheadOffset = segment.length() / 2;
    position = tail.positionNext() - 1;
    positionForced = position;
  }

  /**
   * Opens a journal where recovery found its end; cuts a torn tail, with a line in the log.
   *
   * @param directory the shard's directory
   * @param identity the shard
   * @param tail where the journal ends
   * @param options segment lengths
   * @param flusher forces the journal in the background
   * @return the journal, to be closed by the owner
   * @throws StoreException when there is no room, or the directory cannot be written
   */
  static Journal open(
      final Path directory,
      final ShardIdentity identity,
      final JournalRecovery.Tail tail,
      final StorageOptions options,
      final Flusher flusher) {
    try {
      deleteLastFirst(tail.surplus());
      final Path path =
          tail.path() == null
              ? SegmentFiles.create(
                  directory, identity, tail.number(), alignedLength(options.segmentLengthFirst()))
              : tail.path();
      final MappedFile segment = MappedFile.writable(path);
      if (tail.torn()) {
        cut(segment, tail);
      }
      SegmentFormat.markOpened(segment.buffer());
      return new Journal(directory, identity, options.segmentLengthMax(), flusher, segment, tail);
    } catch (final IOException e) {
      throw new StoreException(
          "journal must be writable: directory=" + directory + "; check its room and permissions",
          e);
    }
  }

  /**
   * Appends a batch as one frame.
   *
   * @param batch what changed, not empty
   * @throws StoreException when there is no room for it, or an earlier force failed; then nothing
   *     of it was appended
   */
  void append(final RecordBatch batch) {
    requireSound();
    final int length = frameLength(batch);
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
    flusher.onAppend();
    if (offset >= aheadOffset) {
      wantAhead();
    }
  }

  /**
   * Says whether what was appended can still be promised.
   *
   * @throws StoreException when it could not be forced to the disk
   */
  void requireSound() {
    final StoreException failed = failure;
    if (failed != null) {
      throw new StoreException(String.valueOf(failed.getMessage()), failed);
    }
  }

  /** Whether something was appended since the last {@link #force}; the flusher's thread. */
  boolean isDirty() {
    return failure == null && position != positionForced;
  }

  /**
   * Forces what was appended to the disk and lets full segments go; the flusher's thread, or the
   * closing one after it ended.
   */
  void force() {
    final long upTo = position;
    if (failure != null || upTo == positionForced) {
      return;
    }
    try {
      MappedFile current;
      do {
        // A roll in between would put frames up to that position where the loop below no longer
        // looks: then look again.
        current = segmentToForce;
        forceRetired();
      } while (current != segmentToForce);
      current.force();
      SegmentFormat.markForced(current.buffer(), upTo);
      positionForced = upTo;
    } catch (final UncheckedIOException e) {
      fail(e);
    }
  }

  /** Makes the next segment, if the writer wants it by now; the flusher's thread. */
  void prepare() {
    ahead.make();
  }

  /** Forces what is left and unmaps; the flusher has ended, nobody appends. */
  @Override
  public void close() throws IOException {
    force();
    segment.close();
    for (MappedFile full = retired.poll(); full != null; full = retired.poll()) {
      full.close();
    }
    ahead.discard();
    requireSound();
    failure =
        new StoreException(
            "journal must be open: directory=" + directory + "; open the engine again");
  }

  private void forceRetired() {
    for (MappedFile full = retired.peek(); full != null; full = retired.peek()) {
      full.force();
      retired.remove();
      full.close();
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
    flusher.onSegmentWanted();
  }

  private void roll(final int frameLength) {
    final MappedFile ready = ahead.take();
    if (ready != null) {
      use(ready);
    }
    if (frameLength > segment.length() - offset) {
      use(Interrupts.deferredDuring(() -> create(nextLength(frameLength))));
    }
  }

  private MappedFile create(final int length) {
    final long number = segmentNumber + 1;
    try {
      return MappedFile.writable(SegmentFiles.create(directory, identity, number, length));
    } catch (final IOException e) {
      throw new StoreException(
          "journal must have room for its next segment: directory="
              + directory
              + ", segment="
              + number
              + ", length="
              + length
              + "; make room and try again",
          e);
    }
  }

  private void use(final MappedFile next) {
    retired.add(segment);
    segmentToForce = next;
    segment = next;
    segmentBytes = next.bytes().duplicate();
    segmentNumber++;
    offset = SegmentFormat.HEADER_LENGTH;
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

  private static int alignedLength(final int length) {
    return BitUtil.align(length, SegmentFormat.SEGMENT_ALIGNMENT);
  }

  private static void deleteLastFirst(final List<Path> surplus) throws IOException {
    for (int i = surplus.size() - 1; i >= 0; i--) {
      Files.delete(surplus.get(i));
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
