package io.penstock.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** Copies the ledger of one shard, whose files stay and are only appended to. */
final class LedgerCopy {
  private static final ByteBuffer NO_HEAD = ByteBuffer.allocate(0);

  private LedgerCopy() {}

  /**
   * Copies a ledger; it is on the disk when this returns, with its names.
   *
   * @param files the file system
   * @param from the shard's directory
   * @param to the shard's directory in the copy
   * @param point up to where; null for all that is there, when nobody writes
   * @return bytes copied, 0 when there is no ledger
   * @throws IOException when there is no room, or a file cannot be used
   */
  static long copy(
      final FileLayer files, final Path from, final Path to, final @Nullable LedgerPoint point)
      throws IOException {
    final Path target = LedgerFiles.directory(to);
    long copied = 0;
    for (final SegmentFiles.Found file : LedgerFiles.list(LedgerFiles.directory(from))) {
      if (point != null && file.number() > point.number()) {
        break; // came since, or is not in use yet
      }
      files.createDirectories(target);
      final Path copy = target.resolve(file.path().getFileName());
      final long length = Files.size(file.path());
      if (point != null && file.number() == point.number()) {
        files.copy(file.path(), copy, header(file.path(), point), point.offset(), length);
      } else {
        files.copy(file.path(), copy, NO_HEAD.duplicate(), length, length);
      }
      copied += length;
    }
    if (copied > 0) {
      files.forceDirectory(target);
    }
    return copied;
  }

  /** A header that says what is on the disk of the copy. */
  private static ByteBuffer header(final Path file, final LedgerPoint point) throws IOException {
    final ByteBuffer header = ByteBuffer.allocate(LedgerFormat.HEADER_LENGTH);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int read = 0;
      while (header.hasRemaining() && read >= 0) {
        read = channel.read(header, header.position());
      }
    }
    LedgerFormat.mark(new UnsafeBuffer(header), point.mark());
    return header.clear();
  }
}
