package io.penstock.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Copies one shard's files as they were at a point of its journal: the segments from the begin to
 * that point, those before it that are kept for the events in them, and the ledger.
 *
 * <p>The journal may be appended to meanwhile, but nothing may leave it, see {@link Journal#keep}.
 * Each copied segment gets a header of its own: what the original's says of the disk is true of the
 * original.
 */
final class JournalCopy {
  private static final ByteBuffer NO_HEAD = ByteBuffer.allocate(0);

  private final FileLayer files;
  private final Path from;
  private final Path to;
  private final ShardIdentity identity;
  private final JournalPoint point;
  private long length;

  private JournalCopy(
      final FileLayer files,
      final Path from,
      final Path to,
      final ShardIdentity identity,
      final JournalPoint point) {
    this.files = files;
    this.from = from;
    this.to = to;
    this.identity = identity;
    this.point = point;
  }

  /**
   * Copies a shard's files; they are on the disk when this returns, with their names.
   *
   * @param files the file system
   * @param from the shard's directory
   * @param to an empty directory
   * @param identity the shard
   * @param point what to copy
   * @return bytes copied
   * @throws IOException when there is no room, or a file cannot be used
   */
  static long copy(
      final FileLayer files,
      final Path from,
      final Path to,
      final ShardIdentity identity,
      final JournalPoint point)
      throws IOException {
    final JournalCopy copy = new JournalCopy(files, from, to, identity, point);
    copy.copyHistory();
    copy.copySegments();
    JournalMark.create(
        files,
        to,
        identity,
        new JournalMark.Point(point.position(), point.number(), copy.before()));
    copy.length += LedgerCopy.copy(files, from, to, point.ledger());
    files.forceDirectory(to);
    return copy.length;
  }

  private void copySegments() throws IOException {
    for (long number = point.begin(); number < point.number(); number++) {
      copySegment(number, Files.size(SegmentFiles.path(from, number)));
    }
    if (point.offset() > 0) {
      copySegment(point.number(), point.offset());
    } else {
      SegmentFiles.create(
          files, to, identity, point.number(), SegmentFormat.SEGMENT_LENGTH_MIN, true);
    }
  }

  /** Position of the last frame before the newest segment, which its first frame tells. */
  private long before() throws IOException {
    if (point.offset() <= SegmentFormat.HEADER_LENGTH) {
      return point.position();
    }
    try (MappedFile newest = MappedFile.readOnly(SegmentFiles.path(to, point.number()))) {
      return SegmentFormat.framePosition(newest.buffer(), SegmentFormat.HEADER_LENGTH) - 1;
    }
  }

  private void copySegment(final long number, final long end) throws IOException {
    final Path segment = SegmentFiles.path(from, number);
    final int segmentLength = Math.toIntExact(Files.size(segment));
    final ByteBuffer header =
        ByteBuffer.allocate(SegmentFormat.HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    SegmentFormat.writeHeader(header, identity, number, segmentLength);
    final UnsafeBuffer marks = new UnsafeBuffer(header);
    SegmentFormat.markForced(marks, point.position());
    if (point.begin() > 0) {
      SegmentFormat.markBegin(marks, point.begin(), identity);
    }
    files.copy(segment, SegmentFiles.path(to, number), header.clear(), end, segmentLength);
    length += segmentLength;
  }

  /** Archived segments, and those that the journal has let go and nobody has archived yet. */
  private void copyHistory() throws IOException {
    for (final SegmentFiles.Found segment : SegmentFiles.list(from)) {
      if (segment.number() < point.begin() && hasEvents(segment.path())) {
        copyToHistory(segment.path());
      }
    }
    final Path archive = from.resolve(EventArchive.DIRECTORY_NAME);
    final List<SegmentFiles.Found> archived =
        Files.isDirectory(archive) ? SegmentFiles.list(archive) : List.of();
    for (final SegmentFiles.Found segment : archived) {
      copyToHistory(segment.path());
    }
    if (Files.isDirectory(history())) {
      files.forceDirectory(history());
    }
  }

  private boolean hasEvents(final Path segment) throws IOException {
    final boolean[] found = {false};
    try (MappedFile file = MappedFile.readOnly(segment)) {
      new ArchivedSegment(file, identity)
          .read((recordId, timeNs, events, offset, length) -> found[0] = true);
      return found[0];
    }
  }

  private void copyToHistory(final Path segment) throws IOException {
    files.createDirectories(history());
    final long segmentLength = Files.size(segment);
    files.copy(
        segment,
        history().resolve(segment.getFileName()),
        NO_HEAD.duplicate(),
        segmentLength,
        segmentLength);
    length += segmentLength;
  }

  private Path history() {
    return to.resolve(EventArchive.DIRECTORY_NAME);
  }
}
