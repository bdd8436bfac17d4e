package io.penstock.storage;

import io.penstock.spi.RecordBatch.EntryVisitor;
import io.penstock.spi.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a shard's journal at opening and decides where it ends. It only reads: the {@link Tail} is
 * mended later, once every shard has been read.
 *
 * <p>A crash during an append can leave half a frame, and only as the last thing in the journal:
 * the torn tail, which is cut. Whatever else does not fit (a bad frame with a good one after it, a
 * missing position or segment, a file that is not ours) is damage that no crash of a process
 * explains, and stops the opening. Only when the operating system has stopped too may frames be
 * missing that had not been forced to the disk; then the journal ends at the first of them.
 */
final class JournalRecovery {
  private static final Logger LOGGER = LoggerFactory.getLogger(JournalRecovery.class);

  private final Path directory;
  private final ShardIdentity identity;
  private final EntryVisitor visitor;
  private final LiveImages live;
  private final Segments segments;
  private final CRC32C crc = new CRC32C();

  /** Position of the next frame; of a journal whose begin was dropped the first frame tells it. */
  private long positionNext = SegmentFormat.POSITION_FIRST;

  private boolean positionKnown = true;
  private long begin;
  private final List<Integer> lengths = new ArrayList<>();
  private @Nullable Path tailPath;
  private long tailNumber;
  private int tailOffset = SegmentFormat.HEADER_LENGTH;
  private long tailBefore;
  private JournalMark.@Nullable Point mark;
  private boolean torn;
  private long frames;
  private @Nullable JournalCorruptedException lost;
  private long positionForced;
  private long systemBoot = SystemBoot.UNKNOWN;
  private final List<SegmentFiles.Found> unforced = new ArrayList<>();

  /**
   * Creates the reading of a journal.
   *
   * @param directory the shard's directory
   * @param identity the shard
   * @param visitor is shown each entry in order
   * @param live learns where the last images lie
   * @param segments maps the segments
   */
  JournalRecovery(
      final Path directory,
      final ShardIdentity identity,
      final EntryVisitor visitor,
      final LiveImages live,
      final Segments segments) {
    this.directory = directory;
    this.identity = identity;
    this.live = live;
    this.segments = segments;
    this.visitor =
        (kind, recordId, payload, offset, length) -> {
          live.onEntry(kind, recordId, payload, offset, length);
          visitor.onEntry(kind, recordId, payload, offset, length);
        };
  }

  /**
   * Where a journal ends.
   *
   * @param path the segment to append to; null when the first has yet to be made
   * @param number its number
   * @param offset where in it the next frame goes
   * @param torn whether half a frame lies there, to be zeroed first
   * @param positionNext position of the next frame
   * @param positionBefore position of the last frame before that segment
   * @param fullLengths lengths of the segments before it, oldest first
   * @param stale segments that had been dropped when a crash came
   * @param surplus later segments, to be deleted
   * @param unforced segments with frames that are not known to be on the disk
   */
  record Tail(
      @Nullable Path path,
      long number,
      int offset,
      boolean torn,
      long positionNext,
      long positionBefore,
      List<Integer> fullLengths,
      List<Path> stale,
      List<Path> surplus,
      List<Path> unforced) {
    /** Number of the oldest segment that is needed. */
    long begin() {
      return number - fullLengths.size();
    }

    /** The end of a journal without a segment. */
    static Tail ofNothing(final List<Path> surplus) {
      return new Tail(
          null,
          0,
          SegmentFormat.HEADER_LENGTH,
          false,
          SegmentFormat.POSITION_FIRST,
          SegmentFormat.POSITION_FIRST - 1,
          List.of(),
          List.of(),
          surplus,
          List.of());
    }
  }

  /**
   * Reads a journal.
   *
   * @param directory the shard's directory
   * @param identity the shard
   * @param visitor is shown each entry in order
   * @param live learns where the last images lie
   * @return where it ends
   * @throws JournalCorruptedException when it is damaged before its end
   * @throws StoreException when it cannot be read
   */
  static Tail recover(
      final Path directory,
      final ShardIdentity identity,
      final EntryVisitor visitor,
      final LiveImages live) {
    try {
      return new JournalRecovery(directory, identity, visitor, live, new SegmentsAtRest(directory))
          .walk();
    } catch (final IOException e) {
      throw new StoreException(
          "journal must be readable: directory=" + directory + "; check its permissions", e);
    }
  }

  /** Gives the segments to read; each is closed after it was read. */
  interface Segments {
    /**
     * Lists the segments.
     *
     * @return those that can be opened, by number
     * @throws IOException when the directory cannot be read
     */
    List<SegmentFiles.Found> list() throws IOException;

    /**
     * Opens a segment.
     *
     * @param segment one that was listed
     * @return the mapping
     * @throws IOException when it cannot be read
     */
    MappedFile open(SegmentFiles.Found segment) throws IOException;
  }

  /** The segments of a journal that nobody writes meanwhile. */
  private record SegmentsAtRest(Path directory) implements Segments {
    @Override
    public List<SegmentFiles.Found> list() throws IOException {
      return SegmentFiles.list(directory);
    }

    @Override
    public MappedFile open(final SegmentFiles.Found segment) throws IOException {
      return MappedFile.readOnly(segment.path());
    }
  }

  /** How many frames were read. */
  long frames() {
    return frames;
  }

  /**
   * Reads the journal; once.
   *
   * @return where it ends
   * @throws JournalCorruptedException when it is damaged before its end
   * @throws IOException when a file cannot be read
   */
  Tail walk() throws IOException {
    mark = JournalMark.read(directory, identity); // before the segments, which go on meanwhile
    final List<SegmentFiles.Found> all = segments.list();
    readMarks(all);
    final List<SegmentFiles.Found> found =
        all.stream().filter(segment -> segment.number() >= begin).toList();
    requireBegin(found);
    final SegmentFiles.Found last = found.get(found.size() - 1);
    for (int i = 0; i < found.size() && lost == null; i++) {
      final SegmentFiles.Found segment = found.get(i);
      if (segment.number() != begin + i) {
        lost = missing(begin + i);
      } else {
        walk(segment, segment.number() == last.number());
      }
    }
    if (lost != null) {
      requirePowerFailure(lost);
    }
    requireForced();
    if (tailPath == null && begin > 0) {
      throw missing(begin);
    }
    if (tailPath == null) {
      return Tail.ofNothing(paths(found));
    }
    if (!positionKnown) {
      positionNext = positionForced + 1; // nothing was appended since all segments were dropped
      tailBefore = positionForced;
    }
    unforced.removeIf(segment -> segment.number() > tailNumber);
    return new Tail(
        tailPath,
        tailNumber,
        tailOffset,
        torn,
        positionNext,
        tailBefore,
        lengths.subList(0, (int) (tailNumber - begin)),
        paths(all.subList(0, all.size() - found.size())),
        paths(found.stream().filter(segment -> segment.number() > tailNumber).toList()),
        paths(unforced));
  }

  /** What the segments' headers say of the journal as a whole. */
  private void readMarks(final List<SegmentFiles.Found> found) throws IOException {
    for (final SegmentFiles.Found segment : found) {
      try (MappedFile file = segments.open(segment)) {
        if (file.length() >= SegmentFormat.HEADER_LENGTH) {
          positionForced = Math.max(positionForced, SegmentFormat.forcedPosition(file.buffer()));
          final long boot = SegmentFormat.systemBoot(file.buffer());
          systemBoot = boot == SystemBoot.UNKNOWN ? systemBoot : boot;
          begin = Math.max(begin, SegmentFormat.begin(file, identity));
        }
      }
    }
    if (mark != null) {
      positionForced = Math.max(positionForced, mark.forced());
    }
    positionKnown = begin == 0;
  }

  private void walk(final SegmentFiles.Found segment, final boolean isLast) throws IOException {
    try (MappedFile file = segments.open(segment)) {
      lengths.add(file.length());
      if (isUnborn(file) || isIncomplete(file)) {
        lost = isLast && isUnborn(file) ? null : missing(segment.number());
      } else {
        walk(segment, file);
      }
    }
  }

  private void walk(final SegmentFiles.Found segment, final MappedFile file) {
    SegmentFormat.checkHeader(file, identity, segment.number());
    live.enter(segment.number());
    final FrameCursor frame = new FrameCursor(file, identity.engineId());
    final long before = !positionKnown && frame.isFrame() ? frame.position() : positionNext;
    while (lost == null && frame.isFrame()) {
      lost = lostBefore(file, frame.offset());
      if (lost == null) {
        frame.forEachEntry(visitor);
        positionNext = frame.position() + 1;
        positionKnown = true;
        frames++;
        frame.next();
      }
    }
    final int offset = frame.offset();
    final boolean clean = isZero(file.buffer(), offset);
    if (lost == null && !clean) {
      lost = lostAt(file, offset);
    }
    if (tailPath == null || offset > SegmentFormat.HEADER_LENGTH || (!clean && lost == null)) {
      tailPath = segment.path();
      tailNumber = segment.number();
      tailOffset = offset;
      tailBefore = before - 1;
      torn = !clean;
    }
    if (positionNext - 1 > positionForced) {
      unforced.add(segment);
    }
  }

  /**
   * Frames are lost before the end. That is damage, unless the operating system itself has stopped
   * and they had not been forced yet: it writes pages in any order, and the last moments are what
   * it may lose. Then the journal ends where the first one is missing.
   */
  private void requirePowerFailure(final JournalCorruptedException damage) {
    final boolean sameBoot = systemBoot != SystemBoot.UNKNOWN && systemBoot == SystemBoot.current();
    if (sameBoot || positionNext <= positionForced) {
      throw damage;
    }
    LOGGER.warn(
        "the system stopped before the last frames of the journal were on the disk: forcedPosition={}",
        positionForced,
        damage);
  }

  /** A torn tail, or none at all, cannot begin before what a header says was forced. */
  private void requireForced() {
    if (positionNext <= positionForced && (positionKnown || torn || hasLostItsOnlyFrames())) {
      throw new JournalCorruptedException(
          "frames that were forced to the disk must be there",
          tailPath == null ? SegmentFiles.path(directory, 0) : tailPath,
          tailOffset,
          "frame " + positionNext + " of " + positionForced,
          "none");
    }
  }

  /** The mark knows of frames in the newest segment, of which there are none. */
  private boolean hasLostItsOnlyFrames() {
    return mark != null && mark.number() >= tailNumber && mark.forced() > mark.before();
  }

  private void requireBegin(final List<SegmentFiles.Found> found) {
    if (found.isEmpty() || found.get(0).number() != begin) {
      throw missing(begin);
    }
  }

  private JournalCorruptedException missing(final long number) {
    return new JournalCorruptedException(
        "segments must follow each other",
        SegmentFiles.path(directory, number),
        0,
        "segment " + number,
        "none");
  }

  /** A good frame must be the next one, and nothing bad may lie before it. */
  private @Nullable JournalCorruptedException lostBefore(final MappedFile file, final int offset) {
    final long position = SegmentFormat.framePosition(file.buffer(), offset);
    if (torn) {
      return lostAtTail("frame " + position + " in " + file.path());
    }
    if (positionKnown && position != positionNext) {
      return new JournalCorruptedException(
          "frame positions must follow each other", file.path(), offset, positionNext, position);
    }
    return null;
  }

  /** What does not read as a frame must be the last thing in the journal. */
  private @Nullable JournalCorruptedException lostAt(final MappedFile file, final int offset) {
    if (torn) {
      return lostAtTail("other bytes in " + file.path());
    }
    final int next = findFrame(file, offset + SegmentFormat.FRAME_ALIGNMENT);
    if (next < 0) {
      return null;
    }
    final long position = SegmentFormat.framePosition(file.buffer(), next);
    return lostFrame(file.path(), offset, "frame " + position + " at " + next);
  }

  private JournalCorruptedException lostAtTail(final String found) {
    return lostFrame(Objects.requireNonNull(tailPath), tailOffset, found);
  }

  private JournalCorruptedException lostFrame(
      final Path file, final int offset, final String found) {
    return new JournalCorruptedException(
        "a frame before the end of the journal must be whole",
        file,
        offset,
        "frame " + positionNext,
        "no such frame, but " + found);
  }

  private boolean isFrame(final MappedFile file, final int offset) {
    return SegmentFormat.isFrame(crc, file, offset, identity.engineId());
  }

  /**
   * Finds a frame of this journal that comes later; the position is looked at first, as the
   * checksum is dear.
   */
  private int findFrame(final MappedFile file, final int begin) {
    final long positionMax =
        positionKnown
            ? positionNext + file.length() / SegmentFormat.FRAME_HEADER_LENGTH
            : Long.MAX_VALUE;
    final int end = file.length() - SegmentFormat.FRAME_HEADER_LENGTH;
    for (int offset = begin; offset <= end; offset += SegmentFormat.FRAME_ALIGNMENT) {
      final long position = SegmentFormat.framePosition(file.buffer(), offset);
      if (position >= positionNext && position <= positionMax && isFrame(file, offset)) {
        return offset;
      }
    }
    return -1;
  }

  /**
   * Whether a segment file holds nothing after its header.
   *
   * @param segment the file
   * @return true when there is nothing to lose in it
   * @throws IOException when it cannot be read
   */
  static boolean isWithoutFrames(final Path segment) throws IOException {
    try (MappedFile file = MappedFile.readOnly(segment)) {
      return isZero(file.buffer(), Math.min(SegmentFormat.HEADER_LENGTH, file.length()));
    }
  }

  /**
   * A last segment whose creation a power failure cut short: nothing but zeros, or a header with
   * too little after it.
   */
  private static boolean isUnborn(final MappedFile file) {
    if (isZero(file.buffer(), 0)) {
      return true;
    }
    return file.length() >= SegmentFormat.HEADER_LENGTH
        && file.length() < SegmentFormat.statedLength(file.buffer())
        && isZero(file.buffer(), SegmentFormat.HEADER_LENGTH);
  }

  /** A segment of which a power failure took the first page, or the end. */
  private static boolean isIncomplete(final MappedFile file) {
    return file.length() >= SegmentFormat.HEADER_LENGTH
        && (isZero(new UnsafeBuffer(file.buffer(), 0, SegmentFormat.HEADER_LENGTH), 0)
            || (SegmentFormat.isOfPenstock(file.buffer())
                && file.length() < SegmentFormat.statedLength(file.buffer())));
  }

  static boolean isZero(final DirectBuffer bytes, final int begin) {
    int offset = begin;
    for (; offset <= bytes.capacity() - Long.BYTES; offset += Long.BYTES) {
      if (bytes.getLong(offset) != 0) {
        return false;
      }
    }
    for (; offset < bytes.capacity(); offset++) {
      if (bytes.getByte(offset) != 0) {
        return false;
      }
    }
    return true;
  }

  private static List<Path> paths(final List<SegmentFiles.Found> found) {
    return found.stream().map(SegmentFiles.Found::path).toList();
  }
}
