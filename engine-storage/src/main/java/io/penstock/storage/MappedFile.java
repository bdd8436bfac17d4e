package io.penstock.storage;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A file mapped as a whole; it keeps no descriptor. Used by one thread at a time, and by nobody
 * after {@link #close}, which unmaps.
 */
final class MappedFile implements AutoCloseable {
  private final Path path;
  private final MappedByteBuffer bytes;
  private final UnsafeBuffer buffer;
  private final boolean owned;

  private MappedFile(final Path path, final MappedByteBuffer bytes, final boolean owned) {
    this.path = path;
    this.bytes = bytes;
    this.owned = owned;
    buffer = new UnsafeBuffer(bytes);
  }

  /**
   * Maps a file for reading.
   *
   * @param path a file of less than 2 GiB
   * @return the mapping
   * @throws IOException when it cannot be mapped
   */
  static MappedFile readOnly(final Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, READ)) {
      return map(path, channel, MapMode.READ_ONLY);
    }
  }

  /**
   * Maps a file for reading and writing.
   *
   * @param path a file of less than 2 GiB
   * @return the mapping
   * @throws IOException when it cannot be mapped
   */
  static MappedFile writable(final Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, READ, WRITE, NOFOLLOW_LINKS)) {
      return map(path, channel, MapMode.READ_WRITE);
    }
  }

  /** The same mapping for somebody who closes it too soon; this one must outlive it. */
  MappedFile borrowed() {
    return new MappedFile(path, bytes, false);
  }

  Path path() {
    return path;
  }

  /**
   * The mapped bytes, for those who need a view of the JDK's kind; share its content, not its
   * limits.
   */
  MappedByteBuffer bytes() {
    return bytes;
  }

  UnsafeBuffer buffer() {
    return buffer;
  }

  int length() {
    return bytes.capacity();
  }

  /** Whether there is nothing but zeros from an offset to the end. */
  boolean isZeroFrom(final int begin) {
    int offset = begin;
    for (; offset <= length() - Long.BYTES; offset += Long.BYTES) {
      if (buffer.getLong(offset) != 0) {
        return false;
      }
    }
    for (; offset < length(); offset++) {
      if (buffer.getByte(offset) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Unmaps the file now rather than at some garbage collection. */
  @Override
  public void close() {
    buffer.wrap(0, 0);
    if (owned) {
      IoUtil.unmap(bytes);
    }
  }

  private static MappedFile map(final Path path, final FileChannel channel, final MapMode mode)
      throws IOException {
    final MappedByteBuffer bytes = channel.map(mode, 0, channel.size());
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    return new MappedFile(path, bytes, true);
  }
}
