package io.penstock.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A file of records with length and checksum, the least that a journal can be: filled with zeros
 * before, so that a force has no lengths to write, and begun again at its end, so that nothing is
 * ever made or dropped.
 */
final class PlainFile implements AutoCloseable {
  private static final int LENGTH = 64 * 1024 * 1024;
  private static final int HEADER_LENGTH = 2 * Integer.BYTES + Long.BYTES;

  private final FileChannel channel;

  PlainFile(final Path directory) throws IOException {
    channel =
        FileChannel.open(
            directory.resolve("records"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    final ByteBuffer zeros = ByteBuffer.allocateDirect(1024 * 1024);
    for (int written = 0; written < LENGTH; written += zeros.capacity()) {
      channel.write(zeros.clear(), written);
    }
    channel.force(true);
  }

  static int recordLength(final int imageLength) {
    return HEADER_LENGTH + imageLength;
  }

  /** Makes a record at a buffer's position. */
  static void encode(
      final ByteBuffer buffer, final CRC32C crc, final long recordId, final byte[] image) {
    crc.reset();
    crc.update(image, 0, image.length);
    buffer.putInt(image.length).putInt((int) crc.getValue()).putLong(recordId).put(image);
  }

  /** Writes what is between a buffer's position and its limit; any thread. */
  void write(final ByteBuffer records, final long position) throws IOException {
    channel.write(records, position % (LENGTH - records.remaining()));
  }

  void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
