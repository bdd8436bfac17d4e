package io.penstock.storage;

import io.penstock.spi.RecordBatch;
import io.penstock.spi.RecordBatch.EntryVisitor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads what is readable of a damaged journal: every whole frame, in order, and a list of what lies
 * between them.
 *
 * <p>A frame tells by its checksum, which holds the engine's id, that it is one of this journal, so
 * the search can begin anywhere. What was read is then written to a new segment, and the damaged
 * ones are put aside.
 */
final class JournalSalvage {
  private final Path directory;
  private final ShardIdentity identity;
  private final EntryVisitor visitor;
  private final CRC32C crc = new CRC32C();
  private final List<JournalDamage> damages = new ArrayList<>();
  private final List<Path> files = new ArrayList<>();
  private long lastPosition;
  private long nextNumber;

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
   * @throws IOException when a file cannot be read at all
   */
  static JournalSalvage read(
      final Path directory, final ShardIdentity identity, final EntryVisitor visitor)
      throws IOException {
    final JournalSalvage salvage = new JournalSalvage(directory, identity, visitor);
    for (final SegmentFiles.Found segment : SegmentFiles.list(directory)) {
      salvage.read(segment);
    }
    return salvage;
  }

  /** What could not be read. */
  List<JournalDamage> damages() {
    return damages;
  }

  /** The segments that were read, to be put aside. */
  List<Path> files() {
    return files;
  }

  /** Where the journal goes on: in a segment of its own. */
  JournalRecovery.Tail tail() {
    return new JournalRecovery.Tail(
        null,
        nextNumber,
        SegmentFormat.HEADER_LENGTH,
        false,
        lastPosition + 1,
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private void read(final SegmentFiles.Found segment) throws IOException {
    if (!files.isEmpty() && segment.number() != nextNumber) {
      damages.add(
          new JournalDamage(
              SegmentFiles.path(directory, nextNumber), 0, 0, "segment must be there"));
    }
    files.add(segment.path());
    nextNumber = segment.number() + 1;
    try (MappedFile file = MappedFile.readOnly(segment.path())) {
      checkHeader(segment, file);
      int offset = SegmentFormat.HEADER_LENGTH;
      while (offset < file.length()) {
        final int frame = findFrame(file, offset);
        if (frame > offset && !isZero(file, offset, frame)) {
          damages.add(
              new JournalDamage(file.path(), offset, frame - offset, "frame must be whole"));
        }
        offset = frame < file.length() ? deliver(file, frame) : frame;
      }
    }
  }

  private void checkHeader(final SegmentFiles.Found segment, final MappedFile file) {
    try {
      SegmentFormat.checkHeader(file, identity, segment.number());
    } catch (final JournalCorruptedException e) {
      damages.add(
          new JournalDamage(
              file.path(),
              e.position(),
              Math.min(file.length(), SegmentFormat.HEADER_LENGTH) - e.position(),
              "header must be whole"));
    }
  }

  /** Offset of the next frame that goes on from those before; the file's length when none does. */
  private int findFrame(final MappedFile file, final int begin) {
    final int end = file.length() - SegmentFormat.FRAME_HEADER_LENGTH;
    for (int offset = begin; offset <= end; offset += SegmentFormat.FRAME_ALIGNMENT) {
      if (SegmentFormat.frameLength(file.buffer(), offset) != 0
          && SegmentFormat.framePosition(file.buffer(), offset) > lastPosition
          && SegmentFormat.isFrame(crc, file, offset, identity.engineId())) {
        return offset;
      }
    }
    return file.length();
  }

  private int deliver(final MappedFile file, final int offset) {
    final int length = SegmentFormat.frameLength(file.buffer(), offset);
    lastPosition = SegmentFormat.framePosition(file.buffer(), offset);
    try {
      RecordBatch.forEach(
          file.buffer(),
          offset + SegmentFormat.FRAME_HEADER_LENGTH,
          length - SegmentFormat.FRAME_HEADER_LENGTH,
          visitor);
    } catch (final IllegalArgumentException e) {
      damages.add(new JournalDamage(file.path(), offset, length, "frame must hold whole entries"));
    }
    return offset + length;
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
