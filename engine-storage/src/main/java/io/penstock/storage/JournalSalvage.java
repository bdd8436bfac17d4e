package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.RecordBatch.EntryVisitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is readable of a damaged journal: every whole frame, in order, and a list of what is
 * missing between them, before them and behind them.
 *
 * <p>A frame says by its checksum, which holds the engine's id, that it is one of this engine, so
 * the search can begin anywhere in a segment that is not known to be another's. What was read is
 * then written to a new segment, behind everything that there ever was; the damaged ones are put
 * aside.
 */
final class JournalSalvage {
  private static final Pattern NUMBERED = Pattern.compile("journal-\\d{19}\\.seg(\\.damaged)?");
  private static final int MISSING_SHOWN_MAX = 1_000;

  /** No journal comes so far; a position beyond is a damaged one. */
  private static final long POSITION_LIMIT = 1L << 48;

  private final Path directory;
  private final ShardIdentity identity;
  private final EntryVisitor visitor;
  private final List<JournalDamage> damages = new ArrayList<>();
  private final List<Path> damaged = new ArrayList<>();
  private final List<Path> whole = new ArrayList<>();

  /** What the mark and the headers say of the journal as a whole. */
  private long positionForced;

  private long numberForced;
  private boolean marked;
  private long begin;

  private long lastPosition;
  private long lastNumber = -1;

  /** Whether something was reported as missing since the last whole frame. */
  private boolean reported;

  private JournalSalvage(
      final Path directory, final ShardIdentity identity, final EntryVisitor visitor) {
    this.directory = directory;
    this.identity = identity;
    this.visitor = visitor;
  }

  /**
   * Reads a journal.
   *
   * @param directory the shard's directory
   * @param identity the shard
   * @param visitor is shown each entry of each readable frame in order
   * @return what was found
   * @throws JournalCorruptedException when no segment is of the engine that the manifest names
   * @throws IOException when a file cannot be read at all
   */
  static JournalSalvage read(
      final Path directory, final ShardIdentity identity, final EntryVisitor visitor)
      throws IOException {
    final JournalSalvage salvage = new JournalSalvage(directory, identity, visitor);
    salvage.read();
    return salvage;
  }

  private void read() throws IOException {
    readMark();
    final List<SegmentFiles.Found> found = SegmentFiles.list(directory);
    readHeaders(found);
    lastNumber = found.isEmpty() ? numberForced - 1 : begin - 1;
    for (final SegmentFiles.Found segment : found) {
      if (segment.number() < begin) {
        whole.add(segment.path()); // left over by a crash when it was dropped
      } else {
        noteMissing(segment.number());
        read(segment);
      }
    }
    noteMissing(numberForced + (numberForced > 0 || found.isEmpty() ? 1 : 0));
    noteLostBefore(positionForced + 1, lastPath(found), 0);
  }

  private Path lastPath(final List<SegmentFiles.Found> found) {
    return found.isEmpty()
        ? SegmentFiles.path(directory, numberForced)
        : found.get(found.size() - 1).path();
  }

  /** What is missing or could not be read. */
  List<JournalDamage> damages() {
    return damages;
  }

  /** The segments that are damaged, to be put aside. */
  List<Path> damaged() {
    return damaged;
  }

  /** The segments that were read to their end, to be kept for their events. */
  List<Path> whole() {
    return whole;
  }

  /**
   * Where the journal goes on: in a segment of its own, with a number and a position beyond all
   * that there were, lost ones too.
   */
  JournalRecovery.Tail tail() throws IOException {
    final long position = Math.max(lastPosition, positionForced);
    return new JournalRecovery.Tail(
        null,
        numberNext(),
        SegmentFormat.HEADER_LENGTH,
        false,
        position + 1,
        position,
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private long numberNext() throws IOException {
    long number = Math.max(Math.max(lastNumber, numberForced), begin - 1);
    for (final Path place : List.of(directory, directory.resolve(EventArchive.DIRECTORY_NAME))) {
      if (Files.isDirectory(place)) {
        try (Stream<Path> files = Files.list(place)) {
          for (final Path path : (Iterable<Path>) files::iterator) {
            if (NUMBERED.matcher(path.getFileName().toString()).matches()) {
              number = Math.max(number, SegmentFiles.number(path));
            }
          }
        }
      }
    }
    return number + 1;
  }

  private void readMark() throws IOException {
    try {
      final JournalMark.Point mark = JournalMark.read(directory, identity);
      if (mark != null) {
        marked = true;
        positionForced = mark.forced();
        numberForced = mark.forced() > mark.before() ? mark.number() : 0;
      }
    } catch (final JournalCorruptedException e) {
      final Path path = directory.resolve(JournalMark.FILE_NAME);
      damages.add(
          new JournalDamage(
              path, e.position(), Files.size(path) - e.position(), "journal mark must be whole"));
    }
  }

  /**
   * What headers say that are whole; the mark, which has a checksum, says better what was forced.
   */
  private void readHeaders(final List<SegmentFiles.Found> found) throws IOException {
    JournalCorruptedException foreign = null;
    boolean own = false;
    boolean unread = false;
    for (final SegmentFiles.Found segment : found) {
      try (MappedFile file = MappedFile.readOnly(segment.path())) {
        if (SegmentFormat.isOfAnotherEngine(file, identity)) {
          foreign = headerMisfit(segment, file);
        } else if (headerMisfit(segment, file) == null) {
          own = true;
          final long forced = SegmentFormat.forcedPosition(file.buffer());
          if (!marked && forced > positionForced && forced < POSITION_LIMIT) {
            positionForced = forced;
          }
          begin = Math.max(begin, begin(file));
        } else {
          unread = true;
        }
      }
    }
    if (foreign != null && !own) {
      throw foreign; // the manifest is what is wrong, or all of the shard is another engine's
    }
    if (unread) {
      begin = Math.max(begin, found.get(0).number()); // it may have said so
    }
  }

  private long begin(final MappedFile file) {
    try {
      return SegmentFormat.begin(file, identity);
    } catch (final JournalCorruptedException e) {
      return 0; // reported when the segment is read
    }
  }

  private void noteMissing(final long numberNext) {
    final long shown = Math.min(numberNext, lastNumber + 1 + MISSING_SHOWN_MAX);
    for (long number = lastNumber + 1; number < shown; number++) {
      note(new JournalDamage(SegmentFiles.path(directory, number), 0, 0, "segment must be there"));
    }
    lastNumber = Math.max(lastNumber, numberNext - 1);
  }

  private void note(final JournalDamage damage) {
    damages.add(damage);
    reported = true;
  }

  private void read(final SegmentFiles.Found segment) throws IOException {
    final int before = damages.size();
    lastNumber = segment.number();
    try (MappedFile file = MappedFile.readOnly(segment.path())) {
      final JournalCorruptedException misfit = headerMisfit(segment, file);
      final boolean another = SegmentFormat.isAnother(file, identity, segment.number());
      if (misfit != null) {
        noteHeader(file, misfit, another ? file.length() : SegmentFormat.HEADER_LENGTH);
      }
      if (!another) {
        readFrames(file);
      }
    }
    (damages.size() == before ? whole : damaged).add(segment.path());
  }

  private @Nullable JournalCorruptedException headerMisfit(
      final SegmentFiles.Found segment, final MappedFile file) {
    try {
      SegmentFormat.checkHeader(file, identity, segment.number());
      SegmentFormat.begin(file, identity);
      return null;
    } catch (final JournalCorruptedException e) {
      return e;
    }
  }

  /** A whole header that names another place is another segment's: then all of the file is. */
  private void noteHeader(
      final MappedFile file, final JournalCorruptedException misfit, final int end) {
    final long length = Math.max(0, Math.min(end, file.length()) - misfit.position());
    note(
        new JournalDamage(
            file.path(),
            misfit.position(),
            length,
            end == file.length() ? misfit.rule() : "header must be whole"));
  }

  private void readFrames(final MappedFile file) {
    final FrameCursor frame = new FrameCursor(file, identity.engineId());
    int offset = SegmentFormat.HEADER_LENGTH;
    while (offset < file.length()) {
      final int next = findFrame(frame, file, offset);
      if (next > offset && !isZero(file, offset, next)) {
        note(new JournalDamage(file.path(), offset, next - offset, "frame must be whole"));
      }
      offset = next < file.length() ? deliver(frame, file, offset) : next;
    }
  }

  /** Goes to the next frame that goes on from those before; the file's length when none does. */
  private int findFrame(final FrameCursor frame, final MappedFile file, final int begin) {
    final int end = file.length() - SegmentFormat.FRAME_HEADER_LENGTH;
    for (int offset = begin; offset <= end; offset += SegmentFormat.FRAME_ALIGNMENT) {
      if (SegmentFormat.frameLength(file.buffer(), offset) != 0
          && SegmentFormat.framePosition(file.buffer(), offset) > lastPosition) {
        frame.moveTo(offset);
        if (frame.isFrame()) {
          return offset;
        }
      }
    }
    return file.length();
  }

  private int deliver(final FrameCursor frame, final MappedFile file, final int searchedFrom) {
    final int offset = frame.offset();
    final int length = SegmentFormat.frameLength(file.buffer(), offset);
    if (lastPosition > 0 || begin == 0) {
      noteLostBefore(frame.position(), file.path(), searchedFrom);
    }
    lastPosition = frame.position();
    reported = false;
    try {
      RecordBatch.forEach(
          file.buffer(),
          offset + SegmentFormat.FRAME_HEADER_LENGTH,
          length - SegmentFormat.FRAME_HEADER_LENGTH,
          visitor);
    } catch (final IllegalArgumentException e) {
      note(new JournalDamage(file.path(), offset, length, "frame must hold whole entries"));
    }
    return offset + length;
  }

  /** Frames that are not there, though nothing lies in their place. */
  private void noteLostBefore(final long position, final Path file, final int offset) {
    if (position > lastPosition + 1 && !reported) {
      note(
          new JournalDamage(
              file,
              offset,
              0,
              "frames must follow each other: missing=["
                  + (lastPosition + 1)
                  + ", "
                  + (position - 1)
                  + "]"));
    }
  }

  private static boolean isZero(final MappedFile file, final int begin, final int end) {
    for (int i = begin; i < end; i++) {
      if (file.buffer().getByte(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
