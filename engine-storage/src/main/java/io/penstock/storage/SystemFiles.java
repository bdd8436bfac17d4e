package io.penstock.storage;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The file system as it is. What it makes has the modes that it was made for; a symbolic link in
 * the place of a file that is written is refused. Has no other state.
 */
final class SystemFiles implements FileLayer {
  private static final int FILL_LENGTH = 64 * 1024;

  private final FileModes modes;

  /** Creates the layer for files that their owner alone may read. */
  SystemFiles() {
    this(FileModes.OWNER);
  }

  /**
   * Creates the layer.
   *
   * @param modes of what it makes
   */
  SystemFiles(final FileModes modes) {
    this.modes = modes;
  }

  @Override
  public void createDirectory(final Path directory) throws IOException {
    Files.createDirectory(directory, modes.ofDirectory(directory));
  }

  @Override
  public void create(final Path file, final ByteBuffer head, final int length, final boolean forced)
      throws IOException {
    FileModes.requireNoLink(file);
    final ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(FILL_LENGTH, length));
    try (FileChannel channel =
        FileChannel.open(
            file, Set.of(CREATE, TRUNCATE_EXISTING, WRITE, NOFOLLOW_LINKS), modes.ofFile(file))) {
      for (long written = 0; written < length; ) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), length - written));
        written += channel.write(zeros, written);
      }
      channel.write(head, 0);
      if (forced) {
        channel.force(true);
      }
    }
  }

  @Override
  public void copy(
      final Path source,
      final Path target,
      final ByteBuffer head,
      final long end,
      final long length)
      throws IOException {
    try (FileChannel from = FileChannel.open(source, READ);
        FileChannel to =
            FileChannel.open(target, Set.of(CREATE_NEW, WRITE), modes.ofFile(target))) {
      writeFully(to, head, 0);
      to.position(head.limit());
      for (long at = head.limit(); at < end; ) {
        final long copied = from.transferTo(at, end - at, to);
        if (copied <= 0) {
          throw new EOFException(
              "file must not become shorter while it is copied: file=" + source + ", end=" + end);
        }
        at += copied;
      }
      final ByteBuffer zeros = ByteBuffer.allocate(FILL_LENGTH);
      for (long at = Math.max(end, head.limit()); at < length; at += zeros.limit()) {
        writeFully(to, zeros.clear().limit((int) Math.min(zeros.capacity(), length - at)), at);
      }
      to.force(true);
    }
  }

  private static void writeFully(final FileChannel to, final ByteBuffer bytes, final long position)
      throws IOException {
    for (long at = position; bytes.hasRemaining(); ) {
      at += to.write(bytes, at);
    }
  }

  @Override
  public MappedFile map(final Path file, final MapMode mode) throws IOException {
    FileModes.requireNoLink(file);
    return mode.equals(MapMode.READ_ONLY) ? MappedFile.readOnly(file) : MappedFile.writable(file);
  }

  @Override
  public void force(final MappedFile file, final int offset, final int length) {
    file.bytes().force(offset, length);
  }

  @Override
  public void move(final Path from, final Path to) throws IOException {
    Files.move(from, to, ATOMIC_MOVE);
  }

  @Override
  public void delete(final Path file) throws IOException {
    Files.delete(file);
  }

  @Override
  public void forceDirectory(final Path directory) {
    Interrupts.deferredDuring(() -> forceOpened(directory));
  }

  private static boolean forceOpened(final Path directory) {
    final FileChannel channel;
    try {
      channel = FileChannel.open(directory, READ);
    } catch (final IOException e) {
      return false; // not every system can open a directory; there the rename alone has to do
    }
    try (channel) {
      channel.force(true);
      return true;
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
