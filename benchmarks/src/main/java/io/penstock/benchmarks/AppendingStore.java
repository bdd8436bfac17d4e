package io.penstock.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/** Each caller writes its record to the end of one file itself, and forces the file if asked to. */
final class AppendingStore implements AcknowledgedStore {
  private final PlainFile file;
  private final boolean forced;
  private final byte[] image;
  private final AtomicLong end = new AtomicLong();
  private final ThreadLocal<ByteBuffer> buffers;

  AppendingStore(final Path directory, final int imageLength, final boolean forced)
      throws IOException {
    file = new PlainFile(directory);
    image = new byte[imageLength];
    this.forced = forced;
    buffers =
        ThreadLocal.withInitial(
            () -> ByteBuffer.allocateDirect(PlainFile.recordLength(image.length)));
  }

  @Override
  public void put(final int caller) throws IOException {
    final ByteBuffer buffer = buffers.get().clear();
    PlainFile.encode(buffer, new CRC32C(), caller, image);
    file.write(buffer.flip(), end.getAndAdd(PlainFile.recordLength(image.length)));
    if (forced) {
      file.force();
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
