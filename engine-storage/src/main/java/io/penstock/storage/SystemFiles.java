package io.penstock.storage;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file system as it is. Has no state. */
final class SystemFiles implements FileLayer {
  private static final int FILL_LENGTH = 64 * 1024;

  @Override
  public void create(final Path file, final ByteBuffer head, final int length, final boolean forced)
      throws IOException {
    final ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(FILL_LENGTH, length));
    try (FileChannel channel = FileChannel.open(file, CREATE, TRUNCATE_EXISTING, WRITE)) {
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
  public MappedFile map(final Path file, final MapMode mode) throws IOException {
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
